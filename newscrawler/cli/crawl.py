"""`newscrawler crawl`: crawl the lists of sites now."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import click

from newscrawler.cli._common import Options, command_options, json_option, print_json
from newscrawler.cli._filters import moment
from newscrawler.cli._progress import live_progress
from newscrawler.config import SITES
from newscrawler.crawl import CrawlResult, settings_for, worst
from newscrawler.crawl import crawl as run_crawl
from newscrawler.errors import ConfigError
from newscrawler.redaction import redact
from newscrawler.report import render, report_row


@click.command()
@click.argument("site", nargs=-1)
@click.option("--all", "all_sites", is_flag=True, help="Crawl every site.")
@click.option("--limit", type=click.IntRange(min=1), help="Fetch at most so many articles.")
@click.option("--since", metavar="2h|DATE", help="Leave out what was published before.")
@click.option("--recheck", is_flag=True, help="Fetch announced articles again although stored.")
@click.option("--wait", is_flag=True, help="Wait for a run that is crawling the same site.")
@json_option
@command_options
def crawl(
    options: Options,
    site: tuple[str, ...],
    all_sites: bool,
    limit: int | None,
    since: str | None,
    recheck: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Crawl the lists of one or more sites and print the run report.

    \b
    Examples:
      newscrawler crawl eastmoney
      newscrawler crawl --all --since 2h
      newscrawler crawl eastmoney --recheck --limit 100 --json
    """
    sites = _chosen(site, all_sites)
    extra: dict[str, object] = {"LOG_LEVEL": "WARNING"}
    if limit:
        extra["NEWSCRAWLER_LIMIT"] = limit
    if recheck:
        extra["NEWSCRAWLER_RECHECK_ALL"] = True
    if wait:
        extra["NEWSCRAWLER_WAIT"] = True
    if since:
        extra["NEWSCRAWLER_SINCE"] = moment("--since", since, datetime.now(UTC)).isoformat()
    spiders: list[tuple[str, dict[str, Any]]] = [(name, {}) for name in sites]
    settings = settings_for({**extra, **options.given})
    with live_progress(enabled=sys.stderr.isatty() and not as_json) as watch:
        results = run_crawl(spiders, settings, watch=watch)
    _print(results, as_json=as_json)
    sys.exit(worst([result.code for result in results]))


def _chosen(named: tuple[str, ...], all_sites: bool) -> tuple[str, ...]:
    if all_sites:
        return SITES
    if not named:
        raise ConfigError(f"name a site ({', '.join(SITES)}) or give --all")
    for name in named:
        if name not in SITES:
            raise ConfigError(f"unknown site {name!r}; the sites are: {', '.join(SITES)}")
    return named


def _print(results: list[CrawlResult], *, as_json: bool) -> None:
    for result in results:
        if result.error:
            click.echo(f"error: {redact(str(result.error))}", err=True)
    if as_json:
        print_json([report_row(result.report) for result in results if result.report])
        return
    for result in results:
        if result.report:
            click.echo("\n".join(render(result.report)))
