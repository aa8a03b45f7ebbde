"""`scrapy crawl`: Scrapy's command, with a preflight, a report and an exit code that tells."""

from __future__ import annotations

import argparse
import signal
import sys

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from newscrawler.crawl import check, log_level, refuse_unknown, result_of, set_event_loop, tune
from newscrawler.errors import ConfigError, ExitCode, NewscrawlerError
from newscrawler.redaction import redact
from newscrawler.report import render
from newscrawler.stopping import Stopping


class Command(ScrapyCrawl):
    """Run a spider; same report and exit codes as `newscrawler crawl`."""

    _created: Crawler | None = None
    _stopping: Stopping | None = None

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        try:
            log_level((self.settings or Settings())["LOG_LEVEL"])
        except ConfigError as error:
            raise UsageError(str(error), print_help=False) from error
        set_event_loop(self.settings or Settings())

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            refuse_unknown(assignment.partition("=")[0] for assignment in opts.set)
            settings = self.settings or Settings()
            check(settings)
            tune(settings)
            self._check_arguments(args, opts)
            self._crawl(args, opts)
        except KeyboardInterrupt:
            self.exitcode = ExitCode.INTERRUPTED
        except NewscrawlerError as error:
            sys.stderr.write(f"error: {redact(str(error))}\n")
            self.exitcode = error.exit_code
        else:
            self.exitcode = self._report()

    def _check_arguments(self, args: list[str], opts: argparse.Namespace) -> None:
        """Build the spider once, so that bad arguments show here and not as a traceback."""
        if len(args) != 1 or self.crawler_process is None:
            return  # Scrapy says what is wrong
        try:
            spider = self.crawler_process.spider_loader.load(args[0])
        except KeyError as error:
            raise ConfigError(f"unknown spider {args[0]!r}; scrapy list shows them") from error
        spider(**opts.spargs)

    def _crawl(self, args: list[str], opts: argparse.Namespace) -> None:
        """As Scrapy's command does it, but for signals."""
        if len(args) != 1:
            raise UsageError("name one spider")
        process = self.crawler_process
        if not isinstance(process, AsyncCrawlerProcess):
            raise ConfigError("newscrawler needs Scrapy's asyncio reactor; unset TWISTED_REACTOR")
        self._created = self._create_crawler(args[0])
        self._stopping = Stopping(process)
        with self._stopping.listening():
            process.crawl(self._created, **opts.spargs)
            process.start(install_signal_handlers=False)

    def _report(self) -> ExitCode:
        if self._created is None:
            return ExitCode.FAILED
        asked = self._stopping is not None and self._stopping.asked
        result = result_of(self._created, interrupted=asked)
        if result.error:
            sys.stderr.write(f"error: {redact(str(result.error))}\n")
        if result.report:
            sys.stdout.write("\n".join(render(result.report)) + "\n")
        return result.code
