"""Where others join the writing path; each in the transaction that writes the articles.

Every way into the store (crawl, fetch, import, reparse) passes here, once a round of a batch
(articles.py). What joins keeps its logic in a module of its own and adds a call here:

- `links` decides which new articles repeat earlier ones, before they are inserted;
- `inserted` and `relink` follow what was stored under another text than before, so that links can
  be judged anew; an article whose text changes stands alone in its round;
- `written` follows the texts that became current, after their revisions are inserted;
- `seen` follows every article that was written or found unchanged, with what was known before;
- `settle` comes once, after all rounds and before the change feed is numbered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from newscrawler.items import Article
from newscrawler.store import near, originals, parts, same_text, search_ahead, search_index
from newscrawler.store.batch import Batch, Key, Link, Result
from newscrawler.store.decide import Change, Known

_REWRITTEN = (Change.REVISED, Change.REPARSED, Change.DUPLICATE)
"""Kinds of lines that texts have which may be in the search's index; those of an old article that
is found to be a duplicate among them."""


def links(batch: Batch, fresh: Mapping[Key, Article], roots: Mapping[str, int]) -> dict[Key, Link]:
    """Which of these new articles repeat an earlier one, and for what reason (news.duplicate_of).

    `roots`: the earliest stored article of each text hash. A link names a stored article by its
    number, or another new one, earlier in the batch, by its key.
    """
    found = same_text.links(fresh, roots)
    batch.near.foresee([article for key, article in fresh.items() if key not in found])
    return found


def inserted(
    batch: Batch, article_id: int, article: Article, link: tuple[int | None, str | None]
) -> None:
    """A new article gets its row; `link`: its duplicate_of and duplicate_reason."""
    batch.near.add(article_id, article, link)


def relink(batch: Batch, article_id: int, article: Article, before: str) -> None:
    """A stored article's text has changed; `before` is the hash of the one that it had."""
    moved = same_text.move(batch, article_id, article.text_hash, before)
    batch.near.move(article_id, moved)


def written(batch: Batch, articles: Mapping[int, Article], revised: Sequence[int]) -> None:
    """These articles (by number) have a new current revision; those of `revised` had another."""
    parts.replace(batch.conn, articles, revised)


def seen(
    batch: Batch,
    observed: Sequence[Article],
    known: Mapping[Key, Known],
    results: Mapping[Key, Result],
) -> None:
    """What became of these articles; `known` says what was stored of them before."""
    originals.note(batch, observed, known, results)


def settle(batch: Batch, *, near_duplicates: bool) -> None:
    """All rounds are written; what is said now stands in the change feed."""
    new = {line[0] for line in batch.lines if line[2] == Change.CREATED}
    changed = {line[0] for line in batch.lines if line[2] in _REWRITTEN}
    if new or changed:
        search_index.note(batch.conn, new, changed)
        _index(batch, new | changed)
    batch.lines.extend(near.settle(batch.conn, batch.near, searches=near_duplicates))


def _index(batch: Batch, noted: Set[int]) -> None:
    conn, aside = batch.conn, batch.aside
    if aside is None or not aside.is_ready:
        if search_index.batches(search_index.many_waiting(conn)):
            search_index.flush(conn)
        return
    aside.waiting += len(noted)
    if search_index.batches(aside.waiting) >= (1 if aside.indexing is None else 2):
        aside.waiting = search_index.many_waiting(conn)
    if full := search_index.batches(aside.waiting):
        search_ahead.advance(conn, aside, noted, wait=full > 1)
