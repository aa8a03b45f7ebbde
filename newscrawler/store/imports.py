"""Stores what an archive holds: states of articles that were observed long ago, by somebody else.

A state that is in the store changes nothing, and neither does one that is older than what is there:
an import adds to what is known and never takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from newscrawler.items import Article, Miss, Outcome
from newscrawler.store import articles, failures, lookup, originals, outcomes
from newscrawler.store.batch import Batch, Ending, Observation, by_site, key_of
from newscrawler.store.failures import Trouble
from newscrawler.store.schema import articles as article_table
from newscrawler.store.schema import failures as failure_table
from newscrawler.store.schema import revisions
from newscrawler.store.tasks import chunks

KIND = "import"
"""The kind of its runs."""

IN_STORE = "in_store"
"""run_tasks.reason of a state that is there already."""
OLDER = "older_state"
"""run_tasks.reason of a state that is older than what is there, and another."""


@dataclass(frozen=True, slots=True)
class _State:
    """One stored revision."""

    article_id: int
    revision: int
    content_hash: str
    seen_at: datetime
    fetched_url: str


def save(
    conn: Connection,
    run_id: int,
    observed: Sequence[Observation],
    unread: Sequence[Trouble],
    now: datetime,
    scheme: str,
) -> int:
    """Store one batch of observations, in order; return how many were older states.

    `unread`: files that name no article; they count as rejected. `scheme`: how the addresses begin
    that the archive's own observations have: a working copy's newer state of the same moment wins.
    """
    known = _states(conn, observed)
    waiting = _open_reasons(conn, [each for each in observed if isinstance(each, Miss)])
    fresh: list[Observation] = []
    same: list[tuple[Observation, Ending]] = []
    seen: list[originals.Seen] = []
    for each in observed:
        ending = _ending(each, known.get(key_of(each), []), waiting, scheme)
        if ending is None:
            fresh.append(each)
            continue
        same.append((each, ending))
        if isinstance(each, Article) and ending.reason == IN_STORE:
            seen += _seen(each, known[key_of(each)])
    if fresh:
        articles.save(conn, run_id, fresh, now, near_duplicates=False)
    _conclude(conn, run_id, same, now)
    originals.keep(conn, run_id, seen)
    _reject(conn, run_id, unread, now)
    return sum(ending.reason == OLDER for _, ending in same)


def _states(
    conn: Connection, observed: Sequence[Observation]
) -> dict[tuple[str, str], list[_State]]:
    """Every stored revision of these articles, the first one first."""
    a, r = article_table.c, revisions.c
    found: dict[tuple[str, str], list[_State]] = {}
    joined = article_table.join(revisions, r.article_id == a.article_id)
    query = select(
        a.site, a.external_id, a.article_id, r.revision, r.content_hash, r.seen_at, r.fetched_url
    ).select_from(joined)
    for site, external_ids in by_site(observed).items():
        for chunk in chunks(external_ids):
            some = query.where(a.site == site, a.external_id.in_(chunk))
            for row in conn.execute(some.order_by(a.article_id, r.revision)):
                found.setdefault((row.site, row.external_id), []).append(_State(*row[2:]))
    return found


def _open_reasons(conn: Connection, missed: Sequence[Miss]) -> dict[str, str]:
    """The reasons of the failures that are open for these ids, by key."""
    keys = sorted({failures.key_of_id(*key_of(each)) for each in missed})
    f = failure_table.c
    found: dict[str, str] = {}
    for chunk in chunks(keys):
        rows = conn.execute(select(f.open_key, f.reason).where(f.open_key.in_(chunk)))
        found |= {row.open_key: row.reason for row in rows}
    return found


def _ending(
    each: Observation, states: Sequence[_State], waiting: Mapping[str, str], scheme: str
) -> Ending | None:
    """How it ends without being written; None if it has to be."""
    if isinstance(each, Miss):
        if states:
            return _known(Outcome.UNCHANGED, IN_STORE, states[-1])
        is_known = waiting.get(failures.key_of_id(*key_of(each))) == each.reason
        return Ending(each.outcome, each.reason, each.stage) if is_known else None
    if not states:
        return None
    current = states[-1]
    in_force = [state for state in states if state.seen_at <= each.fetched_at]
    if current.content_hash == each.content_hash:
        return _known(Outcome.UNCHANGED, IN_STORE, current)
    if current.seen_at < each.fetched_at:
        return None
    if in_force and in_force[-1].content_hash == each.content_hash:
        return _known(Outcome.UNCHANGED, OLDER, current)
    is_same_archive = current.fetched_url.startswith(scheme) and each.fetched_url.startswith(scheme)
    if current.seen_at == each.fetched_at and is_same_archive:
        return None
    return _known(Outcome.UNCHANGED, OLDER, current)


def _known(outcome: Outcome, reason: str, state: _State) -> Ending:
    return Ending(outcome, reason, None, state.article_id, state.revision)


def _seen(article: Article, states: Sequence[_State]) -> list[originals.Seen]:
    current = states[-1]
    is_newest = article.fetched_at >= current.seen_at
    is_own = current.fetched_url == article.fetched_url
    return (
        [originals.Seen(article, current.article_id, current.revision, is_newest and is_own)]
        if article.postings
        else []
    )


def _conclude(
    conn: Connection, run_id: int, ended: Sequence[tuple[Observation, Ending]], now: datetime
) -> None:
    """Count articles of which nothing was written."""
    if not ended:
        return
    batch = Batch(conn, run_id, now, ())
    standings = lookup.find(conn, run_id, [each for each, _ in ended]).standings
    outcomes.conclude(
        batch, {key_of(each): (standings[key_of(each)], ending) for each, ending in ended}
    )
    outcomes.count(conn, run_id, batch.counts)


def _reject(conn: Connection, run_id: int, unread: Sequence[Trouble], now: datetime) -> None:
    if unread:
        failures.note(conn, run_id, unread, now)
        outcomes.count(conn, run_id, {"discovered": len(unread), Outcome.REJECTED: len(unread)})
