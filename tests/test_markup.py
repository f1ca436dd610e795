"""The Markdown dialect: habits from WPS, line breaks between Chinese, boxes, placeholders, what is taken out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator import markup
from generator.store import Store
from tests.helpers import check, places, text


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


def flat(html: str) -> str:
    """Return HTML without the line ends between blocks."""
    return re.sub(r"(?<=>)\n(?=<)", "", html)


def var(inside: str) -> str:
    return f'<var data-fill="{inside}"></var>'


@pytest.mark.parametrize(
    ("written", "html"),
    [
        (
            "| | 玩笑 |\n|---|---|\n| 谁在笑 | 大家 |",
            "<table><thead><tr><td></td><th>玩笑</th></tr></thead>"
            '<tbody><tr><th scope="row">谁在笑</th><td>大家</td></tr></tbody></table>',
        ),
        # Lists and tables right below a line of text, and text right below them.
        ("先做：\n- 甲\n- 乙", "<p>先做：</p><ul><li>甲</li><li>乙</li></ul>"),
        ("先做：\n1. 甲\n2. 乙", "<p>先做：</p><ol><li>甲</li><li>乙</li></ol>"),
        ("- 甲\n- 乙\n再做。", "<ul><li>甲</li><li>乙</li></ul><p>再做。</p>"),
        ("1) 甲\n2) 乙", "<ol><li>甲</li><li>乙</li></ol>"),
        ("## 标题\n- 甲", '<h2 id="标题">标题</h2><ul><li>甲</li></ul>'),
        (
            "见表\n| 甲 | 乙 | 丙 |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n表后",
            '<p>见表</p><table><thead><tr><th class="l">甲</th><th class="c">乙</th><th class="r">丙</th></tr></thead>'
            '<tbody><tr><td class="l">1</td><td class="c">2</td><td class="r">3</td></tr></tbody></table><p>表后</p>',
        ),
        # Inner lists by two, three or four spaces.
        ("- 甲\n  - 乙\n    - 丙\n- 丁", "<ul><li>甲<ul><li>乙<ul><li>丙</li></ul></li></ul></li><li>丁</li></ul>"),
        ("1. 甲\n   - 乙\n   - 丙\n2. 丁", "<ol><li>甲<ul><li>乙</li><li>丙</li></ul></li><li>丁</li></ol>"),
        ("- 甲\n    - 乙\n- 丙", "<ul><li>甲<ul><li>乙</li></ul></li><li>丙</li></ul>"),
        (" - 甲\n- 乙", "<ul><li>甲</li><li>乙</li></ul>"),
        ("- 甲\n\n  乙\n- 丙", "<ul><li><p>甲</p><p>乙</p></li><li><p>丙</p></li></ul>"),
        ("- 甲\n  续\n- 乙", "<ul><li>甲续</li><li>乙</li></ul>"),
        ("3. 甲\n4. 乙", '<ol start="3"><li>甲</li><li>乙</li></ol>'),
        # Numbers typed by hand and wide spaces begin a paragraph.
        ("1、甲\n2、乙", "<p>1、甲</p><p>2、乙</p>"),
        ("（一）甲\n（二）乙", "<p>（一）甲</p><p>（二）乙</p>"),
        ("一、甲\n1．乙\n2.丙\n①丁", "<p>一、甲</p><p>1．乙</p><p>2.丙</p><p>①丁</p>"),
        ("第一条　甲\n第二条　乙", "<p>第一条　甲</p><p>第二条　乙</p>"),
        ("依照\n第三十九条的规定", "<p>依照第三十九条的规定</p>"),
        ("　　甲\n　　乙", "<p>甲</p><p>乙</p>"),
        # A line end is a space between Latin words only.
        ("甲\n乙", "<p>甲乙</p>"),
        ("“甲。”\n“乙”", "<p>“甲。”“乙”</p>"),
        ("甲——\n𫖯", "<p>甲——𫖯</p>"),
        ("**甲**\n*乙*", "<p><strong>甲</strong><em>乙</em></p>"),
        ("甲\n[乙](doc:guide/a)\n丙", '<p>甲<a href="doc:guide/a">乙</a>丙</p>'),
        ("共12\n页", "<p>共12页</p>"),
        ("one\ntwo", "<p>one\ntwo</p>"),
        ("**one**\ntwo", "<p><strong>one</strong>\ntwo</p>"),
        ("甲  \n乙", "<p>甲<br>乙</p>"),
        ("    甲\n    乙", "<pre><code>甲\n乙\n</code></pre>"),
        ("> 甲\n> 乙", "<blockquote><p>甲乙</p></blockquote>"),
        # Emphasis beside Chinese punctuation, rules, headings.
        ("**“欺凌”**是，**注意：**请", "<p><strong>“欺凌”</strong>是，<strong>注意：</strong>请</p>"),
        ("年__月__日 ____", "<p>年__月__日 ____</p>"),
        ("甲\n---\n乙", "<p>甲</p><hr><p>乙</p>"),
        ("##甲", '<h2 id="甲">甲</h2>'),
        ("＃＃ 甲", '<h2 id="甲">甲</h2>'),
        # Placeholders.
        ("见{{法 wbf 39}}\n的规定", f"<p>见{var('法 wbf 39')}的规定</p>"),
        ("甲\n{{ 学校名称 }}\n乙", f"<p>甲{var('学校名称')}乙</p>"),
        ("{{横线 3}}", var("横线 3")),
        ("{{横线  3}}", var("横线 3")),
        ("甲{{横线 3}}", f"<p>甲{var('横线 3')}</p>"),
        ("**{{热线 12355}}**", f"<p><strong>{var('热线 12355')}</strong></p>"),
        ("`{{空 8}}`", f"<p><code>{var('空 8')}</code></p>"),
        ("[{{学校名称}}](doc:guide/a)", f'<p><a href="doc:guide/a">{var("学校名称")}</a></p>'),
        ("<p>{{空 8}}</p>", f"<p>{var('空 8')}</p>"),
        ("{{甲\n乙}}", "<p>{{甲乙}}</p>"),
        ('{{"甲&乙}}', "<p>" + var("&quot;甲&amp;乙") + "</p>"),
        # Boxes.
        ("::: 这样说\n甲\n:::", '<div class="box say"><p class="box-t">这样说</p><p>甲</p></div>'),
        ("：：：提醒\n甲\n：：：", '<div class="box note"><p class="box-t">提醒</p><p>甲</p></div>'),
        (
            "甲\n::: 不要\n- 乙\n:::\n丙",
            '<p>甲</p><div class="box dont"><p class="box-t">不要</p><ul><li>乙</li></ul></div><p>丙</p>',
        ),
        ("::: 框\n## 甲\n:::", '<div class="box frame"><p class="box-t">框</p><h2 id="甲">甲</h2></div>'),
        ("::: <b>\n甲\n:::", '<div class="box frame"><p class="box-t">&lt;b&gt;</p><p>甲</p></div>'),
        ("甲\n\n:::\n\n乙", "<p>甲</p><p>乙</p>"),
        # What the dialect takes out.
        ("甲<script>alert(1)</script>", "<p>甲</p>"),
        ("甲<iframe src=x></iframe><object data=x></object>", "<p>甲</p>"),
        ("<style>p{}</style>\n\n甲", "<p>甲</p>"),
        ('<p style="color:red" onclick="x()" class="mermaid" id="y">甲</p>', "<p>甲</p>"),
        ('<div class="mermaid">甲</div>', "甲"),
        ("[甲](javascript:alert)", "<p><a>甲</a></p>"),
        ("[甲](//evil.example/)", "<p><a>甲</a></p>"),
        ("[甲](/\\evil.example/)", "<p><a>甲</a></p>"),
        ("![甲](//evil.example/x.png)", '<p><img alt="甲"></p>'),
        ("![甲](data:image/png;base64,x)", '<p><img alt="甲"></p>'),
        ('<img src="a.png" onerror="x()">', '<p><img src="a.png"></p>'),
        ("<svg onload=x></svg>甲", "<p>甲</p>"),
        ('<var data-fill="法 wbf 39"></var>甲', "<p>甲</p>"),
        ("# 甲", "甲"),
    ],
)
def test_dialect(store: Store, written: str, html: str) -> None:
    assert flat(markup.html(written, store)).strip() == flat(html)


def test_lists_of_any_depth_end(store: Store) -> None:
    html = markup.html("\n".join(f"{'  ' * depth}- 甲" for depth in range(500)), store)
    assert html.count("<li>") == 500


def test_headings_get_ids_that_links_reach(store: Store) -> None:
    written = "## 怎么办？\n\n## 怎么办？\n\n### **Step** 1：说 <走>\n\n## ！\n\n## {{学校名称}}规定"
    assert [(h.id, h.text, h.level) for h in markup.outline(written, store).headings] == [
        ("怎么办", "怎么办？", 2),
        ("怎么办-2", "怎么办？", 2),
        ("step-1-说-走", "Step 1：说 <走>", 3),
        ("h", "！", 2),
        ("规定", "规定", 2),
    ]
    assert markup.slug("怎么办？") == "怎么办"
    assert markup.slug("𫖯 ABC") == "𫖯-abc"


def test_outline_holds_what_checks_need(store: Store) -> None:
    outline = markup.outline("甲 a1，[乙](doc:guide/b#丙)／{{停}}<https://a.cn/?b&c>\n\n![图](d.png)", store)
    assert outline.links == ("doc:guide/b#丙", "https://a.cn/?b&c")
    assert outline.images == ("d.png",)
    assert outline.characters == len("甲a1乙httpsacnbc")


def test_links_are_led_to_addresses_and_anchors(store: Store) -> None:
    html = markup.html("[甲](doc:guide/b#怎么办？) [乙](#小标题！) [丙](https://a.cn/#d) [丁](doc:guide/c)", store)
    assert re.findall(r'href="([^"]*)"', markup.with_links(html, lambda id_: f"../{id_}.html")) == [
        "../guide/b.html#怎么办",
        "#小标题",
        "https://a.cn/#d",
        "../guide/c.html",
    ]


def test_placeholders_are_filled_and_images_addressed(store: Store) -> None:
    html = markup.html('{{ 法  wbf 39 }}和{{"甲&乙}}\n\n![图](d.png)', store)
    assert markup.fill(html, lambda inside: f"[{inside}]").startswith('<p>[法 wbf 39]和["甲&乙]</p>')
    assert 'src="../x/d.png"' in markup.with_images(html, lambda source: f"../x/{source}")
    assert markup.placeholders("{{ 法  wbf 39 }}{{停}}{{甲\n乙}}") == ["法 wbf 39", "停"]


def test_plain_text_has_a_line_for_each_block(store: Store) -> None:
    html = markup.html("## 甲\n\n乙 & **丙**\n\n- 丁\n- 戊\n\n| 己 |\n|---|\n| 庚 |", store)
    assert markup.plain(html).split("\n") == ["甲", "乙 & 丙", "丁", "戊", "己", "庚"]


def test_a_text_is_converted_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = markup.html("甲", store)
    kept = next(path for path in (tmp_path / "html").rglob("*") if path.is_file())
    kept.write_bytes(b"kept")
    assert (first, markup.html("甲", store)) == ("<p>甲</p>", "kept")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("# 甲", [("C505", 1, 1)]),
        ("#甲", [("C505", 1, 1)]),
        ("＃ 甲", [("C505", 1, 1)]),
        ("## 甲\n### 乙\n#### 丙\n## 丁\n#### 戊", [("C509", 5, 1)]),
        ("### 甲", [("C509", 1, 1)]),
        ("::: 提醒\n甲", [("C507", 1, 1)]),
        ("::: 提醒\n甲\n::: 不要\n乙\n:::", [("C507", 1, 1)]),
        ("::: 提醒\n甲\n:::\n:::", [("C512", 4, 1)]),
        ("：：：提 醒\n甲\n:::", [("C508", 1, 1)]),
        ("甲 <div>乙</div> <div>丙</div>", [("C506", 1, 3), ("C506", 1, 16)]),
        ('<var data-fill="x"></var>', [("C506", 1, 1)]),
        ("`<div>` <https://a.cn> <a@a.cn> 1<2 <b>甲</b>", []),
        ("[甲](guide.md)", [("R413", 1, 5)]),
        ("[甲](//evil.example)", [("R413", 1, 5)]),
        ("[甲](JavaScript:x)", [("R413", 1, 5)]),
        ("[甲](ftp://a.cn)", [("R413", 1, 5)]),
        ("甲[乙]\n\n[乙]: vbscript:x", [("R413", 3, 6)]),
        ('<a href="guide.md">甲</a>', [("R413", 1, 10)]),
        ("![甲](https://a.cn/x.png)", [("R407", 1, 6)]),
        ("![甲](Door.svg)", [("R407", 1, 6)]),
        ("![甲](door.svg)", []),
        ("[甲](https://a.cn) [乙](tel:110) [丙](mailto:a@a.cn)", []),
        ("[甲](doc:guide/b) [乙](doc:guide/b#小题) [丙](#自己)\n\n## 自己", []),
        ("[甲](doc:guide/c)", [("R405", 1, 5)]),
        ("[甲]（doc:guide/b）[乙]（见下）", [("R413", 1, 5)]),
        ("[甲](doc:guide/b#小体)", [("R406", 1, 5)]),
        ("[甲](#自己) [乙](#自已)\n\n## 自己", [("R406", 1, 14)]),
    ],
)
def test_what_is_wrong_with_a_body(tmp_path: Path, body: str, found: list[tuple[str, int, int]]) -> None:
    start = text().count("\n") - 1
    files = {"guide/a.md": text(body=body + "\n"), "guide/b.md": text(body="## 小题\n"), "guide/door.svg": "<svg/>"}
    assert places(check(tmp_path, files)) == [(c, "guide/a.md", line + start, column) for c, line, column in found]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("::: 这样讲\n甲\n:::", "你是不是想写“这样说”？"),
        ("[甲](doc:guide/bb)", "你是不是想写“guide/b”？"),
        ("[甲](#怎么半)\n\n## 怎么办", "你是不是想写“怎么办”？"),
        ("{{学校名字}}", "你是不是想写“{{学校名称}}”？"),
        ("{{热线12355}}", "你是不是想写“{{热线 12355}}”？"),
        ("{{法wbf 39}}", "你是不是想写“{{法 wbf 39}}”？"),
        ("{{热线 12335}}", "你是不是想写“12355”？"),
        ("{{法 wbff 39}}", "你是不是想写“wbf”？"),
    ],
)
def test_near_misses_in_a_body(tmp_path: Path, body: str, hint: str) -> None:
    found = check(tmp_path, {"guide/a.md": text(body=body + "\n"), "guide/b.md": text()})
    assert [d.hint for d in found] == [hint]


@pytest.mark.parametrize("inside", ["法", "热线", "空", "横线 x", "空 100", "方格 2", "法 wbf 39 一", ""])
def test_a_placeholder_without_its_value_lists_what_can_be_written(tmp_path: Path, inside: str) -> None:
    found = check(tmp_path, {"guide/a.md": text(body=f"{{{{{inside}}}}}\n")})
    assert [d.code for d in found] == ["R401"]
    assert f"“{{{{{inside}}}}}”？" not in found[0].hint
