"""Articles with the same text: the earliest is the root, the others are its duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, delete, insert, select, update

from newscrawler.store.schema import articles, texts

SAME_TEXT = "same_text"


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
    rows = [{"text_hash": each, "article_id": firsts[each]} for each in sorted(firsts) if each]
    if rows:
        conn.execute(insert(texts), rows)


def regroup(conn: Connection, text_hash: str, moved_id: int) -> list[tuple[int, int]]:
    """Link the articles that have this text now to the earliest of them.

    `moved_id`: the article that left the text or has just taken it. Returns (article_id, revision)
    of each whose `duplicate_of` changed. Links that have another reason than the same text stay.
    """
    if not text_hash:
        return []
    query = select(texts.c.article_id).where(texts.c.text_hash == text_hash)
    before = conn.scalar(query.with_for_update())
    a = articles.c
    members = conn.execute(
        select(a.article_id, a.revision, a.duplicate_of)
        .where(a.article_id.in_([before, moved_id]) | (a.duplicate_of == before))
        .where(a.text_hash == text_hash)
        .where((a.duplicate_reason == SAME_TEXT) | a.duplicate_reason.is_(None))
        .order_by(a.article_id)
    ).all()
    root = members[0].article_id if members else None
    _write_root(conn, text_hash, before, root)
    moved = []
    for member in members:
        link = None if member.article_id == root else root
        if member.duplicate_of != link:
            _link(conn, member.article_id, link)
            moved.append((member.article_id, member.revision))
    return moved


def unlink(conn: Connection, article_id: int) -> None:
    """This article's text has changed: it is no longer the duplicate of what it was."""
    conn.execute(
        update(articles)
        .where(articles.c.article_id == article_id, articles.c.duplicate_reason == SAME_TEXT)
        .values(duplicate_of=None, duplicate_reason=None)
    )


def _link(conn: Connection, article_id: int, root: int | None) -> None:
    reason = None if root is None else SAME_TEXT
    conn.execute(
        update(articles)
        .where(articles.c.article_id == article_id)
        .values(duplicate_of=root, duplicate_reason=reason)
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
