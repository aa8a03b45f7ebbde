"""`newscrawler fetch`: single articles by URL, infoCode or id."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from newscrawler.cli._common import Options, command_options, open_store
from newscrawler.cli._render import FORMATS
from newscrawler.crawl import CrawlResult, settings_for
from newscrawler.crawl import crawl as run_crawl
from newscrawler.errors import BadIdError, ConfigError, ExitCode
from newscrawler.items import Miss, Outcome
from newscrawler.sites.eastmoney.ids import Target, parse_target
from newscrawler.store import queries


@click.command()
@click.argument("what", nargs=-1)
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="text")
@click.option("--refresh", is_flag=True, help="Fetch although stored.")
@click.option("--no-store", is_flag=True, help="Print only; leave the database alone.")
@click.option("--from", "source", metavar="FILE|-", help="More of them, one a line.")
@command_options
def fetch(
    options: Options,
    what: tuple[str, ...],
    form: str,
    refresh: bool,
    no_store: bool,
    source: str | None,
) -> None:
    """Fetch articles by share URL, article URL, infoCode or id; store and print each.

    \b
    Examples:
      newscrawler fetch NW202202242287513337
      newscrawler fetch 'https://finance.eastmoney.com/a/202205302396506117.html'
      newscrawler fetch --format json --from ids.txt
    """
    targets, bad = _targets([*what, *(_lines(source) if source else ())])
    for line in bad:
        click.echo(f"error: {line}", err=True)
    if not targets:
        sys.exit(ExitCode.USAGE)
    with tempfile.TemporaryDirectory() as scratch:
        arguments: dict[str, Any] = {"targets": targets, "refresh": "1" if refresh else ""}
        if no_store:
            options.given["DATABASE_URL"] = f"sqlite:///{scratch}/scratch.db"
        settings = settings_for({"LOG_LEVEL": "CRITICAL", **options.given})
        [result] = run_crawl([("share", arguments)], settings)
        code = _print(options, targets, result, form)
    sys.exit(ExitCode.USAGE if bad and code is ExitCode.OK else code)


def _targets(texts: Sequence[str]) -> tuple[list[Target], list[str]]:
    """The articles asked for, each once, and what is wrong with the other texts."""
    if not texts:
        raise ConfigError("nothing to fetch: name a share URL, article URL, infoCode or id")
    targets: dict[str, Target] = {}
    bad: list[str] = []
    for text in texts:
        try:
            target = parse_target(text.strip())
        except BadIdError as error:
            bad.append(str(error))
        else:
            targets.setdefault(target.external_id, target)
    return list(targets.values()), bad


def _lines(source: str) -> Iterator[str]:
    """Targets of a file or standard input; blank lines and `#` comments are left out."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {source}: {error}") from error
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _print(options: Options, targets: Sequence[Target], result: CrawlResult, form: str) -> ExitCode:
    if result.error:
        click.echo(f"error: {result.error}", err=True)
    stored = {saved.external_id: saved for saved in result.saved if saved.article_id}
    missed = {miss.external_id: miss for miss in result.misses}
    with open_store(options.config()) as database, database.read() as connection:
        for target in targets:
            saved = stored.get(target.external_id)
            if saved and saved.article_id:
                article = queries.article_by_id(connection, saved.article_id)
                click.echo(FORMATS[form](article) if article else "")
            elif target.external_id in missed:
                miss = missed[target.external_id]
                click.echo(f"{target.id.info_code}: {_explain(miss)}", err=True)
    return result.code


def _explain(miss: Miss) -> str:
    said = {
        Outcome.GONE: "not found upstream",
        Outcome.PENDING: "not complete yet, not stored; the next run asks again",
        Outcome.REJECTED: "refused",
        Outcome.FAILED: "failed",
    }[miss.outcome]
    detail = f": {miss.detail}" if miss.detail else ""
    return f"{said} ({miss.reason}){detail} [{miss.url}]"
