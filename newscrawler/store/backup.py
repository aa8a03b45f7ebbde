"""A consistent copy of the whole store as one SQLite file, while others go on writing."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Table, delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from newscrawler.errors import StoreError
from newscrawler.store import migrate
from newscrawler.store.engine import Database, open_database
from newscrawler.store.schema import metadata

_ROWS = 500


def backup(db: Database, path: Path) -> None:
    """Write a copy to `path`, which takes its name only when it is complete and checked.

    Of SQLite it is a page by page copy; of a server, the tables as one snapshot shows them, in the
    same schema: DATABASE_URL may name the file. Raises StoreError if it cannot be written.
    """
    if not path.parent.is_dir():
        raise StoreError(f"cannot write {path}: the directory {path.parent} does not exist")
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if db.kind == "sqlite":
            _copy_pages(db, unfinished)
        else:
            _copy_rows(db, unfinished)
        _finish(unfinished)
        unfinished.replace(path)
    except DBAPIError as error:
        raise db.error(error, f"cannot back up to {path} from") from error
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"cannot write {path}: {error}") from error
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)


def _copy_pages(db: Database, path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o640))
    source = db.engine.raw_connection()
    try:
        with closing(sqlite3.connect(path)) as target:
            if not isinstance(source.driver_connection, sqlite3.Connection):
                raise TypeError("the driver is not sqlite3")
            source.driver_connection.backup(target)
    finally:
        source.close()


def _copy_rows(db: Database, path: Path) -> None:
    with closing(open_database(f"sqlite:///{path}")) as target:
        migrate.upgrade(target)
        with (
            db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as source,
            source.begin(),
            target.write() as sink,
        ):
            sink.execute(text("PRAGMA defer_foreign_keys = ON"))
            for table in metadata.sorted_tables:
                _copy_table(table, source, sink)
        path.with_name(path.name + ".locks").rmdir()


def _copy_table(table: Table, source: Connection, sink: Connection) -> None:
    sink.execute(delete(table))
    rows = source.execute(select(table).execution_options(yield_per=_ROWS)).mappings()
    for chunk in rows.partitions(_ROWS):
        sink.execute(insert(table), [dict(row) for row in chunk])


def _finish(path: Path) -> None:
    """Make it one file without a log beside it, and refuse to keep a damaged one."""
    with closing(sqlite3.connect(path)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
        found = copy.execute("PRAGMA integrity_check").fetchone()
        if found != ("ok",):
            raise StoreError(f"the copy {path} is damaged: {found}")
