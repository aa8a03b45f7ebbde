"""Started by test_tuning.py: one crawl in this process; prints as JSON how the process is set up.

The arguments: the origin of a replica, the URL of a database, LOG_LEVEL.
"""

import gc
import json
import logging
import sys
from typing import Any

from scrapy.crawler import Crawler

from newscrawler.crawl import crawl, settings_for

SEEN: dict[str, Any] = {}


def look(crawler: Crawler) -> None:
    """What holds just before the crawl begins."""
    loggers = ("scrapy", "scrapy.core.scraper", "newscrawler")
    SEEN["levels"] = {name: logging.getLogger(name).getEffectiveLevel() for name in loggers}
    SEEN["frozen"] = gc.get_freeze_count()
    SEEN["crawler"] = crawler


def main(origin: str, database: str, level: str) -> None:
    given = {"EASTMONEY_BASE_URL": origin, "DATABASE_URL": database, "LOG_LEVEL": level}
    (result,) = crawl([("eastmoney", {})], settings_for(given), look)
    assert result.report is not None
    stats = SEEN.pop("crawler").stats
    SEEN["stats"] = {key: value for key, value in stats.get_stats().items() if "/" in key}
    SEEN["counts"] = result.report.counts
    sys.stdout.write(json.dumps(SEEN))


if __name__ == "__main__":
    main(*sys.argv[1:])
