"""`newscrawler db`: schema migrations and health."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from newscrawler.cli._common import Options, command_options, json_option, open_store, print_json
from newscrawler.errors import ExitCode
from newscrawler.store import backup as store_backup
from newscrawler.store import check as store_check
from newscrawler.store import migrate, search_index
from newscrawler.store.engine import open_database


@click.group()
def db() -> None:
    """Look after the database.

    \b
    Examples:
      newscrawler db upgrade
      newscrawler db check
      newscrawler db reindex
      newscrawler db backup data/backup.db
    """


@db.command()
@command_options
def upgrade(options: Options) -> None:
    """Bring the schema to the version that this newscrawler needs.

    \b
    Example:
      newscrawler db upgrade
    """
    database = open_database(options.config().database_url)
    try:
        migrate.upgrade(database)
        with _shown_progress() as progress:
            search_index.build(database, progress)
        click.echo(f"schema {migrate.current(database)}")
    finally:
        database.close()


@db.command()
@command_options
def current(options: Options) -> None:
    """Print the schema's version.

    \b
    Example:
      newscrawler db current
    """
    database = open_database(options.config().database_url)
    try:
        click.echo(migrate.current(database) or "empty")
    finally:
        database.close()


@db.command()
@json_option
@command_options
def check(options: Options, as_json: bool) -> None:
    """Check integrity, foreign keys, the contract's columns and the sums of runs.

    \b
    Examples:
      newscrawler db check
      newscrawler db check --json
    """
    with open_store(options.config()) as database:
        findings = store_check.check(database)
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            click.echo(f"{finding['check']}: {finding['result']}")
    sys.exit(ExitCode.FAILED if any(not finding["ok"] for finding in findings) else ExitCode.OK)


@db.command()
@command_options
def reindex(options: Options) -> None:
    """Build the full-text index anew; searches find everything meanwhile, but slowly.

    If it is stopped, `newscrawler db upgrade` and every crawl go on with it.

    \b
    Example:
      newscrawler db reindex
    """
    with open_store(options.config()) as database:
        with database.write() as conn:
            search_index.clear(conn)
        with _shown_progress() as progress:
            search_index.build(database, progress)
    click.echo("indexed anew")


@contextmanager
def _shown_progress() -> Iterator[Callable[[int], None]]:
    """On a terminal, a line that says how many articles are still to be indexed."""
    shown = sys.stderr.isatty()

    def progress(waiting: int) -> None:
        if shown:
            click.echo(f"\r{waiting:,} articles to index  ", nl=False, err=True)

    yield progress
    if shown:
        click.echo(f"\r{'':40}\r", nl=False, err=True)


@db.command()
@click.argument("path", type=click.Path(path_type=Path))
@command_options
def backup(options: Options, path: Path) -> None:
    """Write a consistent copy, also while a crawl is running.

    \b
    Example:
      newscrawler db backup data/backup.db
    """
    with open_store(options.config()) as database:
        store_backup.backup(database, path)
    click.echo(f"written: {path}")
