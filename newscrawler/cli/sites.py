"""`newscrawler sites`: the sites, their lists, last run, freshness."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from newscrawler.cli._common import (
    Options,
    command_options,
    json_option,
    open_store,
    print_json,
    print_table,
)
from newscrawler.config import SITES
from newscrawler.sites.eastmoney.lists import LISTS
from newscrawler.store import queries

_COLUMNS = ("site", "lists", "articles", "last_run_at", "last_status", "newest_published_at")


@click.command()
@json_option
@command_options
def sites(options: Options, as_json: bool) -> None:
    """Show each site: its lists, how many articles are stored, last run, newest article.

    \b
    Examples:
      newscrawler sites
      newscrawler sites --json
    """
    with open_store(options.config()) as database, database.read() as connection:
        rows = [_row(queries.site(connection, name), datetime.now(UTC)) for name in SITES]
    if as_json:
        print_json(rows)
        return
    shown = [{**row, "lists": ", ".join(one["list"] for one in row["lists"])} for row in rows]
    print_table(shown, _COLUMNS, "no sites")


def _row(site: dict[str, Any], now: datetime) -> dict[str, Any]:
    newest = site["newest_published_at"]
    age = (now - newest).total_seconds() if newest else None
    lists = [{"list": one.name, "about": one.about, "url": one.url()} for one in LISTS]
    return {**site, "lists": lists, "newest_age_s": age}
