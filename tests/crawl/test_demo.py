"""`newscrawler demo --fault`: what became of the faults is said, and the exit code follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from newscrawler.demo import SEED, run_demo
from newscrawler.replica import World


@pytest.mark.parametrize(
    ("faults", "code", "said"),
    [
        (f"http503*1@{SEED}", 0, f"http503*1@{SEED} struck 1 of "),
        (f"truncated*1@{SEED}", 0, "43 of 43 recorded articles"),
        (f"null@{SEED}", 1, f"not stored: {SEED}"),
        (f"wrong@{SEED}", 1, "Exit code 1: the crawls ended with exit codes 0 and 0, 1 lines"),
        (f"json@{SEED}", 1, "Exit code 1: the crawls ended with exit codes 1 and "),
        ("html@headlines", 1, "list unreadable"),
    ],
)
def test_the_demo_says_what_faults_have_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faults: str, code: int, said: str
) -> None:
    monkeypatch.setenv("NEWSCRAWLER_REQUEST_DELAY_S", "0")
    world = World.recorded()
    world.faults.add(faults)
    lines: list[str] = []
    assert run_demo(world, tmp_path / "demo.db", port=0, say=lines.append) == code
    text = "\n".join(lines)
    assert said in text
    assert "Traceback" not in text
    assert "DOWNLOAD_" not in text  # no advice of Scrapy's
