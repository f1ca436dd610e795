"""The search index as scripts, so that it also works from disk: a core, shards of postings, the text of a document.

`docs/search.md` tells how it is laid out and why; `themes/site/static/assets/find.js` reads it.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from generator import markup
from generator.model import AUDIENCES, STAGES, Artifact, Document, Library, Made, Project
from generator.reading import resolve
from generator.search import passages, tables
from generator.store import Store, code_digest, key_of, key_of_data

PART_AUDIENCES = ("学生",)
SCRIPT = "text/javascript"
# Documents of a block: what is made anew when one of them changes.
BLOCK = 64
# Blocks that are put together once for all until one of them changes.
GROUP = 8
# Passages of a shard at most, on average: some 3 KB of postings.
SHARD = 9
# A syllable's number times this and the next one's number give the shard of a pair of characters.
SPREAD = 409
# What a passage cites, between signs that nobody sees.
_CITED = re.compile("\u2063[^\u2063]*\u2063")


def plan(library: Library, project: Project) -> list[Artifact]:
    """Return the index as one artifact of many files, and one for each document with its passages.

    From the passages the page of hits shows the best one, after the hits stand.
    """
    if not library.documents:
        return []
    entries = [_entry(document, library) for document in library.documents]
    words = library.wording
    wording = {
        "synonyms": [list(group) for group in words.synonyms],
        "people": [list(group) for group in words.people],
        "asking": list(words.asking),
        "stages": {name: list(said) for name, said in words.stages.items()},
        "kinds": {id_: list(said) for id_, said in words.kinds.items()},
    }
    args = {
        "entries": entries,
        "wording": wording,
        "kinds": [[kind.id, kind.name, kind.icon] for kind in library.kinds.values()],
        "topics": list(library.topics),
        "laws": [
            [law.id, law.short, [law.title, *law.aliases]] for law in library.laws.values() if not law.superseded_by
        ],
        "articles": {
            law.id: {number: [article.label, article.says] for number, article in law.articles.items()}
            for law in library.laws.values()
        },
    }
    depends = key_of(code_digest(), key_of_data({**args, "entries": [entry["fields"] for entry in entries]}))
    depends = key_of(depends, *(entry["key"] for entry in entries))
    return [Artifact("site/search/core.js", SCRIPT, "search", args, depends), *map(_text, entries)]


def _text(entry: dict[str, Any]) -> Artifact:
    id_ = entry["fields"]["id"]
    return Artifact(f"site/search/t/{id_}.js", SCRIPT, "search", entry, entry["key"], id_)


def make(artifact: Artifact, project: Project) -> Made:
    """Return the script with a document's passages, or all scripts of the index, one after the other.

    The fact `files` of the latter says where each begins and its name.
    """
    store = Store(project.cache)
    if artifact.document:
        return Made(_call("text", artifact.document, _passages(artifact.args, store)))
    entries = artifact.args["entries"]
    blocks = _blocks(entries)
    groups = [_group(number, blocks[number : number + GROUP], store) for number in range(0, len(blocks), GROUP)]
    joined = _joined([group["tokens"] for group in groups])
    ordered = [entry for block in blocks for entry in block]
    lengths = [length for group in groups for length in group["lengths"]]
    count = _shards(sum(lengths))
    known = tables.load(store)
    sizes = [len(block) for block in blocks]
    files = {"core.js": _core(artifact.args, ordered, lengths, sizes, count, joined, known)}
    files["laws.js"] = _call("laws", artifact.args["articles"])
    for number, text in enumerate(_sharded(joined, count, known.syllables)):
        # Neither tokens nor postings hold anything that a script would read otherwise.
        files[f"s/{number}.js"] = f'LIBRARY_SEARCH.shard({number},"{text}");\n'.encode()
    return _packed(files)


def _entry(document: Document, library: Library) -> dict[str, Any]:
    fills = resolve.fills(document, library)
    return {
        "key": key_of(code_digest(), document.digest, json.dumps(fills, ensure_ascii=False)),
        "fields": {
            "id": document.id,
            "title": document.title,
            "kind": document.kind,
            "audiences": list(document.audiences),
            "stages": list(document.stages),
            "topics": list(document.topics),
            "asked": list(document.asked_as),
        },
        "summary": document.summary,
        "texts": [str(text) for path, text in resolve.texts(document) if text.strip() and _open(document, path)],
        "words": [word for path, word in _words(document) if _open(document, path)],
        "fills": fills,
        # Of what teachers' parts say, only what they cite may be found.
        "cites": [law.replace(" ", "") for law in (*document.cites, *_hidden(document))],
    }


def _hidden(document: Document) -> Iterator[str]:
    for path, text in resolve.texts(document):
        if not _open(document, path):
            yield from (inside[2:] for inside in markup.placeholders(text) if inside.startswith("法 "))


def _words(document: Document) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the plain texts in a document's own fields, such as the questions of a form, with the path of each."""
    for index, data in ((None, document.data), *((i, part.data) for i, part in enumerate(document.parts))):
        start = () if index is None else ("part", index)
        for word in _strings(data):
            yield start, word


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif type(value) is str and any("\u3400" <= character <= "\u9fff" for character in value):
        yield value


def _open(document: Document, path: tuple[str | int, ...]) -> bool:
    """Return whether a text may be found by anybody: teachers' parts (answers) stay out of the index."""
    return path[:1] != ("part",) or document.parts[int(path[1])].audience in PART_AUDIENCES


def _passages(entry: Mapping[str, Any], store: Store) -> list[str]:
    """Return the passages of a document as they are shown; the first one is its summary."""
    return [_CITED.sub("", passage) for passage in _marked(entry, store)]


def _marked(entry: Mapping[str, Any], store: Store) -> list[str]:
    """Return the passages of a document, what they cite marked as wbf39 for the index."""
    fills = entry["fills"]

    def say(inside: str) -> str:
        value = fills.get(inside, {})
        if value.get("macro") == "law":
            return f"{value['text']}\u2063{inside[2:].replace(' ', '')}\u2063"
        if value.get("macro") == "blank":
            return f"（{value['name']}）"
        return str(value.get("text") or value.get("number") or "")

    # ／ is a speaker's breath, nothing to read.
    texts = [markup.plain(markup.fill(markup.html(text, store), say)).replace("／", "") for text in entry["texts"]]
    words = [markup.plain(word) for word in entry["words"]]
    summary = "".join((entry["summary"], *(f"\u2063{law}\u2063" for law in entry["cites"])))
    return [summary, *passages.cut("\n".join((*texts, *words)))]


def _blocks(entries: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the entries in blocks by a digest of their id: a new document changes one block, not all behind it."""
    count = 1
    while count * BLOCK < len(entries):
        count *= 2
    blocks: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    for entry in sorted(entries, key=lambda entry: str(entry["fields"]["id"])):
        digest = hashlib.sha256(entry["fields"]["id"].encode()).digest()
        blocks[digest[0] * 256 + digest[1] & count - 1].append(dict(entry))
    return blocks


def _group(first: int, blocks: Sequence[Sequence[Mapping[str, Any]]], store: Store) -> dict[str, Any]:
    """Return the postings and the numbers of passages of several blocks, of which the first has this number."""
    key = key_of(code_digest(), str(first), *(_key(block) for block in blocks))
    if kept := store.get("search-group", key):
        return dict(marshal.loads(kept))
    found = [_block(number, block, store) for number, block in enumerate(blocks, first)]
    made = {
        "lengths": [length for block in found for length in block["lengths"]],
        "tokens": _joined([block["tokens"] for block in found]),
    }
    store.put("search-group", key, marshal.dumps(made))
    return made


def _joined(parts: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the postings of each token in all parts, one after the other."""
    joined = dict(parts[0])
    before = joined.get
    for part in parts[1:]:
        for token, postings in part.items():
            joined[token] = before(token, "") + postings
    return joined


def _key(block: Sequence[Mapping[str, Any]]) -> str:
    return key_of(code_digest(), *(entry["key"] for entry in block))


def _block(number: int, block: Sequence[Mapping[str, Any]], store: Store) -> dict[str, Any]:
    """Return the postings, after the block's number, and the numbers of passages of a block's documents."""
    key = key_of(str(number), _key(block))
    if kept := store.get("search-block", key):
        return dict(marshal.loads(kept))
    found = [_tokens(entry, store) for entry in block]
    lengths = [length for length, _ in found]
    mark = " " + passages.number_(number)
    joined = passages.join((tokens for _, tokens in found), lengths)
    made = {"lengths": lengths, "tokens": {token: mark + postings for token, postings in joined.items()}}
    store.put("search-block", key, marshal.dumps(made))
    return made


def _tokens(entry: Mapping[str, Any], store: Store) -> tuple[int, dict[str, tuple[int, str, int]]]:
    if kept := store.get("search-tokens", entry["key"]):
        length, tokens = marshal.loads(kept)
        return length, tokens
    texts = _marked(entry, store)
    made = len(texts), passages.tokens(texts)
    store.put("search-tokens", entry["key"], marshal.dumps(made))
    return made


def _shards(length: int) -> int:
    count = 16
    while count * SHARD < length:
        count *= 2
    return count


def _sharded(joined: Mapping[str, str], count: int, syllables: Mapping[str, str]) -> list[str]:
    """Return the text of each shard: tokens and their postings. Pairs that sound alike are in one shard."""
    order = {syllable: index for index, syllable in enumerate(sorted(set(syllables.values())))}
    numbers = {character: order[syllable] for character, syllable in syllables.items()}
    shards: list[list[str]] = [[] for _ in range(count)]
    for token, postings in joined.items():
        one, two = (numbers.get(c, ord(c)) for c in (token[0], token[-1]))
        shards[(one * SPREAD + two) % count] += (token, postings)
    return ["".join(shard) for shard in shards]


def _core(
    args: Mapping[str, Any],
    ordered: Sequence[Mapping[str, Any]],
    lengths: Sequence[int],
    sizes: Sequence[int],
    shards: int,
    joined: Collection[str],
    characters: tables.Tables,
) -> bytes:
    fields = [entry["fields"] for entry in ordered]
    kinds = [id_ for id_, _, _ in args["kinds"]]
    heads = "".join((*(field["title"] for field in fields), *args["topics"], *(name for _, name, _ in args["kinds"])))
    heads += "".join(word for field in fields for word in field["asked"])
    said_in_heads = sorted(set(heads) & characters.others.keys())
    others = [(character, syllable) for character in said_in_heads for syllable in characters.others[character]]
    known = frozenset(character for token in joined for character in token)
    wording = args["wording"]

    def said(groups: Sequence[Sequence[str]]) -> list[list[list[str]]]:
        """Return each group as its words that the texts may hold, which are looked for, and those they do not."""
        return [[[w for w in group if held(w)], [w for w in group if not held(w)]] for group in groups]

    def held(word: str) -> bool:
        return word in heads or all(token in joined for token in passages.tokens([word]))

    def numbers(values: Iterable[int]) -> str:
        return "".join(map(passages.number_, values))

    def mask(name: str, values: Sequence[str]) -> str:
        return numbers(sum(1 << values.index(value) for value in field[name]) for field in fields)

    return _call(
        "core",
        {
            "shards": shards,
            "blocks": sizes,
            "passages": numbers(lengths),
            # Ids begin with their kind.
            "names": "\n".join(field["id"].removeprefix(field["kind"] + "/") for field in fields),
            "titles": "\n".join(field["title"] for field in fields),
            "asked": "\n".join("|".join(field["asked"]) for field in fields),
            "kind": numbers(kinds.index(field["kind"]) for field in fields),
            "for": mask("audiences", AUDIENCES),
            "first": numbers(AUDIENCES.index(field["audiences"][0]) for field in fields),
            "stage": mask("stages", STAGES),
            "topic": "\n".join(numbers(args["topics"].index(topic) for topic in field["topics"]) for field in fields),
            "audiences": AUDIENCES,
            "stages": STAGES,
            "topics": args["topics"],
            "kinds": args["kinds"],
            "wording": {**wording, "synonyms": said(wording["synonyms"]), "people": said(wording["people"])},
            "laws": args["laws"],
            "pinyin": tables.spelt(characters.syllables.items(), known),
            "others": tables.spelt(others, heads),
            "simplified": characters.simplified,
        },
    )


def _call(name: str, *values: Any) -> bytes:
    """Return a script that hands values to the page of search, which defines the functions before it loads it."""
    said = ",".join(json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values)
    return f"LIBRARY_SEARCH.{name}({said});\n".encode()


def _packed(files: Mapping[str, bytes]) -> Made:
    """Return files in one piece, with the fact where each begins: [path beside the artifact, start, size, SHA-256]."""
    listed = []
    start = 0
    for path, data in files.items():
        listed.append([path, start, len(data), hashlib.sha256(data).hexdigest()])
        start += len(data)
    return Made(b"".join(files.values()), facts={"files": listed})


OUTPUTS = {"search": (plan, make)}
