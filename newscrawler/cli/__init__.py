"""The command line: parse, call, print. One module a command, imported when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from newscrawler import __version__
from newscrawler.cli._common import Options, setting_option
from newscrawler.errors import ExitCode, NewscrawlerError
from newscrawler.redaction import redact

COMMANDS = (
    "changes",
    "config",
    "crawl",
    "db",
    "demo",
    "duplicates",
    "explain",
    "export",
    "failures",
    "fetch",
    "import",
    "gaps",
    "raw",
    "reparse",
    "runs",
    "search",
    "selftest",
    "show",
    "sites",
)
"""Each is a click command of its own name in a module of that name."""
_MODULES = {"import": "imports"}
"""But for these: Python keeps the word for itself."""


class Group(click.Group):
    """Imports a command when it is named; turns our errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = _MODULES.get(cmd_name, cmd_name)
        command: click.Command = getattr(import_module(f"newscrawler.cli.{name}"), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except NewscrawlerError as error:
            click.echo(f"error: {redact(str(error))}", err=True)
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            sys.exit(ExitCode.INTERRUPTED)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newscrawler")
@setting_option
@click.pass_context
def main(ctx: click.Context, assignments: tuple[str, ...]) -> None:
    """Chinese financial news into SQL: complete, deduplicated, every correction kept.

    \b
    Examples:
      newscrawler crawl eastmoney
      newscrawler fetch NW202202242287513337
      newscrawler runs
    """
    ctx.obj = Options(assignments)
