"""When to stop asking a host that only fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler


@dataclass(slots=True)
class _Host:
    failures: int = 0
    """Downloads that failed since one did not."""
    blocked: int = 0
    """Pages that were a block page, since one could be read."""
    probe_at: float | None = None
    """When one request may try again; None while the circuit is closed."""


class Breaker:
    """One circuit per host: opens after `threshold` failures in a row, tries again after `pause_s`.

    A host is whatever the caller names one by.
    """

    def __init__(
        self, threshold: int, pause_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._threshold = threshold
        self._pause_s = pause_s
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    @classmethod
    def of(cls, crawler: Crawler) -> Breaker:
        """The one breaker of a crawl."""
        breaker = _BREAKERS.get(crawler)
        if breaker is None:
            breaker = _BREAKERS[crawler] = cls(
                crawler.settings.getint("NEWSCRAWLER_BREAKER_FAILURES", 10),
                crawler.settings.getfloat("NEWSCRAWLER_BREAKER_PAUSE_S", 60.0),
            )
        return breaker

    def is_open(self, host: str) -> bool:
        """Whether requests to this host are to fail at once."""
        known = self._hosts.get(host)
        return known is not None and known.probe_at is not None

    def admits(self, host: str) -> bool:
        """Whether a request may be sent now; after the pause, one may try."""
        known = self._hosts.get(host)
        if known is None or known.probe_at is None:
            return True
        if self._clock() < known.probe_at:
            return False
        known.probe_at = self._clock() + self._pause_s  # one probe a pause
        return True

    def succeeded(self, host: str) -> None:
        """A download from this host came whole."""
        known = self._hosts.get(host)
        if known is not None and not self._is_left_alone(known):
            known.failures = 0
            if known.blocked < self._threshold:
                known.probe_at = None

    def failed(self, host: str) -> None:
        """A download failed in a way that says something of its host."""
        known = self._hosts.setdefault(host, _Host())
        known.failures += 1
        self._judge(known)

    def was_blocked(self, host: str) -> None:
        """A page came whole, and was a block page."""
        known = self._hosts.setdefault(host, _Host())
        known.blocked += 1
        self._judge(known)

    def was_read(self, host: str) -> None:
        """A page of this host was what it should be."""
        known = self._hosts.get(host)
        if known is not None and not self._is_left_alone(known):
            known.blocked = known.failures = 0
            known.probe_at = None

    def leave_alone(self, host: str, seconds: float) -> None:
        """Ask nothing of this host for so long, whatever still comes from it."""
        known = self._hosts.setdefault(host, _Host())
        known.probe_at = self._clock() + max(seconds, 2 * self._pause_s)

    def _is_left_alone(self, known: _Host) -> bool:
        return known.probe_at is not None and known.probe_at > self._clock() + self._pause_s

    def _judge(self, known: _Host) -> None:
        many = max(known.failures, known.blocked) >= self._threshold
        if many and not self._is_left_alone(known):
            known.probe_at = self._clock() + self._pause_s


_BREAKERS: WeakKeyDictionary[Crawler, Breaker] = WeakKeyDictionary()
