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
        rows = [_row(queries.freshness(connection, name), datetime.now(UTC)) for name in SITES]
    if as_json:
        print_json(rows)
        return
    shown = [{**row, "lists": len(row["lists"])} for row in rows]
    print_table(shown, _COLUMNS, "no sites")


def _row(fresh: dict[str, Any], now: datetime) -> dict[str, Any]:
    newest, last = fresh["newest_published_at"], fresh["last_run"]
    lists = [
        {
            "list": one.name,
            "about": one.about,
            "url": one.url(),
            "newest_at": fresh["lists"].get(one.name),
        }
        for one in LISTS
    ]
    return {
        "site": fresh["site"],
        "lists": lists,
        "articles": fresh["articles"],
        "waiting": fresh["waiting"],
        "newest_published_at": newest,
        "newest_age_s": (now - newest).total_seconds() if newest else None,
        "last_run_id": last and last["run_id"],
        "last_run_at": last and last["started_at"],
        "last_status": last and last["status"],
    }
