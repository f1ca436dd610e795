"""The press: what each use of the engine's inner parts is good for, and what is reported."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import fromstring, tostring

import pikepdf
import pytest

from generator.press import fonts, lines, setting
from generator.press.engine import Pdf, Press
from tests import paper
from tests.house import ROOT

FACES = ROOT / ".cache" / "fonts"
SHEET = """<!doctype html><html lang="zh-CN"><head><title>试</title><style>
@page{{size:A4;margin:30mm}} body{{font:16pt/1.8 var(--fang);margin:0;text-align:justify}}
</style></head><body>{}</body></html>"""


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Press:
    return Press(ROOT / "themes", tmp_path_factory.mktemp("content"), FACES)


def render(press: Press, body: str) -> Pdf:
    return press.render(SHEET.format(body))


def test_plain_text_has_no_problems_and_the_same_bytes_twice(press: Press) -> None:
    text = "<p>学校对学生欺凌行为应当立即制止，通知双方家长。</p>" * 40
    assert render(press, text).problems == ()
    assert render(press, text).data == render(press, text).data


@pytest.mark.parametrize(
    ("body", "code", "subject"),
    [
        ("<p>好😀</p>", "missing-glyph", "😀"),
        ("<p>\ue000</p>", "missing-glyph", "\ue000"),
        ('<p style="white-space:nowrap">' + "很长" * 30 + "</p>", "overflow", "很长" * 30),
        ('<p style="height:10mm;overflow:hidden">一行<br>二行<br>三行</p>', "overflow", "三行"),
        ('<p>下面的字</p><p style="position:absolute;top:0;left:0">上面的字</p>', "overlap", "下面的字"),
        ('<p><img src="nix.png" alt="图"></p>', "bad-image", "nix.png"),
        ('<p><img src="../../../etc/passwd" alt="图"></p>', "bad-image", "etc/passwd"),
        ('<p><img src="https://example.org/a.png" alt="图"></p>', "bad-image", "https://example.org/a.png"),
        ('<p><a href="#nowhere">去</a></p>', "engine", "No anchor #nowhere for internal URI reference"),
    ],
)
def test_each_problem_is_reported_once(press: Press, body: str, code: str, subject: str) -> None:
    found = [problem for problem in render(press, body).problems if problem.code == code and problem.subject == subject]
    assert len(found) == 1


def test_rare_characters_are_lent_and_named(press: Press) -> None:
    assert [(p.code, p.subject) for p in render(press, "<p>李䶮</p>").problems] == [("rare", "䶮")]


def test_a_line_that_a_mark_cuts_short_is_spread_over_all_its_characters(press: Press, tmp_path: Path) -> None:
    """The engine by itself stretches only at spaces and leaves such a line short by up to a character."""
    text = "学校对学生欺凌行为应当立即制止通知双方家长参与认定和处理对受欺凌的学生"
    width = 10 * 16 * paper.MM
    # The eleventh character is a mark, which may not begin a line: the tenth goes over with it.
    body = f'<p style="width:{width}mm;letter-spacing:0">{text[:10]}，{text[10:]}</p>'
    (tmp_path / "line.pdf").write_bytes(render(press, body).data)
    first = paper.lines(paper.pages(tmp_path / "line.pdf")[0])[0]
    assert first.text == text[:9]
    steps = [after.left - before.left for before, after in pairwise(first.chars)]
    # Nine characters on the room of ten: each stands a ninth of one further, within what their shapes differ.
    assert all(1.02 < step / (16 * paper.MM) < 1.25 for step in steps)
    assert abs(30 + width - first.right) < 1.2


def test_arrays_of_glyphs_share_one_type(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else C declarations are parsed for each length again, a tenth of the time of a sheet."""
    asked: list[str] = []
    new = setting._OpenArrays.new

    def spy(self: setting._OpenArrays, kind: str, *initial: object) -> object:
        asked.append(kind)
        return new(self, kind, *initial)

    monkeypatch.setattr(setting._OpenArrays, "new", spy)
    render(press, "<p>学校</p>")
    assert any(kind.startswith("hb_codepoint_t[") for kind in asked)


def test_table_heads_have_a_scope(press: Press) -> None:
    table = '<table><thead><tr><th>甲</th></tr></thead><tr><th scope="row">乙</th></tr><tr><td>丙</td></tr></table>'
    with pikepdf.open(io.BytesIO(render(press, table).data)) as pdf:
        scopes = [
            str(thing.A.Scope)
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/TH"
        ]
    assert sorted(scopes) == ["/Column", "/Row"]


def set_lines(markup: str) -> str:
    root = fromstring(markup)
    lines.prepare(root)
    return tostring(root, "unicode").replace(lines.JOINER, "+")


def test_marks_that_meet_are_closed_up() -> None:
    assert set_lines("<p>他说：“好”，走了。</p>") == (
        '<p>他说<span class="hw">：</span>“好<span class="hw">”</span>，<span class="nw">走了</span>。</p>'
    )
    assert 'class="hw">”' in set_lines("<p><b>“好”</b>，走</p>")
    assert "hw" not in set_lines('<p>《<span class="blank"> </span>》</p>')


def test_dashes_and_last_characters_are_tied() -> None:
    assert set_lines("<p>这里——那里</p>") == '<p>这<span class="nw">里—</span>—<span class="nw">那里</span></p>'


def test_a_number_stays_with_its_unit() -> None:
    assert '<span class="nw"><span class="qw">0</span>日</span>' in set_lines("<p>在10日内书面答复监护人</p>")


def test_a_tie_across_elements_takes_a_joiner() -> None:
    assert set_lines("<p><b>这里</b>——那里去</p>").startswith("<p><b>这里</b>+—")


def test_links_of_a_book_lead_inside_it_or_nowhere() -> None:
    book = set_lines(
        '<div><section id="guide-a" data-scope="guide/a"><h2 id="x">一</h2><a href="#x">甲</a></section>'
        '<a href="doc:guide/a#x">乙</a><a href="doc:guide/b">丙</a><a href="../c.html">丁</a></div>'
    )
    assert 'id="guide/a--x"' in book
    assert book.count('href="#guide/a--x"') == 2
    assert book.count("href=") == 2


def test_a_long_title_breaks_at_a_phrase() -> None:
    broken = set_lines('<h1 data-measure="16">停、走、告诉：三个动作和五个帮手们</h1>')
    assert "<br />三个动作" in broken


def test_missing_faces_are_served_by_the_substitute(tmp_path: Path) -> None:
    roles = fonts.resolve(ROOT / "themes", tmp_path)
    assert {role.served for role in roles.values()} == {"substitute"}
    assert "@font-face" not in fonts.css(roles)


def test_a_blank_page_and_pages_of_pictures_only_have_an_excess(press: Press) -> None:
    blank = SHEET.format('<p>一</p><p style="break-before:right">二</p><p style="break-before:right">三</p>')
    drawn = SHEET.format('<div style="height:100mm"></div><div style="height:100mm;break-before:page"></div>')
    for html in (blank, drawn):
        problems = press.fitted(lambda size, html=html: html, [], 1).problems  # type: ignore[misc]
        assert [problem.code for problem in problems] == ["too-long"]
