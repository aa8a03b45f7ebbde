"""Compares the full-text index with the articles that it is about."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, exists, func, select

from newscrawler.store.schema import articles
from newscrawler.store.search_grams import BATCH, SPAN, entries, postings
from newscrawler.store.search_index import folded, segments, texts_of
from newscrawler.store.search_schema import (
    search_batches,
    search_docs,
    search_pending,
    search_postings,
)

_REMEDY = "run `newscrawler db reindex`"
_CHUNK = 500


def look(conn: Connection) -> Iterator[str]:
    """What is wrong with the index; of a segment that is full one batch is read, of others all."""
    yield from _where_articles_are(conn)
    batches = conn.scalar(select(func.count()).select_from(search_batches)) or 0
    known = set(segments(batches))
    for segment in conn.scalars(select(search_postings.c.segment).distinct()):
        if segment not in known:
            yield f"the index has a segment {segment} that belongs to no batch: {_REMEDY}"
    for segment in known:
        batch = segment if segment >= 0 else -segment * SPAN - 1
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
    d = search_docs.c
    here = select(d.doc_id, d.article_id).where(d.doc_id.between(*_bounds(batch)))
    live = {row.article_id: row.doc_id % BATCH for row in conn.execute(here)}
    texts = [("", "")] * BATCH
    ids = sorted(live)
    for first in range(0, len(ids), _CHUNK):
        for row in texts_of(conn, ids[first : first + _CHUNK]):
            texts[live[row[1]]] = folded(*row[2:])
    numbers = {chr(number + 1): article_id for article_id, number in live.items()}
    expected = {
        gram: {entry for entry in docs[1:] if entry in numbers}
        for gram, docs in postings(batch, texts)
    }
    wrong: set[int] = set()
    rows = select(search_postings.c.gram, search_postings.c.docs)
    for gram, docs in conn.execute(rows.where(search_postings.c.segment == segment)):
        found = entries([docs]).get(batch % SPAN, set()).intersection(numbers)
        wrong.update(numbers[entry] for entry in found ^ expected.pop(gram, set()))
    wrong.update(numbers[entry] for missing in expected.values() for entry in missing)
    for article_id in sorted(wrong):
        yield f"article {article_id} is not indexed as what it says: {_REMEDY}"


def _bounds(batch: int) -> tuple[int, int]:
    return batch * BATCH, batch * BATCH + BATCH - 1
