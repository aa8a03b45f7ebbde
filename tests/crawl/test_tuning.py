"""How a process that crawls is set up: what costs a page time and shows nobody anything is off."""

from __future__ import annotations

import inspect
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scrapy.statscollectors import MemoryStatsCollector, StatsCollector

from newscrawler.replica import Replica
from newscrawler.stats import RunStats


@pytest.mark.parametrize("level", ["ERROR", "DEBUG"])
def test_a_crawl_makes_only_the_log_records_that_somebody_sees(
    replica: Replica, tmp_path: Path, level: str
) -> None:
    seen = crawled(replica, tmp_path, level)
    wanted = logging.getLevelNamesMapping()[level]
    assert seen["levels"]["scrapy"] == wanted
    assert seen["levels"]["scrapy.core.scraper"] == wanted
    assert seen["frozen"] > 10_000


def test_stats_count_what_the_report_counts(replica: Replica, tmp_path: Path) -> None:
    seen = crawled(replica, tmp_path, "ERROR")
    counted = {
        key.rpartition("/")[2]: value
        for key, value in seen["stats"].items()
        if key.startswith("newscrawler/outcome/")
    }
    assert counted == {key: value for key, value in seen["counts"].items() if value}
    assert seen["stats"]["downloader/response_count"] == seen["stats"]["downloader/request_count"]


def test_stats_are_scrapys_own_but_for_the_look_at_every_attribute() -> None:
    assert inspect.getattr_static(RunStats, "__getattribute__") is object.__getattribute__
    changed = set(vars(RunStats)) - {"__module__", "__doc__", "__getattribute__"}
    assert not changed
    assert issubclass(RunStats, MemoryStatsCollector)
    # When Scrapy drops that look-out, our class has nothing left to do.
    assert "__getattribute__" in vars(StatsCollector)


def crawled(replica: Replica, where: Path, level: str) -> dict[str, Any]:
    """What tuned_crawl.py saw."""
    database = f"sqlite:///{where / 'news.db'}"
    command = [sys.executable, "-m", "tests.crawl.tuned_crawl", replica.origin, database, level]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen
