"""Characters to syllables and traditional characters to simplified ones, for the index and for the browser alike."""

from __future__ import annotations

import marshal
from collections.abc import Container, Iterable
from typing import NamedTuple

from generator.store import Store, code_digest

# Rows 16 to 87 of GB/T 2312-1980: its 6,763 characters.
ROWS, CELLS = range(0xB0, 0xF8), range(0xA1, 0xFF)


class Tables(NamedTuple):
    """What is known of characters.

    `syllables` has the most usual syllable of each character of GB 2312, without tone and with v for ü; `others` the
    further ones of those that are read in more than one way; `simplified` pairs of a traditional character of Big5 and
    its simplified form, one after the other.
    """

    syllables: dict[str, str]
    others: dict[str, list[str]]
    simplified: str


def load(store: Store) -> Tables:
    """Return the tables, from the store if they are there: the packages that know them take as long as an index."""
    key = code_digest()
    if kept := store.get("search-tables", key):
        return Tables(*marshal.loads(kept))
    made = _made()
    store.put("search-tables", key, marshal.dumps(tuple(made)))
    return made


def _made() -> Tables:
    from opencc import OpenCC
    from pypinyin import Style, lazy_pinyin, pinyin

    gb2312 = "".join(bytes((row, cell)).decode("gb2312", "ignore") for row in ROWS for cell in CELLS)
    syllables = {character: lazy_pinyin(character)[0] for character in gb2312}
    others = {}
    for character, usual in syllables.items():
        readings = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
        if further := [reading for reading in readings if reading != usual]:
            others[character] = further
    convert = OpenCC("t2s").convert
    big5 = (character for character in map(chr, range(0x4E00, 0xA000)) if character.encode("big5", "ignore"))
    pairs = ((character, convert(character)) for character in big5)
    # Browsers count what lies beyond the first plane as two.
    plain = "".join(one + two for one, two in pairs if one != two and len(two.encode("utf-16-le")) == 2)
    return Tables(syllables, others, plain)


def spelt(readings: Iterable[tuple[str, str]], known: Container[str]) -> str:
    """Return pairs of character and syllable as one string: each syllable and its characters, after ' the unknown."""
    grouped: dict[str, tuple[list[str], list[str]]] = {}
    for character, syllable in readings:
        grouped.setdefault(syllable, ([], []))[character not in known].append(character)
    pieces = ((syllable, "".join(these), "".join(others)) for syllable, (these, others) in sorted(grouped.items()))
    return "".join(f"{syllable}{these}'{others}" if others else syllable + these for syllable, these, others in pieces)
