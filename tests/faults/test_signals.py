"""Ctrl-C and SIGTERM: in order at the first, at once at the second."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from tests.crawl.conftest import ROOT, Shell
from tests.faults.stage import Stage, await_, is_one_line, stop
from tests.processes import Running


def test_p01_one_signal_ends_a_crawl_in_order(stage: Stage) -> None:
    running = stage.start("--json", after=20)
    asked = stop(running, signal.SIGINT)
    done = running.wait()
    assert time.monotonic() - asked < 10
    assert done.returncode == 130
    assert done.stderr == ""
    [report] = json.loads(done.stdout)
    assert (report["status"], report["adds_up"], report["failed"]) == ("interrupted", True, 0)
    assert stage.wrong(complete=False) == []
    assert stage.repair() == []


@pytest.mark.faults
def test_p01_a_host_that_does_not_answer_is_not_waited_for(stage: Stage) -> None:
    stage.world.faults.add("delay60@/NewsData")
    running = stage.start(after=4)
    asked = stop(running)
    done = running.wait()
    assert time.monotonic() - asked < 10
    assert done.returncode == 130
    assert "interrupted" in done.stdout
    assert stage.statuses() == ["interrupted"]
    stage.world.faults.clear()
    assert stage.repair() == []


@pytest.mark.faults
def test_p01_lists_that_do_not_answer_are_not_waited_for(stage: Stage) -> None:
    stage.world.faults.add("delay60@/web")
    running = stage.start()
    await_(lambda: len(stage.world.requests) >= 3)
    asked = stop(running)
    assert running.wait().returncode == 130
    assert time.monotonic() - asked < 10
    assert stage.statuses() == ["interrupted"]


def test_p01_scrapy_crawl_ends_the_same_way(stage: Stage) -> None:
    running = Running("scrapy", ("crawl", "eastmoney"), ROOT, stage.shell.environment)
    await_(lambda: stage.world.fetched.total() >= 10)
    asked = stop(running)
    done = running.wait()
    assert time.monotonic() - asked < 10
    assert done.returncode == 130
    assert "interrupted" in done.stdout
    assert "Traceback" not in done.stderr
    assert stage.statuses() == ["interrupted"]


@pytest.mark.faults
def test_p01_a_locked_database_is_not_waited_for(stage: Stage) -> None:
    running = stage.start(after=20)
    with closing(sqlite3.connect(stage.shell.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        asked = stop(running)
        done = running.wait()
    assert time.monotonic() - asked < 10
    assert done.returncode == 130
    assert "locked" in done.stderr
    assert is_one_line(done.stderr)
    assert stage.repair() == []


@pytest.mark.faults
def test_p02_two_signals_end_a_crawl_at_once(stage: Stage) -> None:
    stage.world.faults.add("delay0.2@/NewsData")
    running = stage.start(after=30)
    stop(running)
    asked = stop(running)
    done = running.wait()
    assert time.monotonic() - asked < 2
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert stage.wrong(complete=False) in ([], [("left running", ["run 1"])])
    stage.world.faults.clear()
    assert stage.repair() == []


@pytest.mark.faults
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("module", ["newscrawler", "scrapy"])
def test_p02_a_signal_during_start_up_ends_without_a_traceback(
    shell: Shell, module: str, number: int
) -> None:
    """Sent as soon as our code is there: when the imports are under way."""
    code = (
        "import os, sys, threading, runpy\n"
        "def later():\n"
        "    while not set(sys.modules) & {'scrapy.core.engine', 'newscrawler.cli._common'}:\n"
        "        threading.Event().wait(0.001)\n"
        f"    os.kill(os.getpid(), {int(number)})\n"
        "threading.Thread(target=later, daemon=True).start()\n"
        f"sys.argv = [{module!r}, 'crawl', 'eastmoney']\n"
        f"runpy.run_module({module!r}, run_name='__main__', alter_sys=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=shell.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if module == "newscrawler":
        assert done.returncode == 130
        assert "Traceback" not in done.stderr
    else:  # what comes before our command is Scrapy's
        assert done.returncode in (130, -number)


@pytest.mark.faults
def test_p02_a_signal_that_was_ignored_stays_ignored(stage: Stage) -> None:
    command = [sys.executable, "-m", "newscrawler", "crawl", "eastmoney"]
    running = subprocess.Popen(
        command,
        cwd=stage.shell.folder,
        env=stage.shell.environment,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    await_(lambda: stage.world.fetched.total() >= 10)
    os.kill(running.pid, signal.SIGHUP)
    assert running.wait(60) == 0
    assert stage.wrong() == []
