"""The command line: parse, call, print. One module a command."""

from __future__ import annotations

import sys
from typing import Any

import click

from newscrawler import __version__
from newscrawler.cli._common import Options, setting_option
from newscrawler.cli.changes import changes
from newscrawler.cli.config import config
from newscrawler.cli.crawl import crawl
from newscrawler.cli.db import db
from newscrawler.cli.demo import demo
from newscrawler.cli.failures import failures
from newscrawler.cli.fetch import fetch
from newscrawler.cli.runs import runs
from newscrawler.cli.show import show
from newscrawler.cli.sites import sites
from newscrawler.errors import ExitCode, NewscrawlerError


class Group(click.Group):
    """Turns our errors into one line on stderr and their exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except NewscrawlerError as error:
            click.echo(f"error: {error}", err=True)
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


for command in (changes, config, crawl, db, demo, failures, fetch, runs, show, sites):
    main.add_command(command)
