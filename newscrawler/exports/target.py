"""The file that an export writes: there as a whole, or as it was before."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from newscrawler.errors import ExportError
from newscrawler.failpoints import hit

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_MODE = 0o640
_BUFFER = 1 << 20


class Sink:
    """Bytes on their way to a file: counted and hashed as they pass."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.bytes = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        """Take them on."""
        hit("export_write")
        self._file.write(data)
        self._hash.update(data)
        self.bytes += len(data)
        return len(data)

    def tell(self) -> int:
        """How many bytes have passed."""
        return self.bytes

    def flush(self) -> None:
        """Pass on what is buffered."""
        self._file.flush()

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of all that has passed."""
        return self._hash.hexdigest()


@contextmanager
def replacing(path: Path) -> Iterator[Sink]:
    """Bytes for a file that takes its name when the block has ended well, synced to disk.

    Until then they are in `.NAME.part` beside it (mode 0640 less the umask). After a kill the part
    is left and the next export writes over it. A symbolic link stays one. Raises ExportError,
    naming the file, if it cannot be written or another process is writing it.
    """
    path = Path(os.path.realpath(path))
    part = path.with_name(f".{path.name}.part")
    try:
        _check(path)
        with _locked(part) as file, ExitStack() as undo:
            undo.callback(part.unlink, missing_ok=True)
            yield Sink(file)
            file.flush()
            hit("export_sync")
            os.fsync(file.fileno())
            hit("export_rename")
            part.replace(path)
            undo.pop_all()  # from now on another process may have a part of this name
        sync_directory(path.parent)
        hit("export_renamed")
    except OSError as error:
        raise ExportError(
            f"cannot write {path}: {error.strerror or error}; what was there is as it was"
        ) from error


def _check(path: Path) -> None:
    if not path.parent.is_dir():
        raise ExportError(
            f"cannot write {path}: the directory {path.parent} does not exist; create it"
        )
    if path.exists() and not path.is_file():
        raise ExportError(f"cannot write {path}: it is no file (for standard output: --out -)")


@contextmanager
def _locked(part: Path) -> Iterator[IO[bytes]]:
    """The file, open and empty, and ours alone."""
    while True:
        file = os.fdopen(os.open(part, os.O_CREAT | os.O_RDWR, _MODE), "r+b", _BUFFER)
        with file:
            if not _lock(file):
                raise ExportError(f"another process is writing {part}: wait for it or stop it")
            if not _is_at(file, part):
                continue
            file.truncate()
            yield file
            return


def _is_at(file: IO[bytes], path: Path) -> bool:
    """Whether the path still names the file: another export may just have renamed it."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def sync_directory(directory: Path) -> None:
    """Make the names in it as durable as the files."""
    if sys.platform == "win32":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
