"""Saves observations: an article as it stood upstream, or that there was none.

Everything that follows from one call (article, revision, parts, links between duplicates, ledger,
failures, run counters, change feed) is one transaction: the caller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from newscrawler.failpoints import hit
from newscrawler.items import Article, Miss, Saved
from newscrawler.store import (
    article_rows,
    changes,
    failures,
    misses,
    near,
    outcomes,
    tasks,
    versions,
)
from newscrawler.store.batch import Batch, Key, Observation, Result, by_site, key_of
from newscrawler.store.decide import Known
from newscrawler.store.tasks import TaskRow


def save(
    conn: Connection,
    run_id: int,
    observations: Sequence[Observation],
    now: datetime,
    recheck_ages: Sequence[timedelta] = (),
    *,
    near_duplicates: bool = True,
) -> list[Saved]:
    """Store what was observed, in order; one result each, saying what it means for the run.

    `recheck_ages`: ages, since it was first seen, at which an article is due again. Saving the same
    observation again changes nothing but `last_seen_at`. `near_duplicates`: whether edited copies
    are linked, not equal texts alone.
    """
    hit("before_batch")
    kind = outcomes.lock_run(conn, run_id)
    batch = Batch(conn, run_id, kind, now, tuple(recheck_ages))
    saved: list[Saved] = []
    for part, known in _rounds(conn, observations):
        saved += _save_round(batch, part, known)
    hit("after_articles")
    batch.lines.extend(near.settle(conn, batch.near, searches=near_duplicates))
    changes.publish(conn, batch.lines, now)
    return saved


def _rounds(
    conn: Connection, observations: Sequence[Observation]
) -> Iterator[tuple[Sequence[Observation], dict[Key, Known]]]:
    """Pieces that can be written together, each with what is stored before it.

    In one piece every id stands once, and an article whose text changes stands alone: what it does
    to the links between duplicates must be seen by the next.
    """
    rest = observations
    while rest:
        known = _find_known(conn, rest)
        size = _round_size(rest, known)
        yield rest[:size], known
        rest = rest[size:]


def _find_known(conn: Connection, observations: Sequence[Observation]) -> dict[Key, Known]:
    return {
        (site, external_id): known
        for site, external_ids in by_site(observations).items()
        for external_id, known in article_rows.find(conn, site, external_ids).items()
    }


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


def _save_round(
    batch: Batch, observations: Sequence[Observation], known: Mapping[Key, Known]
) -> list[Saved]:
    rows = _ensure_tasks(batch.conn, observations)
    results = versions.write(
        batch, [each for each in observations if isinstance(each, Article)], known
    )
    results |= misses.write(
        batch, [each for each in observations if isinstance(each, Miss)], known, rows
    )
    tasks.write(batch.conn, {rows[key].task_id: each.ticket for key, each in results.items()})
    settled = outcomes.conclude(
        batch.conn,
        batch.run_id,
        {rows[key].task_id: each.ending for key, each in results.items()},
        batch.now,
        unchanged={row.task_id for row in rows.values() if row.last_run_id == batch.run_id},
    )
    _write_failures(batch, results, rows)
    return [
        Saved(
            site=each.site,
            external_id=each.external_id,
            outcome=settled[rows[key_of(each)].task_id],
            article_id=results[key_of(each)].ending.article_id,
            revision=results[key_of(each)].ending.revision,
        )
        for each in observations
    ]


def _ensure_tasks(conn: Connection, observations: Sequence[Observation]) -> dict[Key, TaskRow]:
    """The ledger's rows; an id that came without an announcement gets one."""
    return {
        (site, external_id): row
        for site, external_ids in by_site(observations).items()
        for external_id, row in tasks.ensure(
            conn, site, {each: {} for each in external_ids}
        ).items()
    }


def _write_failures(
    batch: Batch, results: Mapping[Key, Result], rows: Mapping[Key, TaskRow]
) -> None:
    troubles = [
        failures.Trouble(
            site=miss.site,
            external_id=miss.external_id,
            task_id=rows[key].task_id,
            url=miss.url,
            stage=miss.stage,
            reason=result.ending.reason or miss.reason,
            detail=miss.detail,
        )
        for key, result in results.items()
        if (miss := result.trouble) is not None
    ]
    failures.note(batch.conn, batch.run_id, troubles, batch.now)
    well = [failures.key_of_id(*key) for key, result in results.items() if result.trouble is None]
    failures.resolve(batch.conn, well, batch.now)
