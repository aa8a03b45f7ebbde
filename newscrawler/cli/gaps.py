"""`newscrawler gaps`: what rolling lists may have dropped before anybody saw it."""

from __future__ import annotations

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
from newscrawler.store import queries

_COLUMNS = ("gap_id", "site", "list", "from_at", "to_at", "found_at", "closed_at")


@click.command()
@click.option("--site", type=click.Choice(SITES), help="Only this site's.")
@click.option("--all", "everything", is_flag=True, help="Also those that are closed.")
@json_option
@command_options
def gaps(options: Options, site: str | None, everything: bool, as_json: bool) -> None:
    """List the times for which a list may have dropped articles before it was read.

    A rolling list only shows its newest rows. When its oldest row is newer than everything that it
    showed before, something may have come and gone in between. A gap closes when a later look
    reaches back across it.

    \b
    Examples:
      newscrawler gaps
      newscrawler gaps --site eastmoney --all --json
    """
    with open_store(options.config()) as database, database.read() as connection:
        rows = queries.gaps(connection, site=site, closed=everything)
    if as_json:
        print_json(rows)
    else:
        print_table(rows, _COLUMNS, "no open gaps")
