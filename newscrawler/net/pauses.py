"""Keeping every request to one host back for a while."""

from __future__ import annotations

from time import monotonic

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.utils.asyncio import call_later


def pause_host(crawler: Crawler, request: Request, seconds: float) -> None:
    """Send nothing more to the host of `request` for so many seconds; a longer pause stays.

    Uses the timer by which Scrapy's downloader itself keeps requests apart: while a slot has
    one, its queue stands still.
    """
    downloader: Downloader = crawler.engine.downloader
    slot = downloader.slots.get(downloader.get_slot_key(request))
    if slot is None or slot.lastseen > monotonic() + seconds:
        return
    slot.close()
    # Also keeps the slot from being collected as unused, which would forget the pause.
    slot.lastseen = monotonic() + seconds
    slot.latercall = call_later(seconds, downloader._latercall, slot)  # noqa: SLF001 - no public way to pause
