"""What the formats share: where to, which articles, progress, what is said at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

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

from newscrawler.cli._common import (
    Options,
    command_options,
    json_option,
    open_store,
    print_json,
)
from newscrawler.cli._filters import filter_options
from newscrawler.errors import ConfigError
from newscrawler.exports.formats import Record
from newscrawler.exports.run import Order, export_file, export_stream
from newscrawler.store.search_text import Words

_STEP = 100

out_option = click.option(
    "--out", required=True, metavar="PATH|-", help="The file to write; - for standard output."
)
limit_option = click.option(
    "--limit", type=click.IntRange(min=1), help="Only so many of the newest, newest first."
)
revisions_option = click.option(
    "--revisions", is_flag=True, help="Every revision (news_revisions) in place of articles."
)


def export_options(function: Callable[..., Order]) -> Callable[..., None]:
    """Make a command of a function that is handed `filters` and its own options.

    The `Order` that it returns is carried out: to `--out`, with progress on a terminal.
    """

    @out_option
    @click.option("--query", metavar="WORDS", help="Only what holds every word, as `search` says.")
    @json_option
    @command_options
    @filter_options
    @wraps(function)
    def wrapper(
        options: Options, out: str, query: str | None, as_json: bool, **kwargs: Any
    ) -> None:
        if query is not None and not Words.parse(query).words:
            raise ConfigError("--query has no word: --query 茅台")
        carry_out(options, replace(function(**kwargs), query=query), out, as_json=as_json)

    return wrapper


def carry_out(options: Options, order: Order, out: str, *, as_json: bool) -> None:
    """Write the file and say so, or write to standard output and say nothing."""
    now = datetime.now(UTC)
    with open_store(options.config()) as database:
        if out == "-":
            export_stream(database, order, sys.stdout.buffer, now)
            return
        watch = _progress if sys.stderr.isatty() and not as_json else None
        manifest = export_file(database, order, Path(out), now, watch)
    if as_json:
        print_json(manifest.as_dict())
    else:
        click.echo(f"written: {out} · {manifest.count:,} records · {manifest.bytes:,} bytes")


def _progress(records: Iterator[Record], total: int) -> Iterator[Record]:
    columns = (
        TextColumn("exporting"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        line = shown.add_task("", total=total)
        for done, record in enumerate(records, 1):
            yield record
            if done % _STEP == 0:
                shown.update(line, completed=done)
