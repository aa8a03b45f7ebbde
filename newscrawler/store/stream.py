"""Any number of articles as one moment shows them, page by page: memory does not grow with them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from newscrawler.store import schema
from newscrawler.store.engine import READ_ONLY, Database
from newscrawler.store.filters import Filters
from newscrawler.store.views import VIEWS, news, news_changes, news_revisions

Record = dict[str, Any]

PAGE = 500
"""Articles that are in memory at once."""
_READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "mariadb": "SET TRANSACTION READ ONLY"}
PARTS = ("paragraphs", "images", "securities", "related")


@contextmanager
def one_moment(db: Database) -> Iterator[Connection]:
    """A connection that cannot write and whose every query sees the same moment.

    It disturbs no writer, and none disturbs it. Raises StoreError if the database fails.
    """
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ"}
    if db.kind == "sqlite":
        options = {READ_ONLY: True}
    elif db.kind == "postgresql":
        options["postgresql_readonly"] = True
    try:
        with db.engine.connect().execution_options(**options) as conn:
            if before := _READ_ONLY.get(db.kind):
                conn.exec_driver_sql(before)
            try:
                yield conn
            finally:
                if db.kind == "sqlite":
                    conn.exec_driver_sql("PRAGMA query_only = OFF")
    except DBAPIError as error:
        raise db.error(error, "cannot read from") from error


def newest_change(conn: Connection) -> int:
    """The last number of the change feed; 0 if nothing has happened yet."""
    return conn.scalar(select(func.max(news_changes.c.seq))) or 0


def count(conn: Connection, filters: Filters) -> int:
    """How many articles the filters leave."""
    query = select(func.count()).select_from(news).where(*filters.conditions())
    return conn.scalar(query) or 0


def newest(
    conn: Connection,
    filters: Filters,
    limit: int,
    *,
    by: str = "published_at",
    only: Container[int] | None = None,
) -> list[int]:
    """The article_ids of the newest articles (of `only` these), newest first; `by`: a time."""
    order = (news.c[by].desc(), news.c.article_id.desc())
    query = select(news.c.article_id).where(*filters.conditions()).order_by(*order)
    if only is None:
        return list(conn.scalars(query.limit(limit)))
    return list(islice((each for each in conn.scalars(query) if each in only), limit))


def corrections(
    conn: Connection, only: Container[int] | None, filters: Filters, limit: int
) -> Iterator[Record]:
    """The newest corrections (of `only` these articles) that the filters leave, newest first.

    Each is `article_id`, `site`, `external_id`, `url`, and two rows of `news_revisions`: `older`
    and `newer`.
    """
    c = news_revisions.c
    joined = news_revisions.join(news, news.c.article_id == c.article_id)
    of = (news.c.article_id, news.c.site, news.c.external_id, news.c.url)
    query = select(*of, c.revision).select_from(joined).where(c.revision > 1)
    order = (c.seen_at.desc(), c.article_id.desc(), c.revision.desc())
    query = query.where(*filters.conditions()).order_by(*order)
    every = _records(conn, query.limit(limit) if only is None else query)
    chosen = (each for each in every if only is None or each["article_id"] in only)
    for found in islice(chosen, limit):
        newer = found.pop("revision")
        two = select(news_revisions).where(
            c.article_id == found["article_id"], c.revision.in_((newer - 1, newer))
        )
        found["older"], found["newer"] = _records(conn, two.order_by(c.revision))
        yield found


def articles(conn: Connection, filters: Filters, *, parts: Sequence[str] = ()) -> Iterator[Record]:
    """The articles that the filters leave, in the order of article_id.

    Keys are the columns of `news` and the names of `parts` (some of PARTS), which are lists of rows
    of their views without `article_id`; `related` is a list of ids.
    """
    query = select(news).where(*filters.conditions()).order_by(news.c.article_id).limit(PAGE)
    last = 0
    while page := _records(conn, query.where(news.c.article_id > last)):
        last = page[-1]["article_id"]
        yield from _with_parts(conn, page, parts)


def articles_by_id(
    conn: Connection, article_ids: Iterable[int], *, parts: Sequence[str] = ()
) -> Iterator[Record]:
    """The same of these articles, in the order given."""
    left = iter(article_ids)
    while wanted := list(islice(left, PAGE)):
        found = _records(conn, select(news).where(news.c.article_id.in_(wanted)))
        by_id = {row["article_id"]: row for row in _with_parts(conn, found, parts)}
        yield from (by_id[article_id] for article_id in wanted if article_id in by_id)


def revisions(
    conn: Connection, filters: Filters, article_ids: Iterable[int] | None = None
) -> Iterator[Record]:
    """Every revision of the articles that the filters leave (or of those named), by article.

    Keys are the columns of `news_revisions`, and `site`, `external_id` and `url` of the article.
    """
    c, of = news_revisions.c, schema.articles.c
    joined = news_revisions.join(schema.articles, of.article_id == c.article_id)
    query = select(*c, of.site, of.external_id, of.url).select_from(joined)
    left = iter(_ids(conn, filters) if article_ids is None else article_ids)
    while wanted := list(islice(left, PAGE)):
        some = query.where(c.article_id.in_(wanted))
        yield from _records(conn, some.order_by(c.article_id, c.revision))


def _ids(conn: Connection, filters: Filters) -> Iterator[int]:
    column = news.c.article_id
    query = select(column).where(*filters.conditions()).order_by(column).limit(PAGE)
    last = 0
    while page := list(conn.scalars(query.where(column > last))):
        last = page[-1]
        yield from page


def _with_parts(conn: Connection, page: list[Record], parts: Sequence[str]) -> list[Record]:
    by_id = {row["article_id"]: row for row in page}
    for part in parts:
        for row in page:
            row[part] = []
        for row in _part_rows(conn, part, list(by_id)):
            by_id[row.pop("article_id")][part].append(row.get("external_id", row))
    return page


def _part_rows(conn: Connection, part: str, article_ids: list[int]) -> list[Record]:
    table = schema.related if part == "related" else VIEWS[f"news_{part}"]
    query = select(table).where(table.c.article_id.in_(article_ids))
    return _records(conn, query.order_by(table.c.article_id, table.c.position))


def _records(conn: Connection, query: Any) -> list[Record]:
    result = conn.execute(query)
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result.all()]
