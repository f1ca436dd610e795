"""Characters to syllables and traditional characters to simplified ones, for the index and for the browser alike."""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import cache

# Rows 16 to 87 of GB/T 2312-1980: its 6,763 characters.
ROWS, CELLS = range(0xB0, 0xF8), range(0xA1, 0xFF)


@cache
def syllables() -> dict[str, str]:
    """Return the most usual syllable, without tone and with v for ü, of each character of GB 2312."""
    from pypinyin import lazy_pinyin

    pairs = (bytes((row, cell)).decode("gb2312", "ignore") for row in ROWS for cell in CELLS)
    return {character: lazy_pinyin(character)[0] for character in pairs if character}


def other_syllables(characters: Iterable[str]) -> dict[str, list[str]]:
    """Return the further syllables of those of `characters` that are read in more than one way."""
    from pypinyin import Style, pinyin

    found = {}
    for character in sorted(set(characters) & syllables().keys()):
        readings = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
        if others := [reading for reading in readings if reading != syllables()[character]]:
            found[character] = others
    return found


def spelt(readings: Iterable[tuple[str, str]], known: Container[str]) -> str:
    """Return pairs of character and syllable as one string: each syllable and its characters, after ' the unknown."""
    grouped: dict[str, tuple[list[str], list[str]]] = {}
    for character, syllable in readings:
        grouped.setdefault(syllable, ([], []))[character not in known].append(character)
    pieces = ((syllable, "".join(these), "".join(others)) for syllable, (these, others) in sorted(grouped.items()))
    return "".join(f"{syllable}{these}'{others}" if others else syllable + these for syllable, these, others in pieces)


@cache
def simplified() -> str:
    """Return pairs of a traditional character of Big5 and its simplified form, one after the other."""
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    big5 = (character for character in map(chr, range(0x4E00, 0xA000)) if character.encode("big5", "ignore"))
    pairs = ((character, convert(character)) for character in big5)
    return "".join(one + two for one, two in pairs if one != two and len(two.encode("utf-16-le")) == 2)
