"""Lists that repeat, freeze or roll on too fast, and answers to other questions: S23, S25–S28."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.crawl.conftest import Shell
from tests.crawl.conftest import shell as shell
from tests.crawl.test_main_job import SEED, TWICE, report_of

HOUR = timedelta(hours=1)


def crawl(shell: Shell, *options: str) -> dict[str, Any]:
    return report_of(shell.newscrawler("crawl", "eastmoney", "--json", *options).stdout)


def let_pass(shell: Shell, time: timedelta) -> None:
    """Make the ledger as old as if so much time had gone by since the last run."""
    columns = {
        "lists": ("new_at", "read_at"),
        "tasks": ("next_at", "gone_first_seen_at"),
    }
    with closing(sqlite3.connect(shell.database)) as database, database:
        for table, names in columns.items():
            for name in names:
                found = f"SELECT rowid, {name} FROM {table} WHERE {name} IS NOT NULL"
                for row, text in database.execute(found).fetchall():
                    moved = datetime.fromisoformat(text) - time
                    value = moved.isoformat(" ", "microseconds")
                    database.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (value, row))


def events(shell: Shell, code: str) -> list[str]:
    query = (
        "SELECT c.kind FROM news_changes c JOIN news n USING (article_id) "
        f"WHERE n.external_id = '{code}' ORDER BY c.seq"
    )
    return [row["kind"] for row in shell.rows(query)]


@pytest.mark.faults
def test_s23_gone_takes_two_looks_an_hour_apart_and_what_comes_back_is_restored(
    shell: Shell,
) -> None:
    world = shell.replica.world
    crawl(shell)
    world.withdraw(SEED)
    report = crawl(shell, "--recheck")
    assert report["gone"] == 0  # out of the lists, not asked for
    shell.newscrawler("fetch", "--refresh", SEED)
    assert events(shell, SEED) == ["created"]
    let_pass(shell, HOUR / 2)
    assert crawl(shell)["gone"] == 0
    let_pass(shell, HOUR)
    assert crawl(shell)["gone"] == 1
    assert events(shell, SEED) == ["created", "gone"]
    [row] = shell.rows(f"SELECT title, gone_at FROM news WHERE external_id = '{SEED}'")
    assert row["title"]
    assert row["gone_at"]
    world.restore(SEED)
    let_pass(shell, 25 * HOUR)
    crawl(shell)
    assert events(shell, SEED) == ["created", "gone", "restored"]
    [row] = shell.rows(f"SELECT gone_at FROM news WHERE external_id = '{SEED}'")
    assert row["gone_at"] is None


def test_s23_a_404_that_passes_is_no_withdrawal(shell: Shell) -> None:
    shell.replica.world.faults.add(f"http404*1@{SEED}")
    assert crawl(shell)["pending"] == 1
    let_pass(shell, 2 * HOUR)
    assert crawl(shell)["new"] == 1
    assert events(shell, SEED) == ["created"]


@pytest.mark.faults
def test_s25_rows_that_repeat_and_lists_that_stand_still_are_asked_once(shell: Shell) -> None:
    world = shell.replica.world
    announced = world.article(TWICE).announced
    for name in ("flash", "headlines", "market37"):
        for row in [row for rows in announced.values() for row in rows] * 3:
            world.announce(name, row)
    for _ in range(3):
        report = crawl(shell)
        assert report["discovered"] == len(world.ids)
        lists = [request for request in world.requests if "webapi" in request.target]
        assert len(lists) == 5  # one page each, whatever it says
        world.requests.clear()
    assert world.fetched[TWICE] == 1
    assert len(shell.rows("SELECT * FROM news")) == len(world.ids)


def test_s26_another_article_is_refused_and_the_right_one_stored_later(shell: Shell) -> None:
    world = shell.replica.world
    world.faults.add(f"wrong@{SEED}")
    report = crawl(shell)
    assert report["rejected"] == 1
    [failure] = report["failures"]
    assert (failure["external_id"], failure["reason"]) == (SEED, "wrong_article")
    assert events(shell, SEED) == []
    world.faults.clear()
    assert shell.newscrawler("failures", "retry").returncode == 0
    assert crawl(shell)["new"] == 1


def test_s27_a_frozen_list_is_an_alarm_until_it_moves_again(shell: Shell) -> None:
    assert crawl(shell)["exit_code"] == 0
    let_pass(shell, 5 * HOUR)
    assert crawl(shell)["exit_code"] == 0
    let_pass(shell, 2 * HOUR)
    done = shell.newscrawler("crawl", "eastmoney")
    assert done.returncode == 1
    assert "1 list silent for too long" in done.stdout
    assert "stale: nothing new since" in done.stdout
    [failure] = shell.rows("SELECT * FROM news_failures")
    assert (failure["stage"], failure["reason"]) == ("list", "stale")
    assert crawl(shell)["exit_code"] == 1
    off = shell.newscrawler("crawl", "eastmoney", NEWSCRAWLER_SILENCE_ALARM="off")
    assert off.returncode == 0
    shell.replica.world.grow(1, lists=["flash"])
    assert crawl(shell)["exit_code"] == 0
    assert shell.rows("SELECT * FROM news_failures WHERE resolved_at IS NULL") == []


@pytest.mark.faults
def test_s27_a_list_that_offers_nothing_at_all_is_silent_too(shell: Shell) -> None:
    crawl(shell)
    shell.replica.world.window = 0
    let_pass(shell, 80 * HOUR)
    report = crawl(shell)
    assert report["verdict"] == "5 lists silent for too long"


def test_s28_a_window_that_rolled_is_a_gap_until_a_look_reaches_across_it(shell: Shell) -> None:
    world = shell.replica.world
    world.grow(5, lists=["flash"])
    crawl(shell)
    assert shell.newscrawler("gaps").stdout == "no open gaps\n"
    world.grow(30, lists=["flash"])
    world.window = 10
    report = crawl(shell)
    assert report["exit_code"] == 0
    assert [note for note in report["notes"] if "list flash may have missed" in note]
    [gap] = json.loads(shell.newscrawler("gaps", "--json").stdout)
    assert set(shell.rows("SELECT * FROM news_gaps")[0]) == set(gap)
    assert (gap["list"], gap["closed_at"]) == ("flash", None)
    times = [datetime.fromisoformat(gap[name]) for name in ("from_at", "to_at")]
    assert timedelta(0) < times[1] - times[0]
    world.window = None
    assert crawl(shell)["new"] == 20
    assert json.loads(shell.newscrawler("gaps", "--json").stdout) == []
    [closed] = json.loads(shell.newscrawler("gaps", "--all", "--json").stdout)
    assert datetime.fromisoformat(closed["closed_at"]) <= datetime.now(UTC)


@pytest.mark.parametrize("arguments", [("--site", "nowhere"), ("extra",)])
def test_gaps_refuses_what_it_does_not_know(shell: Shell, arguments: tuple[str, ...]) -> None:
    assert shell.newscrawler("gaps", *arguments).returncode == 2
