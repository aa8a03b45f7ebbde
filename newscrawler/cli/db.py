"""`newscrawler db`: schema migrations and health."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newscrawler.cli._common import Options, command_options, json_option, open_store, print_json
from newscrawler.errors import ExitCode
from newscrawler.store import backup as store_backup
from newscrawler.store import check as store_check
from newscrawler.store import migrate
from newscrawler.store.engine import open_database


@click.group()
def db() -> None:
    """Look after the database.

    \b
    Examples:
      newscrawler db upgrade
      newscrawler db check
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
