"""Forms and questionnaires: fields read back from the PDF, filled in by a program, shown by two others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pydyf
import pypdfium2
import pytest
import yaml
from PIL import Image

from generator import pipeline
from generator.press.fields import _Form
from tests import paper
from tests.helpers import check
from tests.house import KINDS, ROOT, House, examples

MM = 72 / 25.4
EXAMPLE = {kind: yaml.safe_load((KINDS / kind / "example.yml").read_text("utf-8")) for kind in ("form", "survey")}
TYPED = "张䶮老师，3月5日"
# The example's fields in reading order; several widgets of one choice follow each other.
NAMES = [
    *("unit", "on.year", "on.month", "on.day", "weather", "weather", "people", "quiet"),
    *("seen.1", "seen.2", "seen.3", "seen.4", "seenOther", "facts"),
    *(
        f"{row}.{column}"
        for row in ("stairs", "toilet", "gate")
        for column in ("ok", "ok", "times", "until.month", "until.day", "seen", "note")
    ),
    *(f"{item}.{column}" for item in ("early", "record") for column in ("self", "check", "evidence", "note")),
    *("Total.self", "Total.check", "Total.note"),
]


@dataclass(frozen=True)
class Field:
    """A widget: full name, type, what is read out, rectangle in mm from the lower left corner, and its objects."""

    name: str
    type: str
    said: str
    rect: tuple[float, float, float, float]
    page: int
    widget: pikepdf.Object
    field: pikepdf.Object


def fields(pdf: pikepdf.Pdf) -> list[Field]:
    """Return the widgets in the order in which the structure, and so the Tab key, leads through them."""
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
    return [_field(widget, pages) for widget in _widgets(pdf.Root.StructTreeRoot)]


def _widgets(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            if kid.get("/Type") == "/OBJR" and kid.Obj.get("/Subtype") == "/Widget":
                assert element.S == "/Form"
                yield kid.Obj
            else:
                yield from _widgets(kid)


def _field(widget: pikepdf.Object, pages: dict[tuple[int, int], int]) -> Field:
    field = widget if "/FT" in widget else widget.Parent
    names, step = [], field
    while step is not None:
        names.append(str(step.T))
        step = step.get("/Parent")
    left, top, right, bottom = (float(side) / MM for side in widget.Rect)
    rect = (left, min(top, bottom), right, max(top, bottom))
    name = ".".join(reversed(names))
    return Field(name, str(field.FT), str(widget.TU), rect, pages[widget.P.objgen], widget, field)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("fields"))
    assert house.build().codes == []
    return house


def pdf(house: House, name: str) -> Path:
    return house.dist / "site" / "pdf" / f"{name}.pdf"


def test_every_field_comes_back_by_name_and_in_reading_order(house: House) -> None:
    with pikepdf.open(pdf(house, "form/example")) as form:
        found = fields(form)
        assert [field.name for field in found] == NAMES
        assert {page.Tabs for page in form.pages} == {"/S"}
        types = {field.name: (field.type, int(field.field.get("/Ff", 0))) for field in found}
        assert types["unit"] == ("/Tx", 0)
        assert types["facts"] == types["stairs.note"] == ("/Tx", 1 << 12)
        assert types["quiet"] == types["stairs.seen"] == ("/Btn", 0)
        assert types["weather"] == types["gate.ok"] == ("/Btn", 1 << 15)
        # The form lists each field once, whatever number of boxes it has.
        listed = [str(field.T) for field in form.Root.AcroForm.Fields]
        assert len(listed) == len(set(listed)) == len({name.partition(".")[0] for name in NAMES})


def test_what_a_field_is_for_is_read_out_in_chinese(house: House) -> None:
    with pikepdf.open(pdf(house, "form/example")) as form:
        said = {field.name: field.said for field in fields(form)}
        assert said["on.year"] == "日期：年"
        assert said["seen.3"] == "看见什么：有人落单"
        assert said["stairs.times"] == "楼梯：去了（次）"
        assert said["record.self"] == "记录：自评得分"
        choice = next(field for field in fields(form) if field.name == "weather")
        assert choice.field.TU == "课间在哪里"
        assert [str(word) for word in choice.field.Opt] == ["操场", "教室"]


@pytest.mark.parametrize("name", ["form/example", "survey/example"])
def test_a_field_lies_where_its_line_or_box_is_printed(house: House, name: str) -> None:
    scale = 10  # pixels a millimetre
    document = pypdfium2.PdfDocument(pdf(house, name))
    shots = [page.render(scale=scale / MM).to_pil().convert("L") for page in document]
    with pikepdf.open(pdf(house, name)) as form:
        for field in fields(form):
            left, bottom, right, top = field.rect
            shot = shots[field.page]
            assert 8 < left < right < shot.width / scale - 8, field.name
            assert 8 < bottom < top < shot.height / scale - 8, field.name
            strip = (left, shot.height / scale - bottom - 1, right, shot.height / scale - bottom + 1)
            line = shot.crop(tuple(round(side * scale) for side in strip))
            dark = [sum(line.getpixel((x, y)) < 140 for x in range(line.width)) for y in range(line.height)]
            # A dashed line is dark for half of its length.
            assert max(dark) > 0.4 * line.width, f"{field.name}: no line within 1 mm of its lower edge"


def test_a_form_filled_by_a_program_is_read_back_and_shown_by_others(house: House, tmp_path: Path) -> None:
    filled = tmp_path / "filled.pdf"
    with pikepdf.open(pdf(house, "form/example")) as form:
        for field in fields(form):
            if field.type == "/Tx":
                field.field.V = TYPED if field.name in ("unit", "facts", "stairs.note") else "7"
            elif int(field.field.get("/Ff", 0)):
                field.field.V = field.widget.AS = pikepdf.Name("/1")
                if "/1" not in field.widget.AP.N:
                    field.widget.AS = pikepdf.Name.Off
            else:
                field.field.V = field.widget.AS = pikepdf.Name.Yes
        form.save(filled)
    with pikepdf.open(filled) as form:
        values = {field.name: field.field.V for field in fields(form)}
        assert values["unit"] == TYPED
        assert values["stairs.note"] == TYPED
        assert values["quiet"] == "/Yes"
        choice = next(field.field for field in fields(form) if field.name == "weather")
        assert str(choice.Opt[int(str(choice.V)[1:])]) == "教室"
        wanted = {field.name: (field.page, field.rect) for field in fields(form) if field.type == "/Tx"}
    shown = subprocess.run(["pdftotext", "-layout", filled, "-"], capture_output=True, encoding="utf-8", check=True)
    assert shown.stderr == ""
    assert shown.stdout.count("张䶮老师") == 3
    for pages in (zip(_poppler(filled), _poppler(pdf(house, "form/example")), strict=True), _pdfium(filled)):
        shots = list(pages)
        for name in ("unit", "facts", "stairs.note", "gate.times"):
            page, rect = wanted[name]
            after, before = (_ink(shot, rect) for shot in shots[page])
            assert after > before + 20, f"{name} shows nothing"


def _poppler(file: Path) -> list[Image.Image]:
    stem = file.with_name(f"{file.stem}-shot")
    subprocess.run(["pdftoppm", "-r", "127", "-gray", file, stem], check=True, capture_output=True)
    return [Image.open(path) for path in sorted(file.parent.glob(f"{stem.name}-*.pgm"))]


def _pdfium(file: Path) -> Iterator[tuple[Image.Image, Image.Image]]:
    document = pypdfium2.PdfDocument(file)
    document.init_forms()
    for page in document:
        after, before = (
            page.render(scale=5 / MM, may_draw_forms=drawn).to_pil().convert("L") for drawn in (True, False)
        )
        yield after, before


def _ink(shot: Image.Image, rect: tuple[float, float, float, float]) -> int:
    """Return how many dark pixels lie in a rectangle of a page, drawn at 5 pixels a millimetre."""
    left, bottom, right, top = rect
    height = shot.height / 5
    area = shot.crop(tuple(round(side * 5) for side in (left, height - top, right, height - bottom)))
    return sum(area.histogram()[:120])


def test_forms_are_clean_for_readers_of_screens(house: House) -> None:
    files = [pdf(house, name) for name in ("form/example", "survey/example")]
    for command in (["pdfua", "check"], ["outloud", "--fail-on", "warning"]):
        program = Path(sys.executable).with_name(command[0])
        done = subprocess.run([program, *command[1:], *files], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stdout[-2000:]


def test_a_form_stays_light_and_a_book_of_forms_has_no_fields(house: House) -> None:
    assert pdf(house, "form/example").stat().st_size < 400_000
    with pikepdf.open(pdf(house, "book-schools")) as book:
        assert "/AcroForm" not in book.Root
    assert "值班巡查表" in paper.text(pdf(house, "book-schools"))


QUESTION = """
        - name: q{0}
          ask: 第{0}问你怎么想？
          fill: 多选
          options: [甲{0}很想, 乙{0}一般, 丙{0}不想, 丁{0}别的事情都比这个要紧]"""
SCALE = """
        - name: long
          ask: 长长的一题
          fill: 量表
          scale: [从没有, 一两次]
          rows:""" + "".join(f"\n            - {{name: r{n}, text: 第{n}行的话}}" for n in range(50))


@pytest.fixture(scope="module")
def long_survey(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    questions = "".join(QUESTION.format(number) for number in range(100, 130)) + SCALE
    head, found, rest = EXAMPLE["survey"]["survey.md"].partition("    questions:")
    survey = head + found + questions + "\n" + rest[rest.index("thanks:") :]
    house = House(tmp_path_factory.mktemp("survey"), {"survey/long.md": survey})
    assert house.build().codes == []
    return ["".join(char.text for char in page) for page in paper.pages(pdf(house, "survey/long"))]


def test_no_question_stands_on_two_pages(long_survey: list[str]) -> None:
    assert len(long_survey) > 3
    for number in range(100, 130):
        page = next(page for page in long_survey if f"第{number}问" in page)
        assert all(f"{letter}{number}" in page for letter in "甲乙丙丁")


def test_a_scale_longer_than_a_page_repeats_its_head(long_survey: list[str]) -> None:
    pages = [page for page in long_survey if "行的话" in page]
    assert len(pages) > 1
    assert all("每行选一个从没有一两次" in page for page in pages)


def test_help_stands_at_the_end_and_no_name_is_asked(house: House) -> None:
    whole = paper.text(pdf(house, "survey/example"))
    assert whole.index("想找大人谈谈") < whole.index("青少年服务台")
    assert "姓名" not in whole


def test_names_are_unique_where_they_have_to_be(tmp_path: Path) -> None:
    example = EXAMPLE["form"]["example.md"].replace("{{德育主任}}", "").replace("[早发现]", "[求助]")
    example = example.replace("occasions: [平时]\n", "")
    assert check(tmp_path / "a", {"form/a.md": example}) == []
    # A column may be called as a field elsewhere is, not as another column of its table.
    twice = example.replace("{name: times,", "{name: ok,")
    assert [d.code for d in check(tmp_path / "b", {"form/a.md": twice})] == ["C513"]
    row = check(tmp_path / "c", {"form/a.md": example.replace("{name: gate,", "{name: unit,")})
    assert [(d.code, len(d.related)) for d in row] == [("C513", 1)]
    odd = check(tmp_path / "d", {"form/a.md": example.replace("name: facts", "name: 事实")})
    assert [d.code for d in odd] == ["S310"]
    assert "小写英文字母" in odd[0].message


def test_each_open_answer_has_a_field_of_its_own(tmp_path: Path) -> None:
    house = House(tmp_path, {"form/a.md": EXAMPLE["form"]["example.md"]})
    house.edit("form/a.md", "[追逐, 争吵, 有人落单, 其他：]", "[追逐, 地点：, 其他：]")
    house.edit("form/a.md", "options: [操场, 教室]", "options: [操场：, 教室：]")
    house.edit("form/a.md", "options: [好, 要改]", "options: [好, 要改：]")
    house.print()
    with pikepdf.open(pdf(house, "form/a")) as form:
        found = fields(form)
    names = [field.name for field in found if "Other" in field.name]
    rows = [f"{row}.okOther" for row in ("stairs", "toilet", "gate")]
    assert names == ["weatherOther", "weatherOther2", "seenOther", "seenOther2", *rows]


@pytest.mark.parametrize("names", [("a", "a"), ("a.b", "a.b"), ("a", "a.b"), ("a.b", "a")])
def test_two_fields_of_one_name_are_refused(names: tuple[str, str]) -> None:
    form = _Form(pydyf.PDF())
    first, second = ((name.split("."), pydyf.Dictionary({"T": pydyf.String(name[-1])})) for name in names)
    form.add(tuple(first[0][:-1]), first[1])
    with pytest.raises(ValueError, match="two fields are named a"):
        form.add(tuple(second[0][:-1]), second[1])


def test_areas_are_numbered_beyond_ten(tmp_path: Path) -> None:
    item = "{{name: more{0}, item: 到岗, standard: 提前10分钟到得满分, points: 5, evidence: 签到}}"
    area = "        - {{title: 再看{0}, items: [" + item + "]}}\n"
    more = "".join(area.format(number) for number in range(2, 13))
    house = House(tmp_path, {"form/a.md": EXAMPLE["form"]["example.md"]})
    house.edit("form/a.md", "signs:", more + "signs:").print()
    assert "十二、再看12（5分）" in "".join(paper.text(pdf(house, "form/a")).split())


def test_a_question_says_which_field_its_kind_of_answer_lacks(tmp_path: Path) -> None:
    survey = examples(KINDS)["survey/example/survey.md"]
    start, end = survey.index("sections:"), survey.index("thanks:")
    asked = "sections:\n  - title: 一、课间\n    questions:\n"
    asked += "      - {name: place, ask: 课间你常在哪里？, fill: 单选}\n"
    asked += "      - {name: seen, ask: 这些事见过吗？, fill: 量表, rows: [{name: nickname, text: 起外号}]}\n"
    house = House(tmp_path, {"survey/example/survey.md": survey[:start] + asked + survey[end:]})
    _, found = pipeline.check(house.project)
    assert [each.code for each in found] == ["S302", "S302"]
    assert "“options”（选项）" in found[0].message
    assert "“scale”（刻度）" in found[1].message
