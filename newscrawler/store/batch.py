"""What the steps of one save share: transaction, time, and the lines they add to the feed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from newscrawler.items import Article, Miss
from newscrawler.store.changes import Line
from newscrawler.store.decide import State, Ticket, next_recheck
from newscrawler.store.near_items import Pending
from newscrawler.store.outcomes import Ending

Observation = Article | Miss
Key = tuple[str, str]
"""site and external id."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One transaction's worth of observations."""

    conn: Connection
    run_id: int
    kind: str
    now: datetime
    recheck_ages: tuple[timedelta, ...]
    lines: list[Line] = field(default_factory=list)
    """What the change feed will say, in this order."""
    near: Pending = field(default_factory=Pending)
    """What is to be judged for near-duplicates before that."""

    def done(self, first_seen_at: datetime) -> Ticket:
        """The ledger's state of an article that is stored and well."""
        recheck_at = next_recheck(first_seen_at, self.now, self.recheck_ages)
        return Ticket(State.DONE, recheck_at=recheck_at)


@dataclass(frozen=True, slots=True)
class Result:
    """What one observation came to."""

    ending: Ending
    ticket: Ticket
    trouble: Miss | None = None
    """The miss that opens a failure; None resolves the failures of this id."""


def key_of(observation: Observation) -> Key:
    """The identity of what was observed."""
    return observation.site, observation.external_id


def by_site(observations: Iterable[Observation]) -> dict[str, list[str]]:
    """External ids by site."""
    found: dict[str, list[str]] = {}
    for site, external_id in sorted({key_of(each) for each in observations}):
        found.setdefault(site, []).append(external_id)
    return found
