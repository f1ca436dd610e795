"""Undocumented is red: what people can use, see or meet stands in the docs, and what the docs say holds."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import build
from generator import pipeline
from generator.diagnostics.diagnostic import catalogue
from generator.reading import kinds
from tests.house import KINDS, ROOT, House
from tools import authoring_doc

DOCS = ROOT / "docs"
PAGES = (*sorted(DOCS.glob("*.md")), *sorted(ROOT.glob("*.md")))
AUTHORING = (DOCS / "authoring.md").read_text("utf-8")
FENCE = re.compile(r"^( *)```(\w+)(?: (\S+))?\n(.*?)^\1```$", re.S | re.M)
LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")


def commands() -> Iterator[tuple[str, str]]:
    """Yield every command with each of its options."""
    (sub,) = (a for a in build._parser()._actions if isinstance(a, argparse._SubParsersAction))
    for name, command in sub.choices.items():
        for action in command._actions:
            for option in action.option_strings:
                if option.startswith("--"):
                    yield name, option


def all_docs() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(DOCS.glob("*.md")))


def prose(text: str) -> str:
    """Return a page without what it quotes; examples of faults are quotes, too."""
    return re.sub(r"`[^`\n]*`|^- 例子：.*$", "", FENCE.sub("", text), flags=re.M)


def anchors(text: str) -> set[str]:
    """Return the anchors that code hosts give to the headings of a page."""
    headings = re.findall(r"^#{1,6} (.+)$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_the_generated_parts_of_the_authoring_page_are_fresh() -> None:
    assert authoring_doc.filled(AUTHORING) == AUTHORING, f"docs/authoring.md is stale, run: {authoring_doc.COMMAND}"


def test_every_command_and_option_is_documented() -> None:
    text = all_docs()
    missing = {f"build.py {name}" for name, _ in commands() if f"build.py {name}" not in text}
    missing |= {option for _, option in commands() if option not in text}
    assert missing == set()


@pytest.mark.parametrize("kind", kinds.load([KINDS], (), ()).values(), ids=lambda kind: kind.id)
def test_every_kind_is_documented(kind: kinds.Kind) -> None:
    assert f"### {kind.name}（{kind.id}）" in AUTHORING


def test_every_code_is_documented() -> None:
    text = (DOCS / "diagnostics.md").read_text("utf-8")
    assert [code for code in catalogue() if code not in text] == []


def test_every_font_role_is_documented() -> None:
    text = (DOCS / "fonts.md").read_text("utf-8")
    roles = yaml.safe_load((ROOT / "themes" / "fonts.yml").read_text("utf-8"))["roles"]
    rows = {id_: f"| {role['name']} | `{id_}` |" for id_, role in roles.items()}
    assert [id_ for id_, row in rows.items() if row not in text] == []
    assert all(role["face"].removesuffix(".otf") in text for role in roles.values())


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for target in LINK.findall(prose(text)):
        if re.match(r"https?://", target):
            continue
        file, _, anchor = target.partition("#")
        other = page if not file else page.parent / file
        assert other.exists(), f"{page.name} links to {target}, which does not exist"
        if anchor:
            assert anchor in anchors(other.read_text("utf-8")), f"{page.name} links to {target}: no such heading"


def test_the_readme_and_its_twin_tell_the_same() -> None:
    texts = [(ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")]
    code = [
        [re.sub(r" *#.*", "", block).strip() for _, language, _, block in FENCE.findall(text) if language != "text"]
        for text in texts
    ]
    assert code[0] == code[1]
    links = [set(LINK.findall(text)) - {"README.md", "README.zh-CN.md"} for text in texts]
    assert links[0] == links[1]
    assert texts[0].count("\n## ") == texts[1].count("\n## ")


def test_options_named_in_docs_exist() -> None:
    """Every `build.py` call in the docs is one that the command line takes."""
    known = set(commands())
    for page in PAGES:
        for name, rest in re.findall(r"build\.py (\w+)([^`\n|#（]*)", page.read_text("utf-8")):
            assert name in {command for command, _ in known}, f"{page.name}: build.py {name}"
            for option in re.findall(r"--[\w-]+", rest):
                assert (name, option) in known, f"{page.name}: build.py {name} {option}"


def test_lines_quoted_from_the_content_stand_there(tmp_path: Path) -> None:
    """What the authoring page shows of sources is real, and the files it shows whole pass the check."""
    own = authoring_doc.SECTION.sub("", AUTHORING)
    files = {path: text for _, _, path, text in FENCE.findall(own) if path}
    examples = "\n".join(
        text
        for path in sorted(KINDS.glob("*/example.yml"))
        for text in yaml.safe_load(path.read_text("utf-8")).values()
    )
    registries = "".join(path.read_text("utf-8") for path in sorted((ROOT / "content").glob("*.yml")))
    real = {line.strip() for line in f"{examples}\n{registries}".split("\n")}
    quoted = [text for _, language, path, text in FENCE.findall(own) if language in ("yaml", "markdown") and not path]
    assert [line for text in quoted for line in text.split("\n") if line.strip() not in real] == []
    house = House(tmp_path)
    for path, text in files.items():
        house.write(path, text)
    for path in files:
        school = Path(path).stem if path.startswith("schools/") else ""
        assert [d.code for d in pipeline.check(house.project, school)[1] if d.severity == "error"] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_docs_name_no_machine_path(page: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:home|root|work|Users)/\S*", page.read_text("utf-8")) == []
