"""`newscrawler export jsonl`, `csv` and `parquet`: a line or a row a record."""

from __future__ import annotations

import click

from newscrawler.cli.export._common import export_options, limit_option, revisions_option
from newscrawler.exports import jsonl as json_lines
from newscrawler.exports import parquet as columns
from newscrawler.exports import table
from newscrawler.exports.run import Order
from newscrawler.store.filters import Filters


@click.command()
@limit_option
@revisions_option
@export_options
def jsonl(filters: Filters, limit: int | None, revisions: bool) -> Order:
    """JSON Lines: one object a line, with paragraphs, tables, pictures and securities.

    \b
    Examples:
      newscrawler export jsonl --out news.jsonl
      newscrawler export jsonl --security 1.600519 --since 7d --out - | jq .title
    """
    form = json_lines.REVISIONS if revisions else json_lines.JSONL
    return Order(form=form, filters=filters, limit=limit, revisions=revisions)


@click.command()
@click.option("--bom", is_flag=True, help="Begin with a byte order mark: Excel reads UTF-8 then.")
@limit_option
@revisions_option
@export_options
def csv(filters: Filters, limit: int | None, revisions: bool, bom: bool) -> Order:
    """CSV (RFC 4180, UTF-8): the columns of `news` and the codes of its securities.

    Text is in quotes, NULL is nothing at all. A text that a spreadsheet would take for a formula
    begins with an apostrophe, and so does one that begins with one: take one off to get it back.

    \b
    Examples:
      newscrawler export csv --out news.csv
      newscrawler export csv --bom --since 2022-02-01 --until 2022-03-01 --out february.csv
    """
    form = table.csv(bom=bom, revisions=revisions)
    return Order(form=form, filters=filters, limit=limit, revisions=revisions)


@click.command()
@limit_option
@revisions_option
@export_options
def parquet(filters: Filters, limit: int | None, revisions: bool) -> Order:
    """Parquet (zstd): typed columns, times in UTC; paragraphs, pictures, securities as structs.

    Needs pyarrow: pip install 'newscrawler[parquet]'.

    \b
    Examples:
      newscrawler export parquet --out news.parquet
      newscrawler export parquet --revisions --site eastmoney --out revisions.parquet
    """
    form = columns.parquet(revisions=revisions)
    return Order(form=form, filters=filters, limit=limit, revisions=revisions)
