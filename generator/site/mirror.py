"""The page for those who keep a copy: which files there are, how to check them, how to hear of changes."""

from __future__ import annotations

from generator.site.shelf import Page, Shelf, crumb

NAME = "给信息员"


def page(shelf: Shelf) -> Page:
    """Return the page of files to mirror."""
    files = [file for owned in shelf.receipts.values() for file in owned]
    # The smallest serves as example, so that whoever tries it does not wait.
    sample = min(files, key=lambda file: (file.size, file.path), default=None)
    return shelf.page(
        "mirror.html",
        "pages/mirror.html",
        NAME,
        "把整个资源库放到自己的网站上：有哪些文件，怎么核对，怎么知道有了更新",
        {
            "documents": len(shelf.documents),
            "files": len(files),
            "size": sum(file.size for file in files),
            "sample": {"path": sample.path, "digest": sample.digest} if sample else None,
            "address": shelf.library.info.address(""),
        },
        nav="",
        crumbs=[crumb(NAME)],
    )
