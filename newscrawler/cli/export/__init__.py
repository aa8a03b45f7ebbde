"""`newscrawler export`: articles as files. One module a family of formats."""

from __future__ import annotations

from importlib import import_module

import click

MODULES = {
    "atom": "feeds",
    "csv": "tables",
    "jekyll": "site",
    "jsonl": "tables",
    "markdown": "texts",
    "parquet": "tables",
}
"""Format → the module of this package that has a click command of that name."""


class Formats(click.Group):
    """Imports a format's command when it is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in MODULES:
            return None
        module = import_module(f"newscrawler.cli.export.{MODULES[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=Formats)
def export() -> None:
    """Write articles as a file, as one moment of the database has them.

    The file is there as a whole or as it was before, whatever happens; beside it PATH.manifest.json
    says how many articles it has and the hash of its bytes. A crawl may run meanwhile.

    \b
    Examples:
      newscrawler export jsonl --out news.jsonl
      newscrawler export csv --source 证券时报 --since 7d --out week.csv
    """
