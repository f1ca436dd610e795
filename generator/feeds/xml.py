"""XML as it is published."""

from __future__ import annotations

from xml.etree.ElementTree import Element, indent, tostring


def written(root: Element) -> bytes:
    """Return the document of `root` in UTF-8, an element a line."""
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
