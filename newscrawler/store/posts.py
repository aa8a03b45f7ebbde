"""What an export of posts asks of the store: what has changed, and what posts are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from newscrawler.postings import Posting
from newscrawler.store import originals, schema, stream
from newscrawler.store.filters import Filters
from newscrawler.store.tasks import chunks
from newscrawler.store.views import news, news_changes

Record = dict[str, Any]
Whole = tuple[Record, tuple[Posting, ...]]
"""A row of `news`, and the postings of that revision."""


def newest_run(conn: Connection) -> int:
    """The number of the latest run; 0 if there was none."""
    return conn.scalar(select(func.max(schema.runs.c.run_id))) or 0


def changed(conn: Connection, seq: int, run_id: int) -> list[int]:
    """Articles of which something happened after change `seq`, or whose postings the run `run_id`
    or a later one has written."""
    c = news_changes.c
    ids = set(conn.scalars(select(c.article_id).where(c.seq > seq).distinct()))
    return sorted(ids | set(originals.written_since(conn, run_id)))


def keys(conn: Connection, article_ids: Sequence[int]) -> list[tuple[str, str]]:
    """Site and external id of these articles."""
    a = schema.articles.c
    found: list[tuple[str, str]] = []
    for chunk in chunks(article_ids):
        query = select(a.site, a.external_id).where(a.article_id.in_(chunk))
        found += [(row.site, row.external_id) for row in conn.execute(query)]
    return found


def every(conn: Connection, filters: Filters) -> Iterator[Whole]:
    """All articles that the filters leave and that are not withdrawn, in the order of their ids."""
    page: list[Record] = []
    for record in stream.articles(conn, filters):
        page.append(record)
        if len(page) == stream.PAGE:
            yield from _whole(conn, page)
            page = []
    yield from _whole(conn, page)


def some(conn: Connection, filters: Filters, article_ids: Sequence[int]) -> Iterator[Whole]:
    """Those of these articles, in any order."""
    for chunk in chunks(article_ids):
        query = select(news).where(news.c.article_id.in_(chunk), *filters.conditions())
        yield from _whole(conn, [dict(row) for row in conn.execute(query).mappings()])


def _whole(conn: Connection, page: Sequence[Record]) -> Iterator[Whole]:
    here = [record for record in page if record["gone_at"] is None]
    stored = originals.read(conn, [record["article_id"] for record in here])
    for record in here:
        kept = stored.get(record["article_id"])
        is_current = kept is not None and kept.revision == record["revision"]
        yield record, (kept.postings if kept and is_current else ())
