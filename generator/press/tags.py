"""The finisher of a PDF: puts its structure right where the engine leaves it wrong or empty.

What a screen reader is told comes from this structure, and PDF/UA-1 (ISO 14289-1) judges it. Every step takes the
laid-out document and the PDF as plain objects before they are written. Leans on how the engine builds both;
`tests/test_accessible.py` tells when that changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

# Grouping elements hold blocks, never text of their own (ISO 32000-1, 14.8.4.2).
GROUPS = ("/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote")
# What holds rows, cells or items only: nothing in it is lifted out of place.
FRAMES = ("/Table", "/THead", "/TBody", "/TFoot", "/TR", "/L", "/LI")
INLINE = ("/Span", "/NonStruct", "/Link", "/Figure", "/Form")
# Elements that mean nothing when they are empty; an empty cell keeps its place in the row.
IDLE = ("/Span", "/NonStruct", "/Div", "/P", "/Link", *(f"/H{level}" for level in range(1, 7)))
# An element with any more than these says something, if only to a reader.
PLAIN = {"Type", "S", "K", "Pg", "P"}
PRINT = 4  # annotation flag: shown on paper, too


def own_links(document: Any) -> None:
    """Leave each link its own annotation only: the engine gives one to every element inside the link as well."""
    for page in document.pages:
        page.links = [link for link in page.links if link[3].link]


def finish(document: Any, pdf: Any) -> None:
    """Put everything right that the engine leaves out, step by step."""
    for step in STEPS:
        step(document, pdf)


def _object(pdf: Any, reference: bytes) -> Any:
    """Return the object that a reference means."""
    return pdf.objects[int(reference.split()[0])]


def _scopes(document: Any, pdf: Any) -> None:
    """Give table heads their scope (PDF/UA-1, 7.5)."""
    import pydyf

    for page in document.pages:
        for box in page._page_box.descendants():
            structure = getattr(box, "mark", None)
            if structure is not None and box.element_tag == "th":
                scope = "/Row" if box.element.attrib.get("scope") == "row" else "/Column"
                structure.setdefault("A", pydyf.Dictionary({"O": "/Table"}))["Scope"] = scope


def _links(document: Any, pdf: Any) -> None:
    """Describe each link by its words, not by its address (7.18.5), and print what stands in its place (7.18.1)."""
    import pydyf

    for page in document.pages:
        for _, target, _, box in page.links:
            if annotation := box.link_annotation:
                annotation["Contents"] = pydyf.String(_words(box) or target)
                annotation["F"] = PRINT


def _words(box: Any) -> str:
    return "".join(getattr(each, "text", "") for each in (box, *box.descendants())).replace("\u2060", "").strip()


def _tables(document: Any, pdf: Any) -> None:
    """Make one table of the parts that stand on several pages; its repeated head is furniture like a running head."""
    whole: dict[Any, _Table] = {}
    for page in document.pages:
        for box in page._page_box.descendants():
            if getattr(box, "skipped_rows", None) is None or box.element_tag != "table":
                continue
            part = _Table(box, pdf)
            first = whole.setdefault(box.element, part)
            if first is not part:
                first.take(part)


class _Table:
    """The structure of a table, or of its part on one page, reached from the cells of its box."""

    def __init__(self, box: Any, pdf: Any) -> None:
        self._pdf = pdf
        groups = [[cell.mark for row in group.children for cell in row.children] for group in box.children]
        self._head = groups.pop(0) if box.children[0].is_header else []
        self._cells = [cell for group in groups for cell in group]
        row = self._above((self._head or self._cells)[0])
        self._structure = self._above(self._above(row))

    def take(self, part: _Table) -> None:
        """Take the rows of a later part; what heads them there is what heads them here."""
        # A page without room for the head beside a tall row has none; then the first head that there is serves.
        own, self._head = self._head, self._head or part._head
        heads = [pair for pair in zip(part._head, own, strict=False) if "ID" in pair[0]]
        same = {there["ID"].string: here["ID"] for there, here in heads}
        for cell in part._cells:
            if headers := cell["A"].get("Headers"):
                headers[:] = [same.get(name.string, name) for name in headers]
        for reference in part._structure["K"]:
            group = _object(self._pdf, reference)
            if group["S"] != "/THead" or not own:
                group["P"] = self._structure.reference
                self._structure["K"].append(reference)
        self._above(part._structure)["K"].remove(part._structure.reference)

    def _above(self, element: Any) -> Any:
        return _object(self._pdf, element["P"])


def _structure(document: Any, pdf: Any) -> None:
    """Clear the tree of what means nothing, make running heads artifacts (7.1), place figures and rank headings."""
    import pydyf

    tree = _Tree(pdf)
    tree.tidy(tree.top, chapter=False)
    for number, refs in enumerate(tree.owners):
        orphans = {mcid for mcid, ref in enumerate(refs) if ref not in tree.seen}
        _to_artifacts(tree.contents(number), orphans)
        refs[:] = ["null" if mcid in orphans else ref for mcid, ref in enumerate(refs)]
    for thing in pdf.objects:
        element = isinstance(thing, pydyf.Dictionary) and thing.get("Type") == "/StructElem"
        if element and thing.reference not in tree.seen:
            thing.clear()


class _Tree:
    """The structure tree of a PDF: `owners` gives for each page the element of each piece of marked content."""

    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        root = self.of(pdf.catalog["StructTreeRoot"])
        self.top = self.of(root["K"][0])
        numbers = self.of(root["ParentTree"])["Nums"]
        self._pages = {reference: number for number, reference in enumerate(pdf.page_references)}
        self.owners = [numbers[2 * number + 1] for number in range(len(self._pages))]
        self.seen: set[bytes] = set()

    def of(self, reference: bytes) -> Any:
        """Return the object that a reference means."""
        return _object(self._pdf, reference)

    def contents(self, number: int) -> Any:
        """Return the content stream of a page."""
        return self.of(self.of(self._pdf.page_references[number])["Contents"])

    def tidy(self, element: Any, chapter: bool) -> None:
        """Tidy all below an element; `chapter` says that it stands in a chapter of a book."""
        self.seen.add(element.reference)
        if element["S"] == "/Figure":
            self._place(element)
        if chapter and element["S"][:2] == "/H" and element["S"][2:].isdigit():
            # A chapter's title stands below the title of its part, and what is in the chapter below that.
            element["S"] = f"/H{min(int(element['S'][2:]) + 1, 6)}"
        kids = list(self._kept(element, chapter or element["S"] == "/Art"))
        if element["S"] == "/Div" and kids and all(self._kind(kid) in INLINE for kid in kids):
            element["S"] = "/P"
        if element["S"] in GROUPS:
            for kid in kids:
                if self._kind(kid) in ("/Span", "/NonStruct"):
                    self._to_block(self.of(kid))
        elif element["S"] not in FRAMES:
            alone = all(self._is_text(kid) for kid in kids)
            kids = [each for kid in kids for each in self._lifted(kid, element, alone)]
        element["K"][:] = kids

    def _kept(self, element: Any, chapter: bool) -> Iterator[Any]:
        """Yield the kids of an element that are not idle, tidied."""
        for kid in list(element["K"]):
            if not isinstance(kid, int) and self.of(kid).get("S"):
                child = self.of(kid)
                self.tidy(child, chapter)
                # A drawing without a title is decoration.
                if (child["S"] in IDLE and not child["K"]) or (child["S"] == "/Figure" and "Alt" not in child):
                    self.seen.discard(child.reference)
                    child.clear()
                    continue
            yield kid

    def _kind(self, kid: Any) -> str:
        """Return the type of a kid; marked content and annotations count as spans."""
        return "/Span" if isinstance(kid, int) else str(self.of(kid).get("S", "/Span"))

    def _to_block(self, element: Any) -> None:
        """Make a paragraph of text that stands alone among blocks."""
        inline = all(self._kind(kid) in INLINE for kid in element["K"])
        element["S"] = "/P" if inline else "/Div"

    def _lifted(self, kid: Any, parent: Any, alone: bool) -> list[Any]:
        """Return a kid, or what is in it if it is a plain span: such spans only part the text for setting.

        Text stays in spans where it does not stand alone: some readers take text of an element before its elements.
        """
        if isinstance(kid, int) or not self._is_plain(element := self.of(kid)):
            return [kid]
        if not alone and any(isinstance(each, int) for each in element["K"]):
            return [kid]
        for each in element["K"]:
            if isinstance(each, int):
                self.owners[self._pages[element["Pg"]]][each] = parent.reference
            else:
                self.of(each)["P"] = parent.reference
        inside = list(element["K"])
        element.clear()
        return inside

    def _is_plain(self, element: Any) -> bool:
        """Return whether an element says nothing beyond what is in it."""
        if element.get("S") not in ("/Span", "/NonStruct", "/Link") or set(element) - PLAIN:
            return False
        return not (element["S"] == "/Link" and any(self._is_annotation(kid) for kid in element["K"]))

    def _is_text(self, kid: Any) -> bool:
        """Return whether a kid is text or the annotation of a link, or holds text only and says nothing else."""
        if isinstance(kid, int) or self._is_annotation(kid):
            return True
        element = self.of(kid)
        return self._is_plain(element) and all(isinstance(each, int) for each in element["K"])

    def _is_annotation(self, kid: Any) -> bool:
        return not isinstance(kid, int) and self.of(kid).get("Type") == "/OBJR"

    def _place(self, figure: Any) -> None:
        """Give a figure's place in points from the lower left corner; the engine writes pixels from the upper left."""
        height = self.of(figure["Pg"])["MediaBox"][3]
        left, top, right, bottom = figure["A"]["BBox"]
        figure["A"]["BBox"][:] = [0.75 * left, height - 0.75 * bottom, 0.75 * right, height - 0.75 * top]


def _to_artifacts(stream: Any, mcids: set[int]) -> None:
    """Mark pieces of a content stream as furniture of the page, which is not read out."""
    import pydyf

    for place, item in enumerate(stream.stream):
        if isinstance(item, dict) and item.get("MCID") in mcids:
            stream.stream[place - 1 : place + 1] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]


STEPS: tuple[Callable[[Any, Any], None], ...] = (_scopes, _links, _tables, _structure)
