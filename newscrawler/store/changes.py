"""The change feed: numbers that a poller can trust, with any number of writers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from newscrawler.failpoints import hit
from newscrawler.store.decide import Change
from newscrawler.store.schema import articles, change_counter, changes

Line = tuple[int, int, Change]
"""article_id, revision, kind."""

CHANNEL = "news_changes"
"""Where PostgreSQL tells listeners the newest number, when the transaction commits."""
_COUNTER = change_counter.c.id == 1
_WRITE_SEQ = (
    update(articles)
    .where(articles.c.article_id == bindparam("of_article_id"))
    .values(change_seq=bindparam("to_change_seq"))
)


def publish(conn: Connection, lines: Sequence[Line], now: datetime) -> None:
    """Number the changes and write them; the last thing a transaction does before its commit.

    The counter's row stays locked until then, so numbers become visible in their order: whoever
    asks for `seq > last` misses none. A rollback gives its numbers back.
    """
    hit("before_seq")
    if not lines:
        return
    conn.execute(
        update(change_counter).where(_COUNTER).values(last=change_counter.c.last + len(lines))
    )
    last = conn.scalar(select(change_counter.c.last).where(_COUNTER))
    first = int(last or 0) - len(lines) + 1
    conn.execute(
        insert(changes),
        [
            {"seq": seq, "article_id": article, "revision": revision, "kind": kind,
             "changed_at": now}
            for seq, (article, revision, kind) in enumerate(lines, first)
        ],
    )  # fmt: skip
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_notify(CHANNEL, str(last))))
    newest = {article: seq for seq, (article, _, _) in enumerate(lines, first)}
    conn.execute(
        _WRITE_SEQ,
        [{"of_article_id": article, "to_change_seq": seq} for article, seq in newest.items()],
    )
    hit("after_seq")
