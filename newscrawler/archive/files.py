"""The files of the archive: one that is being written, and those that a dead writer left."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from newscrawler.archive import members
from newscrawler.captures import Capture
from newscrawler.failpoints import hit, is_armed

if sys.platform != "win32":
    import fcntl

OPEN = ".open"
"""Ends the name of a file until it is closed."""
SUFFIX = ".warc.gz"
DEFAULT = Path("data/raw")
"""Only the default's parent is made: what is missing elsewhere may be a disk not mounted."""
_MODE = 0o640


class OpenFile:
    """One file that only this process writes; its lock dies with the process.

    Raises:
        OSError: from every method: the disk cannot take it. The file then is as it was before.
    """

    def __init__(self, root: Path, name: str) -> None:
        """`name`: the path below the archive's directory, as it will be once closed."""
        self.name = name
        self._path = root / name
        self._open = self._path.with_name(self._path.name + OPEN)
        root.mkdir(parents=root == DEFAULT, exist_ok=True, mode=0o750)
        self._open.parent.mkdir(exist_ok=True, mode=0o750)
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND
        self._file = os.open(self._open, flags, _MODE)
        self.size = 0
        """Bytes, those that are not written yet included."""
        self.answers = 0
        """How many answers it holds."""
        self._written = 0
        self._parts: list[bytes] = []
        _lock(self._file)

    def append(self, data: bytes) -> int:
        """Take whole members, to be written by `flush`; return where they will begin."""
        start = self.size
        self._parts.append(data)
        self.size += len(data)
        return start

    def flush(self) -> None:
        """Write what was taken: all of it or, if the disk refuses, nothing."""
        parts, self._parts = self._parts, []
        try:
            for data in parts if is_armed() else [b"".join(parts)]:
                half = len(data) // 2 if is_armed() else 0
                _write(self._file, data[:half])
                hit("raw_torn")
                _write(self._file, data[half:])
        except OSError:
            self.size = self._written
            os.ftruncate(self._file, self._written)
            raise
        self._written = self.size

    def close(self) -> None:
        """Give it its final name, with all that was taken in it."""
        try:
            self.flush()
            os.fsync(self._file)
            self._open.rename(self._path)
        finally:
            os.close(self._file)

    def drop(self) -> None:
        """Remove it."""
        self._open.unlink(missing_ok=True)
        os.close(self._file)

    def abandon(self) -> None:
        """Leave it as it is, for the next run to close."""
        with suppress(OSError):
            os.close(self._file)


def _write(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _lock(file: int) -> bool:
    """Whether no living process holds the file."""
    if sys.platform == "win32":
        return True  # an open file cannot be renamed there
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(path: Path) -> bool:
    """Whether a living process is writing the file."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _lock(file)
    finally:
        os.close(file)


def files(root: Path) -> list[Path]:
    """Every file of the archive, the oldest first, those that are still open included."""
    found = [path for suffix in (SUFFIX, SUFFIX + OPEN) for path in root.glob(f"*/*{suffix}")]
    return sorted(found)


def name_of(root: Path, path: Path) -> str:
    """How the index calls a file."""
    return path.relative_to(root).as_posix().removesuffix(OPEN)


def locate(root: Path, name: str) -> Path:
    """Where a file of the index is, closed or not."""
    path = root / name
    left = path.with_name(path.name + OPEN)
    return left if not path.exists() and left.exists() else path


def captures_in(root: Path, path: Path) -> Iterator[Capture]:
    """The answers in a file, as the index has them."""
    name = name_of(root, path)
    for member in members.scan(path):
        capture = members.capture_of(member, name)
        if capture is not None:
            yield capture


def close_left(root: Path, index: Callable[[Sequence[Capture]], None]) -> list[str]:
    """Close the files of writers that died: a torn last record is cut off, the others stay.

    `index` gets the answers of each before it is closed. Returns the names of the files.

    Raises:
        OSError: one cannot be read or renamed.
    """
    return [
        name_of(root, path)
        for path in sorted(root.glob(f"*/*{SUFFIX}{OPEN}"))
        if _close_one(root, path, index)
    ]


def _close_one(root: Path, path: Path, index: Callable[[Sequence[Capture]], None]) -> bool:
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False  # its writer has just closed it
    try:
        if not _lock(file) or not path.exists():
            return False
        found = list(members.scan(path))
        if found and found[-1].torn:
            os.ftruncate(file, found.pop().start)
        name = name_of(root, path)
        captures = [each for one in found if (each := members.capture_of(one, name)) is not None]
        if not captures:
            path.unlink()
            return True
        index(captures)
        os.fsync(file)
        path.rename(root / name)
    finally:
        os.close(file)
    return True
