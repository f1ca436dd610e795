#!/usr/bin/env python3
"""Fills the generated parts of docs/authoring.md: fields of every kind, reports of common slips, commands.

Usage: .venv/bin/python tools/authoring_doc.py           writes the page anew
       .venv/bin/python tools/authoring_doc.py --check   writes nothing, ends with 1 if the page is stale
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import yaml  # noqa: E402

import build  # noqa: E402
from generator import pipeline  # noqa: E402
from generator.diagnostics import full  # noqa: E402
from generator.model import Kind, PartSpec  # noqa: E402
from generator.reading import kinds  # noqa: E402
from tests.house import KINDS, House, examples  # noqa: E402

PAGE = ROOT / "docs" / "authoring.md"
SLIPS = ROOT / "tools" / "slips.yml"
COMMAND = ".venv/bin/python tools/authoring_doc.py"
SECTION = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end: \2 -->)", re.S)
FRONT = re.compile(r"---\n(.*?)^---\n", re.S | re.M)
FOLDERS = (Path, build._folder)
SAMPLE = 30  # characters of an example that fit a table cell
INDENT = "　"
TABLE = "| 栏目 | 名称 | 必写 | 怎么写 | 例子 |\n|---|---|---|---|---|"


# --- Fields of the kinds ---


@dataclass(frozen=True)
class Row:
    """One field in a table: its name as written, label, whether it must be there, what to write, a real value."""

    name: str
    label: str
    must: bool
    how: str
    sample: str

    def __str__(self) -> str:
        return f"| {self.name} | {self.label} | {'是' if self.must else ''} | {self.how} | {self.sample} |"


def fields_text() -> str:
    """Return a table of the common fields, then for each kind its files, fields and complete example."""
    loaded = kinds.load([KINDS], (), ())
    common = yaml.safe_load((KINDS / "common.yml").read_text("utf-8"))
    letter = _front(yaml.safe_load((KINDS / "letter" / "example.yml").read_text("utf-8"))["example.md"])
    rows = _rows(common["properties"], common["required"], letter, common)
    parts = ["### 公共栏目：每一种材料都有", "\n".join([TABLE, *map(str, rows)])]
    return "\n\n".join([*parts, *(_kind(kind, common) for kind in loaded.values())])


def _kind(kind: Kind, common: Mapping[str, Any]) -> str:
    example: dict[str, str] = yaml.safe_load((KINDS / kind.id / "example.yml").read_text("utf-8"))
    main = example.get(f"{kind.id}.md") or next(iter(example.values()))
    own = {name: spec for name, spec in kind.schema["properties"].items() if name not in common["properties"]}
    also = [name for name in kind.schema["required"] if name in common["properties"]]
    also = [name for name in also if name not in common["required"]]
    out = [f"### {kind.name}（{kind.id}）", _where(kind), _printed(kind)]
    if also:
        out.append(f"公共栏目里还必须写：{'、'.join(f'`{name}`' for name in also)}。")
    if kind.characters_per_minute:
        out.append(f"检查时按每分钟 {kind.characters_per_minute} 字核对 `minutes`，每个停顿再加两秒。")
    out.append("\n".join([TABLE, *map(str, _rows(own, kind.schema["required"], _front(main), kind.schema))]))
    for part in kind.parts:
        if part.schema:
            data = yaml.load(example.get(f"{part.name}.yml", "{}"), yaml.BaseLoader)
            rows = _rows(part.schema["properties"], part.schema["required"], data, part.schema)
            out += [f"{part.label} `{part.name}.yml` 的栏目：", "\n".join([TABLE, *map(str, rows)])]
    out.append("完整的例子，可以照抄再改：")
    for name, text in example.items():
        folder = f"content/{kind.id}/example/" if len(example) > 1 else f"content/{kind.id}/"
        language = "yaml" if name.endswith(".yml") else "markdown"
        out += [f"`{folder}{name}`", f"```{language}\n{text.strip()}\n```"]
    return "\n\n".join(out)


def _where(kind: Kind) -> str:
    file, folder = f"`content/{kind.id}/编号.md`", f"`content/{kind.id}/编号/{kind.id}.md`"
    if any(part.required for part in kind.parts):
        text = f"一份材料是一个文件夹，主文件是 {folder}。"
    elif kind.parts:
        text = f"一份材料是一个文件 {file}；有下面这些部分时改用文件夹，主文件是 {folder}。"
    else:
        text = f"一份材料是一个文件 {file}；要放图片时也可以用文件夹，主文件是 {folder}。"
    if not kind.parts:
        return text
    rows = [
        f"| `{_file(part)}` | {part.label} | {part.audience} | {'是' if part.required else ''} |" for part in kind.parts
    ]
    return "\n".join([f"{text}同一个文件夹里还有：\n", "| 文件 | 是什么 | 谁用 | 必须有 |\n|---|---|---|---|", *rows])


def _file(part: PartSpec) -> str:
    return f"{part.name.replace('*', '1')}.{'yml' if part.schema else 'md'}"


def _printed(kind: Kind) -> str:
    prints = [f"{view.label}（{view.audience or '给谁用，就放进谁的文件夹'}）" for view in kind.prints]
    return f"印成：{'、'.join(prints)}。"


def _rows(
    fields: Mapping[str, Any], required: list[str], values: Any, root: Mapping[str, Any], depth: int = 0
) -> Iterator[Row]:
    values = values if isinstance(values, dict) else {}
    for name, given in fields.items():
        spec = _resolved(given, root)
        value = values.get(name)
        label = spec.get("title", "")
        yield Row(f"{INDENT * depth}`{name}`", label, name in required, _how(spec), _sample(value, spec))
        items = _resolved(spec.get("items", {}), root)
        inner = spec if spec.get("type") == "object" else items
        if "properties" in inner:
            below = _united(value) if isinstance(value, list) else value
            yield from _rows(inner["properties"], inner.get("required", []), below, root, depth + 1)


def _resolved(spec: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in spec:
        return spec
    found: Mapping[str, Any] = root["$defs"][spec["$ref"].rpartition("/")[2]]
    return {**found, **spec}


def _united(values: list[Any]) -> dict[str, Any]:
    """Return for each key the first value that any of the items has."""
    found: dict[str, Any] = {}
    for value in values:
        found = {**value, **found} if isinstance(value, dict) else found
    return found


def _how(spec: Mapping[str, Any]) -> str:
    """Return in words what the schema of a field allows; what its description says already stands once."""
    items = spec.get("items", {})
    told = spec.get("description", "")
    choices = items.get("enum") or spec.get("enum") or []
    # Topics and occasions are long lists that editors change; content/library.yml holds them.
    if (items.get("vocabulary") or spec.get("vocabulary")) in ("topics", "occasions"):
        choices = []
    limit = spec.get("maxLength", 0)
    limits = [
        f"只能写：{'、'.join(choices)}" if choices and not all(choice in told for choice in choices) else "",
        f"最多 {limit} 个字" if limit and str(limit) not in told else "",
        f"每条最多 {items['maxLength']} 个字" if "maxLength" in items else "",
        _count(spec),
        f"{spec['minimum']} 到 {spec['maximum']}" if "minimum" in spec and "maximum" in spec else "",
        f"各步的分钟加起来等于 `{spec['adds_up_to']}`" if "adds_up_to" in spec else "",
    ]
    type_ = _type(spec, items)
    # A line of text or a number that has anything else said of it needs no word for its type.
    plain = type_ in ("文字", "整数") and any((told, *limits))
    return "；".join(word for word in (told, "" if plain else type_, *limits) if word)


def _type(spec: Mapping[str, Any], items: Mapping[str, Any]) -> str:
    if spec.get("help_line") or items.get("help_line"):
        return "求助电话，每个号码加英文双引号" if items else "求助电话，加英文双引号"
    if items.get("type") == "object":
        return "列表，每项写下面几栏"
    if spec["type"] == "array":
        return "列表"
    if spec["type"] == "object":
        return "写下面几栏"
    if spec.get("format") == "markdown":
        return "长文字"
    if spec.get("format") == "date":
        return "日期"
    return {"string": "文字", "integer": "整数", "boolean": "true（要）或 false（不要）"}[spec["type"]]


def _count(spec: Mapping[str, Any]) -> str:
    least, most = spec.get("minItems"), spec.get("maxItems")
    if least and least == most:
        return f"正好 {least} 条"
    if least and least > 1 and most:
        return f"{least} 到 {most} 条"
    if least and least > 1:
        return f"至少 {least} 条"
    return f"最多 {most} 条" if most else ""


def _sample(value: Any, spec: Mapping[str, Any]) -> str:
    """Return a value as an editor would type it, in a code span that fits a table cell."""
    if value is None or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
        return ""
    if isinstance(value, dict):
        return ""
    quoted = spec.get("items", {}).get("help_line") or spec.get("help_line")
    if isinstance(value, list):
        text = f"[{', '.join(f'{chr(34)}{item}{chr(34)}' if quoted else str(item) for item in value)}]"
    else:
        text = f'"{value}"' if str(value).startswith(("{", "[")) else str(value)
    first = text.strip().split("\n")[0]
    short = first if len(first) <= SAMPLE else f"{first[:SAMPLE]}…"
    # What was cut must not look like something to copy.
    return f"`{short}`".replace("|", r"\|")


def _front(text: str) -> Any:
    match = FRONT.match(text)
    assert match, "an example begins with front matter"
    return yaml.load(match[1], yaml.BaseLoader)


# --- Reports of common slips ---


def slips_text() -> str:
    """Return what a check prints for each slip that it notices."""
    return "\n\n".join(_slip(slip) for slip in _slips("seen"))


def unseen_text() -> str:
    """Return a table of the slips that a check does not notice."""
    rows = [
        f"| {slip['written']} | {slip['result']} | {slip['should']} |" for slip in _slips("unseen") if not _found(slip)
    ]
    return "\n".join(["| 写成了 | 结果 | 应当 |", "|---|---|---|", *rows])


def _slips(group: str) -> list[dict[str, str]]:
    slips: list[dict[str, str]] = yaml.safe_load(SLIPS.read_text("utf-8"))[group]
    return slips


def _slip(slip: Mapping[str, str]) -> str:
    report = _found(slip)
    assert report, f"{slip['title']}: {slip['code']} is not reported"
    return f"**{slip['title']}**\n\n```text\n{report}\n```\n\n{slip['advice']}"


def _found(slip: Mapping[str, str]) -> str:
    """Return the report of an example library with this slip in it, of its own code if it names one."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), examples(KINDS))
        if "encoding" in slip:
            house.write(slip["file"], (house.content / slip["file"]).read_text("utf-8").encode(slip["encoding"]))
        else:
            house.edit(slip["file"], slip["right"], slip["wrong"])
        # An example past its review date must not change the page.
        found = [d for d in pipeline.check(house.project)[1] if d.code == slip.get("code", d.code) != "C502"]
        return full.render(found, pipeline.lines_of(house.project), "content/").rstrip()


# --- Commands ---


def commands_text() -> str:
    """Return a table of the commands with their options; what every command knows stands once below it."""
    parser = build._parser()
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    options = {
        name: {_usage(action): action.help for action in command._actions if action.option_strings}
        for name, command in commands.choices.items()
    }
    shared = {usage: help_ for usage, help_ in options["list"].items() if all(usage in own for own in options.values())}
    rows = ["| 命令 | 做什么 | 可以加 |", "|---|---|---|"]
    for name, command in commands.choices.items():
        own = [f"`{usage}` {help_}" for usage, help_ in options[name].items() if usage not in shared]
        rows.append(f"| `build.py {name}` | {command.description} | {'<br>'.join(own)} |")
    common = "；".join(f"`{usage}` {help_}" for usage, help_ in shared.items())
    return "\n".join([*rows, "", f"每个命令都可以加：{common}；最后还可以写另一个内容文件夹，不写就是 `content/`。"])


def _usage(action: argparse.Action) -> str:
    value = action.metavar or ("形式" if action.choices else "文件夹" if action.type in FOLDERS else "…")
    return f"{action.option_strings[-1]}{'' if action.nargs == 0 else f' {value}'}"


# --- The page ---

SECTIONS = {"fields": fields_text, "slips": slips_text, "unseen": unseen_text, "commands": commands_text}


def filled(page: str) -> str:
    """Return `page` with every generated part made anew. Raises KeyError for a part that nothing makes."""
    return SECTION.sub(lambda m: f"{m[1]}\n{SECTIONS[m[2]]()}\n\n{m[3]}", page)


def main() -> int:
    """Write the page, or with --check say whether it is up to date."""
    page = PAGE.read_text("utf-8")
    fresh = filled(page)
    if sys.argv[1:] == ["--check"]:
        if fresh != page:
            print(f"docs/authoring.md is stale, run: {COMMAND}", file=sys.stderr)
        return int(fresh != page)
    if fresh != page:
        PAGE.write_text(fresh, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
