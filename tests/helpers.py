"""Small content folders made of text, checked in this process or by the command line in another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from generator import pipeline
from generator.diagnostics.diagnostic import Diagnostic
from generator.model import Library, Project

ROOT = Path(__file__).resolve().parents[1]
BAD = ROOT / "tests" / "fixtures" / "bad"

LIBRARY = """\
name: 示例资源库
tagline: 副题
publisher: 示例单位
licence: CC BY 4.0
help_lines:
  - {number: "110", name: 公安报警, use: 有人身危险, verified: true}
  - {number: "12355", name: 青少年服务台, use: 想找人商量, verified: true}
topics: [认识欺凌, 求助]
occasions: [开学]
blanks:
  学校名称: {width: 12}
  日期: {width: 10, text: ____年__月__日}
"""

LAWS = """\
wbf:
  title: 中华人民共和国未成年人保护法
  short: 未成年人保护法
  issuer: 全国人民代表大会常务委员会
  version: 2024年4月26日修正
  in_force: 2021-06-01
  verified: true
  articles:
    39: {says: 学校要有防控制度。}
    130: {item: （三）, says: 学生欺凌的定义。}
xxbh:
  title: 未成年人学校保护规定
  short: 未成年人学校保护规定
  issuer: 教育部
  number: 教育部令第50号
  version: 2021年6月1日公布
  in_force: 2021-09-01
  verified: true
  chapters:
    专项保护: {says: 学生欺凌治理。, verified: false}
wbf-2012:
  title: 中华人民共和国未成年人保护法（2012年修正）
  short: 未成年人保护法（旧）
  issuer: 全国人民代表大会常务委员会
  version: 2012年10月26日修正
  in_force: 2013-01-01
  verified: true
  superseded_by: wbf
  articles:
    43: {says: 旧的一条。}
"""

COMMON = {
    "title": "旁边的人",
    "summary": "看见了，去叫人。",
    "audiences": "[学生]",
    "stages": "[初中]",
    "topics": "[求助]",
    "answers": "[怎么做]",
    "reviewed": "2026-11-20",
    "review_due": "2027-08-31",
}
OWN = {
    "guide": {"first": "{lead: 先停下来。, steps: [停下来, 走开, 告诉大人]}", "calls": '["110"]'},
    "letter": {"salutation": "尊敬的家长：", "wish": "祝好", "receipt": "{note: 交给班主任, ticks: [已读, 想谈谈]}"},
    "policy": {"issuer": '"{{学校名称}}"'},
    "speech": {"minutes": "1", "speaker": "教师", "place": "国旗下"},
    "lesson": {
        "minutes": "12",
        "subject": "安全",
        "textbook": "接求助的话题",
        "learners": "学过一点",
        "goals": "[会求助]",
        "key_point": "求助",
        "difficulty": "敢求助",
        "prepare": "[纸]",
        "steps": "\n  - {name: 导入, minutes: 5, teacher: 问, students: 答, intent: 引入}"
        "\n  - {name: 练习, minutes: 7, teacher: 看, students: 练, intent: 会做}",
    },
}


def text(kind: str = "guide", body: str = "正文。\n", **fields: str | None) -> str:
    """Return a valid document of a kind with this body; `fields` replace or, as None, remove lines of front matter."""
    lines = {**COMMON, **OWN[kind], **fields}
    return "---\n" + "".join(f"{k}: {v}\n" for k, v in lines.items() if v is not None) + f"---\n{body}"


def content(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write a content folder: a small library and registry of laws, and `files` by path; None leaves one out."""
    root = folder / "content"
    for name, data in {"library.yml": LIBRARY, "laws.yml": LAWS, **files}.items():
        if data is not None:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.encode() if isinstance(data, str) else data)
    return root


def project(root: Path) -> Project:
    """Return the project with this content folder and a cache beside it."""
    return Project(root, ROOT / "themes", (ROOT / "generator" / "kinds",), root.parent / "cache")


def read(root: Path, school: str = "") -> tuple[Library, list[Diagnostic]]:
    """Return the library in a content folder and everything wrong with it."""
    return pipeline.check(project(root), school)


def check(folder: Path, files: Mapping[str, str | bytes | None], school: str = "") -> list[Diagnostic]:
    """Return everything wrong with a content folder of these files."""
    return read(content(folder, files), school)[1]


def places(found: list[Diagnostic]) -> list[tuple[str, str, int, int]]:
    """Return code, file, line and column of each diagnostic."""
    return [(d.code, d.place.file, d.place.line, d.place.column) for d in found]


def run(*arguments: str | Path, today: str = "2026-11-24") -> subprocess.CompletedProcess[str]:
    """Run `build.py` in another process and return its exit status and what it printed, to pipes."""
    return subprocess.run(
        [sys.executable, "build.py", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "LIBRARY_TODAY": today, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
