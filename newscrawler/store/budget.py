"""The hourly budget of requests to one site, as earlier runs have used it up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select

from newscrawler.store.schema import runs

HOUR = timedelta(hours=1)
SPENT_REASON = "budget"
"""run_tasks.reason of an id that no request was left for; it stays due."""


@dataclass(frozen=True, slots=True)
class Spell:
    """One run: when it asked, and how often."""

    began: datetime
    ended: datetime
    requests: int


def spells(conn: Connection, site: str, but: int, now: datetime) -> list[Spell]:
    """The runs of a site, all `but` one, that ended in the last hour or have not ended.

    A run that was killed never said how many requests it made: what it got counts instead.
    """
    got = runs.c.new + runs.c.revised + runs.c.duplicate + runs.c.failed + runs.c.gone
    query = select(runs.c.started_at, runs.c.finished_at, runs.c.requests, got).where(
        runs.c.site == site,
        runs.c.run_id != but,
        or_(runs.c.finished_at.is_(None), runs.c.finished_at > now - HOUR),
    )
    return [
        Spell(began, ended or now, max(requests, outcomes))
        for began, ended, requests, outcomes in conn.execute(query)
    ]


def used(earlier: Iterable[Spell], now: datetime) -> int:
    """How many of their requests fall into the last hour, each run's taken as evenly spread."""
    return sum(round(each.requests * _share(each, now - HOUR)) for each in earlier)


def goes_on(earlier: Iterable[Spell], began: datetime, now: datetime) -> datetime:
    """When the first of these requests, or of a run that `began` then, is an hour old."""
    oldest = min([began, *(each.began for each in earlier)])
    return max(oldest + HOUR, now)


def _share(spell: Spell, since: datetime) -> float:
    length = spell.ended - spell.began
    if spell.began >= since or length <= timedelta(0):
        return 1.0
    return max(0.0, (spell.ended - since) / length)
