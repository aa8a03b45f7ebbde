"""Rows of articles: how the current state and its revision are found and written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select, text, tuple_

from newscrawler.items import Article
from newscrawler.store import compact
from newscrawler.store.bulk import Insert, Update, Values, insert, insert_one, update
from newscrawler.store.decide import Known
from newscrawler.store.dialect import insert_missing
from newscrawler.store.digests import digest
from newscrawler.store.schema import articles, revisions, sources
from newscrawler.store.tasks import chunks

Moments = Callable[[datetime], Any]


def find(conn: Connection, site: str, external_ids: Iterable[str]) -> dict[str, Known]:
    """The stored articles of one site by external id; locked until the transaction ends."""
    a = articles.c
    found = {}
    for chunk in chunks(sorted(set(external_ids))):
        query = (
            select(
                a.external_id, a.article_id, a.revision, a.text_hash, a.first_seen_at,
                a.last_seen_at, a.gone_at,
            )
            .where(a.site == site, a.external_id.in_(chunk))
            .order_by(a.article_id)
            .with_for_update()
        )  # fmt: skip
        rows = conn.execute(query).all()
        hashes = _content_hashes(conn, [(row.article_id, row.revision) for row in rows])
        for row in rows:
            found[row.external_id] = Known(
                row.article_id, row.revision, hashes[row.article_id], *row[3:6],
                gone=row.gone_at is not None,
            )  # fmt: skip
    return found


def _content_hashes(conn: Connection, current: Sequence[tuple[int, int]]) -> dict[int, str]:
    """Not joined to the articles: who has waited for a row's lock would join its old revision."""
    if not current:
        return {}
    r = revisions.c
    query = select(r.article_id, r.content_hash).where(
        tuple_(r.article_id, r.revision).in_(current)
    )
    return {row.article_id: row.content_hash for row in conn.execute(query)}


def make_sources(
    conn: Connection, observed: Iterable[Article], known: Mapping[str, int]
) -> dict[str, int]:
    """The row of each article's source by name; those that are not `known` are made."""
    missing = {each.source: each for each in observed if each.source not in known}
    if not missing:
        return dict(known)
    rows = [
        {"name_hash": name_hash(name), "name": name, "slug": missing[name].source_slug}
        for name in sorted(missing, key=name_hash)
    ]
    insert_missing(conn, sources, rows)
    return {**known, **find_sources(conn, missing)}


def find_sources(conn: Connection, names: Iterable[str]) -> dict[str, int]:
    """The rows of the sources that are known, by name."""
    hashes = sorted(map(name_hash, names))
    found: dict[str, int] = {}
    for chunk in chunks(hashes):
        query = select(sources.c.name, sources.c.source_id).where(sources.c.name_hash.in_(chunk))
        found |= {row.name: row.source_id for row in conn.execute(query)}
    return found


@lru_cache(maxsize=1000)
def name_hash(name: str) -> str:
    """The key of a source: names of any length, told apart to the last character."""
    return hashlib.sha256(name.encode()).hexdigest()


_CURRENT = ("url", "revision", "text_hash", "source_id", "published_at", "last_seen_at",
            "updated_at", "gone_at")  # fmt: skip
_FRESH = ("site", "external_id", "first_seen_at", "duplicate_of", "duplicate_reason", "change_seq")
_INSERT = Insert("articles", ("article_id", *_CURRENT, *_FRESH))
_INSERT_UNNUMBERED = Insert("articles", (*_CURRENT, *_FRESH))
_REVISE = Update("articles", ("article_id",), _CURRENT)
_TOUCH = Update("articles", ("article_id",), ("last_seen_at", "gone_at"))


def current(
    article: Article, revision: int, source_id: int, seen_at: datetime, moments: Moments
) -> Values:
    """The columns of `articles` that a revision sets."""
    return (
        article.url,
        revision,
        bytes.fromhex(article.text_hash),
        source_id,
        moments(article.published_at),
        moments(seen_at),
        moments(article.fetched_at),
        None,
    )


def fresh(
    article: Article, source_id: int, root: int | None, reason: str | None, seq: int, m: Moments
) -> Values:
    """A new row of `articles` without its number."""
    seen = article.fetched_at
    last = (article.site, article.external_id, m(seen), root, reason, seq)
    return (*current(article, 1, source_id, seen, m), *last)


def reserve(conn: Connection, many: int) -> list[int] | None:
    """So many article ids of a server, rising; None of one that numbers rows as they come."""
    if conn.dialect.name != "postgresql":
        return None
    query = text(
        "SELECT nextval(pg_get_serial_sequence('articles', 'article_id'))"
        " FROM generate_series(1, :many)"
    )
    return sorted(conn.scalars(query, {"many": many}))


def insert_articles(conn: Connection, rows: Sequence[Values]) -> None:
    """Insert rows that begin with their number."""
    insert(conn, _INSERT, rows)


def insert_article(conn: Connection, row: Values) -> int:
    """Insert one row (see `fresh`); its number."""
    return insert_one(conn, _INSERT_UNNUMBERED, row, "article_id")


def revise(conn: Connection, rows: Mapping[int, Values]) -> None:
    """Point articles (by number) to their new revision: rows of `current`."""
    update(conn, _REVISE, [(article_id, *row) for article_id, row in sorted(rows.items())])


def touch(
    conn: Connection, seen: Mapping[int, tuple[datetime, datetime | None]], moments: Moments
) -> None:
    """Write `last_seen_at` and `gone_at` of articles that did not change."""
    rows = [
        (article_id, moments(last), gone and moments(gone))
        for article_id, (last, gone) in sorted(seen.items())
    ]
    update(conn, _TOUCH, rows)


REVISION = (
    "article_id", "revision", "title", "source_id", "published_at", "published_local",
    "published_from", "summary", "body", "body_html", "layout", "paragraph_count", "language",
    "editor", "original_title", "content_hash", "parser_version", "fetched_url", "notes",
    "seen_at", "run_id", "digest",
)  # fmt: skip
"""The columns of `revision_row`."""
_REVISIONS = Insert("revisions", REVISION)


def insert_revisions(conn: Connection, rows: Sequence[Values]) -> None:
    """Insert rows made by `revision_row`."""
    insert(conn, _REVISIONS, rows)


def revision_row(
    article: Article, article_id: int, revision: int, source_id: int, run_id: int, moments: Moments
) -> Values:
    """One row of `revisions`."""
    body = article.body
    said, count = body.text, len(body.blocks)
    return (
        article_id,
        revision,
        article.title,
        source_id,
        moments(article.published_at),
        article.published_local,
        article.published_from,
        article.summary,
        said,
        compact.html(body.html, said, count),
        compact.layout(body.blocks),
        count,
        article.language,
        body.editor,
        body.original_title,
        bytes.fromhex(article.content_hash),
        article.parser_version,
        article.fetched_url,
        json.dumps(article.notes, ensure_ascii=False) if article.notes else None,
        moments(article.fetched_at),
        run_id,
        digest(article),
    )
