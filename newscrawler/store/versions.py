"""Writes observed articles: new ones, revisions, links between duplicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newscrawler.items import Article, Outcome
from newscrawler.store import article_rows, texts
from newscrawler.store.article_rows import Row
from newscrawler.store.batch import Batch, Key, Result, key_of
from newscrawler.store.decide import Change, Decision, Known, decide
from newscrawler.store.outcomes import Ending


def write(
    batch: Batch, observed: Sequence[Article], known: Mapping[Key, Known]
) -> dict[Key, Result]:
    """Store articles of distinct ids, of which at most one (then alone) changes its text."""
    if not observed:
        return {}
    fresh = [article for article in observed if key_of(article) not in known]
    roots = texts.roots(batch.conn, (article.text_hash for article in fresh))
    firsts = _firsts(fresh, roots)
    decisions = {
        key_of(article): decide(
            known.get(key_of(article)),
            article.content_hash,
            is_duplicate=bool(article.text_hash)
            and firsts.get(article.text_hash) != key_of(article),
        )
        for article in observed
    }
    writing = [article for article in observed if decisions[key_of(article)].writes]
    sources = article_rows.source_ids(batch.conn, writing)
    ids = {key: each.article_id for key, each in known.items()}
    ids |= _insert(batch, fresh, sources, roots, firsts)
    _write_revisions(batch, writing, decisions, sources, ids)
    _update(batch, observed, decisions, sources, known)
    for article in observed:
        batch.lines.extend(
            (ids[key_of(article)], decisions[key_of(article)].revision, change)
            for change in decisions[key_of(article)].changes
        )
    _move(batch, observed, known)
    return {
        key_of(article): _result(
            batch, article, decisions[key_of(article)], ids, known.get(key_of(article))
        )
        for article in observed
    }


def _firsts(fresh: Sequence[Article], roots: Mapping[str, int]) -> dict[str, Key]:
    """The first article of each text that is not stored yet."""
    firsts: dict[str, Key] = {}
    for article in fresh:
        if article.text_hash and article.text_hash not in roots:
            firsts.setdefault(article.text_hash, key_of(article))
    return firsts


def _insert(
    batch: Batch,
    fresh: Sequence[Article],
    sources: Mapping[str, int],
    roots: Mapping[str, int],
    firsts: Mapping[str, Key],
) -> dict[Key, int]:
    """Insert new articles: first those that can be the root of others, then the others."""
    copies = {
        key_of(each) for each in fresh if firsts.get(each.text_hash, key_of(each)) != key_of(each)
    }
    leading = [article for article in fresh if key_of(article) not in copies]
    following = [article for article in fresh if key_of(article) in copies]
    ids = _insert_rows(batch, leading, sources, roots)
    claimed = {text_hash: ids[key] for text_hash, key in firsts.items()}
    texts.claim(batch.conn, claimed)
    return ids | _insert_rows(batch, following, sources, claimed)


def _insert_rows(
    batch: Batch, fresh: Sequence[Article], sources: Mapping[str, int], roots: Mapping[str, int]
) -> dict[Key, int]:
    rows: list[Row] = []
    for article in fresh:
        root = roots.get(article.text_hash)
        rows.append(
            article_rows.current(article, sources[article.source], 1)
            | {
                "site": article.site,
                "external_id": article.external_id,
                "first_seen_at": article.fetched_at,
                "gone_at": None,
                "duplicate_of": root,
                "duplicate_reason": None if root is None else texts.SAME_TEXT,
                "change_seq": 0,
            }
        )
    ids = article_rows.insert_articles(batch.conn, rows)
    for article, article_id, row in zip(fresh, ids, rows, strict=True):
        batch.near.add(article_id, article, (row["duplicate_of"], row["duplicate_reason"]))
    return {key_of(article): each for article, each in zip(fresh, ids, strict=True)}


def _write_revisions(
    batch: Batch,
    writing: Sequence[Article],
    decisions: Mapping[Key, Decision],
    sources: Mapping[str, int],
    ids: Mapping[Key, int],
) -> None:
    rows = [
        article_rows.revision_row(
            article,
            ids[key_of(article)],
            decisions[key_of(article)].revision,
            sources[article.source],
            batch.run_id,
        )
        for article in writing
    ]
    article_rows.insert_revisions(batch.conn, rows)
    revised = [
        ids[key_of(article)]
        for article in writing
        if decisions[key_of(article)].outcome is Outcome.REVISED
    ]
    article_rows.replace_parts(
        batch.conn, {ids[key_of(article)]: article for article in writing}, revised
    )


def _update(
    batch: Batch,
    observed: Sequence[Article],
    decisions: Mapping[Key, Decision],
    sources: Mapping[str, int],
    known: Mapping[Key, Known],
) -> None:
    revised: dict[int, Row] = {}
    unchanged: dict[int, Row] = {}
    for article in observed:
        before = known.get(key_of(article))
        if before is None:
            continue
        decision = decisions[key_of(article)]
        seen = max(article.fetched_at, before.last_seen_at)
        if decision.writes:
            row = article_rows.current(article, sources[article.source], decision.revision)
            revised[before.article_id] = row | {"last_seen_at": seen}
        else:
            unchanged[before.article_id] = {"last_seen_at": seen, "gone_at": None}
    article_rows.revise(batch.conn, revised)
    article_rows.touch(batch.conn, unchanged)


def _move(batch: Batch, observed: Sequence[Article], known: Mapping[Key, Known]) -> None:
    """Relink duplicates when an article left one text for another."""
    for article in observed:
        before = known.get(key_of(article))
        if before is None or before.text_hash == article.text_hash:
            continue
        was = texts.unlink(batch.conn, before.article_id)
        moved = texts.regroup(batch.conn, before.text_hash, before.article_id, was)
        moved += texts.regroup(batch.conn, article.text_hash, before.article_id)
        batch.near.move(before.article_id, (article_id for article_id, _ in moved))
        batch.lines.extend(
            (article_id, revision, Change.DUPLICATE)
            for article_id, revision in moved
            if article_id != before.article_id
        )


def _result(
    batch: Batch,
    article: Article,
    decision: Decision,
    ids: Mapping[Key, int],
    before: Known | None,
) -> Result:
    first_seen_at = article.fetched_at if before is None else before.first_seen_at
    ending = Ending(decision.outcome, article_id=ids[key_of(article)], revision=decision.revision)
    return Result(ending, batch.done(first_seen_at))
