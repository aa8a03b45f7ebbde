"""Links between articles of the very same text, as batches are written."""

from __future__ import annotations

from collections.abc import Mapping

from newscrawler.items import Article
from newscrawler.store import texts
from newscrawler.store.batch import Batch, Key, Link
from newscrawler.store.decide import Change


def links(fresh: Mapping[Key, Article], roots: Mapping[str, int]) -> dict[Key, Link]:
    """Which new articles have the text of a stored one (`roots`), or of one before them."""
    found: dict[Key, Link] = {}
    firsts: dict[str, int | Key] = dict(roots)
    for key, article in fresh.items():
        if article.text_hash:
            first = firsts.setdefault(article.text_hash, key)
            if first != key:
                found[key] = Link(first, texts.SAME_TEXT)
    return found


def move(batch: Batch, article_id: int, text_hash: str, before: str) -> list[int]:
    """An article left the text `before` for another: put the links of both groups right.

    Returns the articles whose links changed.
    """
    was = texts.unlink(batch.conn, article_id)
    moved = texts.regroup(batch.conn, before, article_id, was)
    moved += texts.regroup(batch.conn, text_hash, article_id)
    batch.lines.extend(
        (each, revision, Change.DUPLICATE) for each, revision in moved if each != article_id
    )
    return [each for each, _ in moved]
