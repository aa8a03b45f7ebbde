"""`newscrawler export` as its users run it: real processes, real files, SIGKILL at any moment."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from newscrawler.cli.export import MODULES
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare
from tests.processes import Result, Running, run
from tests.store.make import article, save, start

LONG = "正文" * 2000
FILES = sorted(set(MODULES) - {"jekyll"})
"""The formats that are one file; a site is a folder that keeps its own manifest."""


class Desk:
    """A database with articles, and `newscrawler` beside it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        kept = {name: value for name, value in os.environ.items() if "NEWSCRAWLER" not in name}
        self.environment = kept | {"NEWSCRAWLER_DATABASE_URL": url}

    def store(self, first: int, last: int, said: str = LONG) -> None:
        """Store articles of so many texts."""
        with closing(open_database(self.url)) as database:
            prepare(database)
            run_id = start(database)
            some = [article(str(number), f"{said} {number}") for number in range(first, last)]
            save(database, run_id, *some)

    def export(self, *arguments: str) -> Result:
        """`newscrawler export …`."""
        return run("newscrawler", ("export", *arguments), self.folder, self.environment)

    def start(self, *arguments: str) -> Running:
        """The same, not waited for."""
        return Running("newscrawler", ("export", *arguments), self.folder, self.environment)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Three articles in SQLite."""
    made = Desk(tmp_path, f"sqlite:///{tmp_path / 'news.db'}")
    made.store(0, 3)
    return made


def manifest(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(path.with_name(f"{path.name}.manifest.json").read_text())
    return found


@pytest.mark.parametrize("form", FILES)
def test_every_format_has_a_manifest_of_its_bytes(desk: Desk, form: str) -> None:
    path = desk.folder / "out"
    done = desk.export(form, "--out", str(path), "--since", "2026-01-01")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    said = manifest(path)
    raw = path.read_bytes()
    assert said["sha256"] == hashlib.sha256(raw).hexdigest()
    assert (said["bytes"], said["count"], said["format"]) == (len(raw), 3, form)
    assert said["filters"] == {"since": "2025-12-31T16:00:00+00:00"}
    assert (said["first_change_seq"], said["last_change_seq"], said["feed_seq"]) == (1, 3, 3)


def test_standard_output_gets_the_rows_and_nothing_else(desk: Desk) -> None:
    lines = desk.export("jsonl", "--out", "-", "--limit", "2").stdout.splitlines()
    assert [json.loads(line)["external_id"] for line in lines] == ["2", "1"]
    assert {each.name for each in desk.folder.iterdir()} <= {
        "news.db", "news.db-wal", "news.db-shm", "news.db.locks",
    }  # fmt: skip


def test_parquet_is_no_stream(desk: Desk) -> None:
    done = desk.export("parquet", "--out", "-")
    assert done.returncode == 1
    assert done.stderr == "error: parquet cannot go to standard output: give --out a path\n"


def test_revisions_are_exported_all(desk: Desk) -> None:
    desk.store(1, 2, "改过的正文")
    lines = desk.export("jsonl", "--out", "-", "--revisions").stdout.splitlines()
    found = [json.loads(line) for line in lines]
    assert [(row["external_id"], row["revision"]) for row in found] == [
        ("0", 1), ("1", 1), ("1", 2), ("2", 1),
    ]  # fmt: skip
    assert found[2]["body"] == "改过的正文 1"


def test_corrections_are_a_feed_of_their_own(desk: Desk) -> None:
    desk.store(1, 2, "改过的正文")
    feed = desk.export("atom", "--corrections", "--out", "-").stdout
    assert feed.count("<entry>") == 1
    assert "tag:newscrawler.invalid,2026:site/1/2" in feed


@pytest.mark.parametrize(
    ("form", "options"), [("jsonl", ()), ("jsonl", ("--limit", "9")), ("atom", ())]
)
def test_a_query_leaves_what_a_search_finds(
    desk: Desk, form: str, options: tuple[str, ...]
) -> None:
    desk.store(7, 9, "制冷剂涨价")
    told = desk.export(form, "--query", "制冷剂 8", *options, "--out", "-").stdout
    assert told.count("https://news.example/8") == 1
    assert "https://news.example/7" not in told
    assert desk.export(form, "--query", " ", "--out", "-").returncode == 2


def test_what_cannot_be_understood_is_exit_2(desk: Desk) -> None:
    done = desk.export("csv", "--out", "x", "--since", "gestern")
    assert done.returncode == 2
    assert "--since takes an age" in done.stderr


def test_an_interrupted_export_leaves_the_old_file(desk: Desk) -> None:
    desk.store(10, 400)
    path = desk.folder / "news.jsonl"
    path.write_text("old")
    running = desk.start("jsonl", "--out", str(path))
    await_part(path)
    os.kill(running.pid, signal.SIGINT)
    assert running.wait().returncode == 130
    assert path.read_text() == "old"
    assert not part_of(path).exists()


def part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def await_part(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not (part_of(path).exists() and part_of(path).stat().st_size):
        assert time.monotonic() < deadline, "no export began"
        time.sleep(0.001)


def kills(desk: Desk, rounds: int, seed: int) -> int:
    """Kill exports at random moments; how often the new file was there."""
    dice, path, came = random.Random(seed), desk.folder / "news.jsonl", 0  # noqa: S311 - repeatable
    path.write_bytes(b"old")
    for number in range(rounds):
        desk.store(1000 + number, 1001 + number)
        before = path.read_bytes()
        running = desk.start("jsonl", "--out", str(path))
        await_part(path)
        time.sleep(dice.uniform(0, 0.2))
        with suppress(ProcessLookupError):  # it was faster
            os.kill(running.pid, signal.SIGKILL)
        running.wait()
        found = path.read_bytes()
        if found != before:
            came += 1
            assert found.endswith(b"\n")
            assert len([*map(json.loads, found.splitlines())]) == len("012") + 390 + number + 1
    return came


def test_kills_leave_the_old_file_or_the_new_one(desk: Desk) -> None:
    desk.store(10, 400)
    kills(desk, 4, seed=1)


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_fifty_kills_leave_the_old_file_or_the_new_one(desk: Desk) -> None:
    desk.store(10, 400)
    assert 0 < kills(desk, 50, seed=2) < 50
