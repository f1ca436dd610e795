"""Chinese line setting on the element tree of a print, before layout: what the engine's line breaking leaves out.

Sources: clreq (W3C), GB/T 15834. Marks that meet are closed up, no line begins with —— · ～ or ／, no paragraph ends
in a line of one character. Works on any ElementTree, so it can be tested without the engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement

INLINE = {"a", "abbr", "b", "code", "em", "i", "mark", "small", "span", "strong", "sub", "sup", "u"}
# What a cell may hold instead of words; a field says what it is for.
SKIP = {"script", "style", "title", "template", "pre"}
CLOSING = "，。、；：”’）》〉】〕」』"
OPENING = "“‘（《〈【〔「『"
# Marks of one em whose empty half faces the next mark give that half away; ！ and ？ keep their width.
MEETING = re.compile(f"[{CLOSING}](?=[{CLOSING}{OPENING}])|[{OPENING}](?=[{OPENING}])")
# Between a Han character and a letter or a digit lies a quarter of a character; official papers take none.
MIXED = re.compile(r"[\u3400-\u9fff](?=[A-Za-z0-9])|[A-Za-z0-9%℃](?=[\u3400-\u9fff])")
# What titles of papers are made of: none of these is broken, and a line ends best at the edge of one.
WHOLE = re.compile(
    r"《[^》]*》|\d+(?:[—-]\d+)?(?:学年|[年月日届号])*|[春秋]季学期|中小学[校生]?|(?:学生)?欺凌(?:防治|治理)?(?:委员会)?|专项|督查|领导小组"
    r"|委员会|办公室|联席会议|法治副校长|突发事件|班主任|教职工|家长|学校|反馈|意见|整改|情况|问题|报告|通报|名单|职责|分工|清单|期间"
    r"|教育|关于|印发|开展|召开|实施|工作|应急|预案|方案|办法|制度|规则|细则|通知|上下学|汇总|备案|成员|组成|月报|协助|值班|发现"
)
SPEAKS = ("img", "svg", "a", "input", "textarea")  # a link may get its words, a page's number, from the style
SHORT = 4  # a table cell of so few characters stays on one line
JOINER = "\u2060"
# The engine counts a wide space at the end of a line and then breaks much too early; it takes an ordinary one away.
WIDE_SPACE = "\u3000"
STAND_IN = "\ufffc"  # an inline element without text (a blank, a box): parts what stands around it
# A dash is —— or a lone — after a character; the second half of a pair is never parted by the engine. A number stays
# with its unit.
TIED = re.compile(
    r"(?<=[^\s\u2060])(?=——|[·・～／])|(?<=[^\s\u2060—])(?=—)|(?<=\d)(?=[年月日天时分秒周个名人次份条张页元级％])"
)
# A unit of two characters is not parted either, nor by the space that some write before it.
UNIT = re.compile(r"\d ?(?:小时|分钟|个?工作日|个?学期|个月|课时|学年|毫米|厘米|公里|米|岁|[天日周年月])")
# A short blank to write in (not a box, not a break) stays beside the last characters of what it asks for. Its own sign,
# so that a label is not tied to the boxes behind it.
BLANK = "\ufffb"
ASKS = re.compile(rf"[\u3400-\u9fff]{{1,2}}：?{BLANK}")
SHORT_BLANK = 10  # characters; a longer one would leave a ragged line, or not go on it
LAST = re.compile(r"(?<=[\u3400-\u9fff])(?=[\u3400-\u9fff][，。、；：？！…”’）》]*\s*$)")


def prepare(root: Element) -> None:
    """Set marks and breaks in all text below `root` and make its addresses fit for paper, in place."""
    scope(root)
    for element in root.iter():
        if element.get("data-measure"):
            _break_title(element, int(element.get("data-measure", "0")))
        elif element.tag in ("td", "th") and element.find(".//span") is None and 0 < len(_text(element)) <= SHORT:
            element.set("class", f"{element.get('class', '')} nw".strip())
        elif element.tag == "td" and not _text(element) and not any(each.tag in SPEAKS for each in element.iter()):
            SubElement(element, "span", {"class": "unfilled"}).text = "待填"
    for block in list(root.iter()):
        if _kind(block) == "block":
            for run, ends in _runs(block):
                _set(run, ends)


def scope(root: Element) -> None:
    """Make ids and links of one print out of those of the documents in it.

    Ids below an element with `data-scope` get its value in front, so that equal headings of two chapters stay apart;
    `doc:<id>` leads to the element with that scope and stays plain text where there is none on this paper, like
    every relative address: paper has no folder.
    """
    scoped = [(element.get("data-scope", ""), element) for element in root.iter() if element.get("data-scope")]
    scopes = dict(scoped)
    for value, chapter in scoped:
        for element in chapter.iter():
            if element is not chapter and (name := element.get("id")):
                element.set("id", f"{value}--{name}")
            if (target := element.get("href", "")).startswith("#") and element.tag == "a" and len(target) > 1:
                element.set("href", f"#{value}--{target[1:]}")
    for link in root.iter("a"):
        target = link.get("href", "")
        if target.startswith("doc:"):
            name, _, heading = target[4:].partition("#")
            chapter_id = scopes[name].get("id", "") if name in scopes else ""
            target = (f"#{name}--{heading}" if heading else f"#{chapter_id}") if chapter_id else ""
        if not re.match(r"#.|https?://|mailto:|tel:", target):
            link.attrib.pop("href", None)
        else:
            link.set("href", target)


def _text(element: Element) -> str:
    return "".join(element.itertext()).replace(JOINER, "").strip()


def _break_title(title: Element, measure: int) -> None:
    """Break a title of more than `measure` characters into two lines at the best place near its middle.

    GB/T 9704-2012, 7.3.1: each line a whole phrase, the lines a trapezoid. Without a dictionary only marks and the
    words that such titles are made of tell where a phrase ends.
    """
    text = (title.text or "").strip()
    if len(title) or _wide(text) <= measure:
        return
    places = [at for at in range(2, len(text) - 1) if max(_wide(text[:at]), _wide(text[at:])) <= measure]
    edges, inside = set[int](), set[int]()
    for word in WHOLE.finditer(text):
        edges |= {word.start(), word.end()}
        inside |= set(range(word.start() + 1, word.end()))
    place = min(places, key=lambda at: 99 if at in inside else _cost(text, at, at in edges), default=0)
    if place:
        title.text = text[:place]
        SubElement(title, "br").tail = text[place:]


def _cost(text: str, at: int, edge: bool) -> float:
    """Return how badly a title breaks before character `at`: far from the middle, inside a phrase, in equal halves."""
    if text[at] in CLOSING or text[at - 1] in OPENING or text[at] in "·—":
        return 99
    if text[at - 1] in "：，、；》”":
        good = 0.0
    elif text[at] in "和与及的":
        good = 6.0
    else:
        good = 2.0 if edge or text[at - 1] in "和与及的" else 5.0
    return good + (abs(_wide(text[:at]) - _wide(text) / 2) or 2.5)


def _wide(text: str) -> float:
    """Return the width of a text in Chinese characters; a digit takes half of one."""
    return sum(0.5 if char.isascii() else 1 for char in text)


def _kind(element: Element) -> str:
    """Return how an element takes part in a line: inline, block, or other (pictures, breaks, fields, comments)."""
    tag: object = element.tag
    if not isinstance(tag, str) or tag in SKIP or tag in ("br", "img", "input", "textarea") or tag.startswith("{"):
        return "other"
    return "inline" if tag in INLINE else "block"


def _short_blank(element: Element) -> bool:
    names = element.get("class", "").split()
    width = re.match(r"width:([\d.]+)em", element.get("style", ""))
    return "blank" in names and ("year" in names or (width is not None and float(width[1]) <= SHORT_BLANK))


class _Slot:
    """One piece of text of a run: the text of an element or its tail, with the parent that holds it."""

    def __init__(self, holder: Element, parent: Element | None) -> None:
        self.holder, self.parent = holder, parent
        self.text = (holder.text if parent is None else holder.tail) or ""

    def put(self, pieces: list[str | Element]) -> None:
        """Replace the text by strings and elements, a string first."""
        parent = self.holder if self.parent is None else self.parent
        place = 0 if self.parent is None else list(parent).index(self.holder) + 1
        for piece in pieces:
            if isinstance(piece, str):
                self._say(parent, place, piece)
            else:
                parent.insert(place, piece)
                place += 1

    def _say(self, parent: Element, place: int, text: str) -> None:
        if place:
            parent[place - 1].tail = text
        else:
            parent.text = text


def _runs(block: Element) -> Iterator[tuple[list[_Slot | str], bool]]:
    """Return the runs of inline text directly in a block, and for each whether the block ends with it."""
    runs: list[list[_Slot | str]] = [[]]

    def collect(element: Element) -> None:
        runs[-1].append(_Slot(element, None))
        for child in element:
            kind = _kind(child)
            if kind == "inline" and _text(child):
                collect(child)
            elif kind == "block":
                runs.append([])
            else:
                runs[-1].append(BLANK if _short_blank(child) and block.tag not in ("td", "th") else STAND_IN)
            runs[-1].append(_Slot(child, element))

    collect(block)
    for number, run in enumerate(runs):
        yield run, number == len(runs) - 1


def _set(run: list[_Slot | str], ends: bool) -> None:
    """Close up meeting marks, part Han from Latin, tie what may not be parted, leave no block a last line of one
    character.
    """
    whole = "".join(part if isinstance(part, str) else part.text for part in run)
    if not whole.strip():
        return
    spans = {match.start(): "hw" for match in MEETING.finditer(whole)}
    spans |= {match.start(): "qw" for match in MIXED.finditer(whole)}
    ties = {match.start() for match in TIED.finditer(whole)}
    for match in (*UNIT.finditer(whole), *ASKS.finditer(whole)):
        ties |= set(range(match.start() + 1, match.end()))
    if ends and (last := LAST.search(whole)):
        ties.add(last.start())
    start = 0
    for part in list(run):
        length = len(part) if isinstance(part, str) else len(part.text)
        if not isinstance(part, str):
            here = range(start, start + length + 1)
            if WIDE_SPACE in part.text or any(place in spans or place in ties for place in here):
                pieces = _pieces(part.text, start, spans, ties)
                if part.text and whole[start + length : start + length + 1] == BLANK and start + length in ties:
                    _add(pieces, JOINER)
                part.put(pieces)
        start += length


def _pieces(text: str, start: int, spans: Mapping[int, str], ties: set[int]) -> list[str | Element]:
    """Return a text as strings and spans: hw for a mark that gives up half its width, qw for a character that a quarter
    follows, gap for a wide space, nw for characters that are not parted. Spans leave the text as it is, so that it can
    be searched for in the PDF.
    """
    # Only where the tie runs into another element a joiner has to do.
    pieces: list[str | Element] = [JOINER if start in ties else ""]
    # Most text is plain: it is taken in stretches up to the next character that a span or a tie begins at.
    marked = {place - start for place in spans} | {place - start - 1 for place in ties}
    marked |= {place for place, char in enumerate(text) if char == WIDE_SPACE}
    at = 0
    for stop in sorted(place for place in marked if 0 <= place < len(text)):
        if stop < at:
            continue
        _add(pieces, text[at:stop])
        at, end = stop, stop + 1
        while start + end in ties and end < len(text):
            end += 1
        group: list[str | Element] = [""]
        for place in range(at, end):
            _add(group, _marked(text[place], spans.get(start + place, "")))
        if end - at > 1:
            tied = Element("span", {"class": "nw"})
            _Slot(tied, None).put(group)
            group = [tied]
        for piece in group:
            _add(pieces, piece)
        at = end
    _add(pieces, text[at:])
    return pieces


def _marked(char: str, span: str) -> str | Element:
    if span:
        return _span(span, char)
    return _span("gap", " ") if char == WIDE_SPACE else char


def _add(pieces: list[str | Element], piece: str | Element) -> None:
    """Put a piece behind others, strings drawn together and a string behind every element."""
    last = pieces[-1]
    if isinstance(piece, str):
        pieces[-1:] = [last + piece] if isinstance(last, str) else [last, piece]
    else:
        pieces += [piece, ""]


def _span(name: str, text: str) -> Element:
    span = Element("span", {"class": name})
    span.text = text
    return span
