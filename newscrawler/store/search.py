"""Finds articles by what they say: every substring, in titles first, the newest first.

The index (search_index.py) names candidates; whether one is a hit, its text decides. So the answer
is the same on every database, and the same as reading every article would give.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from newscrawler.store.filters import Filters
from newscrawler.store.schema import articles, revisions
from newscrawler.store.search_candidates import Candidates, Group
from newscrawler.store.search_schema import search_docs, search_pending
from newscrawler.store.search_text import Words, marked, snippet
from newscrawler.store.views import news

Record = dict[str, Any]
SNIPPET = 80
_FEW = 1500
"""If the filters leave no more articles than this, their texts are read and no index."""
_FIRST_READ = 40
_MOST_READ = 640
_FEW_CANDIDATES = 300
"""So many are read at once, before it is known which of them have the words in their title."""
_CHUNK = 500
_SAID = (revisions.c.title, revisions.c.summary, revisions.c.body)
_ALONE = "SELECT set_config('max_parallel_workers_per_gather', '0', true)"
"""To start others takes PostgreSQL longer than all there is to read."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article that holds every word."""

    published_at: datetime
    article_id: int
    in_title: bool
    """Whether the title alone holds every word."""

    @property
    def order(self) -> tuple[bool, datetime, int]:
        """What comes first has the greatest."""
        return self.in_title, self.published_at, self.article_id


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits, and how many there are."""

    rows: list[Record]
    """Rows of `news` with `snippet` (hits between « and ») and `rank` (1, 2, 3 …)."""
    total: int
    """Hits that were seen; all there are if `complete`."""
    complete: bool


def search(
    conn: Connection,
    query: str,
    filters: Filters = Filters(),  # noqa: B008 (frozen)
    limit: int = 20,
    marks: tuple[str, str] = ("«", "»"),
) -> Found:
    """The articles that hold every word of the query, those with all of them in the title first,
    then by time, the newest first. A query without a word finds nothing.
    """
    words = Words.parse(query)
    if not words.words:
        return Found([], 0, complete=True)
    hits, complete = _Search(conn, words, filters, limit).run()
    best = sorted(hits, key=lambda hit: hit.order, reverse=True)[:limit]
    return Found(_records(conn, best, words, marks), len(hits), complete)


def every_match(conn: Connection, query: str, filters: Filters) -> set[int]:
    """The article_ids of all the articles that hold every word of the query."""
    words = Words.parse(query)
    if not words.words:
        return set()
    hits, _ = _Search(conn, words, filters, sys.maxsize).run()
    return {hit.article_id for hit in hits}


class _Search:
    """One search: reads candidates until no other can be among the best."""

    def __init__(self, conn: Connection, words: Words, filters: Filters, limit: int) -> None:
        self._conn = conn
        self._words = words
        self._conditions = filters.conditions()
        self._filtered = bool(filters.given())
        self._limit = limit
        pieces = words.pieces()
        self._sieve = [_holds(conn, piece) for piece in pieces.values() if piece]
        told = {word for word, piece in pieces.items() if word == piece}
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql(_ALONE).all()
            told |= words.patterns().keys()
            self._sieve += map(_reads, words.patterns().values())
        self._told = told == set(words.words)
        self._hits: dict[int, Hit] = {}
        self._seen: set[int] = set()
        self._all_read: bool | None = None
        """Whether the index named so few texts that all were read; None: it was not asked yet."""

    def run(self) -> tuple[list[Hit], bool]:
        """The hits that were seen, among them the best; whether these are all."""
        if self._few():
            self._read()
            return list(self._hits.values()), True
        waiting = select(search_pending.c.article_id)
        self._read(waiting)
        candidates = Candidates(self._conn, self._words.words)
        complete = self._walk(
            candidates.of_titles(lambda: self._read_all(candidates)), in_title=True
        )
        if complete and not self._all_read:
            complete = self._walk(candidates.of_texts(), in_title=False)
        return list(self._hits.values()), complete

    def _read_all(self, candidates: Candidates) -> bool:
        """A rare word: read all that may hold it before more titles are looked at."""
        if self._all_read is None:
            few = candidates.few(_FEW_CANDIDATES)
            self._all_read = few is not None
            self._look_at([doc_id for doc_id in few or () if doc_id not in self._seen])
        return self._all_read

    def _few(self) -> bool:
        if not self._filtered:
            return False
        some = select(news.c.article_id).where(*self._conditions).limit(_FEW + 1)
        count = self._conn.scalar(select(func.count()).select_from(some.subquery()))
        return (count or 0) <= _FEW

    def _walk(self, groups: Iterable[Group], *, in_title: bool) -> bool:
        """Read candidates in their order; False if it ended early, because the best are found."""
        wanted = self._limit if in_title else self._limit - self._count(in_title=True)
        size, queue = _FIRST_READ, list[int]()
        for batch, later in groups:
            rest = [doc_id for doc_id in batch if doc_id not in self._seen]
            while rest:
                room = size - len(queue)
                queue, rest = queue + rest[:room], rest[room:]
                if len(queue) < size:
                    break
                self._look_at(queue)
                newest = later if not rest else self._time_of(queue[-1], later)
                if newest is not None and self._enough(wanted, newest, in_title=in_title):
                    return False
                size, queue = min(2 * size, _MOST_READ), []
        self._look_at([doc_id for doc_id in queue if doc_id not in self._seen])
        return True

    def _time_of(self, doc_id: int, later: datetime | None) -> datetime | None:
        """No entry behind this one, in its batch or a later one, is newer; None: not known."""
        query = select(articles.c.published_at).join_from(
            articles, search_docs, search_docs.c.article_id == articles.c.article_id
        )
        here = self._conn.scalar(query.where(search_docs.c.doc_id == doc_id))
        return here if here is None or later is None else max(here, later)

    def _enough(self, wanted: int, newest: datetime, *, in_title: bool) -> bool:
        """Whether no article of that time or older can still be among those that are wanted."""
        if wanted <= 0:
            return True
        times = [hit.published_at for hit in self._hits.values() if hit.in_title == in_title]
        return len(times) >= wanted and sorted(times, reverse=True)[wanted - 1] > newest

    def _count(self, *, in_title: bool) -> int:
        return sum(hit.in_title == in_title for hit in self._hits.values())

    def _look_at(self, doc_ids: Sequence[int]) -> None:
        self._seen.update(doc_ids)
        for first in range(0, len(doc_ids), _CHUNK):
            part = doc_ids[first : first + _CHUNK]
            indexed = select(search_docs.c.article_id).where(search_docs.c.doc_id.in_(part))
            self._read(indexed)

    def _read(self, chosen: Select[tuple[int]] | None = None) -> None:
        """Read the texts of some articles (None: of all) and keep those that are hits."""
        a, r = articles.c, revisions.c
        query = select(a.published_at, a.article_id, *(_SAID[:1] if self._told else _SAID))
        current = (r.article_id == a.article_id) & (r.revision == a.revision)
        query = query.join_from(articles, revisions, current).where(*self._sieve)
        if chosen is not None:
            query = query.where(a.article_id.in_(chosen))
        if self._filtered:
            query = query.join(news, news.c.article_id == a.article_id).where(*self._conditions)
        for published_at, article_id, title, *more in self._conn.execute(query).all():
            if self._told or self._words.match(title, *more):
                in_title = self._words.title_match(title)
                self._hits[article_id] = Hit(published_at, article_id, in_title)


def _holds(conn: Connection, piece: str) -> ColumnElement[bool]:
    """Whether one of an article's texts holds this piece, as it is written here."""
    at = func.strpos if conn.dialect.name == "postgresql" else func.instr
    return or_(*(at(column, piece) > 0 for column in _SAID))


def _reads(pattern: str) -> ColumnElement[bool]:
    """Whether one of them has what this regular expression says."""
    return or_(*(column.regexp_match(pattern) for column in _SAID))


def _records(
    conn: Connection, best: Sequence[Hit], words: Words, marks: tuple[str, str]
) -> list[Record]:
    ids = [hit.article_id for hit in best]
    found: dict[int, Record] = {}
    for first in range(0, len(ids), _CHUNK):
        query = select(news).where(news.c.article_id.in_(ids[first : first + _CHUNK]))
        found |= {row["article_id"]: dict(row) for row in conn.execute(query).mappings()}
    return [
        found[article_id] | {"snippet": _snippet(found[article_id], words, marks), "rank": rank}
        for rank, article_id in enumerate(ids, 1)
    ]


def _snippet(row: Record, words: Words, marks: tuple[str, str]) -> str:
    """From the body if it says any of it, else from the summary, else the body's beginning."""
    texts = [text for text in (row["body"], row["summary"]) if words.any_in(text)]
    piece = snippet(texts[0] if texts else row["body"] or row["summary"], words, SNIPPET)
    return marked(piece, words, *marks)
