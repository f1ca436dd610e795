"""The site's style values from `themes/tokens.yml`, and the files that every page loads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator import theme
from generator.store import key_of

GENERIC = ("serif", "sans-serif", "monospace")
LONGEST = 90  # minutes of a step that are still told apart, as in pages/_blocks.html


def tokens_css(tokens: Mapping[str, Any]) -> str:
    """Return `:root` rules with the colours, faces, sizes and measures of the tokens; dark mode follows the system.

    Paper is always light.
    """
    light = {name: value["hex"] for name, value in tokens["colour"]["light"].items()}
    dark = {name: value["hex"] for name, value in tokens["colour"]["dark"].items()}
    light |= {f"st-{key}": stage["light"] for key, stage in tokens["stage"].items()}
    dark |= {f"st-{key}": stage["dark"] for key, stage in tokens["stage"].items()}
    light |= {f"f-{role}": _family(tokens["font"][role]) for role in ("body", "song", "kai")}
    light |= {f"s{step}": f"{value}px" for step, value in tokens["space"].items()}
    light |= {f"r-{name}": f"{value}px" for name, value in tokens["radius"].items()}
    light |= dict(_type(tokens["type"]["screen"]))
    layout = tokens["layout"]
    light |= {f"w-{name}": f"{layout[name]}px" for name in ("max", "gutter-phone", "gutter", "aside", "facets")}
    light["line"] = f"{tokens['border']['line']}px"
    night = f"@media screen and (prefers-color-scheme:dark){{:root{{{_rules(dark)}}}}}"
    return f":root{{{_rules(light)}}}\n{night}\n{_shares()}\n"


def files(themes: Path) -> Mapping[str, bytes]:
    """Return the site's own static files by their path in the site: styles, scripts and pictures."""
    static = themes / "site" / "static"
    found = {path.relative_to(static).as_posix(): path for path in static.rglob("*") if path.is_file()}
    found |= {f"assets/art/{path.name}": path for path in (themes / "art").glob("*.svg") if path.name != "icons.svg"}
    made = {name: found[name].read_bytes() for name in sorted(found)}
    made["assets/tokens.css"] = tokens_css(theme.tokens(themes)).encode()
    return made


def version(themes: Path) -> str:
    """Return what stands behind `?v=` in the addresses of static files: another one when any of them is another."""
    return key_of(*(part for name, data in files(themes).items() for part in (name, data)))[:10]


def _shares() -> str:
    """Return the widths of a lesson's steps, by minutes: the pages' policy allows no style in a page itself."""
    return "".join(f".tl .w{minutes}{{flex:{minutes} {minutes} 0}}" for minutes in range(1, LONGEST + 1))


def _family(names: Iterable[str]) -> str:
    return ",".join(name if name in GENERIC else f'"{name}"' for name in names)


def _type(screen: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield sizes in rem of 16 px, so that large type enlarges everything, and line heights."""
    for name, value in screen.items():
        if not isinstance(value, Mapping):
            yield f"t-{name}", f"{value:g}"
            continue
        for key, suffix in (("size", ""), ("phone", "-phone"), ("desktop", "-desktop")):
            if key in value:
                yield f"t-{name}{suffix}", f"{value[key] / 16:g}rem"
        yield f"l-{name}", f"{value['line']:g}"
        if "measure" in value:
            yield f"m-{name}", f"{value['measure']}em"


def _rules(values: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())
