"""Crawls of servers that misbehave; each is made once and looked at by many tests."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from newscrawler.replica import World
from tests.net.fault_server import FaultServer
from tests.net.faults import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[2]
FAST = {
    "NEWSCRAWLER_RETRY_BASE_S": 0.05,
    "REQUEST_DELAY_S": "0",
    "RAW_ARCHIVE": "off",
    "MAX_REQUESTS_PER_HOUR": "0",
}


@dataclass
class Crawled:
    """What one crawl came to."""

    server: FaultServer
    ids: Mapping[str, str]
    """External id by fault."""
    report: dict[str, Any]
    code: int
    peak_mb: float
    seconds: float
    stderr: str
    database: Path

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.database) as connection:
            return list(connection.execute(query, values))

    def ended(self, fault: str) -> tuple[str, str]:
        """(outcome, reason) of the article that had this fault."""
        query = (
            "SELECT r.outcome, coalesce(r.reason, '') FROM run_tasks r JOIN tasks t USING (task_id)"
            " WHERE t.external_id = ?"
        )
        [(outcome, reason)] = self.rows(query, self.ids[fault])
        return str(outcome), str(reason)

    def stored(self, fault: str) -> bool:
        return bool(self.rows("SELECT 1 FROM news WHERE external_id = ?", self.ids[fault]))

    def news(self, fault: str) -> dict[str, Any]:
        """The row of the article that had this fault."""
        with sqlite3.connect(self.database) as connection:
            connection.row_factory = sqlite3.Row
            query = "SELECT * FROM news WHERE external_id = ?"
            [row] = connection.execute(query, (self.ids[fault],))
            return dict(row)

    def tries(self, fault: str) -> int:
        return len(self.server.times(f"GetNewsText.do?id=NW{self.ids[fault]}"))


def crawl(folder: Path, server: FaultServer, ids: Mapping[str, str], **settings: object) -> Crawled:
    """Crawl a server from a process of its own."""
    given = {
        **FAST,
        "EASTMONEY_BASE_URL": server.origin,
        "DATABASE_URL": f"sqlite:///{folder / 'news.db'}",
        **settings,
    }
    began = time.monotonic()
    done = _run("tests.net.faulty_crawl", json.dumps(given))
    seconds = time.monotonic() - began
    return Crawled(
        server=server,
        ids=ids,
        seconds=seconds,
        stderr=done.stderr,
        database=folder / "news.db",
        **json.loads(done.stdout),
    )


def probe(urls: Sequence[str], *, ca: Path | None = None, **settings: object) -> dict[str, str]:
    """What becomes of each URL: "status URL" or "outcome reason". `ca`: trusted certificates."""
    allowed = ",".join({urlsplit(url).hostname or "" for url in urls})
    given = {**FAST, "ALLOWED_PRIVATE_HOSTS": allowed, **settings}
    done = _run("tests.net.probe", json.dumps(given), *urls, SSL_CERT_FILE=str(ca or ""))
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def _run(module: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if "NEWSCRAWLER" not in name}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**ours, **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def plan(world: World, names: list[str]) -> dict[str, str]:
    """An article for each fault."""
    assert len(names) <= len(world.ids)
    return dict(zip(names, sorted(world.ids), strict=False))


TIMED = [name for name in FAULTS if name[:3] in ("s01", "s02", "s03", "s04")]
"""Faults that only end by PAGE_DEADLINE_S. All others get a deadline that no busy machine meets."""


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """One crawl in which every article has another fault, but for some that have none."""
    others = [name for name in FAULTS if name not in TIMED]
    yield from _crawl_of(tmp_path_factory.mktemp("faulty"), others, PAGE_DEADLINE_S="60")


@pytest.fixture(scope="session")
def too_slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """A crawl with the faults that take for ever."""
    yield from _crawl_of(tmp_path_factory.mktemp("slow"), TIMED, PAGE_DEADLINE_S="2")


@pytest.fixture
def crawled_with(request: pytest.FixtureRequest) -> Callable[[str], Crawled]:
    """The crawl in which a fault was met."""

    def find(fault: str) -> Crawled:
        crawled = request.getfixturevalue("too_slow" if fault in TIMED else "faulty")
        assert isinstance(crawled, Crawled)
        return crawled

    return find


def _crawl_of(folder: Path, names: Sequence[str], **settings: object) -> Iterator[Crawled]:
    world = World.recorded()
    world.grow(60)
    ids = plan(world, [*names, "none"])
    faults: dict[str, Fault] = {ids[name]: FAULTS[name] for name in names}
    chain = {f"/chain/{n}": _hop(n + 1) for n in range(30)}
    with FaultServer({**faults, **chain}, world) as server:
        shared = {
            "MAX_PAGE_BYTES": str(2 << 20),
            "CONCURRENCY": "32",
            "IN_FLIGHT": "64",
            "NEWSCRAWLER_BREAKER_FAILURES": 10_000,
        }
        yield crawl(folder, server, ids, **shared, **settings)


def _hop(number: int) -> Fault:
    async def answer(ask: Any) -> None:
        await ask.whole(b"", b"Location: /chain/%d" % number, status=b"302 Found")

    return answer
