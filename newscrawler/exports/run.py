"""One export from the store to a file: what is read, written, counted and promised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from newscrawler import __version__
from newscrawler.errors import ExportError
from newscrawler.exports.formats import About, Format, Record
from newscrawler.exports.manifest import Manifest, Tally, write_manifest
from newscrawler.exports.target import Sink, replacing
from newscrawler.store import Connection, stream
from newscrawler.store.engine import Database
from newscrawler.store.filters import Filters
from newscrawler.store.search import every_match

Watch = Callable[[Iterator[Record], int], Iterator[Record]]
"""Shows progress: passes records on, of which there are so many in all."""
Read = Callable[[Connection, "set[int] | None"], Iterator[Record]]
"""Reads what is exported, of these articles only (None: of all)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be exported."""

    form: Format
    filters: Filters = field(default_factory=Filters)
    query: str | None = None
    """Only articles that hold every word of it (store/search.py)."""
    limit: int | None = None
    """Only so many of the newest articles, newest first; None: all, in the order of article_id."""
    newest_by: str = "published_at"
    """The column of `news` that says what is newest."""
    revisions: bool = False
    """Every revision in place of current articles."""
    read: Read | None = None
    """What to read in place of the above."""

    def records(self, conn: Connection) -> Iterator[Record]:
        """The records, as the connection's moment shows them."""
        only = None if self.query is None else every_match(conn, self.query, self.filters)
        if self.read is not None:
            return self.read(conn, only)
        ids = self._ids(conn, only)
        if self.revisions:
            return stream.revisions(conn, self.filters, ids)
        parts = self.form.parts
        if ids is None:
            return stream.articles(conn, self.filters, parts=parts)
        return stream.articles_by_id(conn, ids, parts=parts)

    def _ids(self, conn: Connection, only: set[int] | None) -> list[int] | None:
        if self.limit is not None:
            return stream.newest(conn, self.filters, self.limit, by=self.newest_by, only=only)
        return None if only is None else sorted(only)

    def given(self) -> dict[str, str]:
        """What is asked of articles, as the manifest has it."""
        given = ({} if self.query is None else {"query": self.query}) | self.filters.given()
        return {
            name: value.isoformat() if isinstance(value, datetime) else str(value)
            for name, value in given.items()
        }


def export_file(
    db: Database, order: Order, path: Path, now: datetime, watch: Watch | None = None
) -> Manifest:
    """Write the file and then its manifest, each as a whole or not at all.

    Raises ExportError if a file cannot be written, StoreError if the database cannot be read.
    """
    with replacing(path) as sink:
        manifest = _export(db, order, sink, now, watch)
    write_manifest(path, manifest)
    return manifest


def export_stream(db: Database, order: Order, file: BinaryIO, now: datetime) -> Manifest:
    """Write to an open file, which stays open.

    Raises ExportError for a format that is no stream; OSError as the file has it.
    """
    if not order.form.is_stream:
        raise ExportError(f"{order.form.name} cannot go to standard output: give --out a path")
    sink = Sink(file)
    manifest = _export(db, order, sink, now, None)
    file.flush()
    return manifest


def _export(db: Database, order: Order, sink: Sink, now: datetime, watch: Watch | None) -> Manifest:
    about = About(version=__version__, created_at=now, filters=order.given())
    tally = Tally()
    with stream.one_moment(db) as conn:
        feed_seq = stream.newest_change(conn)
        records = order.records(conn)
        if watch is not None:
            records = watch(records, stream.count(conn, order.filters))
        order.form.write(tally.watch(records), sink, about)
    return tally.manifest(order.form.name, about, sink, feed_seq)
