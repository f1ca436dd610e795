"""Documents and their parts, and the registries that they rely on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import LAWS, LIBRARY, check, content, places, read, text

# --- Documents and parts ---


def test_documents_and_parts_are_found_whatever_lies_beside_them(tmp_path: Path) -> None:
    root = content(
        tmp_path,
        {
            "guide/b.md": text(),
            "guide/deep/a.md": text(),
            "guide/door.svg": "<svg/>",
            "lesson/c/lesson.md": text("lesson"),
            "lesson/c/answers.md": "---\ntitle: 说明\n---\n答\n",
            "lesson/c/worksheet.md": "写\n",
            "guide/.hidden.md": "x",
            "guide/~$b.docx": "x",
            "guide/Thumbs.db": b"\xff",
            "schools/demo.yml": "学校名称: 某校\n",
        },
    )
    library, found = read(root)
    assert found == []
    assert [d.id for d in library.documents] == ["guide/b", "guide/deep/a", "lesson/c"]
    parts = library.documents[2].parts
    assert [(p.name, p.label, p.title, p.body) for p in parts] == [
        ("worksheet", "学习单", "学习单", "写\n"),
        ("answers", "参考答案", "说明", "答\n"),
    ]


LESSON = {"lesson/a/lesson.md": text("lesson"), "lesson/a/worksheet.md": "写\n"}


@pytest.mark.parametrize(
    ("others", "found"),
    [
        ({"lesson/a/worksheet.md": None}, [("F109", "lesson/a/lesson.md")]),
        ({"lesson/a/worksheet.md": None, "lesson/a/worksheet.png": b"x"}, [("F109", "lesson/a/lesson.md")]),
        ({"lesson/a/worksheet.md": None, "lesson/a/worksheet.yml": "a: 1"}, [("F110", "lesson/a/worksheet.yml")]),
        ({"lesson/a/answer.md": "答\n"}, [("F110", "lesson/a/answer.md")]),
        ({"lesson/a/answers.md": "---\ntitle: 甲\n没有写完\n"}, [("F111", "lesson/a/answers.md")]),
        ({"lesson/a/answers.md": "---\ntitle: 甲\n---\n"}, [("C511", "lesson/a/answers.md")]),
        ({"lesson/a/answers.md": "---\ntitel: 甲\n---\n答\n"}, [("S301", "lesson/a/answers.md")]),
        ({"lesson/a/lesson.md": None, "lesson/a/answers.md": "答\n"}, [("F113", "lesson/a/answers.md")]),
        ({"lesson/a/lesson.md": text("lesson", body="")}, [("C511", "lesson/a/lesson.md")]),
        ({"lesson/大家.md": text("lesson")}, [("F109", "lesson/大家.md"), ("F107", "lesson/大家.md")]),
        ({"lesson/a.md": text("lesson")}, [("F109", "lesson/a.md"), ("R408", "lesson/a.md")]),
        ({"lesson/a/photo.gif": b"x"}, [("F110", "lesson/a/photo.gif")]),
        ({"guide/photo.gif": b"x"}, [("F114", "guide/photo.gif")]),
        ({"readme.txt": "x"}, [("F114", "readme.txt")]),
        ({"lessons/a.md": text("lesson")}, [("F108", "lessons")]),
        ({"laws.yml": None}, [("F112", "laws.yml")]),
        ({"library.yml": None}, [("F112", "library.yml")]),
    ],
)
def test_files_out_of_place(
    tmp_path: Path, others: dict[str, str | bytes | None], found: list[tuple[str, str]]
) -> None:
    got = [(d.code, d.place.file) for d in check(tmp_path, {**LESSON, **others})]
    assert sorted(got) == sorted(found)


def test_a_faulty_annex_is_not_also_missing(tmp_path: Path) -> None:
    policy, annex = text("policy", annexes="[记录表]"), "---\ntitle: 甲: 乙\n---\n表\n"
    found = check(tmp_path, {"policy/a/policy.md": policy, "policy/a/annex-1.md": annex})
    assert [(d.code, d.place.file) for d in found] == [("Y201", "policy/a/annex-1.md")]


# --- Registries: a fault in one does not make its users faulty ---

USER = text(
    topics="[求助]",
    occasions="[开学]",
    cites="[wbf 39]",
    body="{{学校名称}}，{{热线 12355}}，{{法 wbf 39}}，{{法 xxbh 专项保护}}\n",
)


@pytest.mark.parametrize(
    ("name", "data", "codes"),
    [
        ("library.yml", LIBRARY.replace("tagline", "taglin"), ["S301"]),
        ("library.yml", LIBRARY.replace("topics: [认识欺凌, 求助]", "topics: 求助"), ["S303"]),
        ("library.yml", LIBRARY.replace("occasions: [开学]", "occasions: [开学, 开学]"), ["S308"]),
        ("library.yml", LIBRARY.replace("width: 12}", "width: 120}"), ["S307"]),
        ("library.yml", LIBRARY.replace('"12355"', "12355"), ["S303"]),
        ("library.yml", LIBRARY.replace('"110"', '"12355"'), ["S308", "R404"]),
        ("library.yml", LIBRARY.replace('"110"', '"一一〇"'), ["S310"]),
        ("library.yml", LIBRARY.replace("name:", "name: 甲: "), ["Y201"]),
        ("laws.yml", LAWS.replace("short: 未成年人保护法\n", "shrt: 未成年人保护法\n"), ["S301"]),
        ("laws.yml", LAWS.replace("39: {says: 学校", "39: {says: " + "长" * 60), ["S305"]),
        ("laws.yml", LAWS.replace("39: {says: 学校要有防控制度。}", "39: 学校要有防控制度。"), ["S303"]),
        ("laws.yml", LAWS.replace("    130:", "    一百三十:"), ["S310"]),
        ("laws.yml", LAWS.replace("    130:", "    10000:"), ["S310"]),
        ("laws.yml", LAWS.replace("xxbh:\n", "XX BH:\n"), ["S310", "R402"]),
        ("laws.yml", LAWS.replace("superseded_by: wbf", "superseded_by: wbff"), ["R402"]),
        ("laws.yml", LAWS + "xf: 刑法\n", ["S303"]),
        ("laws.yml", LAWS.replace("  title:", "\ttitle:", 1), ["F105"]),
        ("laws.yml", LAWS.replace("wbf:", "wbf: [", 1), ["Y201"]),
    ],
)
def test_a_faulty_registry_does_not_blame_its_users(tmp_path: Path, name: str, data: str, codes: list[str]) -> None:
    found = check(tmp_path, {name: data, "guide/a.md": USER})
    assert [d.code for d in found if d.place.file == name] + [d.code for d in found if d.place.file != name] == codes


def test_a_school_profile_is_checked(tmp_path: Path) -> None:
    profile = "学校名字: 某校\n日期: 20261120\n"
    found = check(tmp_path, {"schools/a.yml": profile}, school="a")
    assert places(found) == [("S301", "schools/a.yml", 1, 1), ("S303", "schools/a.yml", 2, 5)]
    assert found[0].hint == "你是不是想写“学校名称”？"
    assert ("F112", "schools/b.yml", 0, 0) in places(check(tmp_path, {}, school="b"))
