"""The raw archive as its users see it: kept, found, verified, pruned; and never in the way."""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newscrawler.demo import SEED
from newscrawler.failpoints import VARIABLE
from newscrawler.replica import Replica, World
from tests.crawl.conftest import Shell


def archive(shell: Shell) -> Path:
    return shell.folder / "raw"


def files(shell: Shell) -> list[Path]:
    return sorted(archive(shell).glob("*/*"))


def everything(shell: Shell) -> bytes:
    return b"".join(gzip.decompress(path.read_bytes()) for path in files(shell))


def raw(shell: Shell, *arguments: str) -> Any:
    """What `newscrawler raw … --json` says."""
    done = shell.newscrawler("raw", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """The recorded articles, crawled twice; to be looked at, not changed."""
    with Replica(World.recorded()) as replica:
        shell = Shell(tmp_path_factory.mktemp("once"), replica)
        for _ in range(2):
            done = shell.newscrawler("crawl", "eastmoney")
            assert done.returncode == 0, done.stderr
        yield shell


@pytest.fixture
def crawled(once: Shell, tmp_path: Path) -> Shell:
    """A copy of it, to be changed."""
    shutil.copytree(once.folder, tmp_path, dirs_exist_ok=True)
    return Shell(tmp_path, once.replica)


def test_every_answer_that_was_read_is_kept_once(once: Shell) -> None:
    fetched = sum(once.replica.world.fetched.values())
    rows = raw(once, "list", "--records", "--limit", "1000")
    assert len([row for row in rows if row["external_id"]]) == fetched == 44
    assert {row["name"] for row in rows if not row["external_id"]} == {
        "flash", "headlines", "market37", "market38", "market39",
    }  # fmt: skip
    assert b"robots.txt" not in everything(once)


def test_a_revision_was_read_from_answers_of_its_own_time(once: Shell) -> None:
    query = (
        "SELECT count(*) AS many FROM revisions r JOIN articles a USING (article_id)"
        " JOIN raw_records w ON w.external_id = a.external_id AND w.fetched_at = r.seen_at"
        " AND w.name = 'text'"
    )
    assert once.rows(query) == [{"many": 43}]


def test_an_answer_is_shown_as_it_came(once: Shell) -> None:
    shown = once.newscrawler("raw", "show", f"NW{SEED}", "--headers")
    served = once.replica.world.encoded_answer(SEED)
    assert served is not None
    assert served.decode() in shown.stdout
    assert "WARC-Type: response" in shown.stdout
    assert "Content-Type: application/json" in shown.stdout
    assert raw(once, "show", f"NW{SEED}")["body"] == served.decode()


def test_a_second_crawl_keeps_that_nothing_changed(once: Shell) -> None:
    rows = raw(once, "list")
    assert [(row["responses"] > 0, row["revisits"]) for row in rows] == [(True, 0), (False, 5)]
    whole = raw(once, "show", "flash")
    assert whole["kind"] == "revisit"
    assert whole["body"].startswith('{"records":[')


def test_other_warc_tools_read_it(once: Shell) -> None:
    for path in files(once):
        tool = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
        done = subprocess.run(tool, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert "digest pass" in done.stdout
        assert "failed" not in done.stdout


@pytest.mark.parametrize("fault", ["json", "http404"])
def test_answers_that_could_not_be_read_are_kept_too(shell: Shell, fault: str) -> None:
    shell.replica.world.faults.add(f"{fault}@/NewsData")
    shell.newscrawler("fetch", f"NW{SEED}")
    [row] = raw(shell, "list", "--id", SEED)
    assert (row["name"], row["kind"]) == ("text", "response")


def test_a_missing_directory_costs_no_article_and_is_said(shell: Shell) -> None:
    missing = str(shell.folder / "not" / "mounted")
    done = shell.newscrawler("crawl", "eastmoney", NEWSCRAWLER_RAW_ARCHIVE=missing)
    assert done.returncode == 1
    assert "the raw archive is incomplete" in done.stdout.splitlines()[0]
    assert "raw answers could not be kept (No such file or directory" in done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert shell.rows("SELECT count(*) AS many FROM news") == [{"many": 43}]
    [run] = json.loads(shell.newscrawler("runs", "--json").stdout)
    assert "could not be kept" in run["notes"]


def test_an_archive_that_works_again_resolves_its_failure(shell: Shell) -> None:
    shell.newscrawler("crawl", "eastmoney", NEWSCRAWLER_RAW_ARCHIVE=str(shell.folder / "raw" / "x"))
    assert "raw_archive" in shell.newscrawler("failures").stdout
    (shell.folder / "raw").mkdir()
    shell.newscrawler("crawl", "eastmoney", NEWSCRAWLER_RAW_ARCHIVE=str(shell.folder / "raw" / "x"))
    assert "no open failures" in shell.newscrawler("failures").stdout


def test_off_keeps_nothing(shell: Shell) -> None:
    shell.newscrawler("crawl", "eastmoney", NEWSCRAWLER_RAW_ARCHIVE="off")
    assert not archive(shell).exists()
    done = shell.newscrawler("raw", "list", NEWSCRAWLER_RAW_ARCHIVE="off")
    assert done.returncode == 2
    assert "RAW_ARCHIVE is off" in done.stderr


def test_passwords_in_addresses_are_not_kept(shell: Shell) -> None:
    share = f"{shell.replica.origin}/html_News/NewsShare.html?infoCode=NW{SEED}".replace(
        "http://", "http://somebody:secret@"
    )
    done = shell.newscrawler("fetch", share, ALLOWED_PRIVATE_HOSTS="127.0.0.1")
    assert done.returncode == 0, done.stderr
    assert b"secret" not in everything(shell)


def test_the_next_run_closes_what_a_killed_one_left(shell: Shell) -> None:
    killed = subprocess.run(
        [sys.executable, "-m", "newscrawler", "crawl", "eastmoney"],
        cwd=shell.folder, env=shell.environment | {VARIABLE: "raw_torn:9"}, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert [path.suffix for path in files(shell)] == [".open"]
    assert raw(shell, "list")[0]["state"] == "left open"
    assert shell.newscrawler("crawl", "eastmoney").returncode == 0
    assert {path.suffix for path in files(shell)} == {".gz"}
    assert raw(shell, "verify")["findings"] == []
    assert shell.rows("SELECT count(*) AS many FROM news") == [{"many": 43}]


def test_damage_is_found_and_the_index_is_mended(crawled: Shell) -> None:
    path = files(crawled)[0]
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 32] = bytes(32)  # more than the parts of a header that say nothing
    path.write_bytes(data)
    done = crawled.newscrawler("raw", "verify")
    assert done.returncode == 1
    assert "are no record" in done.stdout
    shutil.rmtree(archive(crawled))
    assert "no raw archive" in crawled.newscrawler("raw", "verify").stderr
    archive(crawled).mkdir()
    assert "there is no such file" in crawled.newscrawler("raw", "verify").stdout
    assert crawled.newscrawler("raw", "verify", "--reindex").returncode == 0
    assert raw(crawled, "list", "--records") == []


def test_an_index_made_from_the_files_is_the_one_that_was_lost(crawled: Shell) -> None:
    before = raw(crawled, "list", "--records", "--limit", "1000")
    crawled.database.unlink()
    crawled.newscrawler("raw", "verify", "--reindex")
    after = raw(crawled, "list", "--records", "--limit", "1000")
    assert [{**row, "record_id": 0} for row in before] == [{**row, "record_id": 0} for row in after]


def test_pruning_keeps_what_is_needed_to_read_again(crawled: Shell) -> None:
    would = raw(crawled, "prune", "--max-size", "1", "--dry-run")
    assert [(row["dropped"], row["kept"] > 0) for row in would] == [(5, True), (5, False)]
    done = raw(crawled, "prune", "--max-size", "1")
    assert [(row["dropped"], row["kept"]) for row in done] == [
        (row["dropped"], row["kept"]) for row in would
    ]
    assert raw(crawled, "verify")["findings"] == []
    assert raw(crawled, "show", f"NW{SEED}")["kind"] == "response"
    assert raw(crawled, "prune", "--max-size", "1") == []


def test_pruning_by_age_leaves_today_alone(once: Shell) -> None:
    assert raw(once, "prune", "--older", "1d", "--everything") == []
    done = once.newscrawler("raw", "prune")
    assert done.returncode == 2
    assert "--older" in done.stderr


def test_what_is_not_there_is_said(once: Shell) -> None:
    done = once.newscrawler("raw", "show", "NW202202242287513000")
    assert done.returncode == 3
    assert "not in the raw archive" in done.stderr
