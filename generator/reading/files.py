"""YAML and Markdown files to values with places. The only module that opens content files for reading."""

from __future__ import annotations

import codecs
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from generator.diagnostics.diagnostic import Diagnostic, diagnose
from generator.model import Place

Path_ = tuple[str | int, ...]
# libyaml overflows its stack at some 25,000 levels; a document of ours has six.
MAX_DEPTH = 50
# Neither text nor a line end that editors know; libyaml gives up at some and counts lines at others.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
FRONT = re.compile(r"---[ ]*\n(.*?)^---[ ]*(?:\n|\Z)", re.S | re.M)
OPENED = re.compile(r"---[ ]*\n\w+:")

# libyaml's own words, and what an editor should make of them.
SYNTAX = (
    ("mapping values are not allowed", "一行里有两个“冒号加空格”", "含有冒号的整句话用英文双引号括起来"),
    ("did not find expected key", "缩进没有对齐，或者引号后面多了字", "同一层的栏目从同一列开始；引号要把整句括住"),
    (
        "could not find expected ':'",
        "这一行没有英文冒号，或者上一行的引号没有写完",
        "栏目名后面写英文冒号和空格，不用中文冒号；再看看上面几行的引号",
    ),
    ("did not find expected ',' or ']'", "方括号没有写完，或者少了逗号", "补上 ]，各项之间用英文逗号隔开"),
    ("did not find expected ',' or '}'", "大括号没有写完；以 { 开头的文字要加引号", "给整句加上英文双引号"),
    ("did not find expected '-'", "列表里有一行没有以短横开头，或者缩进没有对齐", "列表每一项都以“- ”开头，并且对齐"),
    ("unexpected end of stream", "引号或括号从这里开始，没有写完", "在这一句的末尾补上引号或括号"),
    ("cannot start any token", "这一行以不能开头的符号起头", "给整句加上英文双引号"),
    ("block sequence entries are not allowed", "列表写在了不该写的地方", "“- ”要另起一行写"),
    ("did not find expected alphabetic or numeric", "以 * 或 & 开头的文字要加引号", "给整句加上英文双引号"),
    ("unknown escape character", "双引号里的反斜杠不能用", "把双引号换成单引号，或者去掉反斜杠"),
    ("did not find expected node content", "多了或者少了括号、逗号", "补上没有写完的 ] 或 }，删掉多余的符号"),
    (
        "did not find expected <document start>",
        "两份内容连在了一起，或者多了一行“---”",
        "信息栏里只留开头和结尾两行“---”",
    ),
    ("but found another document", "多了一行“---”，后面的内容读不到", "删掉中间这一行“---”"),
)
# Written without quotes, a placeholder is two YAML mappings, one the key of the other.
ODD_KEY = ("栏目名不能用括号", "把栏目名写成一个词，后面跟英文冒号和空格")
UNREADABLE = ("这里读不下去", "看看这一行和上一行的冒号、引号、缩进，含有符号的整句用英文双引号括起来")
BARE_PLACEHOLDER = ("以 {{ 开头的文字、[ ] 里带 {{ 的文字要加引号", "给整句加上英文双引号")


class _Loader(yaml.CSafeLoader):
    """YAML with four scalar types: null, true/false, decimal numbers, text. Dates and phone numbers stay text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


for _tag, _pattern, _first in (
    ("null", r"~|null|", "~n\0"),
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9][0-9]{0,17})", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]+", "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), list(_first))
_Loader.yaml_implicit_resolvers[""] = _Loader.yaml_implicit_resolvers.pop("\0")


@dataclass(frozen=True)
class Source:
    """What a file holds: `data` (None without front matter), places of values and of keys, the Markdown body."""

    file: str
    data: Any = None
    places: Mapping[Path_, Place] = field(default_factory=dict)
    keys: Mapping[Path_, Place] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    faulty: bool = False


def read_text(path: Path, name: str) -> tuple[str | None, list[Diagnostic]]:
    """Return the text of `path` with `\\n` line ends, or None, and what is wrong with its encoding or characters."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None, [diagnose("F112", Place(name), name=name)]
    if not raw.removeprefix(codecs.BOM_UTF8).strip():
        return None, [diagnose("F104", Place(name))]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        try:
            raw.decode("gb18030")
        except UnicodeDecodeError:
            return None, [diagnose("F102", Place(name))]
        return None, [diagnose("F101", Place(name))]
    found = []
    if text.startswith("\ufeff"):
        text = text[1:]
        found.append(diagnose("F103", Place(name, 1, 1, 1)))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # One of a hundred alike says it all: the first is shown, with their number.
    if marks := UNSEEN.findall(text):
        place = _place(name, text, text.index(marks[0]))
        found.append(diagnose("F106", place, name=f"U+{ord(marks[0]):04X}", count=len(marks)))
        text = UNSEEN.sub(" ", text)
    if count := text.count("\t"):
        found.append(diagnose("F105", _place(name, text, text.index("\t")), count=count))
        # Two spaces keep an indented line in its block; further right a single one keeps the columns.
        text = re.sub(r"^[ \t]+", lambda match: match[0].replace("\t", "  "), text, flags=re.M).replace("\t", " ")
    return text, found


def read(path: Path, name: str, *, front_matter: bool) -> tuple[Source, list[Diagnostic]]:
    """Return the values of a file with their places; `name` is the file as diagnostics call it.

    With `front_matter` the file is Markdown headed by YAML between two `---` lines, else it is YAML as a whole.
    """
    text, found = read_text(path, name)
    if text is None:
        return Source(name, faulty=True), found
    if not front_matter:
        return _values(text, name, 0, "", 1, found)
    match = FRONT.match(text)
    if match is None:
        found.append(diagnose("F111", Place(name, 1, 1)))
        return Source(name, body=text, faulty=True), found
    return _values(match[1], name, 1, text[match.end() :], text.count("\n", 0, match.end()) + 1, found)


def read_part(path: Path, name: str) -> tuple[Source, list[Diagnostic]]:
    """Return a Markdown file whose front matter may be missing, but not half-written."""
    text, found = read_text(path, name)
    if text is None:
        return Source(name, faulty=True), found
    match = FRONT.match(text)
    if match is None:
        if OPENED.match(text):
            found.append(diagnose("F111", Place(name, 1, 1)))
        return Source(name, {}, body=text), found
    return _values(match[1], name, 1, text[match.end() :], text.count("\n", 0, match.end()) + 1, found)


def _values(
    text: str, name: str, offset: int, body: str, body_line: int, found: list[Diagnostic]
) -> tuple[Source, list[Diagnostic]]:
    fault = _forbidden(text, name, offset)
    if fault is None:
        try:
            node = _compose(text)
            places: dict[Path_, Place] = {}
            keys: dict[Path_, Place] = {}
            data = _walk(node, (), name, offset, places, keys, found) if node else None
        except yaml.MarkedYAMLError as error:
            fault = _syntax(error, text, name, offset)
    if fault is not None:
        return Source(name, body=body, body_line=body_line, faulty=True), [*found, fault]
    if not isinstance(data, dict):
        if not any(diagnostic.code == "Y201" for diagnostic in found):
            found.append(diagnose("Y205", Place(name, offset + 1, 1)))
        return Source(name, body=body, body_line=body_line, faulty=True), found
    return Source(name, data, places, keys, body, body_line), found


def _compose(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
        return node
    finally:
        loader.dispose()


def _forbidden(text: str, name: str, offset: int) -> Diagnostic | None:
    """Return the first alias, tag or excess of depth. Stops there: going on costs quadratic time on hostile input."""
    depth = 0
    try:
        for event in yaml.parse(text, yaml.CSafeLoader):
            start = event.start_mark
            place = Place(name, start.line + 1 + offset, start.column + 1) if start else Place(name)
            if isinstance(event, yaml.NodeEvent) and event.anchor:
                mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
                return diagnose("Y202", place, mark=f"{mark}{event.anchor}")
            if tag := getattr(event, "tag", None):
                return diagnose("Y206", place, mark=tag.replace("tag:yaml.org,2002:", "!!"))
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    return diagnose("Y203", place, limit=MAX_DEPTH)
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.MarkedYAMLError as error:
        return _syntax(error, text, name, offset)
    return None


def _syntax(error: yaml.MarkedYAMLError, text: str, name: str, offset: int) -> Diagnostic:
    problem = f"{error.problem or ''} {error.context or ''}"
    lines = [*text.split("\n"), ""]
    line, column = _mended_at(error, problem, lines)
    reason, advice = next(((reason, advice) for words, reason, advice in SYNTAX if words in problem), UNREADABLE)
    if lines[line].startswith("{{", column):
        reason, advice = BARE_PLACEHOLDER
    return diagnose("Y201", Place(name, line + 1 + offset, column + 1), reason=reason, advice=advice)


def _mended_at(error: yaml.MarkedYAMLError, problem: str, lines: list[str]) -> tuple[int, int]:
    """Return line and column (from 0) where an editor has to mend what libyaml often notices much further down."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if lines[line].startswith("{{", column):
        return line, column
    if "did not find expected key" in problem and (bare := re.search(r":[ ]+(?=\{\{)", lines[line])):
        return line, bare.end()
    # An unclosed quote or bracket is noticed at the end of the file, a missing colon on the next line.
    if error.context_mark and any(words in problem for words in ("end of stream", "expected ',' or", "expected ':'")):
        return error.context_mark.line, error.context_mark.column
    if "expected node content" in problem and not "".join([lines[line][column:], *lines[line + 1 :]]).strip():
        opened = ((i, max(lines[i].rfind("["), lines[i].rfind("{"))) for i in range(line, -1, -1))
        return next((at for at in opened if at[1] >= 0), (line, column))
    return line, column


def _walk(
    node: yaml.Node,
    path: Path_,
    name: str,
    offset: int,
    places: dict[Path_, Place],
    keys: dict[Path_, Place],
    found: list[Diagnostic],
) -> Any:
    places[path] = _node_place(node, name, offset)
    if isinstance(node, yaml.MappingNode):
        values: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                bare = isinstance(key_node, yaml.MappingNode)
                reason, advice = BARE_PLACEHOLDER if bare else ODD_KEY
                found.append(diagnose("Y201", _node_place(node, name, offset), reason=reason, advice=advice))
                # The text that was meant, so that one slip gives one message.
                return f"{{{{{key_node.value[0][0].value}}}}}" if bare and key_node.value else ""
            key = key_node.value
            if key in values:
                found.append(
                    diagnose("Y204", _node_place(key_node, name, offset), field=key, related=(keys[(*path, key)],))
                )
                continue
            keys[(*path, key)] = _node_place(key_node, name, offset)
            values[key] = _walk(value_node, (*path, key), name, offset, places, keys, found)
        return values
    if isinstance(node, yaml.SequenceNode):
        return [_walk(child, (*path, i), name, offset, places, keys, found) for i, child in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return node.value == "true"
        case "int":
            return int(node.value)
        case "float":
            return float(node.value)
    return node.value


def _node_place(node: yaml.Node, name: str, offset: int) -> Place:
    start, end = node.start_mark, node.end_mark
    width = end.column - start.column if end.line == start.line else 0
    return Place(name, start.line + 1 + offset, start.column + 1, width)


def _place(name: str, text: str, at: int) -> Place:
    return Place(name, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at), 1)
