"""The posts' directories of a site: which files are there, and each change whole or not at all."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from newscrawler.failpoints import hit

NEW, OLD = "_posts", "old_post"
_NAME = re.compile(
    r"\d{4}-\d\d-\d\d-(?P<id>(?:NW)?\d{17,18}|[a-z0-9]+-[0-9A-Za-z-]+)\.md", re.ASCII
)
_PART = ".part"
_AT_ONCE = 256
"""Changes that wait for the disk together, which takes a quarter of the time."""
_THREADS = 16


def key_of(name: str) -> str | None:
    """The article that a post's file name names, whatever the form of its id; None if none."""
    found = _NAME.fullmatch(name)
    return found["id"].removeprefix("NW") if found else None


class Folder:
    """A site's posts. `written`, `kept`, `moved` and `removed` count what was done."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written = self.kept = self.moved = self.removed = 0
        self._there: dict[str, list[str]] = {}
        self._parts: list[tuple[Path, Path]] = []
        self._leaving: list[Path] = []
        for directory in (NEW, OLD):
            self._scan(directory)

    def _scan(self, directory: str) -> None:
        try:
            entries = os.scandir(self.root / directory)
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                if entry.name.startswith(".") and entry.name.endswith(_PART):
                    Path(entry.path).unlink(missing_ok=True)  # a killed export's
                elif (key := key_of(entry.name)) is not None:
                    self._there.setdefault(key, []).append(f"{directory}/{entry.name}")

    @property
    def count(self) -> int:
        """How many posts there are."""
        return sum(map(len, self._there.values()))

    def settle(self, key: str, wanted: dict[str, bytes]) -> None:
        """Let an article have just these posts (path → bytes): new ones first, then old ones go.

        `flush` does what is still to be done.
        """
        before = list(self._there.get(key, []))
        for path, data in wanted.items():
            twin = _twin(path)
            if path in before and (self.root / path).read_bytes() == data:
                self.kept += 1
            elif twin in before and (self.root / twin).read_bytes() == data:
                self._move(twin, path)
                before.remove(twin)
            else:
                self._parts.append((_write_part(self.root / path, data), self.root / path))
                self.written += 1
        for path in before:
            if path not in wanted:
                self._leaving.append(self.root / path)
                self.removed += 1
        self._there[key] = list(wanted)
        if len(self._parts) + len(self._leaving) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Let what was written take its place, and then what is left over go."""
        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(_sync, [part for part, _ in self._parts]))
        for part, path in self._parts:
            _rename(part, path)
        for path in self._leaving:
            hit("export_post_remove")
            path.unlink(missing_ok=True)
        self._parts, self._leaving = [], []

    def clear_others(self, keys: set[str]) -> None:
        """Remove the posts of all articles but these."""
        for key in [key for key in self._there if key not in keys]:
            self.settle(key, {})
        self.flush()

    def age(self, kept_from: str) -> None:
        """Move posts from before this day to the old ones."""
        self.flush()
        for paths in self._there.values():
            for place, path in enumerate(paths):
                directory, _, name = path.partition("/")
                if directory == NEW and name[:10] < kept_from:
                    paths[place] = _twin(path)
                    self._move(path, paths[place])

    def _move(self, path: str, to: str) -> None:
        (self.root / to).parent.mkdir(exist_ok=True)
        hit("export_post_move")
        (self.root / path).replace(self.root / to)
        self.moved += 1


def _twin(path: str) -> str:
    """The same post among the old ones, or among the new ones."""
    directory, _, name = path.partition("/")
    return f"{OLD if directory == NEW else NEW}/{name}"


def replace(path: Path, data: bytes) -> None:
    """Give the path these bytes; whoever reads it sees the old ones or the new ones, even after a
    power cut."""
    part = _write_part(path, data)
    _sync(part)
    _rename(part, path)


def _write_part(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{_PART}")
    hit("export_post_write")
    part.write_bytes(data)
    return part


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _rename(part: Path, path: Path) -> None:
    hit("export_post_rename")
    part.replace(path)
    hit("export_post_renamed")
