"""`newscrawler export jekyll`: a site of posts, written once and brought up to date after that."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from newscrawler.cli._common import Options, command_options, json_option, open_store, print_json
from newscrawler.cli._filters import filter_options
from newscrawler.jekyll.export import SiteOrder, SiteReport, export_site
from newscrawler.jekyll.forms import Addresses
from newscrawler.store.filters import Filters
from newscrawler.store.posts import Whole

_STEP = 100


@click.command()
@click.option("--out", required=True, metavar="DIR", help="The site's directory.")
@click.option(
    "--fix/--exact",
    default=True,
    help="Posts as they should be, or as the old site wrote them, defects and all.",
)
@click.option(
    "--days",
    type=click.IntRange(min=1),
    help="Move posts to old_post/ after so many days, today included (the old site: 3).",
)
@click.option("--full", is_flag=True, help="Look at every article, not only at what has changed.")
@click.option("--adopt", is_flag=True, help="Take over a directory with posts of another maker.")
@json_option
@command_options
@filter_options
def jekyll(
    options: Options,
    filters: Filters,
    out: str,
    fix: bool,
    days: int | None,
    full: bool,
    adopt: bool,
    as_json: bool,
) -> None:
    """A site for Jekyll: a post for each article and list, category pages, index, layouts.

    Run again, it writes what has changed and removes what was withdrawn. Each file is there as a
    whole or as it was before. Layouts and style are yours: what you change is left alone.

    \b
    Examples:
      newscrawler export jekyll --out site
      newscrawler export jekyll --out site --days 3 --since 3d
      jekyll build --source site --destination public
    """
    config = options.config()
    order = SiteOrder(
        addresses=Addresses(site=config.jekyll_site_url, share=config.jekyll_share_url),
        title=config.jekyll_title,
        exact=not fix,
        days=days,
        filters=filters,
        full=full,
        adopt=adopt,
    )
    watch = _progress if sys.stderr.isatty() and not as_json else None
    with open_store(config) as database:
        report = export_site(database, Path(out), order, datetime.now(UTC), watch)
    if as_json:
        print_json({"out": out, **report.as_dict()})
    else:
        _print(out, report)


def _print(out: str, report: SiteReport) -> None:
    done = f"{report.written:,} written · {report.moved:,} moved · {report.removed:,} removed"
    click.echo(f"{out}: {report.posts:,} posts · {done} · {report.categories:,} categories")
    for path in report.yours:
        click.echo(f"  left alone, it is yours: {path}")


def _progress(articles: Iterator[Whole], total: int) -> Iterator[Whole]:
    columns = (TextColumn("exporting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        line = shown.add_task("", total=total)
        for done, article in enumerate(articles, 1):
            yield article
            if done % _STEP == 0:
                shown.update(line, completed=done)
