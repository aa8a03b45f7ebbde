"""Articles with the same text: the earliest is the root, the others are its duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, select, update

from newscrawler.store.bulk import Insert, insert
from newscrawler.store.schema import articles, texts

_TEXTS = Insert("texts", ("text_hash", "article_id"))
SAME_TEXT = "same_text"
NEAR_TEXT = "near_text"
"""With the similarity behind it: `near_text 0.97`."""
UNLINKED = "unlinked"
"""Somebody has said that this article is no duplicate; it is never linked by itself again."""
BY_HAND = "by_hand"
"""Somebody has linked it."""


def roots(conn: Connection, hashes: Iterable[str]) -> dict[str, int]:
    """The earliest article of each text that is stored; it stays so until the transaction ends."""
    wanted = sorted(set(hashes) - {""})
    if not wanted:
        return {}
    query = (
        select(texts.c.text_hash, texts.c.article_id)
        .where(texts.c.text_hash.in_(wanted))
        .order_by(texts.c.text_hash)
        .with_for_update(read=True)
    )
    return {row.text_hash: row.article_id for row in conn.execute(query)}


def claim(conn: Connection, firsts: Mapping[str, int]) -> None:
    """These articles are the first with their text; IntegrityError if another was faster."""
    rows = [(bytes.fromhex(each), firsts[each]) for each in sorted(firsts) if each]
    insert(conn, _TEXTS, rows)


def regroup(
    conn: Connection, text_hash: str, moved_id: int, was: int | None = None
) -> list[tuple[int, int]]:
    """Link the articles that have this text now to the earliest of them, or to what that is of.

    `moved_id`: the article that left the text or has just taken it; `was`: what it was linked to.
    Returns (article_id, revision) of each whose link changed. What was decided by hand stays.
    """
    if not text_hash:
        return []
    query = select(texts.c.article_id).where(texts.c.text_hash == text_hash)
    before = conn.scalar(query.with_for_update())
    a = articles.c
    members = conn.execute(
        select(a.article_id, a.revision, a.duplicate_of, a.duplicate_reason)
        .where(a.article_id.in_([before, moved_id]) | a.duplicate_of.in_([before, was]))
        .where(a.text_hash == text_hash)
        .order_by(a.article_id)
    ).all()
    head = members[0] if members else None
    _write_root(conn, text_hash, before, head and head.article_id)
    moved = []
    for member in members:
        link = _link_to(head, member)
        if link != (member.duplicate_of, member.duplicate_reason):
            _link(conn, member.article_id, link)
            moved.append((member.article_id, member.revision))
    return moved


def _link_to(head: Any, member: Any) -> tuple[int | None, str | None]:
    """What a member of a text's group is linked to now, and why."""
    own = (member.duplicate_of, member.duplicate_reason)
    if member.duplicate_reason in (UNLINKED, BY_HAND):
        return own
    if member.article_id == head.article_id:
        return (None, None) if member.duplicate_reason == SAME_TEXT else own
    if head.duplicate_of is not None and head.duplicate_reason != SAME_TEXT:
        return head.duplicate_of, head.duplicate_reason
    return head.article_id, SAME_TEXT


def unlink(conn: Connection, article_id: int) -> int | None:
    """This article's text has changed: it is no longer the duplicate of what it was, returned.

    What somebody decided by hand stays.
    """
    a = articles.c
    before = conn.execute(
        select(a.duplicate_of, a.duplicate_reason).where(a.article_id == article_id)
    ).one()
    if before.duplicate_of is None or before.duplicate_reason == BY_HAND:
        return None
    _link(conn, article_id, (None, None))
    return int(before.duplicate_of)


def lead(conn: Connection, firsts: Mapping[str, int]) -> dict[str, int]:
    """The earliest article of each of these texts, after these have been named, too."""
    known = roots(conn, firsts)
    for text_hash, article_id in sorted(firsts.items()):
        if text_hash and known.get(text_hash, article_id + 1) > article_id:
            _write_root(conn, text_hash, known.get(text_hash), article_id)
            known[text_hash] = article_id
    return known


def _link(conn: Connection, article_id: int, link: tuple[int | None, str | None]) -> None:
    conn.execute(
        update(articles)
        .where(articles.c.article_id == article_id)
        .values(duplicate_of=link[0], duplicate_reason=link[1])
    )


def _write_root(conn: Connection, text_hash: str, before: int | None, root: int | None) -> None:
    if before == root:
        return
    here = texts.c.text_hash == text_hash
    if root is None:
        conn.execute(delete(texts).where(here))
    elif before is None:
        claim(conn, {text_hash: root})
    else:
        conn.execute(update(texts).where(here).values(article_id=root))
