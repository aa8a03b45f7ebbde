"""`scrapy crawl`: Scrapy's command, with a preflight, a report and an exit code that tells."""

from __future__ import annotations

import argparse
import sys

from scrapy import Spider
from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from newscrawler.crawl import check, refuse_unknown, result_of
from newscrawler.errors import ConfigError, ExitCode, NewscrawlerError
from newscrawler.report import render


class Command(ScrapyCrawl):
    """Run a spider; same report and exit codes as `newscrawler crawl`."""

    _created: Crawler | None = None

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            refuse_unknown(assignment.partition("=")[0] for assignment in opts.set)
            check(self.settings or Settings())
            self._check_arguments(args, opts)
            super().run(args, opts)
        except NewscrawlerError as error:
            sys.stderr.write(f"error: {error}\n")
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

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        self._created = super()._create_crawler(spidercls)
        return self._created

    def _report(self) -> ExitCode:
        if self._created is None:
            return ExitCode.FAILED
        result = result_of(self._created)
        if result.error:
            sys.stderr.write(f"error: {result.error}\n")
        if result.report:
            sys.stdout.write("\n".join(render(result.report)) + "\n")
        return result.code
