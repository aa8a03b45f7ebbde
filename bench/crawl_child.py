"""The processes of bench/crawl.py: the replica, a bare spider, a whole crawl."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.settings import Settings

from newscrawler import settings as ours
from newscrawler.crawl import check, tune
from newscrawler.ingest import Ingest
from newscrawler.items import Announcement
from newscrawler.replica import World, serve
from newscrawler.store import engine, ledger, runs
from newscrawler.store.dialect import session_commands
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare

PACE_S = 0.05
"""Seconds between two requests of a paced crawl: a tenth of what a real host gets."""


class BareSpider(Spider):
    """Downloads and forgets: the baseline."""

    name = "bare"
    urls: list[str]

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> None:
        """Nothing."""


def run_replica(articles: int) -> None:
    """Serve until terminated; the first line printed is the origin."""
    world = World.recorded()
    world.grow(articles)
    world.window = 0
    serve(world, on_ready=lambda origin: print(origin, flush=True))


def ids(pages: int) -> list[str]:
    """The ids that `run_replica` serves."""
    return World.recorded().grow(pages)


def run_bare(origin: str, pages: int, concurrency: int) -> None:
    settings = Settings(
        {
            "CONCURRENT_REQUESTS": concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
        }
    )
    urls = [f"{origin}/NewsData/GetNewsText.do?id=NW{one}" for one in ids(pages)]
    measure(settings, BareSpider, {"urls": urls})


def run_full(
    origin: str,
    pages: int,
    concurrency: int,
    path: str,
    raw_archive: str = "off",
    **more: Any,
) -> None:
    fill = [sys.executable, "-m", "bench.crawl_child", "fill", str(pages), path]
    subprocess.run(fill, check=True)
    settings = Settings()
    settings.setmodule(ours, priority="project")
    given = {
        "LOG_LEVEL": "ERROR",
        "DATABASE_URL": f"sqlite:///{path}",
        "EASTMONEY_BASE_URL": origin,
        "CONCURRENCY": str(concurrency),
        "MAX_REQUESTS_PER_HOUR": "0",
        "RAW_ARCHIVE": raw_archive,
        "ROBOTSTXT_OBEY": False,
        **more,
    }
    for name, value in given.items():
        settings.set(name, value, "cmdline")
    check(settings)
    crawler = measure(settings, "eastmoney", {}, path if more else None)
    report = Ingest.of(crawler).report
    assert report is not None
    assert sum(report.counts.values()) == report.discovered == pages, report


def forgo_durability() -> None:
    """Let SQLite report commits that are not on disk: what durability costs, is measured by it."""

    def without(kind: str) -> list[str]:
        return [command.replace("FULL", "OFF") for command in session_commands(kind)]

    patch.object(engine, "session_commands", without).start()


def fill_ledger(path: str, external_ids: list[str]) -> None:
    """Announce all of them, as if an earlier run had and was killed.

    In a process of its own: to make the ids takes memory that is not the crawl's.
    """
    database = open_database(f"sqlite:///{path}")
    prepare(database)
    now = datetime.now(UTC)
    with database.write() as conn:
        run_id = runs.start(conn, "eastmoney", "crawl", now, None, None)
        rows = [
            Announcement(site="eastmoney", list="flash", external_id=one, announced_as=one)
            for one in external_ids
        ]
        ledger.announce(conn, run_id, rows, now)
        runs.finish(conn, run_id, "interrupted", now)
    database.close()


def measure(
    settings: Settings, spider: Any, arguments: dict[str, Any], times: str | None = None
) -> Crawler:
    """Run one spider; print its seconds, opening to closing, and the process's peak memory.

    With `times`, leave in the file TIMES.json when each id had its outcome committed.
    """
    process = AsyncCrawlerProcess(settings)
    if spider is not BareSpider:
        tune(settings)
    crawler = process.create_crawler(spider)
    at: dict[str, float] = {}

    def opened() -> None:
        at["opened"] = time.monotonic()

    def closed() -> None:
        at["closed"] = time.monotonic()

    ended: dict[str, float] = {}

    def scraped(item: Any) -> None:
        ended[item.external_id] = time.monotonic() - at["opened"]

    crawler.signals.connect(opened, signals.spider_opened)
    if times:
        crawler.signals.connect(scraped, signals.item_scraped)
    crawler.signals.connect(closed, signals.spider_closed)
    process.crawl(crawler, **arguments)
    process.start()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": at["closed"] - at["opened"], "peak_mb": peak}))
    if times:
        Path(f"{times}.json").write_text(json.dumps(ended))
    return crawler


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["replica", articles]:
            run_replica(int(articles))
        case ["fill", pages, path]:
            fill_ledger(path, ids(int(pages)))
        case ["bare", origin, pages, concurrency, _]:
            run_bare(origin, int(pages), int(concurrency))
        case ["unsafe", origin, pages, concurrency, path]:
            forgo_durability()
            run_full(origin, int(pages), int(concurrency), path)
        case ["archived", origin, pages, concurrency, path]:
            run_full(origin, int(pages), int(concurrency), path, f"{path}-raw")
        case ["timed", origin, pages, concurrency, path]:
            run_full(origin, int(pages), int(concurrency), path, LOG_LEVEL="CRITICAL")
        case ["paced", origin, pages, concurrency, path]:
            paced: dict[str, Any] = {"REQUEST_DELAY_S": str(PACE_S), "DOWNLOAD_SLOTS": {}}
            run_full(origin, int(pages), int(concurrency), path, LOG_LEVEL="CRITICAL", **paced)
        case ["full", origin, pages, concurrency, path]:
            run_full(origin, int(pages), int(concurrency), path)
