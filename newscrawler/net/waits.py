"""Waiting before another try, and accounting for it: stats, and lines of the run report."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from scrapy.statscollectors import StatsCollector

from newscrawler.net.throttle import STAT

_RETRIES = "newscrawler/retries/"
_WAITED = "newscrawler/waited_s/"


class Waits:
    """The waits of one crawl. Requests that wait side by side wait one time, not several."""

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats
        self._waiting: Counter[str] = Counter()
        self._since: dict[str, float] = {}

    async def wait(self, reason: str, seconds: float) -> None:
        """Wait so long, because of `reason`."""
        self._stats.inc_value(f"newscrawler/retries/{reason}")
        for name in ("", reason):
            self._begin(name)
        try:
            await asyncio.sleep(seconds)
        finally:
            for name in ("", reason):
                self._end(name)

    def _begin(self, name: str) -> None:
        self._waiting[name] += 1
        self._since.setdefault(name, time.monotonic())

    def _end(self, name: str) -> None:
        self._waiting[name] -= 1
        if not self._waiting[name]:
            seconds = time.monotonic() - self._since.pop(name)
            if name:
                self._add(f"newscrawler/waited_s/{name}", seconds)
            else:
                self._add("newscrawler/waited_s", seconds)

    def _add(self, stat: str, seconds: float) -> None:
        self._stats.set_value(stat, round(self._stats.get_value(stat, 0.0) + seconds, 3))


def notes(stats: StatsCollector) -> list[str]:
    """What a run report says of the waits, e.g. "waited 5 s for HTTP 429 ×2"."""
    found = stats.get_stats()
    lines = [
        f"waited {_seconds(found.get(_WAITED + reason, 0.0))} for {_named(reason)} ×{times}"
        for reason, times in sorted(
            (stat.removeprefix(_RETRIES), value)
            for stat, value in found.items()
            if stat.startswith(_RETRIES)
        )
    ]
    lines += [
        f"{stat.removeprefix(STAT)} answers slowly: asked once every {seconds:.1f} s at the slowest"
        for stat, seconds in sorted(found.items())
        if stat.startswith(STAT)
    ]
    refused = found.get("newscrawler/circuit_open", 0)
    if refused:
        lines.append(
            f"{refused} requests were not sent: their host failed too often in a row; "
            "the next run asks again"
        )
    return lines


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.1f} s"


def _named(reason: str) -> str:
    return f"HTTP {reason.removeprefix('http_')}" if reason.startswith("http_") else reason
