"""`newscrawler raw`: the archive of raw answers."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from newscrawler import upkeep
from newscrawler.archive.archive import Reader
from newscrawler.archive.members import Record
from newscrawler.captures import Capture
from newscrawler.cli._common import (
    Options,
    command_options,
    json_option,
    open_store,
    print_json,
    print_table,
)
from newscrawler.cli._filters import moment
from newscrawler.errors import BadIdError, ConfigError, ExitCode, PageError
from newscrawler.net.decoding import codings_of, decode
from newscrawler.sites.eastmoney.ids import parse_target
from newscrawler.store import Connection
from newscrawler.store import raw as index

_FILES = ("file", "state", "bytes", "responses", "revisits", "last_at")
_RECORDS = ("record_id", "fetched_at", "name", "external_id", "kind", "status", "size", "url")
_SIZE = re.compile(r"([0-9]+)(k|m|g|t)?b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


@click.group()
def raw() -> None:
    """Look into the archive of raw answers (RAW_ARCHIVE), and look after it.

    \b
    Examples:
      newscrawler raw list
      newscrawler raw show NW202202242287513337
      newscrawler raw verify
      newscrawler raw prune --older 90d --dry-run
    """


@raw.command("list")
@click.option("--records", is_flag=True, help="Answers instead of files.")
@click.option("--id", "external_id", metavar="ID", help="Answers about this article.")
@click.option("--list", "name", metavar="NAME", help="Answers of this list.")
@click.option("--url", help="Answers to this URL.")
@click.option("--since", metavar="2h|DATE", help="Answers read since then.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@json_option
@command_options
def list_(
    options: Options,
    records: bool,
    external_id: str | None,
    name: str | None,
    url: str | None,
    since: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List the files of the archive, or the answers in them.

    \b
    Examples:
      newscrawler raw list
      newscrawler raw list --id NW202202242287513337
      newscrawler raw list --list flash --since 2h --json
    """
    config = options.config()
    root = upkeep.require(config.raw_archive)
    where: dict[str, Any] = {}
    if external_id:
        where["external_id"] = parse_target(external_id).external_id
    if name:
        where |= {"external_id": "", "name": name}
    if url:
        where["url"] = url
    if since:
        where["since"] = moment("--since", since, datetime.now(UTC))
    with open_store(config) as database:
        if where or records:
            with database.read() as connection:
                rows = index.records(connection, where, limit)
        else:
            rows = upkeep.list_files(root, database)
    if as_json:
        print_json(rows)
    else:
        columns = _RECORDS if where or records else _FILES
        print_table(rows, columns, "nothing kept yet: newscrawler crawl eastmoney")


@raw.command()
@click.argument("what")
@click.option("--headers", is_flag=True, help="Also the record's fields and the HTTP headers.")
@json_option
@command_options
def show(options: Options, what: str, headers: bool, as_json: bool) -> None:
    """Show the newest answer about an article (infoCode, id or URL), of a list, or by record_id.

    \b
    Examples:
      newscrawler raw show NW202202242287513337
      newscrawler raw show flash --headers
      newscrawler raw show 17 --json
    """
    config = options.config()
    reader = Reader(upkeep.require(config.raw_archive))
    with open_store(config) as database, database.read() as connection:
        found = _find(connection, what)
        source = found and index.original(connection, found)
    if found is None or source is None:
        click.echo(f"{what}: not in the raw archive; newscrawler raw list shows what is", err=True)
        sys.exit(ExitCode.NOT_FOUND)
    record = reader.read(found)
    body = _body(record if source == found else reader.read(source), config.max_page_bytes)
    if as_json:
        text = body.decode("utf-8", "replace")
        print_json(
            {**_about(found), "fields": record.fields, "headers": _head(record), "body": text}
        )
        return
    if headers:
        lines = [f"{name}: {value}" for name, value in record.fields.items()]
        click.echo("\n".join(["WARC/1.1", *lines, "", _head(record), ""]))
    click.echo(body)


def _find(connection: Connection, what: str) -> Capture | None:
    """The newest answer that this names."""
    where: dict[str, Any] = {"external_id": "", "name": what}
    if what.isascii() and what.isdigit() and len(what) < 17:
        where = {"record_id": int(what)}
    else:
        try:
            where = {"external_id": parse_target(what).external_id}
        except BadIdError:
            if "/" in what:
                where = {"url": what}
    found = index.find(connection, where)
    whole = [each for each in found if each.subject.name != "api"]
    return next(iter([*whole, *found]), None)


def _about(capture: Capture) -> dict[str, Any]:
    subject = capture.subject
    return {
        "site": subject.site, "external_id": subject.external_id, "name": subject.name,
        "kind": capture.kind, "url": capture.url, "fetched_at": capture.fetched_at,
        "status": capture.status, "digest": capture.digest, "file": capture.file,
        "start": capture.start, "size": capture.size,
    }  # fmt: skip


def _head(record: Record) -> str:
    return record.head.replace(b"\r\n", b"\n").decode("utf-8", "replace")


def _body(record: Record, limit: int) -> bytes:
    """The body without its content coding; as it came if that cannot be undone."""
    coded = [value for name, value in record.headers if name.lower() == b"content-encoding"]
    try:
        return decode(record.body, codings_of(coded), limit)
    except PageError:
        return record.body


@raw.command()
@click.option("--reindex", is_flag=True, help="Make the index say what the files hold.")
@json_option
@command_options
def verify(options: Options, reindex: bool, as_json: bool) -> None:
    """Check every file, every digest, and the index against the files; exit 1 if one is wrong.

    \b
    Examples:
      newscrawler raw verify
      newscrawler raw verify --reindex
    """
    config = options.config()
    root = upkeep.require(config.raw_archive)
    with open_store(config) as database:
        if reindex:
            total = upkeep.reindex(root, database)
        findings = list(upkeep.verify(root, database))
        rows = upkeep.list_files(root, database)
    answers = sum(row["responses"] + row["revisits"] for row in rows)
    if as_json:
        shown = [{"file": one.file, "start": one.start, "problem": one.problem} for one in findings]
        print_json({"files": len(rows), "answers": answers, "findings": shown})
    else:
        if reindex:
            click.echo(f"index: {total} answers")
        for one in findings:
            click.echo(f"{one.file} at {one.start}: {one.problem}")
        verdict = f"{len(findings)} findings" if findings else "all well"
        click.echo(f"{len(rows)} files, {answers} answers: {verdict}")
    sys.exit(ExitCode.FAILED if findings else ExitCode.OK)


@raw.command()
@click.option("--older", metavar="90d|DATE", help="Files of days before this.")
@click.option("--max-size", metavar="5G", help="The oldest files, until the others are this small.")
@click.option("--everything", is_flag=True, help="Also what `reparse` needs.")
@click.option("--dry-run", is_flag=True, help="Only say what would be freed.")
@json_option
@command_options
def prune(
    options: Options,
    older: str | None,
    max_size: str | None,
    everything: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make the archive smaller; what `newscrawler reparse` needs stays.

    That is: the answers from which the current revision of each article was read, all later
    ones, and all answers about ids that are not stored.

    \b
    Examples:
      newscrawler raw prune --older 90d --dry-run
      newscrawler raw prune --max-size 5G
    """
    if not older and not max_size:
        raise ConfigError("say what to prune: --older 90d or --max-size 5G")
    config = options.config()
    root = upkeep.require(config.raw_archive)
    before = moment("--older", older, datetime.now(UTC)) if older else None
    with open_store(config) as database:
        done = list(
            upkeep.prune(
                root,
                database,
                before=before,
                max_bytes=_bytes(max_size),
                everything=everything,
                dry_run=dry_run,
            )
        )
    rows: list[Mapping[str, Any]] = [
        {"file": one.file, "freed": one.freed, "dropped": one.dropped, "kept": one.kept}
        for one in done
    ]
    if as_json:
        print_json(rows)
        return
    print_table(rows, ("file", "freed", "dropped", "kept"), "nothing to prune")
    freed, dropped = sum(one.freed for one in done), sum(one.dropped for one in done)
    would = "would free" if dry_run else "freed"
    click.echo(f"{would} {freed:,} bytes: {dropped} answers dropped from {len(done)} files")


def _bytes(text: str | None) -> int | None:
    if text is None:
        return None
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ConfigError(f"--max-size {text}: expected a size such as 500M or 5G")
    return int(match[1]) * _UNITS[(match[2] or "").lower()]
