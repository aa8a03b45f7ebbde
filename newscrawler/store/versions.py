"""Writes observed articles: new ones, revisions, links between duplicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from newscrawler.items import Article, Outcome
from newscrawler.store import article_rows, hooks, texts
from newscrawler.store.batch import Batch, Ending, Key, Link, Result
from newscrawler.store.bulk import Values
from newscrawler.store.decide import Decision, Known, decide
from newscrawler.store.lookup import Found


def write(batch: Batch, observed: Mapping[Key, Article], found: Found) -> dict[Key, Result]:
    """Store articles, of which at most one (then alone) changes its text."""
    if not observed:
        return {}
    known = found.known
    fresh = {key: article for key, article in observed.items() if key not in known}
    links = hooks.links(batch, fresh, found.roots)
    decisions = {
        key: decide(
            known.get(key),
            article.content_hash,
            is_duplicate=key in links,
            reread=batch.reread,
        )
        for key, article in observed.items()
    }
    writing = {key: article for key, article in observed.items() if decisions[key].writes}
    sources = article_rows.make_sources(batch.conn, writing.values(), found.sources)
    ids = {key: each.article_id for key, each in known.items()}
    ids |= _insert(batch, fresh, sources, links, found, _seqs(decisions, batch.next_change))
    _claim(batch, fresh, found.roots, ids)
    _update(batch, observed, decisions, sources, known)
    _write_revisions(batch, writing, decisions, sources, ids)
    for key, article in observed.items():
        decision, before = decisions[key], known.get(key)
        batch.lines.extend((ids[key], decision.revision, change) for change in decision.changes)
        if before is not None and before.text_hash != article.text_hash:
            hooks.relink(batch, before.article_id, article, before.text_hash)
    revised = [ids[key] for key, each in decisions.items() if each.outcome is Outcome.REVISED]
    hooks.written(batch, {ids[key]: article for key, article in writing.items()}, revised)
    return {
        key: _result(batch, article, decisions[key], ids[key], known.get(key))
        for key, article in observed.items()
    }


def _seqs(decisions: Mapping[Key, Decision], first: int) -> dict[Key, int]:
    """The number that the last line about each article will have, where it is known before."""
    if not first:
        return {}
    seqs = {}
    for key, decision in decisions.items():
        first += len(decision.changes)
        seqs[key] = first - 1
    return seqs


def _insert(
    batch: Batch,
    fresh: Mapping[Key, Article],
    sources: Mapping[str, int],
    links: Mapping[Key, Link],
    found: Found,
    seqs: Mapping[Key, int],
) -> dict[Key, int]:
    """Insert new articles in their order, so that what repeats another comes after it."""
    ids: dict[Key, int] = {}
    numbers = _take_numbers(batch, len(fresh), found)
    rows: list[Values] = []
    for place, (key, article) in enumerate(fresh.items()):
        link = links.get(key)
        root = None if link is None else _number(link, ids)
        reason = None if link is None else link.reason
        row = article_rows.fresh(
            article, sources[article.source], root, reason, seqs.get(key, 0), batch.moments
        )
        if numbers is None:
            ids[key] = article_rows.insert_article(batch.conn, row)
        else:
            ids[key] = numbers[place]
            rows.append((numbers[place], *row))
        hooks.inserted(batch, ids[key], article, (root, reason))
    article_rows.insert_articles(batch.conn, rows)
    if seqs:
        batch.numbered.update({number: seqs[key] for key, number in ids.items()})
    return ids


def _take_numbers(batch: Batch, many: int, found: Found) -> Sequence[int] | None:
    if found.numbers is None:
        return article_rows.reserve(batch.conn, many) if many else None
    return range(found.numbers.article + 1, found.numbers.article + many + 1)


def _number(link: Link, ids: Mapping[Key, int]) -> int:
    return link.root if isinstance(link.root, int) else ids[link.root]


def _claim(
    batch: Batch, fresh: Mapping[Key, Article], roots: Mapping[str, int], ids: Mapping[Key, int]
) -> None:
    firsts: dict[str, int] = {}
    for key, article in fresh.items():
        if article.text_hash not in roots:
            firsts.setdefault(article.text_hash, ids[key])
    texts.claim(batch.conn, firsts)


def _write_revisions(
    batch: Batch,
    writing: Mapping[Key, Article],
    decisions: Mapping[Key, Decision],
    sources: Mapping[str, int],
    ids: Mapping[Key, int],
) -> None:
    run_id, moments = batch.run_id, batch.moments
    rows = [
        article_rows.revision_row(
            article, ids[key], decisions[key].revision, sources[article.source], run_id, moments
        )
        for key, article in writing.items()
    ]
    article_rows.insert_revisions(batch.conn, rows)


def _update(
    batch: Batch,
    observed: Mapping[Key, Article],
    decisions: Mapping[Key, Decision],
    sources: Mapping[str, int],
    known: Mapping[Key, Known],
) -> None:
    revised: dict[int, Values] = {}
    unchanged: dict[int, tuple[datetime, datetime | None]] = {}
    for key, article in observed.items():
        before = known.get(key)
        if before is None:
            continue
        decision = decisions[key]
        seen = max(article.fetched_at, before.last_seen_at)
        if decision.writes:
            revised[before.article_id] = article_rows.current(
                article, decision.revision, sources[article.source], seen, batch.moments
            )
        else:
            unchanged[before.article_id] = (seen, None)
    article_rows.revise(batch.conn, revised)
    article_rows.touch(batch.conn, unchanged, batch.moments)


def _result(
    batch: Batch, article: Article, decision: Decision, article_id: int, before: Known | None
) -> Result:
    first_seen_at = article.fetched_at if before is None else before.first_seen_at
    ending = Ending(decision.outcome, article_id=article_id, revision=decision.revision)
    return Result(ending, batch.done(first_seen_at))
