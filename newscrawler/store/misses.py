"""Writes looks that yielded no article: states of the ledger, withdrawn articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from newscrawler.items import Miss, Outcome
from newscrawler.store import article_rows
from newscrawler.store.batch import Batch, Ending, Key, Result, Standing, key_of
from newscrawler.store.decide import Change, Known, judge_miss
from newscrawler.store.lookup import Found

Touched = dict[int, tuple[datetime, datetime | None]]
"""last_seen_at and gone_at by article_id."""
FETCH = "fetch"
"""The kind of a run that a person started for single ids."""


def write(batch: Batch, missed: Sequence[Miss], found: Found) -> dict[Key, Result]:
    """Store misses of distinct ids.

    A person who asks for an id that was never stored is told `gone` at once; else it takes two
    looks.
    """
    touched: Touched = {}
    results = {}
    for miss in missed:
        before = found.known.get(key_of(miss))
        if miss.outcome is Outcome.UNCHANGED:
            results[key_of(miss)] = _confirm(batch, miss, before, touched)
        else:
            results[key_of(miss)] = _judge(
                batch, miss, before, found.standings[key_of(miss)], touched
            )
    article_rows.touch(batch.conn, touched, batch.moments)
    return results


def _confirm(batch: Batch, miss: Miss, before: Known | None, touched: Touched) -> Result:
    """Upstream says that nothing changed (it need not send the article for that)."""
    if before is None:
        return Result(Ending(Outcome.UNCHANGED, miss.reason, miss.stage), batch.done(miss.seen_at))
    touched[before.article_id] = (max(miss.seen_at, before.last_seen_at), None)
    if before.gone:
        batch.lines.append((before.article_id, before.revision, Change.RESTORED))
    ending = Ending(Outcome.UNCHANGED, miss.reason, miss.stage, before.article_id, before.revision)
    return Result(ending, batch.done(before.first_seen_at))


def _judge(
    batch: Batch, miss: Miss, before: Known | None, standing: Standing, touched: Touched
) -> Result:
    confirmed = batch.kind == FETCH and before is None
    verdict = judge_miss(standing.ticket, miss, batch.now, confirmed=confirmed)
    is_gone = verdict.outcome is Outcome.GONE
    if before is not None and is_gone and not before.gone:
        touched[before.article_id] = (before.last_seen_at, miss.seen_at)
        batch.lines.append((before.article_id, before.revision, Change.GONE))
    ending = Ending(
        verdict.outcome,
        verdict.reason,
        miss.stage,
        before.article_id if before else None,
        before.revision if before else None,
    )
    return Result(ending, verdict.ticket, None if is_gone else miss)
