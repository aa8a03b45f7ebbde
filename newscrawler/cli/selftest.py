"""`newscrawler selftest`: proofs on the user's own machine."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from newscrawler.cli._common import Options, command_options, json_option, print_json
from newscrawler.errors import ExitCode
from newscrawler.selftest import crash_test
from newscrawler.selftest.verdict import as_row, render


@click.group()
def selftest() -> None:
    """Prove promises on this machine, on a scratch database of the configured kind.

    \b
    Example:
      newscrawler selftest crash --rounds 100
    """


@selftest.command()
@click.option("--rounds", type=click.IntRange(1, 10_000), default=20, show_default=True,
              help="How many kills; about 2 seconds each.")  # fmt: skip
@click.option("--seed", type=int, help="Repeat a test; without it, another one each time.")
@json_option
@command_options
def crash(options: Options, rounds: int, seed: int | None, as_json: bool) -> None:
    """Kill crawls at random moments and at every step; count what is lost, doubled or torn.

    The crawls read a replica on this machine and store into a scratch database: a temporary file
    for SQLite, else a new database on the configured server, dropped at the end.

    \b
    Examples:
      newscrawler selftest crash --rounds 100
      newscrawler selftest crash --rounds 20 --seed 7 --json
      newscrawler selftest crash -s DATABASE_URL=postgresql://me@localhost/news
    """
    seed = secrets.randbelow(1_000_000) if seed is None else seed
    with _progress(rounds, enabled=sys.stderr.isatty()) as on_kill:
        report = crash_test(options.config().database_url, rounds, seed, on_kill=on_kill)
    if as_json:
        print_json(as_row(report))
    else:
        click.echo("\n".join(render(report)))
    sys.exit(ExitCode.OK if report.ok else ExitCode.FAILED)


@contextmanager
def _progress(rounds: int, *, enabled: bool) -> Iterator[Callable[[int], None]]:
    if not enabled:
        yield lambda _: None
        return
    columns = (TextColumn("kills"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        line = progress.add_task("kills", total=rounds)
        yield lambda kills: progress.update(line, completed=kills)
