"""`newscrawler export atom`: a feed for feed readers."""

from __future__ import annotations

from functools import partial

import click

from newscrawler.cli.export._common import export_options
from newscrawler.exports.atom import atom as atom_format
from newscrawler.exports.run import Order
from newscrawler.store import stream
from newscrawler.store.filters import Filters


@click.command()
@click.option("--corrections", is_flag=True, help="Corrections only, with their words marked.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="So many entries: those that changed last.",
)
@click.option("--url", metavar="URL", help="Where the feed will be found (its rel=self).")
@export_options
def atom(filters: Filters, corrections: bool, limit: int, url: str | None) -> Order:
    """Atom (RFC 4287): the articles that were stored or corrected last, or corrections alone.

    \b
    Examples:
      newscrawler export atom --out news.atom
      newscrawler export atom --corrections --security 1.600519 --out corrections.atom
    """
    form = atom_format(corrections=corrections, url=url)
    if corrections:
        read = partial(stream.corrections, filters=filters, limit=limit)
        return Order(form=form, filters=filters, read=read)
    return Order(form=form, filters=filters, limit=limit, newest_by="updated_at")
