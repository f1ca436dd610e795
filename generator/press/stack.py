"""Tables with more columns than the paper has room for: each row becomes a block, a cell a line behind its head.

Three columns in large type or five on A5 leave less than a phrase a line. A print says by `data-stack` on its root
element from how many columns on. Works on any ElementTree, so it can be tested without
the engine.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement


def stack(root: Element, columns: int) -> None:
    """Replace the tables below `root` that have so many columns or more by blocks, in place; no word is lost.

    The first cell is the block's title, behind the head of its column if that has one. A table whose cells do not stand
    one below each head stays a table.
    """
    for parent in list(root.iter()):
        for place, table in enumerate(list(parent)):
            if table.tag == "table" and len(heads := table.findall("thead/tr/*")) >= columns and _even(table, heads):
                parent[place] = _stacked(table, heads)


def _even(table: Element, heads: list[Element]) -> bool:
    """Return whether each row of a table has one cell for each head, and nothing stands outside head and body."""
    rows = table.findall("*/tr")
    spans = (cell.get(name, "1") for row in rows for cell in row for name in ("colspan", "rowspan"))
    known = all(part.tag in ("colgroup", "thead", "tbody") for part in table)
    return known and all(len(row) == len(heads) for row in rows) and all(span == "1" for span in spans)


def _stacked(table: Element, heads: list[Element]) -> Element:
    blocks = Element("div", {"class": "stacks"})
    blocks.tail = table.tail
    for row in table.findall("tbody/tr"):
        block = SubElement(blocks, "div", {"class": "stack"})
        for number, (head, cell) in enumerate(zip(heads, row, strict=False)):
            line = SubElement(block, "p", {"class": "stack-t"} if number == 0 else {})
            if label := "".join(head.itertext()).strip():
                name = SubElement(line, "span", {"class": "stack-h"})
                name.text, name.tail = label, f"　{cell.text or ''}"
            else:
                line.text = cell.text
            line.extend(list(cell))
    return blocks
