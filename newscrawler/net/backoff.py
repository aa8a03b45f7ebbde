"""How long to wait before asking again: our own pauses, and what a server asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import SystemRandom

_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_ABSURD_S = 10.0**9
_JITTER = 0.25
_MAX_DOUBLINGS = 10

uniform: Callable[[float, float], float] = SystemRandom().uniform


def backoff(attempt: int, base_s: float) -> float:
    """Seconds before try number `attempt` + 1: base, twice, four times …, ± a quarter."""
    return base_s * 2.0 ** min(attempt - 1, _MAX_DOUBLINGS) * uniform(1 - _JITTER, 1 + _JITTER)


def retry_after(value: bytes | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110 §10.2.3); None if it asks nothing.

    A negative number, and anything else that cannot be read, asks nothing; a past date asks for
    no wait; a number beyond all measure for a very long one.
    """
    text = (value or b"").decode("latin-1").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    if text.isascii() and text.isdigit():
        return _ABSURD_S
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
