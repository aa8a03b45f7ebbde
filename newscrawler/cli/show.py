"""`newscrawler show`: one stored article, whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest
from typing import Any

import click

from newscrawler.cli._common import Options, command_options, json_option, open_store, print_json
from newscrawler.cli._diff import as_lines, as_record
from newscrawler.cli._render import as_text
from newscrawler.diff import Difference, difference
from newscrawler.errors import BadIdError, ExitCode
from newscrawler.sites.eastmoney.ids import parse_target
from newscrawler.store import Connection, queries

Row = Mapping[str, Any]


@click.command()
@click.argument("what")
@click.option("--diff", is_flag=True, help="Mark the words that each revision changed.")
@json_option
@command_options
def show(options: Options, what: str, diff: bool, as_json: bool) -> None:
    """Show one article by article_id, infoCode, id or URL: text, securities, revisions, duplicates.

    With --diff what a revision took out is [-…-] and what it put in {+…+} (colours on a terminal);
    paragraphs that stayed are folded.

    \b
    Examples:
      newscrawler show 17
      newscrawler show NW202202242287513337 --diff
      newscrawler show 17 --diff --json
    """
    with open_store(options.config()) as database, database.read() as connection:
        found = find(connection, what)
        article = found and whole(connection, found)
    if not article:
        click.echo(f"{what}: not stored; newscrawler fetch {what} fetches it", err=True)
        sys.exit(ExitCode.NOT_FOUND)
    diffs = [difference(*two) for two in pairwise(article["revisions"])] if diff else []
    if as_json:
        print_json({**article, **({"diffs": [*map(as_record, diffs)]} if diff else {})})
        return
    click.echo(as_text(article))
    for line in (*_duplicates(article), *_revisions(article["revisions"], diffs)):
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
    """The article with its revisions and the articles that it is a duplicate of, or they of it."""
    article_id = article["article_id"]
    names = (
        "article_id", "site", "external_id", "title", "source", "duplicate_of", "duplicate_reason",
    )  # fmt: skip
    return {
        **article,
        "revisions": queries.revisions(connection, article_id),
        "duplicates": [
            {name: row[name] for name in names}
            for row in queries.duplicates(connection, article_id)
        ],
    }


def _duplicates(article: Row) -> Iterator[str]:
    for row in article["duplicates"]:
        is_original = row["article_id"] == article["duplicate_of"]
        relation = "duplicate of" if is_original else "duplicate:"
        why = (article if is_original else row)["duplicate_reason"] or "same original"
        said = f"{row['source'] or row['site']} · {row['title']}"
        yield f"{relation} article {row['article_id']} · {said} ({why})"


def _revisions(rows: Sequence[Row], diffs: Sequence[Difference]) -> Iterator[str]:
    yield f"revisions: {len(rows)}"
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    for before, row, found in zip_longest([None, *rows[:-1]], rows, [None, *diffs]):
        seen = f"{row['seen_at']:%Y-%m-%d %H:%M:%S}"
        flag = " · headline changed" if before and before["title"] != row["title"] else ""
        yield f"  {row['revision']} · seen {seen} · {row['title']}{flag}"
        if found is not None:
            yield from (f"    {line}" for line in as_lines(found, colour=colour))
