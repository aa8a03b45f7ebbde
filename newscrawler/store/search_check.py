"""Compares the full-text index with the articles that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exists, func, select

from newscrawler.store.schema import articles
from newscrawler.store.search_blocks import (
    SPAN,
    bounds,
    first_batch,
    merged,
    opened,
    segment_of,
    segments,
)
from newscrawler.store.search_grams import BATCH, Postings, indexed
from newscrawler.store.search_index import read_directories, texts_of
from newscrawler.store.search_schema import (
    search_batches,
    search_blocks,
    search_docs,
    search_pending,
)

if TYPE_CHECKING:
    from numpy import uint64
    from numpy.typing import NDArray

_REMEDY = "run `newscrawler db reindex`"
_CHUNK = 500
_ENTRY_BITS = 16
_ENTRY = (1 << _ENTRY_BITS) - 1


def look(conn: Connection) -> Iterator[str]:
    """What is wrong with the index; of a segment that is full one batch is read, of others all."""
    yield from _where_articles_are(conn)
    batches = conn.scalar(select(func.count()).select_from(search_batches)) or 0
    known = set(segments(batches))
    b = search_blocks.c.block_id
    for segment in sorted({segment_of(block) for block in conn.scalars(select(b))} - known):
        yield f"the index has a segment {segment} that belongs to no batch: {_REMEDY}"
    for segment in sorted(known):
        batch = segment if segment >= 0 else first_batch(segment) + SPAN - 1
        yield from _compare(conn, segment, batch)


def _where_articles_are(conn: Connection) -> Iterator[str]:
    a = articles.c.article_id
    indexed = exists().where(search_docs.c.article_id == a)
    waiting = exists().where(search_pending.c.article_id == a)
    for trouble, where in (
        ("is not in the index", ~indexed & ~waiting),
        ("is in the index and waits to be indexed", indexed & waiting),
    ):
        for article_id in conn.scalars(select(a).where(where).limit(100)):
            yield f"article {article_id} {trouble}: {_REMEDY}"


def _compare(conn: Connection, segment: int, batch: int) -> Iterator[str]:
    """Index the articles of a batch again and compare; entries that are void do not matter."""
    import numpy as np

    d = search_docs.c
    first = batch * BATCH
    here = select(d.doc_id, d.article_id).where(d.doc_id.between(first, first + BATCH - 1))
    live = {row.article_id: row.doc_id % BATCH for row in conn.execute(here)}
    texts = [("", "", "")] * BATCH
    ids = sorted(live)
    for at in range(0, len(ids), _CHUNK):
        for row in texts_of(conn, ids[at : at + _CHUNK]):
            texts[live[row[1]]] = row[2:]
    wrong: set[int] = set()
    numbers = {number: article_id for article_id, number in live.items()}
    place = batch - first_batch(segment)
    for expected, found in zip(indexed(texts), _written(conn, segment), strict=True):
        differ = np.setxor1d(_numbers(expected, 0), _numbers(found, place * BATCH))
        wrong |= set((differ & _ENTRY).tolist())
    for article_id in sorted(numbers[entry] for entry in wrong if entry in numbers):
        yield f"article {article_id} is not indexed as what it says: {_REMEDY}"


def _written(conn: Connection, segment: int) -> tuple[Postings, Postings]:
    """What the blocks of a segment say of titles, and of whole texts."""
    directory = read_directories(conn, [segment]).get(segment)
    first, last = bounds(segment)
    c = search_blocks.c
    query = select(c.data).where(c.block_id > first, c.block_id <= last).order_by(c.block_id)
    blocks = [(0, opened(data)) for data in conn.scalars(query)]
    titles = len(directory.titles) if directory else 0
    return merged(blocks[:titles]), merged(blocks[titles:])


def _numbers(found: Postings, first: int) -> NDArray[uint64]:
    """Key and entry of every posting as one number, for the batch whose entries begin there."""
    import numpy as np

    here = (found.docs >= first) & (found.docs < first + BATCH)
    keys = found.keys.repeat(found.counts)[here].astype(np.uint64)
    entries = (found.docs[here] - found.docs.dtype.type(first)).astype(np.uint64)
    numbers: NDArray[uint64] = np.bitwise_or(np.left_shift(keys, np.uint64(_ENTRY_BITS)), entries)
    return numbers
