"""Waiting, giving up and coming back: rows S19 and S20."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from newscrawler import __version__
from newscrawler.replica import World
from tests.net.conftest import Crawled, crawl
from tests.net.fault_server import FaultServer
from tests.net.faults import Exchange, Fault, s20_503, s22_login_page

TEXTS = "/NewsData/GetNewsText.do"


def asks_to_wait(value: bytes, times: int) -> Fault:
    async def answer(ask: Exchange) -> None:
        if ask.nth <= times:
            await ask.whole(b"", b"Retry-After: " + value, status=b"429 Slow Down")
        else:
            await ask.whole(ask.good)

    return answer


def asks_to_wait_until(seconds: int) -> Fault:
    """The same with a date, so many seconds ahead."""

    async def answer(ask: Exchange) -> None:
        until = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
        await asks_to_wait(until.encode(), 1)(ask)

    return answer


def crawl_with(folder: Path, fault: Fault, *, everywhere: bool = False) -> Crawled:
    world = World.recorded()
    key = TEXTS if everywhere else min(world.ids)
    with FaultServer({key: fault}, world) as server:
        return crawl(folder, server, {"fault": min(world.ids)}, CONCURRENCY="2")


def test_s19_a_stated_wait_is_kept_and_the_host_is_left_in_peace(tmp_path: Path) -> None:
    done = crawl_with(tmp_path, asks_to_wait(b"1", 1))
    assert done.ended("fault") == ("new", "")
    refused, again = done.server.times(done.ids["fault"])
    assert again - refused >= 1
    # One request may have been on its way already.
    assert len([asked for asked in done.server.log if refused < asked.at < refused + 0.99]) <= 1
    assert done.report["notes"] == ["waited 1 s for HTTP 429 ×1"]
    assert done.code == 0


def test_s19_a_wait_that_is_stated_as_a_date_is_kept(tmp_path: Path) -> None:
    done = crawl_with(tmp_path, asks_to_wait_until(3))
    assert done.ended("fault") == ("new", "")
    refused, again = done.server.times(done.ids["fault"])
    assert 1 < again - refused < 30  # a date knows whole seconds only


def test_s19_who_asks_for_too_long_a_wait_is_asked_again_by_the_next_run(tmp_path: Path) -> None:
    done = crawl_with(tmp_path, asks_to_wait(b"999999", 99))
    assert done.ended("fault") == ("failed", "http_429")
    assert done.tries("fault") == 1
    assert not any(note.startswith("waited") for note in done.report["notes"])
    assert {row[0] for row in done.rows("SELECT reason FROM news_failures")} <= {
        "http_429",
        "circuit_open",
    }
    assert any("were not sent" in note for note in done.report["notes"])


@pytest.mark.faults
def test_s19_a_wait_that_makes_no_sense_is_our_own(tmp_path: Path) -> None:
    done = crawl_with(tmp_path, asks_to_wait(b"-5", 1))
    assert done.ended("fault") == ("new", "")
    assert len(done.server.times(done.ids["fault"])) == 2


@pytest.mark.parametrize("fault", [s20_503, pytest.param(s22_login_page, marks=pytest.mark.faults)])
def test_s20_a_host_that_only_fails_is_soon_left_alone(tmp_path: Path, fault: Fault) -> None:
    done = crawl_with(tmp_path, fault, everywhere=True)
    assert len(done.server.times(TEXTS)) <= 10 + 2 + 4  # what was on its way, and being read
    reasons = {row[0] for row in done.rows("SELECT reason FROM news_failures")}
    assert reasons == {"circuit_open", "http_503" if fault is s20_503 else "blocked"}
    assert done.report["adds_up"]
    assert done.code == 1
    assert done.rows("SELECT * FROM news") == []


async def slowly(ask: Exchange) -> None:
    await asyncio.sleep(0.1)
    await ask.whole(ask.good)


@pytest.mark.faults
def test_a_slow_host_is_asked_slowly_and_by_name(tmp_path: Path) -> None:
    world = World.recorded()
    with FaultServer({TEXTS: slowly}, world) as server:
        # As a host that is not this machine, which has a pace of its own.
        settings = {"DOWNLOAD_SLOTS": {}, "CONCURRENCY": "8", "CONTACT": "ops@news.example"}
        done = crawl(tmp_path, server, {}, **settings)
    assert done.code == 0
    times = server.times(TEXTS)
    assert len(times) == len(world.ids)
    settled = times[10:]
    assert (settled[-1] - settled[0]) / (len(settled) - 1) >= 0.06
    assert any("answers slowly: asked once every" in note for note in done.report["notes"])
    names = {asked.headers["user-agent"] for asked in server.log}
    assert names == {f"newscrawler/{__version__} (+ops@news.example)"}
