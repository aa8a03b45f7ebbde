"""The demonstration: crawl the replica twice, compare what was stored with what was recorded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from newscrawler.errors import ExitCode
from newscrawler.replica import Replica, World
from newscrawler.replica.records import recorded_folder
from newscrawler.store import queries
from newscrawler.store.engine import open_database

Say = Callable[[str], None]

QUERY = "SELECT title, source, published_local FROM news LIMIT 5"
SEED = "202202242287513337"
EXPECTED_FIELDS = (
    "site", "external_id", "url", "title", "source", "source_slug", "published_local",
    "published_from", "summary", "body", "paragraph_count", "language", "editor",
)  # fmt: skip
EXPECTED_PARTS = {
    "paragraphs": ("kind", "text"),
    "images": ("url", "caption", "width", "height"),
    "securities": ("security", "name", "kind", "mentions", "evidence", "confidence"),
}


def expectation(article: Mapping[str, Any]) -> dict[str, Any]:
    """What is promised of a recorded article, out of a stored one (`queries.article`)."""
    fields: dict[str, Any] = {name: article[name] for name in EXPECTED_FIELDS}
    for part, columns in EXPECTED_PARTS.items():
        fields[part] = [{name: row[name] for name in columns} for row in article[part]]
    return fields


def run_demo(world: World, database: Path, *, port: int, say: Say) -> ExitCode:
    """Crawl twice and check; returns FAILED unless what was stored is what was recorded."""
    if database.parent == Path("data"):
        database.parent.mkdir(exist_ok=True)
    for leftover in (
        database,
        *database.parent.glob(f"{database.name}-*"),
        *raw_archive(database).glob("*/*.warc.gz*"),
    ):
        leftover.unlink(missing_ok=True)
    with Replica(world, port=port) as replica:
        say(f"A replica of the upstream hosts serves {len(world.ids)} recorded articles on "
            f"{replica.origin}.\n")  # fmt: skip
        first = _crawl(replica.origin, database, say)
        fetched = sum(world.fetched.values())
        say("Once more: nothing is fetched or stored twice.\n")
        second = _crawl(replica.origin, database, say)
        again = sum(world.fetched.values()) - fetched
    wrong = list(_compare(database, say))
    for line in wrong:
        say(line)
    if again and not world.faults.struck:
        wrong.append(f"the second crawl fetched {again} articles again")
        say(wrong[-1])
    for line in _faults(world):
        say(line)
    _show(database, say)
    if not (wrong or first or second):
        return ExitCode.OK
    crawls = f"the crawls ended with exit codes {first} and {second}"
    say(f"\nExit code 1: {crawls}, {len(wrong)} lines above say what is not as recorded.")
    return ExitCode.FAILED


def _faults(world: World) -> Iterator[str]:
    """How often each fault struck."""
    for fault, times in sorted(world.faults.struck.items()):
        yield f"{fault} struck {times} of {len(world.requests)} requests."
    if world.faults.struck:
        yield ""


def raw_archive(database: Path) -> Path:
    """Where the demonstration keeps raw answers: beside its database."""
    return database.with_name(f"{database.stem}-raw")


def _crawl(origin: str, database: Path, say: Say) -> int:
    command = ["crawl", "eastmoney", "-s", f"EASTMONEY_BASE_URL={origin}"]
    say("$ newscrawler " + " ".join(command))
    environment = {
        **os.environ,
        "NEWSCRAWLER_DATABASE_URL": f"sqlite:///{database}",
        "NEWSCRAWLER_RAW_ARCHIVE": str(raw_archive(database)),
    }
    done = subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-m", "newscrawler", *command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    say(done.stdout)
    return done.returncode


def _compare(database: Path, say: Say) -> Iterator[str]:
    """Each difference between what is stored and data/recorded/*.expected.json."""
    expected = {
        path.name.removesuffix(".expected.json").removeprefix("NW"): json.loads(
            path.read_text("utf-8")
        )
        for path in sorted(recorded_folder().glob("*.expected.json"))
    }
    store = open_database(f"sqlite:///{database}")
    try:
        with store.read() as connection:
            right = 0
            for external_id, promised in expected.items():
                article = queries.article_by_key(connection, "eastmoney", external_id)
                if article is None:
                    yield f"not stored: {external_id} {promised['title']}"
                    continue
                stored = expectation(article)
                wrong = [name for name in promised if stored[name] != promised[name]]
                yield from (f"wrong: {external_id} {name}" for name in wrong)
                right += not wrong
    finally:
        store.close()
    if not expected:
        yield f"nothing to compare with: no *.expected.json in {recorded_folder()}"
    say(f"{right} of {len(expected)} recorded articles are stored exactly as recorded.\n")


def _show(database: Path, say: Say) -> None:
    store = open_database(f"sqlite:///{database}")
    try:
        with store.read() as connection:
            for row in queries.latest(connection, 5):
                say(f"  {row['published_local'][:16].replace('T', ' ')}  {row['title']}"
                    f"  ({row['source'] or 'no source named'})")  # fmt: skip
    finally:
        store.close()
    say("\nLook around:")
    say(f"  sqlite3 {database} '{QUERY}'")
    for command in (f"show {SEED}", "runs"):
        say(f"  newscrawler {command} -s DATABASE_URL=sqlite:///{database}")
