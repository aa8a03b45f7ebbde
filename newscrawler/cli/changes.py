"""`newscrawler changes`: the change feed as JSON Lines."""

from __future__ import annotations

import threading

import click

from newscrawler.cli._common import Options, command_options, open_store, to_json
from newscrawler.store import queries

_PAGE = 1000


@click.command()
@click.option("--after", type=click.IntRange(min=0), default=0, metavar="SEQ", show_default=True)
@click.option("--follow", is_flag=True, help="Keep waiting for more.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.05),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="How often --follow looks.",
)
@command_options
def changes(options: Options, after: int, follow: bool, interval: float) -> None:
    """Print changes after a sequence number, one JSON object a line, in order.

    \b
    Examples:
      newscrawler changes --after 0
      newscrawler changes --after 1200 --follow
    """
    pause = threading.Event()
    with open_store(options.config()) as database:
        while True:
            with database.read() as connection:
                rows = queries.changes(connection, after, _PAGE)
            for row in rows:
                click.echo(to_json(row))
                after = row["seq"]
            if len(rows) < _PAGE:
                if not follow:
                    return
                pause.wait(interval)
