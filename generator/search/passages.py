"""A document's texts to passages, and passages to the tokens by which they are found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from operator import add

# Characters of a passage: enough for a thought, little enough that two words in one passage have to do with each other.
LENGTH = 200
# Runs of Chinese characters, and words of letters and digits; `themes/site/static/assets/find.js` cuts queries alike.
RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]{1,20}")
PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Letters and digits stand in the index in full width, so that all that is ASCII there is a posting.
WIDE = {code: code + 0xFEE0 for code in (*range(ord("a"), ord("z") + 1), *range(ord("0"), ord("9") + 1))}
_SENTENCE = re.compile(r"(?<=[。！？；])(?![”』」）])")
# Digits of a posting: printable ASCII without quotation mark and backslash; the first 46 end a number.
DIGITS = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"\\')
HALF = len(DIGITS) // 2


def cut(text: str) -> list[str]:
    """Return plain text as passages of some 200 characters, cut between lines, in a long line between sentences."""
    passages: list[str] = []
    held = ""
    for line in filter(None, map(str.strip, text.split("\n"))):
        for piece in _pieces(line):
            if held and len(held) + len(piece) > LENGTH:
                passages.append(held)
                held = ""
            held = f"{held} {piece}" if held else piece
    return [*passages, held] if held else passages


def _pieces(line: str) -> Iterable[str]:
    return [line] if len(line) <= LENGTH else filter(None, _SENTENCE.split(line))


def tokens(passages: Iterable[str]) -> dict[str, tuple[int, str, int]]:
    """Return where each token stands: the number of its first passage, the further ones encoded, the last one's.

    A token is a pair of neighbouring Chinese characters, or a word of letters and digits in full width.
    """
    held: dict[str, tuple[int, str, int]] = {}
    for number, passage in enumerate(passages):
        for token in _tokens(passage.lower().translate(PLAIN)):
            if before := held.get(token):
                first, steps, last = before
                held[token] = (first, steps + number_(number - last), number)
            else:
                held[token] = (number, "", number)
    return held


def _tokens(text: str) -> Iterable[str]:
    """Return the tokens of a text, each once, in the order in which they come."""
    found: dict[str, None] = {}
    for run in RUN.findall(text):
        found.update(dict.fromkeys([run.translate(WIDE)] if run < "\u3400" else map(add, run, run[1:])))
    return found


@cache
def number_(value: int) -> str:
    """Return a number from 0 as digits of the index, the smallest part first."""
    if value < HALF:
        return DIGITS[value]
    return DIGITS[HALF + value % HALF] + number_(value // HALF)


def join(documents: Iterable[Mapping[str, tuple[int, str, int]]], lengths: Iterable[int]) -> dict[str, str]:
    """Return the postings of each token over several documents; `lengths` are their numbers of passages.

    Passages are counted through all documents; each number is written as its distance from the one before it.
    """
    joined: dict[str, str] = {}
    last: dict[str, int] = {}
    start = 0
    for found, length in zip(documents, lengths, strict=True):
        for token, (first, steps, end) in found.items():
            before = last.get(token)
            if before is None:
                joined[token] = number_(start + first) + steps
            else:
                joined[token] += number_(start + first - before) + steps
            last[token] = start + end
        start += length
    return joined
