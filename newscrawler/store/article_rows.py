"""Rows of one article: how a revision and its parts are written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from newscrawler.items import Article
from newscrawler.store import compact
from newscrawler.store.decide import Known
from newscrawler.store.dialect import insert_missing
from newscrawler.store.schema import (
    articles,
    images,
    related,
    revisions,
    securities,
    sources,
)
from newscrawler.store.tasks import chunks

Row = dict[str, Any]


def find(conn: Connection, site: str, external_ids: Iterable[str]) -> dict[str, Known]:
    """The stored articles of one site by external id; locked until the transaction ends."""
    a = articles.c
    found = {}
    for chunk in chunks(sorted(set(external_ids))):
        query = (
            select(
                a.external_id, a.article_id, a.revision, a.text_hash,
                a.first_seen_at, a.last_seen_at, a.gone_at,
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


def source_ids(conn: Connection, observed: Iterable[Article]) -> dict[str, int]:
    """The row of each article's source, by name; missing ones are made."""
    wanted = {_name_hash(each.source): each for each in observed}
    found = _find_sources(conn, wanted)
    missing = sorted(set(wanted) - set(found))
    if missing:
        rows = [
            {"name_hash": key, "name": wanted[key].source, "slug": wanted[key].source_slug}
            for key in missing
        ]
        insert_missing(conn, sources, rows)
        found |= _find_sources(conn, missing)
    return {wanted[key].source: source_id for key, source_id in found.items()}


def _find_sources(conn: Connection, hashes: Iterable[str]) -> dict[str, int]:
    query = select(sources.c.name_hash, sources.c.source_id).where(
        sources.c.name_hash.in_(sorted(hashes))
    )
    return {row.name_hash: row.source_id for row in conn.execute(query)}


def _name_hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def insert_articles(conn: Connection, rows: Sequence[Row]) -> list[int]:
    """Insert new articles; their ids, rising in the order given."""
    if not rows:
        return []
    statement = insert(articles).returning(articles.c.article_id, sort_by_parameter_order=True)
    return list(conn.execute(statement, rows).scalars())


def current(article: Article, source_id: int, revision: int) -> Row:
    """The columns of `articles` that the current revision sets."""
    return {
        "url": article.url,
        "revision": revision,
        "text_hash": article.text_hash,
        "source_id": source_id,
        "published_at": article.published_at,
        "last_seen_at": article.fetched_at,
        "updated_at": article.fetched_at,
    }


_CURRENT = (
    "url", "revision", "text_hash", "source_id", "published_at", "last_seen_at", "updated_at",
)  # fmt: skip
_REVISE = (
    update(articles)
    .where(articles.c.article_id == bindparam("of_article_id"))
    .values({name: bindparam(f"to_{name}") for name in _CURRENT} | {"gone_at": None})
)
_TOUCH = (
    update(articles)
    .where(articles.c.article_id == bindparam("of_article_id"))
    .values(last_seen_at=bindparam("to_last_seen_at"), gone_at=bindparam("to_gone_at"))
)


def revise(conn: Connection, rows: Mapping[int, Row]) -> None:
    """Point articles to their new revision."""
    _update(conn, _REVISE, rows)


def touch(conn: Connection, rows: Mapping[int, Row]) -> None:
    """Write `last_seen_at` and `gone_at` of articles that did not change."""
    _update(conn, _TOUCH, rows)


def _update(conn: Connection, statement: Any, rows: Mapping[int, Row]) -> None:
    if rows:
        values = [
            {"of_article_id": article_id, **{f"to_{name}": value for name, value in row.items()}}
            for article_id, row in sorted(rows.items())
        ]
        conn.execute(statement, values)


def insert_revisions(conn: Connection, rows: Sequence[Row]) -> None:
    """Insert rows made by `revision_row`."""
    if rows:
        conn.execute(insert(revisions), rows)


def revision_row(
    article: Article, article_id: int, revision: int, source_id: int, run_id: int
) -> Row:
    """One row of `revisions`."""
    body = article.body
    return {
        "article_id": article_id,
        "revision": revision,
        "title": article.title,
        "source_id": source_id,
        "published_at": article.published_at,
        "published_local": article.published_local,
        "published_from": article.published_from,
        "summary": article.summary,
        "body": body.text,
        "body_html": compact.html(body.html, body.text, len(body.blocks)),
        "layout": compact.layout(body.blocks),
        "paragraph_count": len(body.blocks),
        "language": article.language,
        "editor": body.editor,
        "original_title": body.original_title,
        "content_hash": article.content_hash,
        "parser_version": article.parser_version,
        "fetched_url": article.fetched_url,
        "notes": json.dumps(article.notes, ensure_ascii=False) if article.notes else None,
        "seen_at": article.fetched_at,
        "run_id": run_id,
    }


_PARTS = (images, securities, related)


def replace_parts(conn: Connection, written: Mapping[int, Article], revised: Sequence[int]) -> None:
    """Write the parts of current revisions (by article_id), in place of those of `revised`."""
    if revised:
        for table in _PARTS:
            conn.execute(delete(table).where(table.c.article_id.in_(revised)))
    for table, make in zip(_PARTS, (_images, _securities, _related), strict=True):
        rows = [
            {"article_id": article_id, "position": position, **row}
            for article_id, article in written.items()
            for position, row in enumerate(make(article), 1)
        ]
        if rows:
            conn.execute(insert(table), rows)


def _images(article: Article) -> Iterable[Row]:
    return (
        {
            "url": image.url,
            "caption": image.caption,
            "width": image.width,
            "height": image.height,
            "after_block": image.after_block,
        }
        for image in article.body.images
    )


def _securities(article: Article) -> Iterable[Row]:
    text = article.body.text
    for each in article.body.securities:
        at = compact.place(each.evidence, text)
        yield {
            "security": each.security,
            "name": each.name,
            "kind": each.kind,
            "mentions": each.mentions,
            "evidence": None if at else each.evidence,
            "evidence_at": at and at[0],
            "evidence_length": at and at[1],
            "confidence": each.confidence,
        }


def _related(article: Article) -> Iterable[Row]:
    return ({"external_id": external_id} for external_id in article.body.related)
