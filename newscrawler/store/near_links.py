"""What people decide about duplicates: cut a link, make one, judge anew; and what there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from newscrawler.errors import ConfigError
from newscrawler.near.sketch import RULES
from newscrawler.store import changes, near_index, near_items
from newscrawler.store.filters import Filters
from newscrawler.store.near import Judge, lock
from newscrawler.store.near_items import Item
from newscrawler.store.near_tables import near_progress
from newscrawler.store.texts import BY_HAND, UNLINKED
from newscrawler.store.views import news

Record = dict[str, Any]
BATCH = 200
"""Articles that `judge_all` judges in one transaction."""


class NoSuchArticleError(ConfigError):
    """No article has this id."""

    def __init__(self, article_id: int) -> None:
        super().__init__(
            f"there is no article {article_id}; newscrawler duplicates lists those that are linked"
        )


def groups(
    conn: Connection, filters: Filters, *, reason: str | None = None, limit: int = 100
) -> list[Record]:
    """Articles that are linked to another, the newest first.

    Keys: article_id, source, title, published_at, duplicate_of, duplicate_reason, and of the
    article it is linked to original_source, original_title, original_published_at. `reason`: how
    duplicate_reason begins; "unlinked" lists those that were cut loose by hand.
    """
    original = news.alias("original")
    query = select(
        news.c.article_id, news.c.source, news.c.title, news.c.published_at,
        news.c.duplicate_of, news.c.duplicate_reason,
        original.c.source.label("original_source"), original.c.title.label("original_title"),
        original.c.published_at.label("original_published_at"),
    )  # fmt: skip
    query = query.select_from(
        news.outerjoin(original, original.c.article_id == news.c.duplicate_of)
    )
    shown = news.c.duplicate_of.is_not(None)
    if reason is not None:
        shown = news.c.duplicate_reason.like(f"{reason}%")
    query = query.where(shown, *filters.conditions())
    order = (news.c.duplicate_of.desc(), news.c.article_id)
    return [dict(row) for row in conn.execute(query.order_by(*order).limit(limit)).mappings()]


def unlink(conn: Connection, article_id: int, now: datetime) -> Record:
    """Cut an article loose, and remember that it is no duplicate.

    Returns article_id, duplicate_of, duplicate_reason and `was_duplicate_of` (None if it had been
    cut loose before).

    Raises:
        ConfigError: there is no such article, or it is linked to none.
    """
    lock(conn)
    item = _get(conn, article_id)
    was = item.link[0]
    if item.link[1] != UNLINKED:
        if item.link[0] is None:
            raise ConfigError(_not_linked(conn, article_id))
        judge = Judge(conn, [])
        judge.decide(item, (None, UNLINKED))
        changes.publish(conn, judge.run(), now)
    return {
        "article_id": article_id,
        "duplicate_of": None,
        "duplicate_reason": UNLINKED,
        "was_duplicate_of": was,
    }


def relink(conn: Connection, article_id: int, now: datetime, root: int | None = None) -> Record:
    """Forget what was decided by hand and judge again; with `root` link to that article by hand.

    Returns article_id, duplicate_of and duplicate_reason as they are now.

    Raises:
        ConfigError: there is no such article, or `root` is the later one of the two.
    """
    lock(conn)
    item = _get(conn, article_id)
    judge = Judge(conn, [])
    if root is None:
        judge.forget_decision(item)
    else:
        judge.decide(item, (_root(conn, article_id, root), BY_HAND))
    changes.publish(conn, judge.run(), now)
    return {
        "article_id": article_id,
        "duplicate_of": item.link[0],
        "duplicate_reason": item.link[1],
    }


def _get(conn: Connection, article_id: int) -> Item:
    found = near_items.load(conn, [article_id])
    if article_id not in found:
        raise NoSuchArticleError(article_id)
    return found[article_id]


def _root(conn: Connection, article_id: int, wanted: int) -> int:
    """The article that stands for `wanted`: itself, or what it is a duplicate of."""
    root = _get(conn, wanted).link[0] or wanted
    if root >= article_id:
        raise ConfigError(
            f"article {root} was stored after article {article_id}, and a duplicate is linked to"
            f" the earlier one: newscrawler duplicates relink {root} {article_id}"
            if root != article_id
            else f"article {article_id} cannot be a duplicate of itself; name another one"
        )
    return root


def _not_linked(conn: Connection, article_id: int) -> str:
    others = sorted(near_items.linked_to(conn, [article_id], why=""))[:10]
    if not others:
        return f"article {article_id} is linked to none; there is nothing to unlink"
    return (
        f"article {article_id} is the original of its group; unlink its duplicates:"
        f" {', '.join(map(str, others))}"
    )


def judge_next(conn: Connection, now: datetime, *, anew: bool) -> tuple[int, int] | None:
    """Judge the next articles of the archive; None at its end.

    Returns how many were judged, and how many links changed.

    `anew`: begin with the first article, by today's rules; else go on where the last call ended.
    What was decided by hand stays.
    """
    lock(conn)
    done_to = conn.scalar(select(near_progress.c.judged_to))
    if done_to is None and not anew:
        return None
    if anew or not done_to:
        near_index.clear(conn)
        done_to = 0
    found = near_items.load_after(conn, int(done_to or 0), BATCH)
    if not found:
        _note(conn, None)
        return None
    lines = _judge_again(conn, list(found.values()))
    changes.publish(conn, lines, now)
    _note(conn, max(found))
    return len(found), len(lines)


def _judge_again(conn: Connection, items: Sequence[Item]) -> list[changes.Line]:
    judge = Judge(conn, [])
    judge.reopen(items)
    return judge.run()


def _note(conn: Connection, judged_to: int | None) -> None:
    conn.execute(update(near_progress).values(rules=RULES, judged_to=judged_to))


def is_judged(conn: Connection) -> bool:
    """Whether the whole archive was judged by today's rules."""
    row = conn.execute(select(near_progress.c.rules, near_progress.c.judged_to)).one()
    return row.rules == RULES and row.judged_to is None
