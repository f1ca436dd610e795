"""The look: tokens, the Jinja environment with its filters, and the digest of what decides how output looks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup, escape

from generator.model import Edition

DIGITS = "零一二三四五六七八九"
STYLE = re.compile(r"<style>.*?</style>", re.S)
# What the classes of the pictures are filled with: o and t are lines, k is solid ink.
ILLUSTRATION = {"o": "none", "t": "none", "p": "ill-paper", "s": "sun", "l": "leaf", "k": "ill-ink", "g": "glow"}


def tokens(themes: Path) -> Mapping[str, Any]:
    """Return the design tokens of `themes/tokens.yml`."""
    return _tokens((themes / "tokens.yml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _tokens(text: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return loaded


def editions(themes: Path) -> Mapping[str, Edition]:
    """Return the editions of `themes/print/editions.yml` by id."""
    return _editions((themes / "print" / "editions.yml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _editions(text: str) -> Mapping[str, Edition]:
    loaded = yaml.load(text, yaml.CSafeLoader)
    return {id_: Edition(id_, **{**loaded["plain"], **own}) for id_, own in loaded.items()}


def inked(tokens: Mapping[str, Any], ink: str) -> dict[str, Any]:
    """Return the tokens of print: `colour` by name of role, as hex, in black and greys (mono) or in colour."""
    light = {name: colour["hex"] for name, colour in tokens["colour"]["light"].items()}
    return {**tokens, "colour": {**light, **tokens["print-ink"][ink]}}


def qr(address: str) -> Markup:
    """Return a QR code (ISO/IEC 18004, level M) of an address as inline SVG; four modules around it must stay white."""
    import segno

    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(border=0, omitsize=True, svgclass="qr", lineclass=None, title=f"二维码：{address}")
    return Markup(drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def picture(source: str, title: str, colour: Mapping[str, str] | None = None) -> Markup:
    """Return a picture of `themes/art`, given as `source`, as inline SVG with `title` as its text alternative.

    Its classes become attributes in the inks of `colour`, since paper has no style sheet for them; without `colour`
    they stay for the page's own.
    """
    drawn = STYLE.sub("", source).strip().replace(">", f"><title>{escape(title)}</title>", 1)
    if colour:
        line = f'stroke="{colour["ill-ink"]}" stroke-linejoin="round" stroke-linecap="round" stroke-width'
        for class_, fill in ILLUSTRATION.items():
            stroke = "" if class_ in "kg" else f' {line}="{2.1 if class_ == "t" else 3}"'
            drawn = drawn.replace(f'class="{class_}"', f'fill="{colour.get(fill, fill)}"{stroke}')
    return Markup(drawn)


def numeral(number: int) -> str:
    """Return 1 to 9999 as a Chinese numeral the way laws number articles: 39 三十九, 119 一百一十九, 1009 一千零九."""
    if not 0 < number < 10000:
        raise ValueError(f"no article has the number {number}")
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if gap else "") + DIGITS[digit] + name
            gap = False
        elif text:
            gap = True
    return text[1:] if text.startswith("一十") else text


def date_cn(date: str) -> str:
    """Return an ISO date in the form of official documents (GB/T 9704-2012, 7.3.5.4): 2027-03-05 → 2027年3月5日."""
    return "".join(f"{int(part)}{unit}" for part, unit in zip(date.split("-"), "年月日", strict=False))


def file_size(size: int) -> str:
    """Return a size in bytes as people read it: 48 KB, 1.6 MB."""
    return f"{size / 1048576:.1f} MB" if size >= 1048576 else f"{max(1, round(size / 1024))} KB"


def environment(folders: Iterable[Path]) -> Any:
    """Return the Jinja environment for templates in `folders`, first match wins. Undefined names raise.

    A kind's templates are found as `<kind>/page.html` in the folder of kinds, masters and partials in the theme's.
    There `drawing(name, title, colour)` gives a picture of `themes/art`, see `picture`.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    env: Any = Environment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )

    def drawing(name: str, title: str, colour: Mapping[str, str] | None = None) -> Markup:
        return picture(env.loader.get_source(env, f"art/{name}.svg")[0], title, colour)

    env.globals["drawing"] = drawing
    env.tests["contains"] = lambda values, value: value in values
    env.filters.update(numeral=numeral, date_cn=date_cn, file_size=file_size, qr=qr)
    return env


def digest(folder: Path) -> str:
    """Return the digest of every file below `folder`, by relative path and content."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        total.update(str(path.relative_to(folder)).encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
