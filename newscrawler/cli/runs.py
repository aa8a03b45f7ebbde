"""`newscrawler runs`: past runs, or one run's report."""

from __future__ import annotations

from collections.abc import Mapping
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
from newscrawler.errors import ConfigError
from newscrawler.items import Outcome
from newscrawler.report import render, report_row
from newscrawler.store import queries
from newscrawler.store import runs as store_runs

_COLUMNS = ("run_id", "started_at", "site", "kind", "status", "requests", "outcomes")


@click.command()
@click.argument("run_id", required=False, type=int)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@json_option
@command_options
def runs(options: Options, run_id: int | None, limit: int, as_json: bool) -> None:
    """List past runs, newest first; with an id, that run's report.

    \b
    Examples:
      newscrawler runs
      newscrawler runs 12
      newscrawler runs --json --limit 100
    """
    with open_store(options.config()) as database, database.read() as connection:
        if run_id is None:
            rows = queries.runs(connection, limit)
            if as_json:
                print_json(rows)
            else:
                shown = [{**row, "outcomes": _outcomes(row)} for row in rows]
                print_table(shown, _COLUMNS, "no run yet: newscrawler crawl eastmoney")
            return
        try:
            report = store_runs.report(connection, run_id)
        except KeyError as error:
            raise ConfigError(f"there is no run {run_id}; newscrawler runs lists them") from error
    if as_json:
        print_json(report_row(report))
    else:
        click.echo("\n".join(render(report)))


def _outcomes(row: Mapping[str, Any]) -> str:
    return " · ".join(f"{name} {row[name]}" for name in Outcome if row[name]) or "none"
