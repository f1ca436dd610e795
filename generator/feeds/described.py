"""A document described for search engines and for catalogues of teaching material: schema.org in JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from generator import theme
from generator.model import Document, Library, Receipt

# What LRMI calls the four readers (its vocabulary Educational Audience Role).
ROLES = {"教师": "teacher", "家长": "parent", "学校": "administrator", "学生": "student"}
CC = re.compile(r"CC (BY(?:-NC)?(?:-SA|-ND)?) (\d\.\d)")
# In a script element "<" could end it, and the others are as little wanted.
ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def script(library: Library, document: Document, receipts: Iterable[Receipt], image: str) -> str:
    """Return the description of a document as JSON that can stand in a script element; `image` is a full address."""
    data = learning_resource(library, document, receipts, image)
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)


def learning_resource(
    library: Library, document: Document, receipts: Iterable[Receipt], image: str
) -> Mapping[str, Any]:
    """Return the document as a schema.org LearningResource. It names addresses only where the library has one."""
    info = library.info
    files = [
        {
            "@type": "MediaObject",
            "name": file.label,
            "contentUrl": info.address(file.path),
            "encodingFormat": file.media_type,
            "contentSize": theme.file_size(file.size),
            "sha256": file.digest,
        }
        for file in receipts
    ]
    data = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "name": document.title,
        "description": document.summary,
        "url": info.address(f"{document.id}.html"),
        "image": image,
        "inLanguage": "zh-CN",
        "learningResourceType": library.kinds[document.kind].name,
        "educationalLevel": list(document.stages),
        "timeRequired": f"PT{document.minutes}M" if document.minutes else "",
        "audience": [
            {"@type": "EducationalAudience", "educationalRole": ROLES[name], "audienceType": name}
            for name in document.audiences
        ],
        "about": [{"@type": "Thing", "name": topic} for topic in document.topics],
        # Only what is held with people teaches; a form or a policy is about it.
        "teaches": list(document.topics) if document.minutes else [],
        "license": _licence(document.licence),
        "isAccessibleForFree": True,
        "datePublished": document.written,
        "dateModified": document.modified,
        "publisher": {"@type": "Organization", "name": info.publisher},
        "encoding": [_filled(file) for file in files],
    }
    return _filled(data)


def _filled(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` without what is not known."""
    return {name: value for name, value in data.items() if value not in ("", [])}


def _licence(name: str) -> str | dict[str, str]:
    """Return the address of a Creative Commons licence, or another licence by its name."""
    if known := CC.fullmatch(name):
        return f"https://creativecommons.org/licenses/{known[1].lower()}/{known[2]}/"
    return {"@type": "CreativeWork", "name": name}
