"""`newscrawler changes`: the change feed as JSON Lines."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from functools import partial

import click

from newscrawler.cli._common import Options, command_options, open_store, to_json
from newscrawler.store import queries
from newscrawler.store.engine import Database
from newscrawler.store.retry import read_patiently

_PAGE = 1000
_GLANCE_S = 0.2
"""How often a waiting feed looks whether its reader is still there."""


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
@click.option(
    "--format", "form", type=click.Choice(["jsonl"]), default="jsonl", help="JSON Lines; no other."
)
@command_options
def changes(options: Options, after: int, follow: bool, interval: float, form: str) -> None:
    """Print changes after a sequence number, one JSON object a line, in order.

    With --follow it waits out a database that is restarted, and misses nothing. It ends when its
    reader does. Remember the last seq that you have dealt with, and go on after it.

    \b
    Examples:
      newscrawler changes --after 0
      newscrawler changes --after 1200 --follow --format jsonl
    """
    with open_store(options.config()) as database:
        try:
            for lines in _pages(database, after, follow=follow, interval=interval):
                sys.stdout.write(lines)
                sys.stdout.flush()
        except BrokenPipeError:
            _forget_stdout()


def _pages(database: Database, after: int, *, follow: bool, interval: float) -> Iterator[str]:
    """The feed as text, many lines at a time, until its end or that of its reader."""
    while True:
        rows = read_patiently(database, partial(queries.changes, after=after, limit=_PAGE))
        if rows:
            yield "".join(f"{to_json(row)}\n" for row in rows)
            after = rows[-1]["seq"]
        if len(rows) < _PAGE and not (follow and _wait(interval)):
            return


def _wait(seconds: float) -> bool:
    """Let the time pass; whether somebody still reads."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        if _is_unread():
            return False
        time.sleep(min(left, _GLANCE_S))
    return True


def _is_unread() -> bool:
    """Whether standard output is a pipe that nobody reads any more."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(1, select.POLLERR)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _forget_stdout() -> None:
    """Let Python's own last flush go nowhere: the reader is gone, which is no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
