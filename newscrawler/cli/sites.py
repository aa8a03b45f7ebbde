"""`newscrawler sites`: the sites, their lists, last run, freshness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
from newscrawler.store.rhythm import Rhythm, alarm_of

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
    config, now = options.config(), datetime.now(UTC)
    with open_store(config) as database, database.read() as connection:
        found = [queries.freshness(connection, name) for name in SITES]
    rows = [_row(fresh, config.silence_alarm, now) for fresh in found]
    if as_json:
        print_json(rows)
        return
    shown = [{**row, "lists": len(row["lists"])} for row in rows]
    print_table(shown, _COLUMNS, "no sites")


def _row(fresh: dict[str, Any], wanted: timedelta | None, now: datetime) -> dict[str, Any]:
    newest, last = fresh["newest_published_at"], fresh["last_run"]
    lists = [
        {
            "list": one.name,
            "about": one.about,
            "url": one.url(),
            **_silence(fresh["lists"].get(one.name), one.silence, wanted, now),
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


def _silence(
    rhythm: Rhythm | None, own: timedelta, wanted: timedelta | None, now: datetime
) -> dict[str, Any]:
    """How long a list has offered nothing new, and when that becomes an alarm."""
    alarm = alarm_of(own, wanted)
    quiet = rhythm.quiet if rhythm else timedelta(0)
    return {
        "newest_at": rhythm and rhythm.new_at,
        "silent_s": (now - rhythm.new_at).total_seconds() if rhythm else None,
        "alarm_after_s": alarm.after(quiet).total_seconds() if alarm else None,
    }
