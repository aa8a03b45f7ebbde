"""The store's rules as pure functions: no SQL, no clock, only what is known and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from newscrawler.items import Miss, Outcome


class State(StrEnum):
    """Where one id of the ledger stands (tasks.state)."""

    DUE = "due"
    DONE = "done"
    PENDING = "pending"
    FAILED = "failed"
    REJECTED = "rejected"
    GONE = "gone"


class Change(StrEnum):
    """What happened to an article (news_changes.kind)."""

    CREATED = "created"
    REVISED = "revised"
    GONE = "gone"
    RESTORED = "restored"
    DUPLICATE = "duplicate"
    REPARSED = "reparsed"


FREE_POLLS = 10
"""A pending id is due again at once so many times."""
FREE_RETRIES = 3
"""A failed id is due again at once so many times."""
FIRST_WAIT = timedelta(minutes=5)
LONGEST_PENDING_WAIT = timedelta(hours=6)
LONGEST_FAILED_WAIT = timedelta(hours=24)
GONE_CONFIRMATION = timedelta(hours=1)
"""`gone` needs two looks at least so far apart."""
GONE_RECHECK = timedelta(hours=24)
"""How long a withdrawn id rests before a list that names it makes it due again."""

UNCONFIRMED = "gone_unconfirmed"


class Known(NamedTuple):
    """What is stored of one article before an observation."""

    article_id: int
    revision: int
    content_hash: str
    text_hash: str
    first_seen_at: datetime
    last_seen_at: datetime
    gone: bool = False


class Decision(NamedTuple):
    """What one observed article means."""

    outcome: Outcome
    revision: int
    changes: tuple[Change, ...]

    @property
    def writes(self) -> bool:
        """Whether a revision is written."""
        return self.outcome is not Outcome.UNCHANGED


def decide(
    known: Known | None, content_hash: str, *, is_duplicate: bool, reread: bool = False
) -> Decision:
    """New, revised, unchanged or duplicate, with the lines for the change feed.

    `is_duplicate`: an earlier article has the same text now. A revised article stays `revised`.
    `reread`: it is we who read the same answer differently; a withdrawn article stays withdrawn.
    """
    if known is None:
        if is_duplicate:
            return Decision(Outcome.DUPLICATE, 1, (Change.DUPLICATE,))
        return Decision(Outcome.NEW, 1, (Change.CREATED,))
    back = (Change.RESTORED,) if known.gone and not reread else ()
    if known.content_hash == content_hash:
        return Decision(Outcome.UNCHANGED, known.revision, back)
    change = Change.REPARSED if reread else Change.REVISED
    return Decision(Outcome.REVISED, known.revision + 1, (*back, change))


class Ticket(NamedTuple):
    """What the ledger knows of one id (the columns of tasks that rules look at)."""

    state: State
    attempts: int = 0
    next_at: datetime | None = None
    recheck_at: datetime | None = None
    gone_first_seen_at: datetime | None = None


class Verdict(NamedTuple):
    """What a look without an article means for the ledger."""

    outcome: Outcome
    reason: str
    ticket: Ticket


def judge_miss(ticket: Ticket, miss: Miss, now: datetime, *, confirmed: bool = False) -> Verdict:
    """The next state of an id that yielded no article; `confirmed` spares `gone` the second look.

    `unchanged` is not judged here: it is a success.
    """
    if miss.outcome is Outcome.GONE:
        return _judge_gone(ticket, miss, now, confirmed=confirmed)
    state = State(miss.outcome.value)
    attempts = ticket.attempts + 1 if ticket.state is state else 1
    following = Ticket(
        state=state,
        attempts=attempts,
        next_at=now + wait_after(state, attempts),
        recheck_at=None,
        gone_first_seen_at=ticket.gone_first_seen_at,
    )
    return Verdict(miss.outcome, miss.reason, following)


def _judge_gone(ticket: Ticket, miss: Miss, now: datetime, *, confirmed: bool) -> Verdict:
    first = ticket.gone_first_seen_at or now
    if confirmed or ticket.state is State.GONE or now - first >= GONE_CONFIRMATION:
        gone = Ticket(
            state=State.GONE, attempts=0, next_at=now + GONE_RECHECK, gone_first_seen_at=first
        )
        return Verdict(Outcome.GONE, miss.reason, gone)
    waiting = Ticket(
        state=State.PENDING,
        attempts=ticket.attempts,
        next_at=first + GONE_CONFIRMATION,
        gone_first_seen_at=first,
    )
    return Verdict(Outcome.PENDING, UNCONFIRMED, waiting)


def wait_after(state: State, attempts: int) -> timedelta:
    """How long an id rests after its n-th try in a row without success."""
    if state is State.PENDING:
        return _backoff(attempts - FREE_POLLS, LONGEST_PENDING_WAIT)
    if state is State.FAILED:
        return _backoff(attempts - FREE_RETRIES, LONGEST_FAILED_WAIT)
    return timedelta(0)


def _backoff(step: int, longest: timedelta) -> timedelta:
    if step <= 0:
        return timedelta(0)
    doublings: int = 1 << min(step - 1, 16)
    return min(FIRST_WAIT * doublings, longest)


def next_recheck(
    first_seen_at: datetime, now: datetime, ages: Sequence[timedelta]
) -> datetime | None:
    """When an article stored at `first_seen_at` is fetched again; None if never again."""
    later = [first_seen_at + age for age in sorted(ages) if first_seen_at + age > now]
    return later[0] if later else None


class Fate(StrEnum):
    """What an announcement of an id means for this run."""

    FETCH = "fetch"
    UNCHANGED = "unchanged"
    WAIT = "wait"


def judge_announced(
    ticket: Ticket, now: datetime, *, changed: bool, recheck_all: bool = False
) -> Fate:
    """Fetch it, leave it as it is, or count it as what it was (pending, failed, …) without fetch.

    `changed`: a list says something else of it than before.
    """
    if changed or recheck_all or ticket.state is State.DUE:
        return Fate.FETCH
    if ticket.state is State.DONE:
        is_due = ticket.recheck_at is not None and ticket.recheck_at <= now
        return Fate.FETCH if is_due else Fate.UNCHANGED
    if ticket.state is State.REJECTED:
        return Fate.WAIT
    return Fate.FETCH if ticket.next_at is None or ticket.next_at <= now else Fate.WAIT


_STRENGTH = {
    Outcome.NEW: 3,
    Outcome.DUPLICATE: 3,
    Outcome.REVISED: 2,
    Outcome.UNCHANGED: 1,
}


def settle(before: Outcome | None, after: Outcome) -> Outcome:
    """The one outcome of an id that was observed again in the same run.

    What was stored stays told: new and duplicate beat revised, revised beats unchanged, and any
    success beats a miss. Of two misses the later counts.
    """
    if before is None or _STRENGTH.get(after, 0) > _STRENGTH.get(before, 0):
        return after
    both_missed = before not in _STRENGTH and after not in _STRENGTH
    return after if both_missed else before
