"""Scrapy's AutoThrottle, for hosts that are not this machine; the run report says how slow."""

from __future__ import annotations

from scrapy import Request, Spider
from scrapy.core.downloader import Slot
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response

STAT = "newscrawler/slowest_pace_s/"


class HostThrottle(AutoThrottle):
    """One connection's rate per host: requests are as far apart as the host takes to answer.

    Hosts with a pace of their own in DOWNLOAD_SLOTS (this machine) keep it.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._own_pace = frozenset(crawler.settings.getdict("DOWNLOAD_SLOTS"))

    def _get_slot(self, request: Request, spider: Spider) -> tuple[str | None, Slot | None]:
        key, slot = super()._get_slot(request, spider)
        return (None, None) if key in self._own_pace else (key, slot)

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        super()._adjust_delay(slot, latency, response)
        if slot.delay > 2 * self.mindelay:
            host = response.url.partition("://")[2].partition("/")[0]
            self.crawler.stats.max_value(f"newscrawler/slowest_pace_s/{host}", round(slot.delay, 3))
