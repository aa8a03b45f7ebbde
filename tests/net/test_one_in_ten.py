"""One article in ten is faulty: every id is accounted for, and no other one waits for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawler.replica import World
from tests.net import faults
from tests.net.conftest import Crawled, crawl
from tests.net.fault_server import FaultServer

KINDS = (
    faults.s14_length_too_long,
    faults.s16_cut_without_length,
    faults.s18_reset_before,
    faults.s18_reset_twice,
    faults.s20_503,
    faults.s20_503_twice,
    faults.s22_empty,
    faults.s22_error_json,
    faults.s22_login_page,
    faults.c10_huge_integer,
)
MENDED = {faults.s18_reset_twice, faults.s20_503_twice}
"""Over at the third try."""


def one_in_ten(folder: Path, articles: int, **settings: object) -> Crawled:
    """A crawl of recorded and made-up articles; a tenth has one fault after the other."""
    world = World.recorded()
    world.grow(articles - len(world.ids))
    hit = sorted(world.ids)[::10]
    plan = {one: KINDS[number % len(KINDS)] for number, one in enumerate(hit)}
    with FaultServer(plan, world) as server:
        ids = {one: one for one in world.ids}
        return crawl(folder, server, ids, NEWSCRAWLER_BREAKER_FAILURES=1000, **settings)


def faulty_ids(done: Crawled) -> set[str]:
    return set(sorted(done.ids)[::10])


def test_every_id_has_one_outcome_and_all_healthy_ones_are_stored(tmp_path: Path) -> None:
    done = one_in_ten(tmp_path, 200)
    ended = done.rows(
        "SELECT t.external_id, r.outcome FROM tasks t LEFT JOIN run_tasks r USING (task_id)"
    )
    assert len(ended) == len(done.ids) == 200
    assert {external_id for external_id, _ in ended} == set(done.ids)
    assert None not in {outcome for _, outcome in ended}
    report = done.report
    assert report["adds_up"]
    outcomes = ("new", "duplicate", "pending", "rejected", "failed")
    assert report["discovered"] == sum(report[name] for name in outcomes) == 200
    stored = {row[0] for row in done.rows("SELECT external_id FROM news")}
    mended = {one for n, one in enumerate(sorted(faulty_ids(done))) if KINDS[n % 10] in MENDED}
    assert stored == set(done.ids) - faulty_ids(done) | mended
    assert done.code == 1


@pytest.mark.faults
def test_no_healthy_article_waits_for_a_further_try_of_a_faulty_one(tmp_path: Path) -> None:
    # Twice as many wait as may be in flight; were they counted, the crawl would stand still.
    done = one_in_ten(
        tmp_path, 80, IN_FLIGHT="4", CONCURRENCY="4", RETRY_TIMES="1", NEWSCRAWLER_RETRY_BASE_S=8
    )
    times = {one: done.server.times(f"GetNewsText.do?id=NW{one}") for one in done.ids}
    # The last one: Twisted asks at once when a kept connection turns out dead.
    again = [times[one][-1] for one in faulty_ids(done) if len(times[one]) > 1]
    assert len(again) >= 5
    assert max(times[one][0] for one in done.ids) < min(again)
