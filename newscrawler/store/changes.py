"""The change feed: numbers that a poller can trust, with any number of writers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, func, select, update

from newscrawler.failpoints import hit
from newscrawler.store import bulk
from newscrawler.store.bulk import Insert, Update
from newscrawler.store.decide import Change
from newscrawler.store.schema import change_counter

Line = tuple[int, int, Change]
"""article_id, revision, kind."""
CHANNEL = "news_changes"
"""Where PostgreSQL tells listeners the newest number, when the transaction commits."""
_COUNTER = change_counter.c.id == 1
_INSERT = Insert("changes", ("seq", "article_id", "revision", "kind", "changed_at"))
_WRITE_SEQ = Update("articles", ("article_id",), ("change_seq",))


def publish(
    conn: Connection,
    lines: Sequence[Line],
    now: datetime,
    *,
    last: int | None = None,
    numbered: Mapping[int, int] = MappingProxyType({}),
) -> None:
    """Number the changes and write them; the last thing a transaction does before its commit.

    `last`: the number before the first, where nobody else can take any. `numbered`: articles whose
    row says already which number will be their newest.

    The counter's row stays locked until then, so numbers become visible in their order: whoever
    asks for `seq > last` misses none. A rollback gives its numbers back.
    """
    hit("before_seq")
    if not lines:
        return
    first = _take(conn, len(lines), last)
    at = bulk.moments(conn.dialect.name)(now)
    bulk.insert(conn, _INSERT, [(seq, *line, at) for seq, line in enumerate(lines, first)])
    newest = {article: seq for seq, (article, _, _) in enumerate(lines, first)}
    rows = [(each, seq) for each, seq in newest.items() if numbered.get(each) != seq]
    bulk.update(conn, _WRITE_SEQ, rows)
    hit("after_seq")


def _take(conn: Connection, many: int, last: int | None) -> int:
    """The first of so many numbers; `last`: the one before it, where nobody else takes any."""
    if last is not None:
        bulk.run(conn, "UPDATE change_counter SET last = ? WHERE id = 1", (last + many,))
        return last + 1
    conn.execute(update(change_counter).where(_COUNTER).values(last=change_counter.c.last + many))
    newest = int(conn.scalar(select(change_counter.c.last).where(_COUNTER)) or 0)
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_notify(CHANNEL, str(newest))))
    return newest - many + 1
