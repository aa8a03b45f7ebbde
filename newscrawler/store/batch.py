"""What the steps of one save share: transaction, time, and the lines they add to the feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from newscrawler.items import Article, Miss, Outcome
from newscrawler.store import bulk
from newscrawler.store.aside import Aside
from newscrawler.store.changes import Line
from newscrawler.store.decide import State, Ticket, next_recheck
from newscrawler.store.near_items import Pending

Observation = Article | Miss
Key = tuple[str, str]
"""site and external id."""


class Standing(NamedTuple):
    """What the ledger knows of one id."""

    task_id: int
    ticket: Ticket
    outcome: Outcome | None = None
    """How it has ended in this run so far."""
    in_run: bool = False
    """Whether it has a row in `run_tasks` of this run."""
    is_new: bool = False
    """Whether only its number is taken: the row is still to be inserted."""


class Ending(NamedTuple):
    """How one task ended."""

    outcome: Outcome | None
    """None: it is still to be fetched."""
    reason: str | None = None
    stage: str | None = None
    article_id: int | None = None
    revision: int | None = None


@dataclass(slots=True)
class Batch:
    """One transaction's worth of observations."""

    conn: Connection
    run_id: int
    now: datetime
    recheck_ages: tuple[timedelta, ...]
    kind: str = ""
    """The kind of the run, once it is looked up."""
    reread: bool = False
    """Whether these are old answers, read anew: that says nothing of how upstream stands now."""
    lines: list[Line] = field(default_factory=list)
    """What the change feed will say, in this order."""
    aside: Aside | None = None
    """The process that works out what needs no database, if there is one."""
    near: Pending = field(default_factory=Pending)
    """What is to be judged for near-duplicates before that."""
    counts: Counter[str] = field(default_factory=Counter)
    """What the run's counters will grow by."""
    last_change: int | None = None
    """The last number of the change feed, where nobody else can take the next ones."""
    numbered: dict[int, int] = field(default_factory=dict)
    """New articles whose row has the number of its line already: article_id → number."""
    moments: Callable[[datetime], Any] = field(init=False)
    """Datetimes as the driver takes them."""

    def __post_init__(self) -> None:
        self.moments = bulk.moments(self.conn.dialect.name)

    @property
    def next_change(self) -> int:
        """The number of the next line, if it is known before it is taken; else 0."""
        return 0 if self.last_change is None else self.last_change + len(self.lines) + 1

    def done(self, first_seen_at: datetime) -> Ticket:
        """The ledger's state of an article that is stored and well."""
        recheck_at = next_recheck(first_seen_at, self.now, self.recheck_ages)
        return Ticket(State.DONE, recheck_at=recheck_at)


class Result(NamedTuple):
    """What one observation came to."""

    ending: Ending
    ticket: Ticket
    trouble: Miss | None = None
    """The miss that opens a failure; None resolves the failures of this id."""


class Link(NamedTuple):
    """That an article repeats an earlier one."""

    root: int | Key
    """The earlier article: its number, or its key if the same batch inserts it."""
    reason: str
    """news.duplicate_reason"""


def key_of(observation: Observation) -> Key:
    """The identity of what was observed."""
    return observation.site, observation.external_id


def by_site(observations: Iterable[Observation]) -> dict[str, list[str]]:
    """External ids by site."""
    found: dict[str, list[str]] = {}
    for site, external_id in sorted({key_of(each) for each in observations}):
        found.setdefault(site, []).append(external_id)
    return found
