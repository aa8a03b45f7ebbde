"""`newscrawler duplicates`: which articles are linked to an earlier one, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click

from newscrawler.cli._common import (
    Options,
    command_options,
    json_option,
    open_store,
    print_json,
)
from newscrawler.cli._filters import filter_options
from newscrawler.errors import ConfigError
from newscrawler.store import near_links
from newscrawler.store.engine import Database
from newscrawler.store.filters import Filters
from newscrawler.store.retry import transact

_KINDS = ("same_text", "near_text", "by_hand", "unlinked")


@click.group(invoke_without_command=True)
@filter_options
@click.option("--reason", type=click.Choice(_KINDS), help="Only those linked (or cut loose) so.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@json_option
@command_options
def duplicates(
    options: Options, filters: Filters, reason: str | None, limit: int, as_json: bool
) -> None:
    """List articles that are linked to an earlier one of the same story, with the reason.

    \b
    Examples:
      newscrawler duplicates --since 24h
      newscrawler duplicates --reason near_text --json
    """
    if click.get_current_context().invoked_subcommand:
        return
    with open_store(options.config()) as database, database.read() as connection:
        rows = near_links.groups(connection, filters, reason=reason, limit=limit)
        is_judged = near_links.is_judged(connection)
    if as_json:
        print_json(rows)
        return
    for line in _lines(rows):
        click.echo(line)
    if not is_judged:
        click.echo(
            "older articles were not judged by today's rules yet:"
            " newscrawler duplicates relink --all",
            err=True,
        )


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    if not rows:
        yield "no duplicates"
    shown: int | None = None
    for row in rows:
        original = row["duplicate_of"]
        if original is not None and original != shown:
            shown = original
            yield f"{original} · {row['original_source'] or '?'} · {row['original_title']}"
        yield f"  {_line(row)}" if original is not None else _line(row)


def _line(row: Mapping[str, Any]) -> str:
    said = f"{row['source'] or '?'} · {row['title']}"
    return f"{row['article_id']} · {said} ({row['duplicate_reason']})"


@duplicates.command()
@click.argument("article_id", type=int)
@json_option
@command_options
def unlink(options: Options, article_id: int, as_json: bool) -> None:
    """Say that an article is no duplicate: it is cut loose and never linked by itself again.

    \b
    Example:
      newscrawler duplicates unlink 17
    """
    with open_store(options.config()) as database:
        done = transact(database, lambda conn: near_links.unlink(conn, article_id, _now()))
    _tell(done, as_json=as_json)


@duplicates.command()
@click.argument("article_id", type=int, required=False)
@click.argument("original", type=int, required=False)
@click.option("--all", "everything", is_flag=True, help="Judge the whole archive.")
@click.option("--from-start", is_flag=True, help="With --all: do not go on where it was stopped.")
@json_option
@command_options
def relink(
    options: Options,
    article_id: int | None,
    original: int | None,
    everything: bool,
    from_start: bool,
    as_json: bool,
) -> None:
    """Judge an article anew, also after `unlink`; with ORIGINAL link the two by hand.

    --all judges every article by today's rules, as after an upgrade; what was decided by hand
    stays. It can be stopped; the next --all goes on.

    \b
    Examples:
      newscrawler duplicates relink 17
      newscrawler duplicates relink 17 4
      newscrawler duplicates relink --all
    """
    if everything == (article_id is not None):
        raise ConfigError("name one article to judge, or --all for every one")
    with open_store(options.config()) as database:
        if article_id is None:
            _tell(_relink_all(database, anew=from_start), as_json=as_json)
            return
        done = transact(
            database, lambda conn: near_links.relink(conn, article_id, _now(), original)
        )
    _tell(done, as_json=as_json)


def _relink_all(database: Database, *, anew: bool) -> dict[str, int]:
    judged = changed = 0
    with database.read() as connection:
        anew = anew or near_links.is_judged(connection)
    while True:
        begin = anew and not judged
        done = transact(database, partial(near_links.judge_next, now=_now(), anew=begin))
        if done is None:
            return {"judged": judged, "changed": changed}
        judged, changed = judged + done[0], changed + done[1]


def _tell(done: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(done)
    elif "judged" in done:
        click.echo(f"{done['judged']} articles judged, {done['changed']} links changed")
    elif done.get("was_duplicate_of"):
        click.echo(
            f"article {done['article_id']} is no duplicate of article {done['was_duplicate_of']}"
            f" any more; newscrawler duplicates relink {done['article_id']} undoes this"
        )
    elif done["duplicate_of"] is None:
        click.echo(f"article {done['article_id']} is linked to none")
    else:
        click.echo(
            f"article {done['article_id']} is a duplicate of article {done['duplicate_of']}"
            f" ({done['duplicate_reason']})"
        )


def _now() -> datetime:
    return datetime.now(UTC)
