"""Keeps the full-text index: whatever happens, an article is in it or waits to be.

What is saved waits first (`search_pending`); every 1024 that wait are indexed together, in the
transaction that made the number full (or soon after it: search_ahead.py), and 16 such batches are
joined into one segment. So the
index costs a crawl little, and a search looks through what waits by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, delete, func, insert, literal, select, update

from newscrawler.failpoints import hit
from newscrawler.store import bulk
from newscrawler.store.engine import Database
from newscrawler.store.schema import articles
from newscrawler.store.search_blocks import (
    SPAN,
    Blocks,
    Directory,
    between,
    block_id,
    bounds,
    cut,
    joined,
    merged,
    opened,
    segment_of,
)
from newscrawler.store.search_file import TEXTS, Text
from newscrawler.store.search_grams import BATCH, LAST_KEY, indexed
from newscrawler.store.search_schema import (
    search_batches,
    search_blocks,
    search_docs,
    search_lock,
    search_pending,
)
from newscrawler.store.types import MARIADB, moment

_CHUNK = 500
_STRIDE = 4
"""Blocks of the first batch whose grams are joined at a time: what is in memory stays small."""
_PENDING = bulk.Insert("search_pending", ("article_id", "touched"))
_DOCS = bulk.Insert("search_docs", ("doc_id", "article_id"))
_BLOCKS = bulk.Insert("search_blocks", ("block_id", "data"))
_IN_BINARY = "SELECT block_id, data FROM search_blocks WHERE block_id = ANY(%s) ORDER BY block_id"


def note(conn: Connection, new: Iterable[int], changed: Iterable[int] = ()) -> None:
    """These articles are new, those have another text: they wait to be indexed.

    Part of the caller's transaction.
    """
    rewritten = set(changed)
    fresh = sorted(set(new) - rewritten)
    bulk.insert(conn, _PENDING, [(each, 1) for each in fresh])
    if rewritten:
        _let_wait(conn, sorted(rewritten))


def many_waiting(conn: Connection) -> int:
    """How many wait, counted up to two batches."""
    query = f"SELECT count(*) FROM (SELECT 1 FROM search_pending LIMIT {2 * BATCH}) AS w"  # noqa: S608
    ((many,),) = bulk.rows(conn, query)
    return int(many)


def batches(articles: int) -> int:
    """How many batches so many make."""
    return articles // BATCH


def waiting(conn: Connection) -> int:
    """How many articles are not in the index yet."""
    return conn.scalar(select(func.count()).select_from(search_pending)) or 0


def _let_wait(conn: Connection, changed: Sequence[int]) -> None:
    """The row of one that waits already is written anew: a flush must not miss its new text."""
    kind = conn.dialect.name
    mark = "?" if kind == "sqlite" else "%s"
    clash = "DUPLICATE KEY" if kind in MARIADB else "CONFLICT (article_id) DO"
    said = "touched = search_pending.touched + 1"
    for part in _chunks(changed):
        rows = ", ".join([f"({mark}, 1)"] * len(part))
        conn.exec_driver_sql(
            f"INSERT INTO search_pending (article_id, touched) VALUES {rows}"  # noqa: S608
            f" ON {clash} UPDATE {'' if kind in MARIADB else 'SET '}{said}",
            tuple(part),
        )
        conn.exec_driver_sql(
            f"DELETE FROM search_docs WHERE article_id IN {bulk.marks(len(part), mark)}",  # noqa: S608
            tuple(part),
        )


def flush(conn: Connection) -> bool:
    """Index one full batch of what waits; False if there is none, or another process is at it."""
    if not lock(conn):
        return False
    oldest = select(search_pending.c.article_id).order_by(search_pending.c.article_id)
    chosen = list(conn.scalars(oldest.limit(BATCH)))
    if len(chosen) < BATCH:
        return False
    # Waits for writers that have these in hand: what is read next is what they have made of them.
    for part in _chunks(chosen):
        conn.execute(delete(search_pending).where(search_pending.c.article_id.in_(part)))
    read = ordered(conn, chosen)
    titles, texts = indexed([row[2:] for row in read])
    write_batch(conn, [row[:2] for row in read], cut(titles), cut(texts))
    return True


def lock(conn: Connection) -> bool:
    """Be the only one who writes the index until this transaction ends; False if another is."""
    row = select(search_lock.c.id).where(search_lock.c.id == 1)
    return conn.scalar(row.with_for_update(skip_locked=True)) is not None


def ordered(conn: Connection, chosen: Sequence[int]) -> list[Text]:
    """Rows of `texts_of` as a batch has them: in the order of their publication."""
    return sorted(row for part in _chunks(chosen) for row in texts_of(conn, part))


def write_batch(
    conn: Connection, entries: Sequence[tuple[Any, int]], titles: Blocks, texts: Blocks
) -> None:
    """Write the next batch; `entries`: the first two columns of `Text`, in its order.

    The caller holds the lock, and has taken them off what waits.
    """
    last = conn.scalar(select(func.max(search_batches.c.batch_id)))
    batch = 0 if last is None else last + 1
    writer = _Segment(conn, batch)
    writer.add(titles, in_title=True)
    writer.add(texts, in_title=False)
    writer.close()
    first = batch * BATCH
    bulk.insert(conn, _DOCS, [(first + place, each[1]) for place, each in enumerate(entries)])
    newest_at = moment(entries[-1][0], conn.dialect)
    conn.execute(insert(search_batches).values(batch_id=batch, newest_at=newest_at))
    conn.execute(update(search_lock).values(flushes=search_lock.c.flushes + 1))
    if batch % SPAN == SPAN - 1:
        _join(conn, batch // SPAN)
    hit("search_flush")


def texts_of(conn: Connection, article_ids: Collection[int]) -> Iterable[Text]:
    """What current revisions say."""
    ids = ",".join(map(str, article_ids))
    return map(tuple, bulk.rows(conn, TEXTS.format(ids or "NULL")))


class _Segment:
    """Writes the blocks of one segment, those of titles first, and then their directory."""

    def __init__(self, conn: Connection, segment: int) -> None:
        self._conn, self._segment = conn, segment
        self._keys: dict[bool, list[int]] = {True: [], False: []}

    def add(self, found: Blocks, *, in_title: bool) -> None:
        """The next keys, all of them greater than those before."""
        keys, blocks = found
        first = 1 + sum(map(len, self._keys.values()))
        self._keys[in_title] += keys
        rows = [(block_id(self._segment, first + at), data) for at, data in enumerate(blocks)]
        bulk.insert(self._conn, _BLOCKS, rows)

    def close(self) -> None:
        """After the last keys."""
        directory = Directory.data(self._keys[True], self._keys[False])
        bulk.insert(self._conn, _BLOCKS, [(block_id(self._segment), directory)])


def _join(conn: Connection, group: int) -> None:
    """Make one segment of the batches of this group."""
    batches = range(group * SPAN, group * SPAN + SPAN)
    directories = read_directories(conn, batches)
    writer = _Segment(conn, joined(group))
    for in_title in (True, False):
        keys = directories[batches[0]].keys(in_title=in_title)[::_STRIDE].tolist()
        for first, end in pairwise([0, *keys[1:], LAST_KEY + 1]):
            ids = [
                block_id(batch, part)
                for batch in batches
                for part in directories[batch].parts(first, end - 1, in_title=in_title)
            ]
            read = [
                (segment_of(block) - batches[0], between(opened(data), first, end - 1))
                for block, data in read_blocks(conn, ids)
            ]
            writer.add(cut(merged(read)), in_title=in_title)
    writer.close()
    old = search_blocks.c.block_id.between(bounds(batches[0])[0], bounds(batches[-1])[1])
    conn.execute(delete(search_blocks).where(old))


def read_directories(conn: Connection, segments: Sequence[int]) -> dict[int, Directory]:
    """The directory of each segment."""
    read = read_blocks(conn, [block_id(segment) for segment in segments])
    return {segment_of(block): Directory.read(data) for block, data in read}


def read_blocks(conn: Connection, ids: Sequence[int]) -> Iterable[tuple[int, bytes]]:
    """Number and data of these blocks, by number."""
    c = search_blocks.c
    for part in _chunks(sorted(ids)):
        if conn.dialect.name == "postgresql":
            yield from bulk.in_binary(conn, _IN_BINARY, (part,))
            continue
        query = select(c.block_id, c.data).where(c.block_id.in_(part)).order_by(c.block_id)
        yield from map(tuple, conn.execute(query))


def build(db: Database, progress: Callable[[int], object] = lambda waiting: None) -> None:
    """Index what waits, as many transactions as there are batches; `progress` gets what is left.

    Killed, it goes on where it stopped when it is called again.
    """
    while True:
        with db.write() as conn:
            done = flush(conn)
            progress(waiting(conn))
        if not done:
            return


def clear(conn: Connection) -> None:
    """Forget the index: every article waits to be indexed, and is still found."""
    conn.execute(select(search_lock.c.id).with_for_update())
    for table in (search_blocks, search_docs, search_batches, search_pending):
        conn.execute(delete(table))
    every = select(articles.c.article_id, literal(1))
    conn.execute(insert(search_pending).from_select(["article_id", "touched"], every))


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[first : first + _CHUNK] for first in range(0, len(ids), _CHUNK))
