"""Run spiders in this process: preflight, crawl, reports, exit code."""

from __future__ import annotations

import asyncio
import difflib
import gc
import logging
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings, default_settings
from scrapy.utils.misc import load_object

from newscrawler import settings as project_settings
from newscrawler.addon import config_of
from newscrawler.config import SETTINGS, Config
from newscrawler.errors import ConfigError, ExitCode, NewscrawlerError
from newscrawler.ingest import OUR_SWITCHES, Ingest
from newscrawler.items import Miss, Outcome, RunReport, Saved
from newscrawler.report import exit_code
from newscrawler.session import preflight
from newscrawler.stopping import Stopping

SWITCH_S = 0.0005
"""Seconds a thread may keep the interpreter while another waits. The writer gives it up at every
SQL call and waits to get it back: with Python's 5 ms that, not the work, is what a commit takes."""
POLICY = frozenset({"robots", "address_refused"})
"""Reasons that are our own refusal: exit code 4."""


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """What one spider's crawl came to."""

    report: RunReport | None
    """None if the run could not even be started."""
    error: NewscrawlerError | None
    saved: Sequence[Saved] = field(default=())
    misses: Sequence[Miss] = field(default=())
    interrupted: bool = False
    """Whether a signal asked it to end."""

    @property
    def code(self) -> ExitCode:
        """The exit code that this crawl alone deserves."""
        if self.interrupted and (self.report is None or self.report.status != "finished"):
            return ExitCode.INTERRUPTED
        if self.error:
            return self.error.exit_code
        if self.report is None:
            return ExitCode.FAILED
        return worst([exit_code(self.report), *map(_code_of, self.misses)])


def _code_of(miss: Miss) -> ExitCode:
    """What it means that one asked-for article was not to be had."""
    if miss.outcome is Outcome.UNCHANGED:
        return ExitCode.OK
    if miss.outcome is Outcome.GONE:
        return ExitCode.NOT_FOUND
    return ExitCode.REFUSED if miss.reason in POLICY else ExitCode.FAILED


def result_of(crawler: Crawler, *, interrupted: bool = False) -> CrawlResult:
    """Collect the result of a crawler that has ended."""
    try:
        ingest = Ingest.of(crawler)
    except RuntimeError as error:
        trouble = NewscrawlerError(f"the crawl could not be started: {error}")
        return CrawlResult(None, None if interrupted else trouble, interrupted=interrupted)
    saved, misses = tuple(ingest.saved), tuple(ingest.misses)
    return CrawlResult(ingest.report, ingest.error, saved, misses, interrupted)


def check(settings: Settings) -> Config:
    """Everything that can be known to fail before the first request.

    Raises:
        ConfigError: a setting is unknown or unreadable.
        StoreError: the database is unreachable, read-only, busy or of another schema.
    """
    config = config_of(settings)
    log_level(settings["LOG_LEVEL"])
    logging.getLogger("alembic").setLevel(logging.WARNING)  # a first run is no news
    preflight(config)
    return config


def tune(settings: Settings) -> None:
    """Set up this process for crawling, after Scrapy has set up its own log.

    Raises:
        ConfigError: `LOG_LEVEL` is none.
    """
    sys.setswitchinterval(SWITCH_S)
    # What no handler shows need not be made: two records a page.
    logging.getLogger("scrapy").setLevel(log_level(settings["LOG_LEVEL"]))
    logging.getLogger("scrapy.core.downloader.handlers.http11").addFilter(_is_no_warning)
    gc.freeze()  # what is loaded by now stays: the collector need not look at it again and again


def _is_no_warning(record: logging.LogRecord) -> bool:
    """What Scrapy's download handler warns of is an outcome with a reason."""
    return record.levelno != logging.WARNING


def log_level(level: object) -> int | str:
    """The level, if it is one.

    Raises:
        ConfigError: naming those that are.
    """
    known = logging.getLevelNamesMapping()
    if isinstance(level, int) or (isinstance(level, str) and level in known):
        return level
    raise ConfigError(f"LOG_LEVEL: {level!r} is none of {', '.join(known)}")


def settings_for(given: Mapping[str, object]) -> Settings:
    """Scrapy's settings for a crawl in this process, with `given` as if by `-s`."""
    settings = Settings()
    settings.setmodule(project_settings, priority="project")
    for name, value in given.items():
        settings.set(name, value, priority="cmdline")
    return settings


def refuse_unknown(names: Iterable[str]) -> None:
    """Refuse names of settings that neither we nor Scrapy know.

    Raises:
        ConfigError: naming the setting and the nearest name.
    """
    known = {*SETTINGS, *OUR_SWITCHES, *(name for name in dir(default_settings) if name.isupper())}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else "; see newscrawler config"
            raise ConfigError(f"unknown setting {name}{hint}")


def set_event_loop(settings: Settings) -> None:
    """Make the event loop that ASYNCIO_EVENT_LOOP names, for a process that is about to crawl.

    Left to itself, Scrapy makes Python's own first, replaces it and never closes it; on exit that
    may end in a traceback.
    """
    if settings["ASYNCIO_EVENT_LOOP"]:
        asyncio.set_event_loop(load_object(settings["ASYNCIO_EVENT_LOOP"])())


def crawl(
    spiders: Sequence[tuple[str, dict[str, Any]]],
    settings: Settings,
    watch: Callable[[Crawler], None] | None = None,
) -> list[CrawlResult]:
    """Run the named spiders side by side until all have ended; `watch` sees each crawler first.

    Raises:
        ConfigError, StoreError: before anything is requested (see `check`).
    """
    check(settings)
    set_event_loop(settings)
    process = AsyncCrawlerProcess(settings)
    tune(settings)
    crawlers = [process.create_crawler(name) for name, _ in spiders]
    for crawler, (_, arguments) in zip(crawlers, spiders, strict=True):
        crawler.spidercls(**arguments)  # bad arguments show here, not as a traceback in the log
        if watch:
            watch(crawler)
    stopping = Stopping(process)
    with stopping.listening():
        for crawler, (_, arguments) in zip(crawlers, spiders, strict=True):
            process.crawl(crawler, **arguments)
        process.start(install_signal_handlers=False)
    return [result_of(crawler, interrupted=stopping.asked) for crawler in crawlers]


def worst(codes: Sequence[ExitCode]) -> ExitCode:
    """The exit code of several: interruption first, then failure, refusal, absence."""
    order = (
        ExitCode.INTERRUPTED,
        ExitCode.USAGE,
        ExitCode.FAILED,
        ExitCode.REFUSED,
        ExitCode.NOT_FOUND,
    )
    return next((code for code in order if code in codes), ExitCode.OK)
