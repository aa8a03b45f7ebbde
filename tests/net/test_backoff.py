"""Pauses: ours grow, the server's are read whatever they say; circuits open and close."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.net.backoff import backoff, retry_after
from newscrawler.net.breaker import Breaker

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@given(st.integers(1, 5000))
def test_pauses_double_and_vary_by_a_quarter(attempt: int) -> None:
    whole = 2.0 ** min(attempt - 1, 10)
    assert 0.75 * whole <= backoff(attempt, 1.0) <= 1.25 * whole


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(b"5", 5.0), (b" 120 ", 120.0), (b"0", 0.0), (b"1.5", 1.5), (b"9" * 400, 1e9),
     (b"-5", None), (b"soon", None), (b"", None), (None, None), (b"5 minutes", None),
     (b"\xff\xfe", None), (b"1e9", None), ("５".encode(), None),
     (b"Tue, 24 Nov 2026 12:00:09 GMT", 9.0), (b"Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
     (b"Tue, 24 Nov 99999 11:00:00 GMT", None)],
)  # fmt: skip
def test_retry_after_is_read(value: bytes | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.binary(max_size=60))
def test_any_retry_after_is_seconds_or_nothing(value: bytes) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 10**8))
def test_a_retry_after_date_is_the_time_until_then(seconds: int) -> None:
    moment = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after(moment.encode(), NOW) == seconds


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    """Opens after three failures, tries again after ten seconds."""
    return Breaker(3, 10.0, clock)


def fail(breaker: Breaker, times: int, host: str = "a") -> None:
    for _ in range(times):
        breaker.failed(host)


def test_a_circuit_opens_after_failures_in_a_row_for_its_host_alone(breaker: Breaker) -> None:
    fail(breaker, 2)
    assert breaker.admits("a")
    fail(breaker, 1)
    assert not breaker.admits("a")
    assert breaker.admits("b")


def test_a_success_between_starts_the_count_again(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.succeeded("a")
    fail(breaker, 2)
    assert breaker.admits("a")


def test_after_the_pause_one_request_may_try(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 10
    assert [breaker.admits("a"), breaker.admits("a")] == [True, False]
    breaker.succeeded("a")
    assert breaker.admits("a")


def test_a_try_that_fails_keeps_the_circuit_open(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 10
    assert breaker.admits("a")
    fail(breaker, 1)
    clock.now = 19
    assert not breaker.admits("a")


def test_block_pages_open_it_although_they_are_downloads_that_succeed(breaker: Breaker) -> None:
    for _ in range(3):
        breaker.succeeded("a")
        breaker.was_blocked("a")
    breaker.succeeded("a")
    assert not breaker.admits("a")
    breaker.was_read("a")
    assert breaker.admits("a")


def test_a_host_that_asked_to_be_left_alone_is(breaker: Breaker, clock: Clock) -> None:
    breaker.leave_alone("a", 1000)
    breaker.succeeded("a")
    breaker.was_read("a")
    clock.now = 500
    assert not breaker.admits("a")
