"""`newscrawler changes`: the change feed as JSON Lines."""

from __future__ import annotations

import threading
from functools import partial

import click

from newscrawler.cli._common import Options, command_options, open_store, to_json
from newscrawler.store import queries
from newscrawler.store.retry import read_patiently

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

    With --follow it waits out a database that is restarted, and misses nothing.

    \b
    Examples:
      newscrawler changes --after 0
      newscrawler changes --after 1200 --follow
    """
    pause = threading.Event()
    with open_store(options.config()) as database:
        while True:
            page = partial(queries.changes, after=after, limit=_PAGE)
            rows = read_patiently(database, page)
            for row in rows:
                click.echo(to_json(row))
                after = row["seq"]
            if len(rows) < _PAGE:
                if not follow:
                    return
                pause.wait(interval)
