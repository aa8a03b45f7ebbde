"""Locks between processes that die with their owner: never a stale row, never a stale file.

PostgreSQL: a session advisory lock; MariaDB: GET_LOCK; both on a connection of their own.
SQLite: an OS lock on a file in `<database file>.locks/`. In memory: a lock of this process.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import quote

from sqlalchemy import Connection, TextClause, select, text
from sqlalchemy.exc import DBAPIError

from newscrawler.errors import SiteBusyError, StoreError
from newscrawler.store import schema
from newscrawler.store.engine import Database

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_POLL_S = 0.2
_Statement = tuple[TextClause, dict[str, object]]


class Held(Protocol):
    """A lock that this process holds."""

    def release(self) -> None:
        """Give it back; doing so twice is harmless."""


@contextmanager
def site_lock(
    db: Database,
    name: str,
    *,
    wait_s: float = 0.0,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[Held]:
    """Hold the lock `name` (a site, "schema", …) for the block.

    Raises SiteBusyError, naming the run that holds it, if it is not free within `wait_s` seconds.
    """
    deadline = monotonic() + wait_s
    while (held := try_lock(db, name)) is None:
        if monotonic() >= deadline:
            raise SiteBusyError(_busy(db, name))
        sleep(_POLL_S)
    try:
        yield held
    finally:
        held.release()


def run_lock_name(run_id: int) -> str:
    """The lock that a run holds while it lives."""
    return f"run:{run_id}"


def try_lock(db: Database, name: str) -> Held | None:
    """Take the lock if it is free; None if another holds it, be it in this process."""
    if db.path is not None:
        return _FileLock.take(db.path, name)
    if db.kind == "sqlite":
        return _MemoryLock.take(id(db.engine), name)
    try:
        return _SessionLock.take(db, name)
    except DBAPIError as error:
        raise db.error(error, f"cannot lock {name!r} in") from error


def _busy(db: Database, name: str) -> str:
    runs = schema.runs.c
    query = (
        select(runs.run_id, runs.pid, runs.host, runs.started_at)
        .where(runs.site == name, runs.status == "running")
        .order_by(runs.run_id.desc())
        .limit(1)
    )
    if name == "schema":
        return f"another process is upgrading {db.name}; try again when it is done"
    with db.read() as conn:
        row = conn.execute(query).first()
    if row is None:
        return f"another process is working on {name}; try again when it is done"
    return (
        f"run {row.run_id} (pid {row.pid} on {row.host}) is crawling {name} since"
        f" {row.started_at:%Y-%m-%d %H:%M:%S} UTC; wait for it (--wait) or stop it"
    )


class _SessionLock:
    """A named lock of a server, held by one connection."""

    def __init__(self, conn: Connection, free: _Statement) -> None:
        self._conn = conn
        self._free = free

    @classmethod
    def take(cls, db: Database, name: str) -> _SessionLock | None:
        take, free = _statements(db, name)
        conn = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with ExitStack() as undo:
            undo.callback(conn.close)
            undo.callback(conn.invalidate)
            is_ours = conn.scalar(*take) in (1, True)
            if is_ours:
                conn.detach()
            undo.pop_all()
        if is_ours:
            return cls(conn, free)
        conn.close()
        return None

    def release(self) -> None:
        if self._conn.closed:
            return
        # A busy server notices some time after the end of a connection that it has ended.
        with suppress(DBAPIError), self._conn:  # one that is lost already holds nothing
            self._conn.execute(*self._free)


def _statements(db: Database, name: str) -> tuple[_Statement, _Statement]:
    """How the lock is taken, and how it is given back."""
    digest = hashlib.sha256(f"newscrawler {name}".encode()).digest()
    if db.kind == "postgresql":
        key = int.from_bytes(digest[:8], "big", signed=True)
        return (
            (text("SELECT pg_try_advisory_lock(:key)"), {"key": key}),
            (text("SELECT pg_advisory_unlock(:key)"), {"key": key}),
        )
    # MariaDB's names are the server's, not the database's.
    scope = hashlib.sha256(str(db.engine.url.database).encode()).hexdigest()[:16]
    of: dict[str, object] = {"key": f"nc {scope} {digest.hex()[:32]}"}
    return (text("SELECT GET_LOCK(:key, 0)"), of), (text("SELECT RELEASE_LOCK(:key)"), of)


class _FileLock:
    """An OS lock on a file of its own; the kernel drops it with the process."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file

    @classmethod
    def take(cls, database: Path, name: str) -> _FileLock | None:
        directory = database.with_name(database.name + ".locks")
        path = directory / (quote(name, safe="") + ".lock")
        try:
            directory.mkdir(mode=0o750, exist_ok=True)
            while True:
                file = os.fdopen(os.open(path, os.O_CREAT | os.O_RDWR, 0o640), "r+b")
                if not _lock_file(file):
                    file.close()
                    return None
                if _is_same_file(file, path):
                    return cls(path, file)
                file.close()
        except OSError as error:
            raise StoreError(f"cannot lock {path}: {error.strerror}") from error

    def release(self) -> None:
        if self._file.closed:
            return
        if sys.platform != "win32":
            self._path.unlink(missing_ok=True)
        self._file.close()


def _is_same_file(file: IO[bytes], path: Path) -> bool:
    """Whether the path still names the file: its last owner may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _lock_file(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


class _MemoryLock:
    """A lock for databases that only this process can see."""

    _held: set[tuple[int, str]] = set()  # noqa: RUF012 - shared by design
    _guard = threading.Lock()

    def __init__(self, key: tuple[int, str]) -> None:
        self._key = key

    @classmethod
    def take(cls, database: int, name: str) -> _MemoryLock | None:
        with cls._guard:
            if (database, name) in cls._held:
                return None
            cls._held.add((database, name))
        return cls((database, name))

    def release(self) -> None:
        with self._guard:
            self._held.discard(self._key)
