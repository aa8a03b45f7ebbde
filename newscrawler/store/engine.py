"""Opens the database that DATABASE_URL names, on any of the three kinds."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from newscrawler.errors import ConfigError, StoreError
from newscrawler.store import bulk
from newscrawler.store.dialect import reason_of, session_commands

_ALIASES = {"postgres": "postgresql", "mysql": "mariadb"}
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
_FILE_MODE = 0o640
_STATEMENTS = 400
"""Prepared statements that an SQLite connection keeps: one for each number of rows (bulk.py)."""
_DEFAULT_DIRECTORY = Path("data")
_SET_UP_TRIES, _SET_UP_PAUSE_S = 20, 0.05
_pause = time.sleep
READ_ONLY = "newscrawler_read_only"
"""The execution option of a connection that takes no lock on SQLite: it only reads."""


@dataclass(frozen=True, slots=True)
class Database:
    """One open database; connections come from its pool and may be used from any thread."""

    engine: Engine
    kind: str
    """"sqlite", "postgresql" or "mariadb"."""
    path: Path | None
    """The file of an SQLite database; None on a server and in memory."""
    name: str
    """How messages call it: the path, or the URL without its password."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    _kept: list[Connection] = field(default_factory=list, repr=False, compare=False)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction that commits at the end and rolls back on an error.

        The one that wrote to a file last is kept: to take it out of the pool and put it back costs
        a fortieth of a small batch. A server's is asked by the pool whether it still answers.
        """
        try:
            conn = self._kept.pop()
        except IndexError:
            conn = self.engine.connect()
        is_kept = False
        try:
            with conn.begin():
                yield conn
            is_kept = self.path is not None and not self._kept
        finally:
            if is_kept:
                self._kept.append(conn)
            else:
                conn.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a transaction that only reads, and so waits for no writer."""
        with self.engine.connect().execution_options(**{READ_ONLY: True}) as conn, conn.begin():
            yield conn

    def check_writable(self) -> None:
        """Commit a change of nothing, to fail before the first request and not after it."""
        try:
            with self.write() as conn:
                conn.execute(text("UPDATE change_counter SET last = last WHERE id = 1"))
        except DBAPIError as error:
            raise self.error(error, "cannot write to") from error

    def error(self, cause: Exception, trouble: str = "cannot use", more: str = "") -> StoreError:
        """The cause as an error for people: one line, this database named, no password in it."""
        line = f"{trouble} {self.name}: {reason_of(cause)}{more}"
        for secret in self.secrets:
            line = line.replace(secret, "***")
        return StoreError(line)

    def close(self) -> None:
        """Close every connection that is in no one's hands."""
        while self._kept:
            self._kept.pop().close()
        self.engine.dispose()


def open_database(url: str, *, create: bool = True) -> Database:
    """Open the database that an SQLAlchemy URL names and check that it answers.

    Raises ConfigError for a URL that names none of the three kinds and StoreError, in one line and
    without the password, for a database that cannot be used. With `create` a missing SQLite file
    is made (mode 0640), in a directory that exists; only the default `data` is made as well.
    """
    parsed, kind = _parse(url)
    path = _sqlite_path(parsed) if kind == "sqlite" else None
    database = Database(
        engine=_engine(parsed, kind),
        kind=kind,
        path=path,
        name=str(path) if path else _masked(parsed),
        secrets=_secrets(parsed),
    )
    if path:
        _prepare_file(path, create=create)
    try:
        with database.read() as conn:
            conn.execute(text("SELECT 1"))
            if kind == "sqlite":
                conn.execute(text("SELECT count(*) FROM sqlite_master"))
    except DBAPIError as error:
        database.close()
        raise database.error(error, "cannot open") from error
    return database


def _parse(url: str) -> tuple[URL, str]:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "DATABASE_URL is no URL: write sqlite:///data/news.db,"
            " postgresql://user@host/name or mariadb://user@host/name"
        ) from error
    backend, _, driver = parsed.drivername.partition("+")
    kind = _ALIASES.get(backend, backend)
    if kind not in _DRIVERS:
        raise ConfigError(f"DATABASE_URL: {kind!r} is not sqlite, postgresql or mariadb")
    drivername = f"{kind}+{driver}" if driver else _DRIVERS[kind]
    return parsed.set(drivername=drivername), kind


def _sqlite_path(url: URL) -> Path | None:
    database = url.database or ""
    if database in ("", ":memory:") or url.query.get("mode") == "memory":
        return None
    return Path(database.removeprefix("file:"))


def _masked(url: URL) -> str:
    shown = {key: "***" if "pass" in key.lower() else value for key, value in url.query.items()}
    return url.set(query=shown).render_as_string(hide_password=True)


def _secrets(url: URL) -> tuple[str, ...]:
    values = [url.password or ""]
    values += [str(value) for key, value in url.query.items() if "pass" in key.lower()]
    forms = {form for value in values for form in (value, quote(value), quote_plus(value))}
    return tuple(sorted(filter(None, forms), key=len, reverse=True))


def _prepare_file(path: Path, *, create: bool) -> None:
    if path.is_dir():
        raise StoreError(f"cannot open {path}: it is a directory, not a database file")
    if path.exists():
        return
    if not create:
        raise StoreError(f"no database at {path}: run `newscrawler crawl`, or set DATABASE_URL")
    try:
        if path.parent == _DEFAULT_DIRECTORY:
            path.parent.mkdir(exist_ok=True)
        if not path.parent.is_dir():
            raise StoreError(
                f"cannot create {path}: the directory {path.parent} does not exist; create it"
            )
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _FILE_MODE))
    except OSError as error:
        raise StoreError(f"cannot create {path}: {error.strerror}") from error


def _engine(url: URL, kind: str) -> Engine:
    options: dict[str, Any] = {"isolation_level": "READ COMMITTED", "pool_pre_ping": True}
    if kind == "sqlite":
        options = {"connect_args": {"check_same_thread": False, "cached_statements": _STATEMENTS}}
        if _sqlite_path(url) is None:
            options |= {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}
    else:
        options["connect_args"] = {"connect_timeout": 10}
    if kind == "mariadb":
        options["connect_args"]["charset"] = "utf8mb4"
    try:
        engine = create_engine(url, **options)
    except (NoSuchModuleError, ArgumentError, ModuleNotFoundError) as error:
        raise ConfigError(f"DATABASE_URL: driver {url.drivername!r} is not available") from error
    # On SQLite each row of an executemany gives the interpreter lock away and waits to get it back
    # from a busy event loop, up to 5 ms; many rows in one statement do so once.
    engine.dialect.use_insertmanyvalues_wo_returning = kind == "sqlite"
    _watch(engine, kind)
    return engine


def _set_up(cursor: Any, command: str) -> None:
    """Run a command of a session's beginning.

    While another process makes the same new SQLite file, it is locked for a moment, for which
    busy_timeout does not wait: to put a file into WAL mode takes it alone.
    """
    for left in reversed(range(_SET_UP_TRIES)):
        try:
            cursor.execute(command)
        except sqlite3.OperationalError as error:
            if not left or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            _pause(_SET_UP_PAUSE_S)
        else:
            return


def _watch(engine: Engine, kind: str) -> None:
    @event.listens_for(engine, "connect")
    def set_up_session(connection: Any, entry: ConnectionPoolEntry) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.isolation_level = None
        cursor = connection.cursor()
        for command in session_commands(kind):
            _set_up(cursor, command)
        cursor.close()
        if kind != "sqlite":
            connection.commit()

    if kind == "sqlite":

        @event.listens_for(engine, "begin")
        def begin(conn: Connection) -> None:
            reading = conn.get_execution_options().get(READ_ONLY, False)
            bulk.on_sqlite(conn, "BEGIN" if reading else "BEGIN IMMEDIATE", ())
