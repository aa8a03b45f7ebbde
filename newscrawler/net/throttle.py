"""Scrapy's AutoThrottle, for hosts that are not this machine; the run report says how slow."""

from __future__ import annotations

from collections import defaultdict, deque
from functools import partial
from statistics import fmean

from scrapy import Request, Spider
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

STAT = "newscrawler/slowest_pace_s/"
MEMORY = 20
"""Answers whose mean latency sets the pace: one that is late must not slow all others down."""


class HostThrottle(AutoThrottle):
    """One connection's rate per host: requests are as far apart as the host takes to answer.

    That is the mean of its last answers. Scrapy goes by the last one alone: a single answer that
    takes ten paces then costs twenty. Hosts with a pace of their own in DOWNLOAD_SLOTS (this
    machine) keep it.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._own_pace = frozenset(crawler.settings.getdict("DOWNLOAD_SLOTS"))
        last = partial(deque[float], maxlen=MEMORY)
        self._latencies: defaultdict[str, deque[float]] = defaultdict(last)

    def _get_slot(self, request: Request, spider: Spider) -> tuple[str | None, Slot | None]:
        key, slot = super()._get_slot(request, spider)
        return (None, None) if key in self._own_pace else (key, slot)

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        host = response.url.partition("://")[2].partition("/")[0]
        latencies = self._latencies[host]
        if response.status == 200 or latency >= fmean(latencies or [0.0]):  # errors come fast
            latencies.append(latency)
        super()._adjust_delay(slot, fmean(latencies), response)
        if slot.delay > 2 * self.mindelay:
            self.crawler.stats.max_value(f"newscrawler/slowest_pace_s/{host}", round(slot.delay, 3))
