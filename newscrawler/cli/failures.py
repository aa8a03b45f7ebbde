"""`newscrawler failures`: what could not be fetched, read or stored, and why."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from newscrawler.cli._common import (
    Options,
    command_options,
    json_option,
    open_store,
    print_json,
    print_table,
)
from newscrawler.store import failures as store_failures
from newscrawler.store import queries

_COLUMNS = ("failure_id", "external_id", "stage", "reason", "detail", "attempts", "last_at")


@click.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Also those that are resolved.")
@json_option
@command_options
def failures(options: Options, everything: bool, as_json: bool) -> None:
    """List open failures; `failures retry` makes their articles due again.

    \b
    Examples:
      newscrawler failures
      newscrawler failures --all --json
    """
    if click.get_current_context().invoked_subcommand:
        return
    with open_store(options.config()) as database, database.read() as connection:
        rows = queries.failures(connection, resolved=everything)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, _COLUMNS, "no open failures")


@failures.command()
@click.argument("failure_id", nargs=-1, type=int)
@command_options
def retry(options: Options, failure_id: tuple[int, ...]) -> None:
    """Make the articles of open failures due now (all, or those named).

    \b
    Examples:
      newscrawler failures retry
      newscrawler failures retry 3 17
    """
    with open_store(options.config()) as database, database.write() as connection:
        count = store_failures.retry(connection, failure_id or None, datetime.now(UTC))
    click.echo(f"{count} due again; newscrawler crawl fetches them")
