"""The posts of an archive that lies in a directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from newscrawler.errors import ConfigError
from newscrawler.jekyll.articles import PostFile
from newscrawler.jekyll.folder import NEW, OLD
from newscrawler.jekyll.read import named_id

Group = list[PostFile]
"""The posts of one article at one moment."""
MAX_BYTES = 8 << 20
"""A larger file is no post."""


def posts_in(directory: Path) -> list[str]:
    """Every Markdown file of `old_post` and `_posts`, or of the directory itself if it has neither.

    Those of one article stand together, older places first. Paths count from the directory.

    Raises:
        ConfigError: there is no such directory, or nothing to import in it.
    """
    places = [place for place in (OLD, NEW) if (directory / place).is_dir()] or [""]
    found = []
    for rank, place in enumerate(places):
        try:
            entries = os.scandir(directory / place)
        except OSError as error:
            raise ConfigError(f"cannot read {directory / place}: {error.strerror}") from error
        with entries:
            names = (each.name for each in entries if each.name.endswith(".md"))
            found += [(named_id(name) or name, rank, name) for name in names]
    found.sort()
    if not found:
        raise ConfigError(
            f"{directory} holds no posts (_posts/*.md, old_post/*.md); for the history of a git"
            " repository add --history"
        )
    return [f"{places[rank]}/{name}" if places[rank] else name for _, rank, name in found]


def groups(directory: Path, paths: list[str]) -> Iterator[Group]:
    """The posts read, article by article."""
    for _, some in groupby(paths, key=article_of):
        yield [PostFile(path, _read(directory / path)) for path in some]


def article_of(path: str) -> str:
    """What the posts of one article share; the name of a file that names none."""
    name = path.rpartition("/")[2]
    return named_id(name) or name


def _read(path: Path) -> bytes:
    """The file's bytes; of a huge one as many as show that it is none of ours."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES)
