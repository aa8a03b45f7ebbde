"""MAX_REQUESTS_PER_HOUR: kept across runs, shown in the report, and nothing is lost by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newscrawler.replica import World
from newscrawler.store.budget import Spell, goes_on, used
from tests.net.conftest import crawl
from tests.net.fault_server import FaultServer

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def spell(began_min: int, ended_min: int, requests: int) -> Spell:
    """A run, by how many minutes ago it began and ended."""
    return Spell(NOW - timedelta(minutes=began_min), NOW - timedelta(minutes=ended_min), requests)


@pytest.mark.parametrize(
    ("earlier", "requests"),
    [([], 0), ([spell(30, 10, 5)], 5), ([spell(90, 30, 10)], 5), ([spell(60, 60, 4)], 4),
     ([spell(0, 0, 7)], 7), ([spell(30, 10, 5), spell(120, 0, 10)], 10)],
)  # fmt: skip
def test_what_was_asked_within_the_hour_counts(earlier: list[Spell], requests: int) -> None:
    assert used(earlier, NOW) == requests


def test_it_goes_on_when_the_first_request_is_an_hour_old() -> None:
    assert goes_on([spell(50, 40, 9)], NOW, NOW) == NOW + timedelta(minutes=10)
    assert goes_on([spell(90, 40, 9)], NOW, NOW) == NOW
    assert goes_on([], NOW, NOW) == NOW + timedelta(hours=1)


@pytest.mark.faults
def test_runs_together_keep_the_budget_and_the_rest_stays_due(tmp_path: Path) -> None:
    world = World.recorded()
    with FaultServer({}, world) as server:
        first = crawl(tmp_path, server, {}, MAX_REQUESTS_PER_HOUR="20")
        asked = len(server.log)
        assert asked <= 20 + 2  # an article may need a second request
        assert first.code == 0
        assert first.report["adds_up"]
        assert first.report["pending"] == len(world.ids) - first.report["new"] > 0
        assert "MAX_REQUESTS_PER_HOUR" in first.report["notes"][-1]
        assert first.rows("SELECT count(*) FROM run_tasks WHERE reason = 'budget'") == [
            (first.report["pending"],)
        ]
        second = crawl(tmp_path, server, {}, MAX_REQUESTS_PER_HOUR="20")
        assert second.report["new"] == 0
        assert "GetNewsText" not in "".join(each.target for each in server.log[asked:])
        third = crawl(tmp_path, server, {}, MAX_REQUESTS_PER_HOUR="0")
        assert third.report["new"] == first.report["pending"]
