"""Reads for commands, the reader and exports: dicts whose keys are the views' columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from newscrawler.store import schema
from newscrawler.store.lists import rhythms
from newscrawler.store.views import (
    VIEWS,
    news,
    news_changes,
    news_failures,
    news_revisions,
    news_runs,
)

Record = dict[str, Any]


def _records(conn: Connection, query: Select[Any]) -> list[Record]:
    return [dict(row) for row in conn.execute(query).mappings()]


def article_by_id(conn: Connection, article_id: int) -> Record | None:
    """One article with all its parts (see `_with_parts`); None if there is none."""
    return _article(conn, news.c.article_id == article_id)


def article_by_key(conn: Connection, site: str, external_id: str) -> Record | None:
    """The article with this identity, with all its parts."""
    return _article(conn, (news.c.site == site) & (news.c.external_id == external_id))


def article_by_url(conn: Connection, url: str) -> Record | None:
    """The earliest article whose page for people is this URL, with all its parts."""
    return _article(conn, news.c.url == url)


def _article(conn: Connection, condition: ColumnElement[bool]) -> Record | None:
    found = _records(conn, select(news).where(condition).order_by(news.c.article_id).limit(1))
    return _with_parts(conn, found[0]) if found else None


def _with_parts(conn: Connection, article: Record) -> Record:
    """Adds `paragraphs`, `images`, `securities` (rows of the views) and `related` (ids)."""
    article_id = article["article_id"]
    parts: Record = {}
    for part in ("paragraphs", "images", "securities"):
        view = VIEWS[f"news_{part}"]
        query = select(view).where(view.c.article_id == article_id).order_by(view.c.position)
        parts[part] = _records(conn, query)
    related = schema.related.c
    query = select(related.external_id).where(related.article_id == article_id)
    parts["related"] = list(conn.scalars(query.order_by(related.position)))
    return article | parts


def latest(conn: Connection, limit: int) -> list[Record]:
    """The newest articles (rows of news), newest first."""
    order = (news.c.published_at.desc(), news.c.article_id.desc())
    return _records(conn, select(news).order_by(*order).limit(limit))


def revisions(conn: Connection, article_id: int) -> list[Record]:
    """All states of one article, the first one first."""
    c = news_revisions.c
    return _records(
        conn, select(news_revisions).where(c.article_id == article_id).order_by(c.revision)
    )


def duplicates(conn: Connection, article_id: int) -> list[Record]:
    """The articles that have the same text as this one (rows of news), earliest first."""
    root = conn.scalar(select(news.c.duplicate_of).where(news.c.article_id == article_id))
    root = article_id if root is None else root
    group = (news.c.article_id == root) | (news.c.duplicate_of == root)
    others = select(news).where(group, news.c.article_id != article_id)
    return _records(conn, others.order_by(news.c.article_id))


def changes(conn: Connection, after: int, limit: int = 1000) -> list[Record]:
    """The change feed behind number `after`, at most `limit` lines."""
    c = news_changes.c
    return _records(conn, select(news_changes).where(c.seq > after).order_by(c.seq).limit(limit))


def failures(
    conn: Connection, *, site: str | None = None, resolved: bool = False, limit: int = 1000
) -> list[Record]:
    """Open failures (with `resolved` all of them), newest first."""
    query = select(news_failures)
    if site is not None:
        query = query.where(news_failures.c.site == site)
    if not resolved:
        query = query.where(news_failures.c.resolved_at.is_(None))
    return _records(conn, query.order_by(news_failures.c.failure_id.desc()).limit(limit))


def runs(conn: Connection, limit: int = 20, *, site: str | None = None) -> list[Record]:
    """The latest runs, newest first."""
    query = select(news_runs)
    if site is not None:
        query = query.where(news_runs.c.site == site)
    return _records(conn, query.order_by(news_runs.c.run_id.desc()).limit(limit))


def gaps(conn: Connection, *, site: str | None = None, closed: bool = True) -> list[Record]:
    """What rolling lists may have dropped unseen, newest first; without `closed` the open ones."""
    view = VIEWS["news_gaps"]
    query = select(view) if site is None else select(view).where(view.c.site == site)
    if not closed:
        query = query.where(view.c.closed_at.is_(None))
    return _records(conn, query.order_by(view.c.gap_id.desc()))


def freshness(conn: Connection, site: str) -> Record:
    """How fresh one site is: `last_run` (a row of news_runs or None), newest times, counts.

    Keys: site, last_run, articles, newest_published_at, newest_first_seen_at, waiting (ids of the
    ledger that are due, pending or failed), lists ({name: Rhythm}).
    """
    last = runs(conn, 1, site=site)
    a, t = schema.articles.c, schema.tasks.c
    stored = conn.execute(
        select(func.count(), func.max(a.published_at), func.max(a.first_seen_at)).where(
            a.site == site
        )
    ).one()
    waits = t.state.in_(["due", "pending", "failed"])
    waiting = conn.scalar(select(func.count()).where(t.site == site, waits))
    return {
        "site": site,
        "last_run": last[0] if last else None,
        "articles": stored[0],
        "newest_published_at": stored[1],
        "newest_first_seen_at": stored[2],
        "waiting": waiting or 0,
        "lists": rhythms(conn, site),
    }


def source_slugs(conn: Connection, limit: int = 4096) -> dict[str, str]:
    """The slugs of sources that are stored, by name; the earliest `limit` of them."""
    s = schema.sources.c
    rows = conn.execute(select(s.name, s.slug).order_by(s.source_id).limit(limit))
    return {row.name: row.slug for row in rows}


def sites(conn: Connection) -> list[str]:
    """The sites of which the ledger or a run knows."""
    known = select(schema.tasks.c.site).union(select(schema.runs.c.site))
    return sorted(conn.scalars(known))


def explain(conn: Connection, site: str, external_id: str) -> Record | None:
    """The life of one id: `task`, `announcements`, `runs`, `failures`, `article`, `revisions`,
    `changes`, each as rows in the order of time; None if the ledger never heard of it."""
    t = schema.tasks.c
    task = _records(conn, select(schema.tasks).where(t.site == site, t.external_id == external_id))
    if not task:
        return None
    task_id = task[0]["task_id"]
    article = article_by_key(conn, site, external_id)
    life: Record = {"task": task[0], "article": article}
    life |= _life_in_ledger(conn, task_id)
    life["revisions"] = revisions(conn, article["article_id"]) if article else []
    life["changes"] = _changes_of(conn, article["article_id"]) if article else []
    return life


def _life_in_ledger(conn: Connection, task_id: int) -> Record:
    n, r, f = schema.announcements.c, schema.run_tasks.c, schema.failures.c
    return {
        "announcements": _records(
            conn, select(schema.announcements).where(n.task_id == task_id).order_by(n.first_at)
        ),
        "runs": _records(
            conn, select(schema.run_tasks).where(r.task_id == task_id).order_by(r.run_id)
        ),
        "failures": _records(
            conn, select(schema.failures).where(f.task_id == task_id).order_by(f.failure_id)
        ),
    }


def _changes_of(conn: Connection, article_id: int) -> list[Record]:
    c = news_changes.c
    return _records(conn, select(news_changes).where(c.article_id == article_id).order_by(c.seq))
