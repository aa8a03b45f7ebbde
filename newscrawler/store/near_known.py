"""What a process knows of the segments in the database, so that it reads each only once.

What is added in one transaction is one small segment, which goes into a dictionary here. Some
dozens of them are sorted by period into larger ones, and those into larger ones still: an article
is written again three times, and a text is looked up in few segments, those of its time.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, delete, select

from newscrawler.store import bulk
from newscrawler.store.near_segments import Entry, Places, Seen, Segment, merged
from newscrawler.store.near_tables import RECENT, near_segments
from newscrawler.store.tasks import chunks

if TYPE_CHECKING:
    from newscrawler.store.near_segments import Keys

ARTICLES, SEGMENTS = 1024, 64
"""What is recent, at most: so many articles in so many segments."""
TOGETHER = 16
"""Segments of one size, by powers of this, and one period, that are made into one."""
LARGE = 4096
"""Articles from which on a segment stays as it is."""
HELD = 1_000_000
"""Articles in segments that are kept in memory, about 0.1 kB each."""
KEY_BITS = 32
"""Of a key; what stands before is its period."""
MANY = 64
"""Keys from which on numpy is quicker, although it takes a moment to load."""

_INSERT = bulk.Insert(
    "near_segments", ("segment_id", "period", "articles", "first_s", "last_s", "data")
)
_s = near_segments.c
_ROWS = select(_s.segment_id, _s.period, _s.articles, _s.first_s, _s.last_s)
_NEWEST = bulk.Update("near_progress", ("id",), ("newest",))
_IN_BINARY = "SELECT segment_id, data FROM near_segments WHERE segment_id = ANY(%s)"


class Row(NamedTuple):
    """A segment without its data."""

    period: int
    articles: int
    first_s: int
    last_s: int


class Known:
    """One process's knowledge of one database, as if its own transactions never failed.

    If one does, the newest segment is another than it should be, and all is compared. Only who
    holds the lock (near.py) uses it.
    """

    def __init__(self) -> None:
        self._newest: int | None = None
        self._rows: dict[int, Row] = {}
        """Segments of a period."""
        self._segments: dict[int, Segment] = {}
        """Those of them that were read, the one that was used last at the end."""
        self._recent: dict[int, Sequence[Entry]] = {}
        """What recent segments hold."""
        self._found = Places()
        """The same by key."""

    def renew(self, conn: Connection) -> None:
        """Make it what the database says."""
        newest = _newest(conn)
        if newest == self._newest and newest is not None:
            return
        rows = {row.segment_id: Row(*row[1:]) for row in conn.execute(_ROWS)}
        recent = {key for key, row in rows.items() if row.period == RECENT}
        self._rows = {key: row for key, row in rows.items() if key not in recent}
        self._segments = {key: each for key, each in self._segments.items() if key in self._rows}
        if not self._recent.keys() <= recent:
            self._recent.clear()
            self._found.clear()
        for segment_id, data in _read(conn, sorted(recent - self._recent.keys())):
            self._enter(segment_id, list(Segment.read(data).each()))
        self._newest = newest

    def _enter(self, segment_id: int, entries: Sequence[Entry]) -> None:
        """Find what is in a recent segment from now on."""
        self._recent[segment_id] = entries
        for seen, keys in entries:
            self._found.add(seen, keys)

    def _load(self, conn: Connection, wanted: Iterable[int]) -> None:
        missing = sorted(set(wanted) - self._segments.keys())
        self._segments |= {key: Segment.read(data) for key, data in _read(conn, missing)}

    def find(
        self, conn: Connection, keys: Sequence[int], first_s: int, last_s: int
    ) -> Iterator[tuple[int, Seen]]:
        """What is under these keys, published at that time; and some that was at another."""
        yield from self._found.find(keys)
        chosen = [
            segment_id
            for segment_id, row in self._rows.items()
            if row.first_s <= last_s and row.last_s >= first_s
        ]
        self._load(conn, chosen)
        asked = _asked(keys)
        for segment_id in chosen:
            self._segments[segment_id] = self._segments.pop(segment_id)  # the last one used
            yield from self._segments[segment_id].find(asked)
        self._forget(len(chosen))

    def _forget(self, needed: int) -> None:
        """Drop what was not used for longest, if too much is in memory."""
        held = 0
        for place, segment_id in enumerate(reversed(tuple(self._segments))):
            held += self._rows[segment_id].articles
            if held > HELD and place >= needed:
                del self._segments[segment_id]

    def add(self, conn: Connection, found: Sequence[Entry]) -> None:
        """Store what others are to find; each of the articles has a key."""
        self._enter(self._write(conn, RECENT, Segment.unsorted(found)), found)
        articles = sum(map(len, self._recent.values()))
        if len(self._recent) >= SEGMENTS or articles >= ARTICLES:
            self._sort(conn)
        self._tell_newest(conn)

    def _tell_newest(self, conn: Connection) -> None:
        if conn.dialect.name != "sqlite":
            bulk.update(conn, _NEWEST, [(1, self._newest)])

    def _write(self, conn: Connection, period: int, segment: Segment) -> int:
        self._newest = segment_id = secrets.randbits(62)
        row = Row(period, len(segment.ids), min(segment.times), max(segment.times))
        data = segment.data()
        bulk.insert(conn, _INSERT, [(segment_id, *row, data)])
        if period != RECENT:
            self._rows[segment_id], self._segments[segment_id] = row, Segment.read(data)
        return segment_id

    def _sort(self, conn: Connection) -> None:
        """Make larger segments of the recent ones, each of one period."""
        periods: dict[int, list[Entry]] = {}
        for entries in self._recent.values():
            for seen, keys in entries:
                periods.setdefault(keys[0] >> KEY_BITS, []).append((seen, keys))
        conn.execute(delete(near_segments).where(_s.segment_id.in_(self._recent)))
        self._recent.clear()
        self._found.clear()
        for period, found in sorted(periods.items()):
            self._write(conn, period, Segment.of(found))
            while many := self._alike(period):
                self._join(conn, period, many)

    def _join(self, conn: Connection, period: int, many: Sequence[int]) -> None:
        self._load(conn, many)
        whole = merged([self._segments.pop(each) for each in many])
        conn.execute(delete(near_segments).where(_s.segment_id.in_(many)))
        for each in many:
            del self._rows[each]
        self._write(conn, period, whole)

    def _alike(self, period: int) -> Sequence[int]:
        """The segments of this period that are to become one, if some are."""
        sizes: dict[int, list[int]] = {}
        for segment_id, row in self._rows.items():
            if row.period == period and row.articles < LARGE:
                sizes.setdefault((row.articles.bit_length() - 1) // 4, []).append(segment_id)
        return next((many for many in sizes.values() if len(many) >= TOGETHER), ())

    def clear(self, conn: Connection) -> None:
        """Empty the index."""
        conn.execute(delete(near_segments))
        self._rows.clear()
        self._segments.clear()
        self._recent.clear()
        self._found.clear()
        self._newest = secrets.randbits(62)
        self._tell_newest(conn)


def _newest(conn: Connection) -> int | None:
    """The segment that was written last.

    SQLite need not be told: the row that was inserted last has the highest rowid. That spares a
    page and a statement a batch.
    """
    if conn.dialect.name == "sqlite":
        query = "SELECT segment_id FROM near_segments ORDER BY rowid DESC LIMIT 1"
    else:
        query = "SELECT newest FROM near_progress"
    return next((row[0] for row in bulk.rows(conn, query)), None)


def _asked(keys: Sequence[int]) -> Keys:
    if len(keys) < MANY:
        return list(keys)
    import numpy as np

    return np.array(keys, np.int64)


def _read(conn: Connection, segment_ids: Sequence[int]) -> Iterable[tuple[int, bytes]]:
    for some in chunks(segment_ids):
        if conn.dialect.name == "postgresql":
            yield from bulk.in_binary(conn, _IN_BINARY, (list(some),))
        else:
            query = select(_s.segment_id, _s.data).where(_s.segment_id.in_(some))
            yield from map(tuple, conn.execute(query))


_KNOWN: WeakKeyDictionary[Engine, Known] = WeakKeyDictionary()


def known(conn: Connection) -> Known:
    """What this process knows of the connection's database, made new."""
    found = _KNOWN.setdefault(conn.engine, Known())
    found.renew(conn)
    return found
