#!/usr/bin/env python3
"""Writes docs/diagnostics.md from generator/diagnostics/catalogue.yml.

Usage: .venv/bin/python tools/diagnostics_doc.py           writes the page anew
       .venv/bin/python tools/diagnostics_doc.py --check   writes nothing, ends with 1 if the page is stale
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from generator.diagnostics.diagnostic import catalogue  # noqa: E402
from generator.diagnostics.full import WORDS  # noqa: E402

COMMAND = ".venv/bin/python tools/diagnostics_doc.py"
GROUPS = {
    "F": ("文件", "文件放错了地方，或者读不出来。"),
    "Y": ("信息栏的写法", "冒号、引号、缩进写错，这个文件后面的内容这一次就不再检查。"),
    "S": ("栏目的内容", "栏目的名字、类型、长短、词表不对。"),
    "R": ("引用和链接", "占位符、法规、求助电话、链接、图片找不到对应的东西。"),
    "C": ("内容前后不一", "分钟数、日期、标题、提示框、附件对不上。"),
    "P": ("印刷", "排版时才能发现的问题，只在生成时报告。"),
}
HEAD = """# 报告的每一种问题

<!-- 本页由 tools/diagnostics_doc.py 从 generator/diagnostics/catalogue.yml 生成，请改那里，不要改这里。 -->

`python build.py check` 一次报告全部问题，每个问题写明编号、位置、哪里不对、怎么改。这一页说明每个编号的意思。
**错误**要改好才能生成；**提醒**不挡生成，加上 `--strict` 也算不通过；**说明**只是告诉一声，不用改。
文中的“…”在报告里是具体的内容。
"""


class _Gap(dict[str, str]):
    """Fills a sentence of the catalogue where the report has something of the content."""

    def __missing__(self, key: str) -> str:
        return "…"


def page() -> str:
    """Return the page as Markdown."""
    lines = [HEAD]
    for letter, (name, about) in GROUPS.items():
        lines += [f"## {name}（{letter}）", "", about, ""]
        for code, entry in catalogue().items():
            if code.startswith(letter):
                hints = [entry[key].format_map(_Gap()) for key in ("hint", "near") if key in entry]
                lines += [
                    f"### {code} {entry['title']}",
                    "",
                    f"- {WORDS[entry['severity']]}：{_literal(entry['message'].format_map(_Gap()))}",
                    f"- 怎么改：{_literal('或者：'.join(hints))}",
                    f"- 为什么：{_literal(entry['why'])}",
                    f"- 例子：{_literal(entry['example'])}",
                    "",
                ]
    return "\n".join(lines)


def _literal(text: str) -> str:
    """Return text that Markdown shows as it stands."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in text)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", nargs="?", type=Path, default=ROOT / "docs" / "diagnostics.md")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not options.check:
        options.page.write_text(page(), "utf-8")
        return 0
    if not options.page.is_file() or options.page.read_text("utf-8") != page():
        print(f"{options.page.name} is stale: run {COMMAND}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
