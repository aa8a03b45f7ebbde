"""The store's rules, without a database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.items import Outcome
from newscrawler.store.decide import (
    FREE_POLLS,
    FREE_RETRIES,
    Change,
    Fate,
    Known,
    State,
    Ticket,
    decide,
    judge_announced,
    judge_miss,
    next_recheck,
    settle,
    wait_after,
)
from tests.store.make import HOUR, T0, miss

MINUTE = timedelta(minutes=1)
KNOWN = Known(
    article_id=1, revision=3, content_hash="a", text_hash="t", first_seen_at=T0, last_seen_at=T0
)
GONE = Known(
    article_id=1, revision=3, content_hash="a", text_hash="t", first_seen_at=T0, last_seen_at=T0,
    gone=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("known", "content", "copy", "outcome", "revision", "changes"),
    [
        (None, "a", False, Outcome.NEW, 1, [Change.CREATED]),
        (None, "a", True, Outcome.DUPLICATE, 1, [Change.DUPLICATE]),
        (KNOWN, "a", False, Outcome.UNCHANGED, 3, []),
        (KNOWN, "a", True, Outcome.UNCHANGED, 3, []),
        (KNOWN, "b", False, Outcome.REVISED, 4, [Change.REVISED]),
        (KNOWN, "b", True, Outcome.REVISED, 4, [Change.REVISED]),
        (GONE, "a", False, Outcome.UNCHANGED, 3, [Change.RESTORED]),
        (GONE, "b", False, Outcome.REVISED, 4, [Change.RESTORED, Change.REVISED]),
    ],
)
def test_an_observed_article_means_one_outcome(
    known: Known | None,
    content: str,
    *,
    copy: bool,
    outcome: Outcome,
    revision: int,
    changes: list[Change],
) -> None:
    decision = decide(known, content, is_duplicate=copy)
    assert (decision.outcome, decision.revision) == (outcome, revision)
    assert list(decision.changes) == changes


@pytest.mark.parametrize(
    ("state", "attempts", "wait"),
    [
        (State.FAILED, 1, 0 * MINUTE),
        (State.FAILED, FREE_RETRIES, 0 * MINUTE),
        (State.FAILED, FREE_RETRIES + 1, 5 * MINUTE),
        (State.FAILED, FREE_RETRIES + 2, 10 * MINUTE),
        (State.FAILED, 1000, 24 * HOUR),
        (State.PENDING, FREE_POLLS, 0 * MINUTE),
        (State.PENDING, FREE_POLLS + 1, 5 * MINUTE),
        (State.PENDING, 1000, 6 * HOUR),
        (State.REJECTED, 1000, 0 * MINUTE),
    ],
)
def test_waits_double_up_to_a_limit(state: State, attempts: int, wait: timedelta) -> None:
    assert wait_after(state, attempts) == wait


def test_attempts_count_misses_of_one_kind_in_a_row() -> None:
    ticket = Ticket(State.DUE)
    for expected in (1, 2, 3):
        ticket = judge_miss(ticket, miss("1", Outcome.FAILED), T0).ticket
        assert ticket.attempts == expected
    assert judge_miss(ticket, miss("1", Outcome.PENDING), T0).ticket.attempts == 1


@pytest.mark.parametrize(
    ("ticket", "changed", "fate"),
    [
        (Ticket(State.DUE), False, Fate.FETCH),
        (Ticket(State.DONE), False, Fate.UNCHANGED),
        (Ticket(State.DONE), True, Fate.FETCH),
        (Ticket(State.DONE, recheck_at=T0), False, Fate.FETCH),
        (Ticket(State.DONE, recheck_at=T0 + MINUTE), False, Fate.UNCHANGED),
        (Ticket(State.FAILED, next_at=T0), False, Fate.FETCH),
        (Ticket(State.FAILED, next_at=T0 + MINUTE), False, Fate.WAIT),
        (Ticket(State.FAILED, next_at=T0 + MINUTE), True, Fate.FETCH),
        (Ticket(State.PENDING, next_at=T0 + MINUTE), False, Fate.WAIT),
        (Ticket(State.REJECTED), False, Fate.WAIT),
        (Ticket(State.REJECTED), True, Fate.FETCH),
        (Ticket(State.GONE, next_at=T0 + MINUTE), False, Fate.WAIT),
        (Ticket(State.GONE, next_at=T0), False, Fate.FETCH),
    ],
)
def test_an_announced_id_is_fetched_left_or_waits(
    ticket: Ticket, *, changed: bool, fate: Fate
) -> None:
    assert judge_announced(ticket, T0, changed=changed) is fate
    assert judge_announced(ticket, T0, changed=changed, recheck_all=True) is Fate.FETCH


def test_rechecks_come_at_the_ages_given_and_then_never() -> None:
    ages = [6 * HOUR, HOUR, 24 * HOUR]
    assert next_recheck(T0, T0, ages) == T0 + HOUR
    assert next_recheck(T0, T0 + HOUR, ages) == T0 + 6 * HOUR
    assert next_recheck(T0, T0 + 30 * HOUR, ages) is None


outcomes = st.sampled_from(Outcome)


@given(st.lists(outcomes, min_size=1))
def test_a_run_tells_of_an_id_the_best_that_happened(seen: list[Outcome]) -> None:
    told: Outcome | None = None
    for outcome in seen:
        told = settle(told, outcome)
    first_stored = [each for each in seen if each in (Outcome.NEW, Outcome.DUPLICATE)]
    if first_stored:
        assert told is first_stored[0]
    elif Outcome.REVISED in seen:
        assert told is Outcome.REVISED
    elif Outcome.UNCHANGED in seen:
        assert told is Outcome.UNCHANGED
    else:
        assert told is seen[-1]
