"""`newscrawler search`: find articles by what they say."""

from __future__ import annotations

import sys

import click

from newscrawler.cli._common import Options, command_options, json_option, open_store, print_json
from newscrawler.cli._filters import filter_options
from newscrawler.errors import ConfigError
from newscrawler.store.filters import Filters
from newscrawler.store.search import Found
from newscrawler.store.search import search as find
from newscrawler.store.search_text import Words, marked

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


@click.command()
@click.argument("query")
@filter_options
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True,
    help="Show at most so many.",
)  # fmt: skip
@json_option
@command_options
def search(options: Options, query: str, filters: Filters, limit: int, as_json: bool) -> None:
    """Find the stored articles that hold every word of QUERY, wherever it stands in them.

    Words are separated by spaces; "in quotes" a space is part of the word. Case and width of Latin
    letters and figures do not matter. First come those with every word in the title, then the
    others; the newest first.

    \b
    Examples:
      newscrawler search 茅台
      newscrawler search 'ET7 制冷剂' --since 2022-05-01
      newscrawler search 涨停 --security 1.600160 --limit 5 --json
    """
    words = Words.parse(query)
    if not words.words:
        raise ConfigError("the query has no word: newscrawler search 茅台")
    bold = sys.stdout.isatty() and not as_json
    marks = (_BOLD, _PLAIN) if bold else ("«", "»")
    with open_store(options.config()) as database, database.read() as connection:
        found = find(connection, query, filters, limit, marks)
    if as_json:
        print_json(found.rows)
        return
    for row in found.rows:
        click.echo(marked(row["title"], words, *marks) if bold else row["title"])
        about = (row["published_local"][:16].replace("T", " "), row["source"] or row["site"])
        click.echo(f"  {' · '.join(about)} · article {row['article_id']}")
        click.echo(f"  {row['snippet']}")
    click.echo(_count(found), err=True)


def _count(found: Found) -> str:
    shown = len(found.rows)
    if not shown:
        return "nothing found"
    if found.complete:
        return f"{shown} of {found.total:,}" if shown < found.total else f"{found.total} found"
    return f"{shown} of more than {found.total - 1:,}"
