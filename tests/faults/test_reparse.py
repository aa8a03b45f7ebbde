"""`newscrawler reparse` is killed over and over: run again, it ends as if nothing had happened."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from newscrawler.failpoints import VARIABLE
from newscrawler.replica import Replica, World
from tests.crawl.conftest import Shell

RULE = """
import sys
from dataclasses import replace
from newscrawler.reparse import run
from newscrawler.sites.eastmoney import reading

original = reading.read

def read(answers, task, now):
    article = original(answers, task, now)
    number = int(article.external_id[-2:])
    if number % 3 == 0:
        return replace(article, title=article.title + "（新）", parser_version=99)
    if number % 3 == 1:
        return replace(article, summary="新的摘要", parser_version=99)
    return article

reading.read = read
run.CHUNK = 10
from newscrawler.cli import main
main(["reparse", "--workers", "1"])
"""
"""Another rule: a third of the articles gets a revision, a third other derived parts."""

POINTS = ("before_batch", "after_articles", "before_seq", "after_seq", "before_finish")
SEEN = ("news", "news_paragraphs", "news_images", "news_securities", "news_changes")
TIMES = ("changed_at", "updated_at")


def reparse(shell: Shell, point: str = "", after_s: float | None = None) -> int:
    """Run it, or begin to; how it ended."""
    environment = shell.environment | ({VARIABLE: point} if point else {})
    process = subprocess.Popen(
        [sys.executable, "-c", RULE], cwd=shell.folder, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return process.wait(after_s)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def seen(shell: Shell) -> list[list[dict[str, object]]]:
    """All that consumers see, but when and by which run it was written; the feed without order."""
    found = []
    for view in SEEN:
        rows = [
            {name: value for name, value in row.items()
             if name not in (*TIMES, "seq", "change_seq", "run_id")}
            for row in shell.rows(f"SELECT * FROM {view}")
        ]  # fmt: skip
        found.append(sorted(rows, key=repr))
    return found


@pytest.fixture
def crawled(tmp_path: Path) -> Shell:
    """A hundred and twenty made-up articles, crawled."""
    world = World.recorded()
    for code in world.ids:
        world.hide_from_lists(code)
    world.grow(120)
    with Replica(world) as replica:
        shell = Shell(tmp_path / "first", replica)
        shell.folder.mkdir()
        assert shell.newscrawler("crawl", "eastmoney").returncode == 0
    return shell


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_p11_a_reparse_that_is_killed_at_any_step_ends_as_one_that_was_not(
    crawled: Shell, tmp_path: Path
) -> None:
    kills_and_compares(crawled, tmp_path, [("after_articles:1", None), ("after_seq:3", None)])


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_p11_fifty_kills_of_a_reparse_lose_and_double_nothing(
    crawled: Shell, tmp_path: Path
) -> None:
    random = Random(1)  # noqa: S311 (repeatable, nothing secret)
    began = time.monotonic()
    shutil.copytree(crawled.folder, tmp_path / "timed")
    reparse(Shell(tmp_path / "timed", crawled.replica))
    whole_s = time.monotonic() - began
    shots: list[tuple[str, float | None]] = [
        (f"{POINTS[n % 5]}:{random.randint(1, 4)}", None) if n % 2 else
        ("", random.uniform(0.3, 1.0) * whole_s)
        for n in range(50)
    ]  # fmt: skip
    kills_and_compares(crawled, tmp_path, shots)


def kills_and_compares(
    crawled: Shell, tmp_path: Path, shots: list[tuple[str, float | None]]
) -> None:
    """Kill one again and again, then let it finish; let another run undisturbed; compare both."""
    shutil.copytree(crawled.folder, tmp_path / "undisturbed")
    undisturbed = Shell(tmp_path / "undisturbed", crawled.replica)
    assert reparse(undisturbed) == 0
    assert undisturbed.rows("SELECT count(*) AS n FROM news WHERE revision = 2") != [{"n": 0}]
    for number in range(0, len(shots), 5):
        folder = tmp_path / f"killed{number}"
        shutil.copytree(crawled.folder, folder)
        killed = Shell(folder, crawled.replica)
        ends = [reparse(killed, point, after_s) for point, after_s in shots[number : number + 5]]
        assert -signal.SIGKILL in ends
        assert reparse(killed) == 0
        assert seen(killed) == seen(undisturbed)
        assert killed.newscrawler("db", "check").returncode == 0
        assert killed.rows("SELECT count(*) AS n FROM news_runs WHERE status = 'running'") == [
            {"n": 0}
        ]
        assert os.listdir(killed.folder / "raw") == os.listdir(crawled.folder / "raw")  # noqa: PTH208 - names are enough
        shutil.rmtree(folder)
