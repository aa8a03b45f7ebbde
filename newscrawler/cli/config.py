"""`newscrawler config`: every setting, its value, and where the value came from."""

from __future__ import annotations

import click

from newscrawler.cli._common import (
    Options,
    command_options,
    json_option,
    print_json,
    print_table,
)

_COLUMNS = ("name", "value", "origin", "meaning")


@click.command()
@json_option
@command_options
def config(options: Options, as_json: bool) -> None:
    """Show every setting: effective value, where it came from, what it means.

    \b
    Examples:
      newscrawler config
      newscrawler config -s RECHECK=30m,6h
    """
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in options.config().explain()]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, _COLUMNS, "no settings")
