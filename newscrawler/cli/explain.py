"""`newscrawler explain`: the life of one id: announced, fetched, how it ended, what comes next."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import click

from newscrawler.cli._common import Options, command_options, json_option, open_store, print_json
from newscrawler.errors import ExitCode
from newscrawler.sites.eastmoney.ids import parse_target
from newscrawler.store import queries

_NEXT = {
    "due": "the next run fetches it",
    "done": "stored; a run rechecks it {when}",
    "pending": "not complete upstream; asked again {when}",
    "failed": "asked again {when}",
    "rejected": "left alone; `newscrawler failures retry` makes it due",
    "gone": "withdrawn upstream; looked at again {when} if a list names it",
}


@click.command()
@click.argument("what")
@json_option
@command_options
def explain(options: Options, what: str, as_json: bool) -> None:
    """Tell the life of one article by infoCode, id or URL.

    \b
    Examples:
      newscrawler explain NW202202242287513337
      newscrawler explain 202202242287513337 --json
    """
    target = parse_target(what)
    with open_store(options.config()) as database, database.read() as connection:
        life = queries.explain(connection, "eastmoney", target.external_id)
    if life is None:
        click.echo(f"{target.id.info_code}: no list has announced it and nobody asked for it")
        sys.exit(ExitCode.NOT_FOUND)
    if as_json:
        print_json(life)
        return
    click.echo(f"{target.id.info_code} · {life['task']['state']}")
    for at, line in sorted(_events(life), key=lambda event: event[0]):
        click.echo(f"  {at:%Y-%m-%d %H:%M:%S}  {line}")
    for line in _links(life["article"]):
        click.echo(line)
    click.echo(f"next: {_next(life['task'])}")


def _events(life: Mapping[str, Any]) -> Iterator[tuple[datetime, str]]:
    for row in life["announcements"]:
        yield row["first_at"], f"announced by list {row['list']} as {row['title'] or '(no title)'}"
    for row in life["runs"]:
        why = f" ({row['reason']})" if row["reason"] else ""
        if row["at"]:
            yield row["at"], f"run {row['run_id']}: {row['outcome']}{why}"
    for row in life["changes"]:
        yield row["changed_at"], f"change {row['seq']}: {row['kind']}, revision {row['revision']}"
    for row in life["failures"]:
        detail = f": {row['detail']}" if row["detail"] else ""
        yield row["last_at"], f"{row['stage']}: {row['reason']}{detail} (tries: {row['attempts']})"


def _links(article: Mapping[str, Any] | None) -> Iterator[str]:
    if article is None or article["duplicate_reason"] is None:
        return
    if article["duplicate_of"] is None:
        yield f"duplicate: of none, as somebody has decided ({article['duplicate_reason']})"
    else:
        yield f"duplicate: of article {article['duplicate_of']} ({article['duplicate_reason']})"


def _next(task: Mapping[str, Any]) -> str:
    due = task["recheck_at"] if task["state"] == "done" else task["next_at"]
    if task["state"] == "done" and due is None:
        return "stored; no recheck is planned"
    when = f"after {due:%Y-%m-%d %H:%M:%S} UTC" if due else "by the next run"
    return _NEXT[task["state"]].format(when=when)
