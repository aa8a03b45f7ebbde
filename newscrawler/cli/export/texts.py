"""`newscrawler export markdown`: for reading and for notes."""

from __future__ import annotations

import click

from newscrawler.cli.export._common import export_options, limit_option
from newscrawler.exports.markdown import MARKDOWN
from newscrawler.exports.run import Order
from newscrawler.store.filters import Filters


@click.command()
@limit_option
@export_options
def markdown(filters: Filters, limit: int | None) -> Order:
    """Markdown: one file, one article behind the other; tables as tables, pictures, links.

    \b
    Examples:
      newscrawler export markdown --since 1d --out today.md
      newscrawler export markdown --limit 5 --out - | less
    """
    return Order(form=MARKDOWN, filters=filters, limit=limit)
