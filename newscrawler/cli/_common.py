"""What the commands share: settings on the command line, the open database, printing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from newscrawler.config import SETTINGS, Config, load
from newscrawler.errors import ConfigError
from newscrawler.redaction import hide
from newscrawler.store.engine import Database, open_database
from newscrawler.store.migrate import prepare

Row = Mapping[str, Any]


class Options:
    """Settings given on the command line, over environment and file."""

    def __init__(self, assignments: Sequence[str] = ()) -> None:
        self.given: dict[str, str] = {}
        self.add(assignments)

    def add(self, assignments: Sequence[str]) -> None:
        """Take `NAME=value` texts.

        Raises:
            ConfigError: not of that form, or an unknown name.
        """
        for assignment in assignments:
            name, equals, value = assignment.partition("=")
            if not equals:
                raise ConfigError(f"-s {assignment}: expected NAME=value")
            if name not in SETTINGS:
                # Scrapy's own settings are known to Scrapy, which takes a second to import.
                import_module("newscrawler.crawl").refuse_unknown([name])
            self.given[name] = value

    def config(self) -> Config:
        """The effective configuration.

        Raises:
            ConfigError: a setting is unknown or unreadable.
        """
        ours = {name: value for name, value in self.given.items() if name in SETTINGS}
        config = load(overrides=ours, env=os.environ, cwd=Path.cwd())
        hide(config.secrets)
        return config


setting_option = click.option(
    "-s",
    "--set",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a setting for this call (see `newscrawler config`).",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def command_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command `-s`, and hand it the `Options` as its first argument."""

    @wraps(function)
    def wrapper(assignments: tuple[str, ...], **kwargs: Any) -> None:
        options = click.get_current_context().find_object(Options) or Options()
        options.add(assignments)
        function(options, **kwargs)

    return setting_option(wrapper)


@contextmanager
def open_store(config: Config) -> Iterator[Database]:
    """The configured database, of the right schema, closed at the end.

    Raises:
        StoreError: it cannot be used.
    """
    database = open_database(config.database_url)
    try:
        prepare(database)
        yield database
    finally:
        database.close()


def print_json(value: object) -> None:
    """One JSON document on stdout; times as ISO 8601."""
    click.echo(to_json(value, indent=2))


def to_json(value: object, indent: int | None = None) -> str:
    """JSON text, Chinese as itself, times as ISO 8601."""
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_table(rows: Iterable[Row], columns: Sequence[str], empty: str) -> None:
    """A table for people; `empty` is what is said if there are no rows."""
    rows = list(rows)
    if not rows:
        click.echo(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    Console().print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)
