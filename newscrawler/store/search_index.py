"""Keeps the full-text index: whatever happens, an article is in it or waits to be.

What is saved waits first (`search_pending`); every 1024 that wait are indexed together, in the
transaction that made the number full, and 64 such batches are joined into one segment. So the
index costs a crawl little, and a search looks through what waits by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, literal, select, text, update
from sqlalchemy.dialects import mysql, postgresql, sqlite

from newscrawler.failpoints import hit
from newscrawler.store.engine import Database
from newscrawler.store.schema import articles, revisions
from newscrawler.store.search_grams import BATCH, SPAN, postings
from newscrawler.store.search_schema import (
    search_batches,
    search_docs,
    search_lock,
    search_pending,
    search_postings,
)
from newscrawler.store.search_text import fold
from newscrawler.store.types import MARIADB

_CHUNK = 500


def note(conn: Connection, article_ids: Iterable[int]) -> None:
    """These articles have another text now (or are new); index what waits if it is enough.

    Part of the caller's transaction.
    """
    changed = sorted(set(article_ids))
    if not changed:
        return
    _let_wait(conn, changed)
    waiting = conn.scalar(select(func.count()).select_from(search_pending)) or 0
    if waiting >= BATCH:
        flush(conn)


def _let_wait(conn: Connection, changed: Sequence[int]) -> None:
    """The row of one that waits already is written anew: a flush must not miss its new text."""
    rows = [{"article_id": each, "touched": 1} for each in changed]
    values: Any
    if conn.dialect.name in MARIADB:
        values = mysql.insert(search_pending)
        values = values.on_duplicate_key_update(touched=text("touched + 1"))
    else:
        make: Any = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
        values = make(search_pending).on_conflict_do_update(
            index_elements=["article_id"], set_={"touched": search_pending.c.touched + 1}
        )
    conn.execute(values, rows)
    for part in _chunks(changed):
        conn.execute(delete(search_docs).where(search_docs.c.article_id.in_(part)))


def flush(conn: Connection) -> bool:
    """Index one full batch of what waits; False if there is none, or another process is at it."""
    lock = select(search_lock.c.id).where(search_lock.c.id == 1)
    if conn.scalar(lock.with_for_update(skip_locked=True)) is None:
        return False
    oldest = select(search_pending.c.article_id).order_by(search_pending.c.article_id)
    chosen = list(conn.scalars(oldest.limit(BATCH)))
    if len(chosen) < BATCH:
        return False
    # Waits for writers that have these in hand: what is read next is what they have made of them.
    for part in _chunks(chosen):
        conn.execute(delete(search_pending).where(search_pending.c.article_id.in_(part)))
    last = conn.scalar(select(func.max(search_batches.c.batch_id)))
    batch = 0 if last is None else last + 1
    _write(conn, batch, chosen)
    conn.execute(update(search_lock).values(flushes=search_lock.c.flushes + 1))
    if batch % SPAN == SPAN - 1:
        _join(conn, batch // SPAN)
    hit("search_flush")
    return True


def _write(conn: Connection, batch: int, chosen: Sequence[int]) -> None:
    """Index these articles as one batch, numbered in the order of their publication."""
    read = sorted(row for part in _chunks(chosen) for row in texts_of(conn, part))
    _insert_postings(conn, batch, postings(batch, (folded(*row[2:]) for row in read)))
    docs = [
        {"doc_id": batch * BATCH + number, "article_id": row[1]} for number, row in enumerate(read)
    ]
    conn.execute(insert(search_docs), docs)
    conn.execute(insert(search_batches).values(batch_id=batch, newest_at=read[-1][0]))


def texts_of(conn: Connection, article_ids: Sequence[int]) -> Iterable[Any]:
    """published_at, article_id, title, summary, body of current revisions."""
    a, r = articles.c, revisions.c
    query = (
        select(a.published_at, a.article_id, r.title, r.summary, r.body)
        .join_from(articles, revisions, (r.article_id == a.article_id) & (r.revision == a.revision))
        .where(a.article_id.in_(article_ids))
    )
    return (tuple(row) for row in conn.execute(query))


def folded(title: str, summary: str, body: str) -> tuple[str, str]:
    """What is indexed of an article: its title, and all its text."""
    if summary in body:
        summary = ""
    return fold(title), fold(f"{title}\n{summary}\n{body}")


def _insert_postings(conn: Connection, segment: int, rows: Sequence[tuple[str, str]]) -> None:
    """One statement: a row at a time would wait for the interpreter after each."""
    name = conn.dialect.name
    if name == "sqlite":
        query = (
            "INSERT INTO search_postings (segment, gram, docs)"
            " SELECT :segment, json_extract(value, '$[0]'), json_extract(value, '$[1]')"
            " FROM json_each(:rows)"
        )
        given: dict[str, Any] = {"rows": json.dumps(rows, ensure_ascii=False)}
        conn.execute(text(query), given | {"segment": segment})
    elif name == "postgresql":
        query = (
            "INSERT INTO search_postings (segment, gram, docs) SELECT :segment, gram, docs"
            " FROM unnest(CAST(:grams AS text[]), CAST(:docs AS text[])) AS u(gram, docs)"
        )
        grams, docs = map(list, zip(*rows, strict=True))
        conn.execute(text(query), {"segment": segment, "grams": grams, "docs": docs})
    else:
        values = [{"segment": segment, "gram": gram, "docs": docs} for gram, docs in rows]
        conn.execute(insert(search_postings), values)


_JOINED = {"sqlite": "group_concat(docs, '')", "postgresql": "string_agg(docs, '')"}


def joined(group: int) -> int:
    """The segment that 64 batches have become; one that is not full yet has its own for each."""
    return -group - 1


def _join(conn: Connection, group: int) -> None:
    name = conn.dialect.name
    if name in MARIADB:
        conn.execute(text("SET SESSION group_concat_max_len = 1000000"))
    docs = _JOINED.get(name, "group_concat(docs SEPARATOR '')")
    first, last = group * SPAN, group * SPAN + SPAN - 1
    conn.execute(
        text(
            "INSERT INTO search_postings (segment, gram, docs)"  # noqa: S608 (our own names)
            f" SELECT {joined(group)}, gram, {docs} FROM search_postings"
            " WHERE segment BETWEEN :first AND :last GROUP BY gram"
        ),
        {"first": first, "last": last},
    )
    conn.execute(delete(search_postings).where(search_postings.c.segment.between(first, last)))


def segments(batches: int) -> list[int]:
    """The segments that so many batches make, the latest first."""
    full = batches // SPAN
    return [*range(batches - 1, full * SPAN - 1, -1), *(map(joined, range(full - 1, -1, -1)))]


def build(db: Database, progress: Callable[[int], object] = lambda waiting: None) -> None:
    """Index what waits, as many transactions as there are batches; `progress` gets what is left.

    Killed, it goes on where it stopped when it is called again.
    """
    while True:
        with db.write() as conn:
            done = flush(conn)
            progress(conn.scalar(select(func.count()).select_from(search_pending)) or 0)
        if not done:
            return


def clear(conn: Connection) -> None:
    """Forget the index: every article waits to be indexed, and is still found."""
    conn.execute(select(search_lock.c.id).with_for_update())
    for table in (search_postings, search_docs, search_batches, search_pending):
        conn.execute(delete(table))
    every = select(articles.c.article_id, literal(1))
    conn.execute(insert(search_pending).from_select(["article_id", "touched"], every))


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[first : first + _CHUNK] for first in range(0, len(ids), _CHUNK))
