"""`newscrawler show`: one stored article, whole."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click

from newscrawler.cli._common import Options, command_options, json_option, open_store, print_json
from newscrawler.cli._render import as_text
from newscrawler.errors import BadIdError, ExitCode
from newscrawler.sites.eastmoney.ids import parse_target
from newscrawler.store import Connection, queries

Row = Mapping[str, Any]


@click.command()
@click.argument("what")
@click.option("--diff", is_flag=True, help="Show what each revision changed.")
@json_option
@command_options
def show(options: Options, what: str, diff: bool, as_json: bool) -> None:
    """Show one article by article_id, infoCode, id or URL.

    \b
    Examples:
      newscrawler show 17
      newscrawler show NW202202242287513337 --diff
    """
    with open_store(options.config()) as database, database.read() as connection:
        article = find(connection, what)
        article = article and whole(connection, article)
    if article is None:
        click.echo(f"{what}: not stored; newscrawler fetch {what} fetches it", err=True)
        sys.exit(ExitCode.NOT_FOUND)
    if as_json:
        print_json(article)
        return
    click.echo(as_text(article))
    for row in article["duplicates"]:
        click.echo(f"same text: article {row['article_id']} · {row['source']} · {row['title']}")
    for line in _revisions(article["revisions"], diff=diff):
        click.echo(line)


def find(connection: Connection, what: str) -> Row | None:
    """The stored article that an article_id, infoCode, id or URL names; None if there is none."""
    if what.isascii() and what.isdigit() and len(what) < 17:
        return queries.article_by_id(connection, int(what))
    try:
        external_id = parse_target(what).external_id
    except BadIdError:
        return queries.article_by_url(connection, what)
    return queries.article_by_key(connection, "eastmoney", external_id)


def whole(connection: Connection, article: Row) -> dict[str, Any]:
    """The article with its revisions and the articles of the same text."""
    article_id = article["article_id"]
    return {
        **article,
        "revisions": queries.revisions(connection, article_id),
        "duplicates": [
            {name: row[name] for name in ("article_id", "site", "external_id", "title", "source")}
            for row in queries.duplicates(connection, article_id)
        ],
    }


def _revisions(rows: list[Row], *, diff: bool) -> Iterator[str]:
    yield f"revisions: {len(rows)}"
    for before, after in zip([None, *rows], rows, strict=False):
        seen = f"{after['seen_at']:%Y-%m-%d %H:%M:%S}"
        yield f"  {after['revision']} · seen {seen} · {after['title']}"
        if diff and before is not None:
            yield from _changes(before, after)


def _changes(before: Row, after: Row) -> Iterator[str]:
    for field in ("title", "source", "published_at"):
        if before[field] != after[field]:
            yield f"    {field}: {before[field]} → {after[field]}"
    old, new = before["body"].split("\n"), after["body"].split("\n")
    for line in difflib.unified_diff(old, new, lineterm="", n=0):
        if line[:1] in "+-" and line[:3] not in ("+++", "---"):
            yield f"    {line}"
