"""Looks for what must not be: damage, broken links, sums that do not add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Select, exists, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from newscrawler.items import Outcome
from newscrawler.store import search_check
from newscrawler.store.dialect import reason_of
from newscrawler.store.engine import Database
from newscrawler.store.migrate import revision_of
from newscrawler.store.schema import (
    REVISION,
    articles,
    change_counter,
    changes,
    metadata,
    revisions,
    run_tasks,
    runs,
    texts,
)
from newscrawler.store.views import VIEWS

_SHOWN = 10


def check(db: Database) -> list[dict[str, object]]:
    """Every check by name, with what it found.

    Keys: `check` (schema, integrity, foreign_keys, views, runs, articles, changes, search), `ok`
    (bool) and `result` ("ok", else what is wrong, at most ten things, joined by "; ").
    """
    return [_look(db, name, look) for name, look in _CHECKS.items()]


def _look(
    db: Database, name: str, look: Callable[[Connection], Iterator[str]]
) -> dict[str, object]:
    try:
        with db.read() as conn:
            found = list(look(conn))
    except DBAPIError as error:
        found = [reason_of(error)]
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    result = "; ".join([*found[:_SHOWN], *more]) or "ok"
    return {"check": name, "ok": not found, "result": result}


def _schema(conn: Connection) -> Iterator[str]:
    at = revision_of(conn)
    if at != REVISION:
        yield f"at {at}, needed is {REVISION}: run `newscrawler db upgrade`"


def _integrity(conn: Connection) -> Iterator[str]:
    if conn.dialect.name == "sqlite":
        answers = [str(row[0]) for row in conn.execute(text("PRAGMA integrity_check"))]
        yield from (answer for answer in answers if answer != "ok")
    elif conn.dialect.name == "postgresql":
        for table in metadata.sorted_tables:
            conn.execute(select(func.count()).select_from(table))
    else:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        for row in conn.execute(text(f"CHECK TABLE {names}")):
            if row.Msg_type == "error":
                yield f"{row.Table}: {row.Msg_text}"


def _foreign_keys(conn: Connection) -> Iterator[str]:
    if conn.dialect.name == "sqlite":
        for row in conn.execute(text("PRAGMA foreign_key_check")):
            yield f"{row[0]} row {row[1]} points to a missing row of {row[2]}"


def _views(conn: Connection) -> Iterator[str]:
    inspector = inspect(conn)
    there = set(inspector.get_view_names())
    for name, view in VIEWS.items():
        if name not in there:
            yield f"the view {name} is missing"
            continue
        columns = [column["name"] for column in inspector.get_columns(name)]
        missing = [column.name for column in view.c if column.name not in columns]
        if missing:
            yield f"the view {name} lacks {', '.join(missing)}"


def _runs(conn: Connection) -> Iterator[str]:
    ended = runs.c.status != "running"
    total: Any = sum((runs.c[outcome.value] for outcome in Outcome), start=0)
    for row in conn.execute(
        select(runs.c.run_id, runs.c.discovered, total.label("total")).where(
            ended, runs.c.discovered != total
        )
    ):
        yield f"run {row.run_id} discovered {row.discovered}, its outcomes are {row.total}"
    left_open = (
        select(run_tasks.c.run_id, func.count().label("number"))
        .join(runs, runs.c.run_id == run_tasks.c.run_id)
        .where(ended, run_tasks.c.outcome.is_(None))
        .group_by(run_tasks.c.run_id)
    )
    for row in conn.execute(left_open):
        yield f"run {row.run_id} has ended with {row.number} ids without an outcome"


def _articles(conn: Connection) -> Iterator[str]:
    a, r = articles.c, revisions.c
    here = (r.article_id == a.article_id) & (r.revision == a.revision)
    breaks: Any = func.length(r.body) - func.length(func.replace(r.body, "\n", ""))
    first = select(texts.c.article_id).where(texts.c.text_hash == a.text_hash).scalar_subquery()
    other = articles.alias()
    root = func.coalesce(a.duplicate_of, a.article_id)
    linked_by_text = (a.text_hash != "") & (
        a.duplicate_reason.is_(None) | (a.duplicate_reason == "same_text")
    )
    queries: dict[str, Select[Any]] = {
        "has no current revision": select(a.article_id).where(~exists().where(here)),
        "has not the lines of its paragraphs": select(a.article_id)
        .join(revisions, here)
        .where(
            ((r.body != "") & (r.paragraph_count != breaks + 1))
            | ((r.body == "") & (r.paragraph_count > 1))
        ),
        "was never announced in the change feed": select(a.article_id).where(a.change_seq == 0),
        "is linked to an article that is a duplicate itself": select(a.article_id)
        .join(other, other.c.article_id == a.duplicate_of)
        .where(other.c.duplicate_of.is_not(None)),
        "is linked to another than the first article of its text": select(a.article_id).where(
            linked_by_text, first.is_(None) | (first != root)
        ),
    }
    for trouble, query in queries.items():
        for article_id in conn.scalars(query.limit(100)):
            yield f"article {article_id} {trouble}"


def _changes(conn: Connection) -> Iterator[str]:
    last = conn.scalar(select(change_counter.c.last))
    newest = conn.scalar(select(func.max(changes.c.seq))) or 0
    if last is None or last < newest:
        yield f"the counter stands at {last}, the newest change is {newest}"


_CHECKS: dict[str, Callable[[Connection], Iterator[str]]] = {
    "schema": _schema,
    "integrity": _integrity,
    "foreign_keys": _foreign_keys,
    "views": _views,
    "runs": _runs,
    "articles": _articles,
    "changes": _changes,
    "search": search_check.look,
}
