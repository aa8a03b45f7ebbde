"""Scrapy's stats without the look-out for arguments that it no longer takes."""

from __future__ import annotations

from scrapy.statscollectors import MemoryStatsCollector


class RunStats(MemoryStatsCollector):
    """Set as `STATS_CLASS`; counts as Scrapy's own does.

    Scrapy 2.19 looks at every access of an attribute, to warn of a `spider` argument: an exception
    or two a count, twenty counts a page, 4 % of what a page costs. None of our parts passes one.
    """

    __getattribute__ = object.__getattribute__
