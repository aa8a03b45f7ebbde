"""The raw archive is killed and filled up: what was kept stays readable, articles stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawler.selftest import crash_test
from newscrawler.selftest.aim import Aim
from newscrawler.selftest.victim import End, Shot
from tests.faults.stage import Stage
from tests.faults.test_databases import FULL_BYTES, crawl_in
from tests.faults.test_databases import small_disk as small_disk
from tests.faults.test_kills import SCRATCH


class WhileArchiving(Aim):
    """In the middle of a record, behind it, and when a file gets its name."""

    def __init__(self) -> None:
        super().__init__(seed=0)
        self._turn = 0

    def next(self) -> Shot:
        self._turn += 1
        if self._turn % 10 == 0:
            return Shot(point="raw_closed:1")
        return Shot(
            point=f"{'raw_torn' if self._turn % 2 else 'raw_written'}:{self._turn % 37 + 1}"
        )

    def learn(self, shot: Shot, end: End) -> None:
        """It aims as it does."""


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_d10_fifty_kills_while_archiving_lose_no_article_and_no_answer() -> None:
    report = crash_test(SCRATCH, 50, 4, aim=WhileArchiving())
    assert report.wrong == {}
    assert report.kills.total() == 50


@pytest.mark.faults
def test_d10_a_full_disk_of_the_archive_stops_no_crawl(
    stage: Stage, small_disk: Path | None
) -> None:
    folder = small_disk or stage.shell.folder / "in the way"
    if small_disk:
        (small_disk / "other things").write_bytes(bytes(FULL_BYTES - 200_000))
    else:
        folder.touch()  # where no small disk can be mounted, a file in the way fails every write
    stage.shell.environment["NEWSCRAWLER_RAW_ARCHIVE"] = str(folder / "raw")
    done = crawl_in(stage, limit=None)
    assert done.returncode == 1
    assert ("No space left on device" if small_disk else "Not a directory") in done.stdout
    assert len(done.stderr.strip().splitlines()) == 1
    assert stage.wrong() == []
    if small_disk:
        verified = stage.shell.newscrawler("raw", "verify")
        assert verified.returncode == 0, verified.stdout
