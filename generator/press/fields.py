"""Fields to fill in on a screen: `<input>` and `<textarea>` of a print become the AcroForm fields of its PDF.

A blank field prints as the line or box that the style gives its element. Names are the elements' `name`; one with dots
(`primary.cases`) is a field in a group, as ISO 32000-1, 12.7.3.2 asks. The read-out name of a field is its `title`
(PDF/UA-1, 7.18.4), that of a choice its `data-ask`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import pydyf

ENTRIES = ("input", "textarea")
# A subset of an embedded face cannot hold what will be typed. Viewers know this name and lend their own Song; codes are
# the numbers of Adobe-GB1, since Poppler writes these whatever the encoding says.
FACE, ENCODING = "STSong-Light", "/Identity-H"
# Flags of ISO 32000-1, tables 221, 226 and 228.
PRINTS, MULTILINE, RADIO = 1 << 2, 1 << 12, 1 << 15
EMPTY = {"Type": "/XObject", "Subtype": "/Form", "Resources": pydyf.Dictionary()}


def prepare(root: Element) -> None:
    """Name every field's kind in `data-entry` and let the engine take all for ticks, in place.

    A tick has its annotation and its structure element like any other field; for a text field the engine would embed
    a whole face of several megabytes, which still lacks the characters of rare names.
    """
    for element in root.iter():
        if element.tag in ENTRIES:
            element.set("data-entry", "lines" if element.tag == "textarea" else element.get("type", "text"))
            element.set("type", "checkbox")


def finish(document: Any, pdf: Any) -> None:
    """Make the fields of a PDF about to be written what their elements say, in reading order."""
    form = _Form(pdf)
    for element, style, widget in _widgets(document):
        for key in widget.keys() - {"Type", "Subtype", "Rect", "P", "TU", "StructParent"}:
            del widget[key]
        widget["F"] = PRINTS
        path, kind = tuple(element.get("name", "").split(".")), element.get("data-entry")
        if kind == "radio":
            _answer(form, path, element, widget)
            continue
        if kind == "checkbox":
            widget |= {"FT": "/Btn", "V": "/Off", "AS": "/Off", "AP": _tick(pdf, widget, "Yes")}
        else:
            widget |= _text(element, style)
        widget["T"] = pydyf.String(path[-1])
        form.add(path[:-1], widget)
    if form.fields:
        pdf.catalog["AcroForm"] = pydyf.Dictionary(
            {
                "Fields": form.fields,
                "DR": pydyf.Dictionary({"Font": pydyf.Dictionary({"Song": _face(pdf).reference})}),
                "DA": pydyf.String("/Song 11 Tf 0 g"),
            }
        )


def _widgets(document: Any) -> Iterator[tuple[Element, Any, Any]]:
    """Yield element, style and annotation of every field, in reading order."""
    for page in document.pages:
        for box in page._page_box.descendants():
            if (widget := getattr(box, "widget_annotation", None)) is not None:
                yield box.element, box.style, widget


class _Form:
    """The tree of a PDF's fields: those at its top, and groups by the parts of their names."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self._groups: dict[tuple[str, ...], Any] = {}
        self._names: set[tuple[str, ...]] = set()
        self.fields = pydyf.Array()

    def add(self, path: tuple[str, ...], field: Any) -> None:
        """Put a field into the group that `path` names; () is the top.

        Raises ValueError at a second field of one full name: what is typed into one would appear in both. The answers
        of a choice have no names of their own.
        """
        if "T" in field:
            name = (*path, field["T"].string)
            if name in self._names:
                raise ValueError(f"two fields are named {'.'.join(name)}")
            self._names.add(name)
        if path:
            field["Parent"] = self.group(path).reference
        (self.group(path)["Kids"] if path else self.fields).append(field.reference)

    def group(self, path: tuple[str, ...]) -> Any:
        """Return the group that `path` names, made when it is asked for first."""
        if path not in self._groups:
            self._groups[path] = pydyf.Dictionary({"T": pydyf.String(path[-1]), "Kids": pydyf.Array()})
            self.pdf.add_object(self._groups[path])
            self.add(path[:-1], self._groups[path])
        return self._groups[path]


def _answer(form: _Form, path: tuple[str, ...], element: Element, widget: Any) -> None:
    """Make a widget one answer of a choice: its state is the answer's number, `Opt` holds the answers' words."""
    form.add(path, widget)
    choice = form.group(path)
    if "FT" not in choice:
        said = pydyf.String(element.get("data-ask", ""))
        choice |= {"FT": "/Btn", "Ff": RADIO, "V": "/Off", "TU": said, "Opt": pydyf.Array()}
    widget |= {"AS": "/Off", "AP": _tick(form.pdf, widget, str(len(choice["Opt"])))}
    choice["Opt"].append(pydyf.String(element.get("value", "")))


def _text(element: Element, style: Any) -> dict[str, Any]:
    """Return what makes a widget a field to type into, set as the paper is: size, alignment, number of characters."""
    field: dict[str, Any] = {
        "FT": "/Tx",
        "V": pydyf.String(""),
        "DA": pydyf.String(f"/Song {style['font_size'] * 0.75:.2f} Tf 0 g"),
        "Q": 1 if style["text_align_all"] == "center" else 0,
    }
    if element.get("data-entry") == "lines":
        field["Ff"] = MULTILINE
    if limit := element.get("maxlength"):
        field["MaxLen"] = int(limit)
    return field


def _tick(pdf: Any, widget: Any, state: str) -> Any:
    """Return the looks of a box: a tick under the name of its state, nothing while it is off."""
    left, top, right, bottom = widget["Rect"]
    width, height = abs(right - left), abs(top - bottom)
    box = pydyf.Array((0, 0, round(width, 2), round(height, 2)))
    on = pydyf.Stream(extra=pydyf.Dictionary({**EMPTY, "BBox": box}))
    on.set_line_width(round(width / 7, 2))
    on.move_to(0.18 * width, 0.5 * height)
    on.line_to(0.42 * width, 0.24 * height)
    on.line_to(0.84 * width, 0.8 * height)
    on.stroke()
    off = pydyf.Stream(extra=pydyf.Dictionary({**EMPTY, "BBox": box}))
    pdf.add_object(on)
    pdf.add_object(off)
    return pydyf.Dictionary({"N": pydyf.Dictionary({state: on.reference, "Off": off.reference})})


def _face(pdf: Any) -> Any:
    """Return a font that is named and not embedded (ISO 32000-1, 9.7.5.2)."""
    descriptor = pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": f"/{FACE}",
            "Flags": 6,  # serif, symbolic
            "FontBBox": pydyf.Array((-25, -254, 1000, 880)),
            "ItalicAngle": 0,
            "Ascent": 880,
            "Descent": -120,
            "CapHeight": 880,
            "StemV": 93,
        }
    )
    pdf.add_object(descriptor)
    system = {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("GB1"), "Supplement": 5}
    glyphs = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/CIDFontType0",
            "BaseFont": f"/{FACE}",
            "CIDSystemInfo": pydyf.Dictionary(system),
            "FontDescriptor": descriptor.reference,
            "DW": 1000,
            "W": pydyf.Array((1, 95, 500)),  # Latin letters and digits are half as wide
        }
    )
    pdf.add_object(glyphs)
    face = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": f"/{FACE}",
            "Encoding": ENCODING,
            "DescendantFonts": pydyf.Array((glyphs.reference,)),
        }
    )
    pdf.add_object(face)
    return face
