"""`newscrawler import`: archives of other makers into the store."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from newscrawler.cli._common import Options, command_options, json_option, open_store, print_json
from newscrawler.jekyll.importing import import_archive
from newscrawler.report import exit_code, render, report_row


@click.group(name="import")
def imports() -> None:
    """Read an archive into the store.

    \b
    Example:
      newscrawler import jekyll finews
    """


@imports.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--history", is_flag=True, help="Every state of every post, from git.")
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    default=0,
    show_default="0: this one, which takes least CPU",
    help="Processes that read posts; one is a little faster where there are idle CPUs.",
)
@json_option
@command_options
def jekyll(options: Options, directory: Path, history: bool, workers: int, as_json: bool) -> None:
    """Posts of the old site (all its generations, and what `export jekyll` writes).

    Posts of one article become one article; with --history, its states become revisions. A post
    that cannot be read is a failure with its reason. Interrupted or killed, run it again: what is
    stored already changes nothing.

    \b
    Examples:
      newscrawler import jekyll finews
      newscrawler import jekyll --history finews.git
    """
    with (
        open_store(options.config()) as database,
        _progress(enabled=sys.stderr.isatty() and not as_json) as watch,
    ):
        report = import_archive(
            database,
            directory,
            lambda: datetime.now(UTC),
            with_history=history,
            workers=workers,
            watch=watch,
        )
    if as_json:
        print_json(report_row(report))
    else:
        click.echo("\n".join(render(report)))
    sys.exit(exit_code(report))


@contextmanager
def _progress(*, enabled: bool) -> Iterator[Callable[[int, int], object] | None]:
    if not enabled:
        yield None
        return
    columns = (
        TextColumn("importing"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        line = shown.add_task("", total=None)
        yield lambda done, total: shown.update(line, completed=done, total=total)
