"""Saves observations: an article as it stood upstream, or that there was none.

Everything that follows from one call (article, revision, parts, links between duplicates, ledger,
failures, run counters, change feed) is one transaction: the caller's. Where other parts join it,
hooks.py says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from newscrawler.failpoints import hit
from newscrawler.items import Article, Miss, Outcome, Saved
from newscrawler.store import changes, failures, hooks, lookup, misses, outcomes, tasks, versions
from newscrawler.store.aside import Aside
from newscrawler.store.batch import Batch, Key, Observation, Result, Standing, key_of
from newscrawler.store.decide import Known
from newscrawler.store.lookup import Found

_WINDOW = 200
_FIRST_WINDOW = 20
"""How many observations are looked up at once: all that the crawler hands over at a time."""


def save(
    conn: Connection,
    run_id: int,
    observations: Sequence[Observation],
    now: datetime,
    recheck_ages: Sequence[timedelta] = (),
    *,
    near_duplicates: bool = True,
    reread: bool = False,
    aside: Aside | None = None,
) -> list[Saved]:
    """Store what was observed, in order; one result each, saying what it means for the run.

    `recheck_ages`: ages, since it was first seen, at which an article is due again. Saving the same
    observation again changes nothing but `last_seen_at`. `near_duplicates`: whether edited copies
    are linked, not equal texts alone. `reread`: these are old answers, read anew: the ledger and
    failures stay as they are. `aside`: does part of the work. Hundreds at a time cost least.
    """
    hit("before_batch")
    batch = Batch(conn, run_id, now, tuple(recheck_ages), reread=reread, aside=aside)
    if near_duplicates and aside is not None:
        aside.forget_sketches()
        batch.near.aside = aside
    saved: list[Saved] = []
    for part, found in _rounds(batch, observations):
        saved += _save_round(batch, part, found)
    outcomes.count(conn, run_id, batch.counts)
    hit("after_articles")
    hooks.settle(batch, near_duplicates=near_duplicates)
    if aside is not None:
        aside.expects_new = 2 * batch.counts[Outcome.NEW] > len(observations)
    changes.publish(conn, batch.lines, now, last=batch.last_change, numbered=batch.numbered)
    return saved


def _rounds(
    batch: Batch, observations: Sequence[Observation]
) -> Iterator[tuple[Sequence[Observation], Found]]:
    """Pieces that can be written together, each with what is stored before it.

    In one piece every id stands once, and an article whose text changes stands alone: what it does
    to the links between duplicates must be seen by the next.
    """
    at, window = 0, _FIRST_WINDOW
    while at < len(observations) or at == 0:
        part = observations[at : at + window]
        if batch.aside is not None and batch.aside.expects_new:
            batch.near.foresee(each for each in part if isinstance(each, Article))
        found = lookup.find(batch.conn, batch.run_id, part)
        batch.kind = found.kind
        if found.numbers is not None:
            batch.last_change = found.numbers.change
        part = part[: _round_size(part, found.known)]
        yield part, found
        at += max(len(part), 1)
        window = min(max(2 * len(part), 4), _WINDOW)


def _round_size(observations: Sequence[Observation], known: Mapping[Key, Known]) -> int:
    seen: set[Key] = set()
    for place, each in enumerate(observations):
        key = key_of(each)
        if key in seen or _moves(each, known.get(key)):
            return max(place, 1)
        seen.add(key)
    return len(observations)


def _moves(observation: Observation, known: Known | None) -> bool:
    """Whether a stored article has another text now."""
    if known is None or isinstance(observation, Miss):
        return False
    return known.text_hash != observation.text_hash


def _save_round(batch: Batch, observations: Sequence[Observation], found: Found) -> list[Saved]:
    standings = found.standings
    keyed = {key_of(each): each for each in observations}
    observed = {key: each for key, each in keyed.items() if isinstance(each, Article)}
    results = versions.write(batch, observed, found)
    hooks.seen(batch, list(observed.values()), found.known, results)
    results |= misses.write(batch, [each for each in observations if isinstance(each, Miss)], found)
    if not batch.reread:
        tasks.write(batch, [(key, standings[key], results[key].ticket) for key in keyed])
    settled = outcomes.conclude(
        batch, {key: (standings[key], results[key].ending) for key in keyed}
    )
    if not batch.reread:
        _write_failures(batch, results, standings, found.failing)
    return [_saved(key, settled[key], results[key]) for key in keyed]


def _saved(key: Key, outcome: Outcome, result: Result) -> Saved:
    site, external_id = key
    ending = result.ending
    return Saved(
        site=site,
        external_id=external_id,
        outcome=outcome,
        article_id=ending.article_id,
        revision=ending.revision,
    )


def _write_failures(
    batch: Batch,
    results: Mapping[Key, Result],
    standings: Mapping[Key, Standing],
    failing: set[Key],
) -> None:
    troubles = [
        failures.Trouble(
            site=miss.site,
            external_id=miss.external_id,
            task_id=standings[key].task_id,
            url=miss.url,
            stage=miss.stage,
            reason=result.ending.reason or miss.reason,
            detail=miss.detail,
        )
        for key, result in results.items()
        if (miss := result.trouble) is not None
    ]
    failures.note(batch.conn, batch.run_id, troubles, batch.now)
    well = [key for key, result in results.items() if result.trouble is None and key in failing]
    failures.resolve(batch.conn, [failures.key_of_id(*key) for key in well], batch.now)
