"""The documents of the benchmark: statutes from a folder, or generated ones, as our content and as plain pages."""

from __future__ import annotations

import argparse
import random
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from generator.model import ANSWERS, AUDIENCES, STAGES

# Where real ones lie, beside the checkout.
STATUTES = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "statutes"
# Shape of real statutes (400 of them measured): 5,000 characters in some 60 paragraphs.
GENERATED, ARTICLES, CHAPTER = 60, (20, 90), 12
# The common fields of a document allow 30 characters.
LONGEST_TITLE = 30
WORDS = """
学校 学生 教师 家长 未成年人 监护人 教育行政部门 公安机关 人民法院 人民检察院
县级以上地方人民政府 国务院 法律 法规 规章 制度 责任 义务 权利 保护 预防 教育 管理 监督
检查 处理 报告 记录 调查 认定 申请 批准 备案 公布 施行 应当 可以 不得 依法 及时 按照
规定 有关 其他 单位 个人 情形 行为 情节严重 造成损害 予以处分 构成犯罪 追究刑事责任
三十日内 书面 通知 材料 程序 标准 措施 安全 健康 服务 经费 设施 网络 信息 档案
工作人员 负责人 由 对 并 或者 以及
"""
HEADER = """\
---
title: {title}
summary: 共{characters}字的法规全文，用来测量生成网站的快慢。
audiences: [{audience}]
stages: [{stages}]
topics: [{topics}]
answers: [{answer}]
occasions: [{occasion}]
asked_as: [{title}怎么说]
reviewed: 2026-11-20
review_due: 2099-12-31
---

"""


@dataclass(frozen=True)
class Text:
    """A statute: its title, and its Markdown below the title."""

    title: str
    body: str


def parser(about: str) -> argparse.ArgumentParser:
    """Return the arguments that all benchmarks take: `texts`, the folder of texts or None, and `json`."""
    made = argparse.ArgumentParser(description=about)
    made.add_argument(
        "texts",
        nargs="?",
        type=Path,
        default=STATUTES if STATUTES.is_dir() else None,
        help="folder of Markdown files; default: shared/corpus/statutes beside the checkout, else generated texts",
    )
    made.add_argument("--json", action="store_true")
    return made


def read(folder: Path) -> list[Text]:
    """Return the Markdown files of `folder` in the order of their names, without title line and comments."""
    return [_text(path.read_text("utf-8"), path.stem) for path in sorted(folder.glob("*.md"))]


def generate() -> list[Text]:
    """Return texts of the length and make-up of statutes, equal on every call."""
    dice = random.Random(1)
    return [Text(f"第{number}号试验条例", _body(dice)) for number in range(1, GENERATED + 1)]


def repeated(texts: Sequence[Text], count: int) -> list[Text]:
    """Return `count` texts; from the second round on each title carries the round, and so does the text."""
    chosen = []
    for number in range(count):
        text, turn = texts[number % len(texts)], number // len(texts) + 1
        mark = f"（第{turn}版）" if turn > 1 else ""
        chosen.append(Text(text.title[: LONGEST_TITLE - len(mark)] + mark, f"本文为第{number + 1}号。\n\n{text.body}"))
    return chosen


def lay_content(folder: Path, texts: Sequence[Text], library: Path) -> None:
    """Write `texts` as a content folder of ours, documents of the kind `statute`.

    Laws, help lines and vocabulary are those of `library`, the content folder of the project.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "statute").mkdir(parents=True)
    for name in ("library.yml", "laws.yml"):
        shutil.copyfile(library / name, folder / name)
    words = yaml.safe_load((library / "library.yml").read_text("utf-8"))
    dice = random.Random(1)
    for number, text in enumerate(texts):
        first = dice.randrange(len(STAGES) - 1)
        header = HEADER.format(
            title=text.title,
            characters=len(text.body),
            audience=dice.choice(AUDIENCES),
            stages=", ".join(STAGES[first : first + 2]),
            topics=", ".join(dice.sample(words["topics"], 2)),
            answer=dice.choice(ANSWERS),
            occasion=dice.choice(words["occasions"]),
        )
        page_of(folder, number).write_text(header + text.body, "utf-8")


def lay_pages(folder: Path, texts: Sequence[Text]) -> None:
    """Write `texts` as a folder of Markdown pages as MkDocs and Zensical read them, with a first page."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "statute").mkdir(parents=True)
    (folder / "index.md").write_text("# 测速\n\n只用来测量快慢。\n", "utf-8")
    for number, text in enumerate(texts):
        page_of(folder, number).write_text(f"# {text.title}\n\n{text.body}", "utf-8")


def page_of(folder: Path, number: int) -> Path:
    """Return the file of the text `number` in either kind of folder."""
    return folder / "statute" / f"s-{number + 1:04}.md"


def _text(markdown: str, name: str) -> Text:
    title, lines, level = name, [], 1
    for line in re.sub(r"<!--.*?-->", "", markdown, flags=re.S).split("\n"):
        marks, _, words = line.partition(" ")
        if marks == "#":
            title = words
            continue
        if marks and not marks.strip("#"):
            # Some leave out a level of headings, which our checks refuse.
            level = min(len(marks), level + 1)
            line = f"{'#' * level} {words}"
        lines.append(line)
    # Titles stand in YAML without quotes.
    title = re.sub(r"[^\w《》（）、]", "", title)[:LONGEST_TITLE]
    return Text(title, re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n")


def _body(dice: random.Random) -> str:
    lines, words = [], WORDS.split()
    for article in range(1, dice.randint(*ARTICLES) + 1):
        if article % CHAPTER == 1:
            lines.append(f"## 第{article // CHAPTER + 1}章 {dice.choice(words)}和{dice.choice(words)}")
        sentences = ("".join(dice.choices(words, k=dice.randint(8, 20))) for _ in range(dice.randint(1, 3)))
        lines.append(f"第{article}条 {'，'.join(sentences)}。")
    return "\n\n".join(lines) + "\n"
