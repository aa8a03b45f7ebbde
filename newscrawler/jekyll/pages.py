"""The site around its posts: layouts, style, index, category pages, 404."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from newscrawler.jekyll import mend
from newscrawler.jekyll.folder import replace
from newscrawler.jekyll.write import tag_of

CATEGORIES = "category"


def own_files(title: str, site: str) -> dict[str, bytes]:
    """Path → bytes of what every site has; `site` is its address, with or without scheme."""
    address = f"https:{site}" if site.startswith("//") else site
    marks = {"@TITLE@": mend.quoted(title), "@URL@": mend.quoted(address)}
    found = {}
    for path, file in _walk(files("newscrawler.jekyll").joinpath("site"), ""):
        data = file.read_bytes()
        if path == "_config.yml":
            for mark, value in marks.items():
                data = data.replace(mark.encode(), value.encode())
        found[path] = data
    return found


def _walk(directory: Traversable, above: str) -> Iterator[tuple[str, Traversable]]:
    for each in sorted(directory.iterdir(), key=lambda each: each.name):
        path = f"{above}{each.name}"
        if each.is_dir():
            yield from _walk(each, f"{path}/")
        else:
            yield path, each


def category_page(slug: str, outlets: list[str], *, exact: bool) -> bytes:
    """The page of one category; outlets that sound alike share it."""
    if exact:
        text = f"---\nlayout: category\ntitle: {outlets[0]}新闻\ncategory: {slug}\n---"
    else:
        name = mend.quoted("、".join(map(tag_of, outlets)))
        text = f"---\nlayout: category\ntitle: {name}\ncategory: {mend.category(slug)}\n---"
    return text.encode("utf-8", "replace")


def write_own(root: Path, wanted: Mapping[str, bytes], known: Mapping[str, str]) -> dict[str, str]:
    """Bring the site's own files up to date, but for those that somebody has changed.

    `known`: path → SHA-256 of what the last export wrote. Returns the same of this one: a file that
    was left alone keeps its old entry, or has none.
    """
    now = dict(known)
    for path, data in wanted.items():
        there = _read(root / path)
        if there is None or (path in known and _sha256(there) == known[path]):
            if there != data:
                replace(root / path, data)
            now[path] = _sha256(data)
        elif there == data:
            now[path] = _sha256(data)
    return now


def changed_by_hand(root: Path, wanted: Mapping[str, bytes], known: Mapping[str, str]) -> list[str]:
    """The files that are the user's now."""
    found = []
    for path, data in wanted.items():
        there = _read(root / path)
        if there is not None and there != data and _sha256(there) != known.get(path):
            found.append(path)
    return found


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
