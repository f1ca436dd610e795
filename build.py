#!/usr/bin/env python3
"""The command line of the library: 生成、检查、预览."""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from generator import pipeline
from generator.diagnostics import annotated, as_json, full, short
from generator.diagnostics.diagnostic import Diagnostic
from generator.model import Project
from generator.pipeline import CONFIG, ROOT, lines_of, project_of
from generator.press.fonts import NoSubsetter
from generator.publish import tree
from generator.publish.cache import Damaged
from generator.reading.kinds import KindError
from generator.reading.load import load
from generator.store import Store

FAULTY, WRONG_USE = 1, 2
Finish = Callable[[pipeline.Result, Project], list[tree.Entry]]


def _build(options: argparse.Namespace, finish: Finish = lambda result, project: []) -> int:
    """Build and publish, together with the entries that `finish` adds to the tree."""
    started = time.monotonic()
    project = project_of(options.content, options.kinds)
    only = frozenset(options.only)
    out = _target(options, project, part=bool(only))
    result = pipeline.make(project, options.school, only=only, jobs=options.jobs, progress=_progress())
    status = _report(result.diagnostics, options)
    if only and (unknown := only - {document.id for document in result.library.documents}):
        print(f"没有编号为“{'、'.join(sorted(unknown))}”的材料。用 build.py list 看所有编号。", file=sys.stderr)
        return WRONG_USE
    if status:
        print("没有生成；上一次生成的内容没有改动。", file=sys.stderr)
        return status
    entries = [*result.entries, *finish(result, project)]
    # Reports for programs stay alone on standard output.
    told = sys.stdout if options.format == "full" else sys.stderr
    if tree.unchanged(out, entries):
        seconds = time.monotonic() - started
        print(f"没有变化，{len(entries)} 个文件都是最新的（{seconds:.1f} 秒）。", file=told)
        return 0
    tree.publish(out, entries, part=bool(only))
    Store(project.cache).prune()
    kinds = Counter(Path(entry.path).suffix for entry in entries)
    print(
        f"完成：{len(result.library.documents)} 份材料，网页 {kinds['.html']} 个，PDF {kinds['.pdf']} 个，"
        f"新做 {result.made} 个，用时 {time.monotonic() - started:.1f} 秒。\n"
        f"网页：{out / 'site' / '' if only else out / 'site' / 'index.html'}\n印刷品：{out / 'pdf'}",
        file=told,
    )
    return 0


def _proof(options: argparse.Namespace) -> int:
    status = _build(options, lambda result, project: [pipeline.proof(result, project)])
    if not status:
        print(f"印样：{_target(options, project_of(options.content, options.kinds)) / 'proof.html'}")
    return status


def _target(options: argparse.Namespace, project: Project, part: bool = False) -> Path:
    """Return the folder to publish into. Raises Foreign where something else would be lost."""
    out = (options.out or ROOT / ("preview" if part else "dist")).resolve()
    kept = (ROOT, project.content, project.themes)
    if any(folder.is_relative_to(out) for folder in kept) or out.is_relative_to(project.content):
        raise tree.Foreign(str(out))
    return tree.claim(out, part)


def _check(options: argparse.Namespace) -> int:
    library, found = pipeline.check(project_of(options.content, options.kinds), options.school)
    status = _report(found, options)
    if not found and options.format == "full":
        print(f"检查完毕：{len(library.documents)} 份材料，没有问题。")
    return status


def _serve(options: argparse.Namespace) -> int:
    from generator.site import plugin

    # MkDocs calls `hooks.py`, which knows the folders only by these.
    os.environ["LIBRARY_CONTENT"] = str(options.content.resolve())
    os.environ["LIBRARY_KINDS"] = os.pathsep.join(str(folder.resolve()) for folder in options.kinds)
    # What costs time is made first, where its progress can be seen; MkDocs then finds it in the cache.
    pipeline.make(project_of(options.content, options.kinds), without=frozenset({"book", "zip"}), progress=_progress())
    print(f"打开 http://{options.address}/ ；改动保存后网页会自动更新，按 Ctrl+C 结束。")
    plugin.serve(CONFIG, options.address)
    return 0


def _list(options: argparse.Namespace) -> int:
    library, _ = load(project_of(options.content, options.kinds), "")
    for document in library.documents:
        minutes = f"{document.minutes} 分钟" if document.minutes else ""
        words = (document.id, document.title, "、".join(document.audiences), "、".join(document.stages), minutes)
        print("\t".join(words))
    return 0


def _clean(options: argparse.Namespace) -> int:
    project = project_of(ROOT / "content")
    trees = [_target(options, project), tree.claim(ROOT / "preview")]
    for folder in (*trees, project.cache, ROOT / ".cache" / "mkdocs"):
        if folder.is_dir():
            shutil.rmtree(folder)
            print(f"已删除 {folder}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from generator.press import fonts
    from generator.publish.versions import versions

    project = project_of(ROOT / "content")
    print("字体：")
    served = {"own": "本机字体", "face": "随资源库的字体", "substitute": "替代字体（缺少正式字体，运行 make 重新获取）"}
    roles = fonts.resolve(project.themes, project.fonts).values()
    for role in roles:
        wanted = f"；没有找到指定的 {role.wanted}" if role.wanted else ""
        print(f"  {role.name}\t{role.face.name}\t{served[role.served]}{wanted}")
    print("程序：")
    found = versions()
    for name, version in found.items():
        print(f"  {name}\t{version or '没有找到：运行 make 安装，或请管理员照 apt.txt 安装'}")
    return FAULTY if "" in found.values() or any(role.served == "substitute" for role in roles) else 0


def _report(found: list[Diagnostic], options: argparse.Namespace) -> int:
    root = f"{os.path.relpath(options.content)}/"
    lines = lines_of(project_of(options.content))
    if options.format == "json":
        print(as_json.render(found, root))
    elif options.format == "short" and found:
        print(short.render(found, root))
    elif options.format == "annotations" and found:
        print(annotated.render(found, root))
    elif found:
        print(full.render(found, lines, root, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
        print(full.summary(found))
    severities = {diagnostic.severity for diagnostic in found}
    return FAULTY if "error" in severities or (options.strict and "warning" in severities) else 0


def _progress() -> pipeline.Progress:
    if not sys.stderr.isatty():
        return lambda done, total, name: None

    def show(done: int, total: int, name: str) -> None:
        filled = 30 * done // total
        bar = f"\r[{'█' * filled}{'·' * (30 - filled)}] {done}/{total} {name[:20]}"
        print(f"{bar:<60}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return show


CHINESE = {
    "usage: ": "用法：",
    "options": "选项",
    "positional arguments": "参数",
    "show this help message and exit": "显示这份说明",
    "the following arguments are required: %s": "还缺少：%s",
    "unrecognized arguments: %s": "不认识的参数：%s",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)s 这一项，可以用：%(choices)s",
    "expected one argument": "后面要写一个值",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s：%(message)s",
    "%(prog)s: error: %(message)s\n": "%(prog)s：%(message)s\n",
    "invalid %(type)s value: %(value)r": "这里应当写数字，不是 %(value)s",
}


def _parser() -> argparse.ArgumentParser:
    argparse._ = lambda text: CHINESE.get(text, text)  # type: ignore[attr-defined]
    parser = argparse.ArgumentParser(
        prog="build.py", description="阳光校园资源库：把 content/ 里的材料做成网站和印刷品。"
    )
    commands = parser.add_subparsers(title="命令", dest="command", required=True, metavar="命令")
    for name, run, help_ in (
        ("build", _build, "生成网站和全部印刷品，放在 dist/"),
        ("proof", _proof, "生成，并把所有印刷品的第一页排成一张印样 dist/proof.html"),
        ("check", _check, "只检查材料，不生成"),
        ("serve", _serve, "在本机预览网站，改动保存后自动更新"),
        ("list", _list, "列出所有材料的编号和标题"),
        ("clean", _clean, "删除生成的文件"),
        ("doctor", _doctor, "检查字体和程序是否齐全"),
    ):
        command = commands.add_parser(name, help=help_, description=help_)
        command.set_defaults(run=run, only=[])
        if name not in ("clean", "doctor"):
            command.add_argument(
                "content", nargs="?", type=_folder, default=ROOT / "content", help="内容文件夹，默认 content/"
            )
            command.add_argument(
                "--kinds", action="append", type=_folder, default=[], metavar="文件夹", help="另加一个材料种类的文件夹"
            )
        if name in ("build", "proof", "clean"):
            command.add_argument("--out", type=Path, metavar="文件夹", help="放到哪个文件夹，默认 dist/")
        if name in ("build", "proof", "check"):
            command.add_argument(
                "--school", default="", metavar="学校", help="用哪所学校的档案，即 content/schools 里的文件名"
            )
            command.add_argument("--strict", action="store_true", help="有提醒也算不通过")
            choices = ("full", "short", "json", "annotations")
            command.add_argument(
                "--format",
                choices=choices,
                default="full",
                metavar="形式",
                help="报告的形式：full、short、json 或 annotations",
            )
        if name == "build":
            command.add_argument(
                "--only", action="append", default=[], metavar="编号", help="只做这一份材料，放在 preview/"
            )
        if name in ("build", "proof"):
            command.add_argument("--jobs", type=_number, default=0, metavar="数", help="同时用几个处理器，默认全部")
        if name == "serve":
            command.add_argument(
                "--address", type=_address, default="127.0.0.1:8000", metavar="网址", help="网址，默认 127.0.0.1:8000"
            )
    return parser


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"没有这个文件夹：{text}")
    return path


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"这里应当写数字，不是 {text}")
    return int(text)


def _address(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+:\d{1,5}", text):
        raise argparse.ArgumentTypeError(f"写成 127.0.0.1:8000 这样，不是 {text}")
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 1 for faulty content or output, 2 for wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        return status
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KindError as error:
        print(f"材料种类的定义有误：{error}", file=sys.stderr)
    except tree.Foreign as error:
        print(f"不能用 {error}：里面有别的文件，或者是整个资源库的网站；请换一个空文件夹。", file=sys.stderr)
    except tree.Busy:
        print("另一个窗口正在生成，请等它结束再试。", file=sys.stderr)
    except NoSubsetter as error:
        print(f"这台电脑上没有 {error}，做不了 PDF：运行 make 安装，或请管理员照 apt.txt 安装。", file=sys.stderr)
    except Damaged as error:
        print(f"缓存里的 {error} 坏了，已经清掉；请再运行一次。上一次生成的内容没有改动。", file=sys.stderr)
    except OSError as error:
        print(f"读写文件或打开网址时出错：{error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("已停止；上一次生成的内容没有改动。", file=sys.stderr)
        return 130
    return FAULTY


if __name__ == "__main__":
    sys.exit(main())
