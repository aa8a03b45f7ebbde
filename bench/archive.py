"""What the raw archive costs a crawl and the disk, and how fast its answers are read again.

Interleaved rounds; each crawl is a process of its own. Reading again is compared with normalising
the same answers out of memory, with what lists said of them at hand, in as many processes.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from bench.crawl import replica
from newscrawler.archive import files
from newscrawler.archive.archive import RawArchive, Reader
from newscrawler.captures import TEXT, Capture, Exchange, Fetched, Subject
from newscrawler.config import load
from newscrawler.items import Task
from newscrawler.reparse import Plan, reparse
from newscrawler.reparse.run import CHUNK
from newscrawler.replica import World
from newscrawler.sites.eastmoney import reading
from newscrawler.sites.eastmoney.lists import LISTS
from newscrawler.store import background, raw
from newscrawler.store.engine import open_database
from pipelines.dedupe import DedupePipeline
from pipelines.validate import ValidatePipeline

PAGES = 1000
READ_AGAIN = 8000
"""Answers that are read again: a second and more for each process."""
ROUNDS = 5
CONCURRENCY = 8
WORKERS = os.cpu_count() or 1
NOW = datetime(2026, 1, 1, tzinfo=UTC)
HEADERS = (
    (b"Content-Type", b"application/json;charset=utf-8"),
    (b"Date", b"Thu, 01 Jan 2026 00:00:00 GMT"),
    (b"Server", b"nginx"),
)
ASKED = (
    (b"Accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    (b"Accept-Language", b"en"),
    (b"User-Agent", b"newscrawler/0.1.0"),
    (b"Accept-Encoding", b"gzip, deflate, br, zstd"),
)


def main() -> None:
    """Print the cost in time, in bytes, and the speed of reading again."""
    with tempfile.TemporaryDirectory() as scratch:
        costs(Path(scratch))
        sizes(Path(scratch))
        speed(Path(scratch))


def costs(scratch: Path) -> None:
    """A crawl that keeps its answers beside one that does not."""
    seconds: dict[str, list[float]] = {"full": [], "archived": []}
    with replica(PAGES) as origin:
        for round_ in range(ROUNDS):
            for kind, seen in seconds.items():
                folder = scratch / f"{kind}{round_}"
                folder.mkdir()
                seen.append(crawl(kind, origin, folder / "news.db"))
                shutil.rmtree(folder)
    extra = statistics.median(kept / bare - 1 for bare, kept in zip(*seconds.values(), strict=True))
    bare, kept = (PAGES / statistics.median(seen) for seen in seconds.values())
    print(f"crawl without archive: {bare:5.0f} pages/s (median of {ROUNDS} rounds)")
    print(f"crawl with archive:    {kept:5.0f} pages/s")
    print(f"cost: {extra:+.1%} time (wanted: at most +10 %)")


def crawl(kind: str, origin: str, database: Path, pages: int = PAGES) -> float:
    command = [sys.executable, "-m", "bench.crawl_child", kind, origin, str(pages)]
    done = subprocess.run(
        [*command, str(CONCURRENCY), str(database)], stdout=subprocess.PIPE, text=True, check=True
    )
    seconds: float = json.loads(done.stdout.splitlines()[-1])["seconds"]
    return seconds


def sizes(scratch: Path) -> None:
    """Bytes on disk beside the bytes of the answers' bodies."""
    recorded = World.recorded()
    made_up = World.recorded()
    codes = made_up.grow(1000)
    kinds: dict[str, Callable[[], Iterable[tuple[str, str, bytes]]]] = {
        "recorded articles": lambda: articles(recorded, recorded.ids),
        "made-up articles": lambda: articles(made_up, codes),
        "a first crawl of the recorded articles": lambda: [
            *lists(recorded), *articles(recorded, recorded.ids)],
        "a day: hourly looks at full lists, 40 new articles each": a_day,
        "a second look at unchanged lists": lambda: [*lists(made_up), *lists(made_up)],
    }  # fmt: skip
    for number, (name, answers) in enumerate(kinds.items()):
        raw, kept, many = keep(scratch / f"size{number}", answers())
        print(f"{name}: {many} answers, {raw / many / 1000:.1f} kB each: {kept / raw:.0%} of it")
    print("(wanted: at most 40 %)")


def articles(world: World, codes: Iterable[str]) -> list[tuple[str, str, bytes]]:
    return [(code, TEXT, world.encoded_answer(code) or b"") for code in codes]


def lists(world: World) -> list[tuple[str, str, bytes]]:
    rows = {"flash": 500, "headlines": 500}
    return [("", each.name, world.encoded_list(each.name, rows.get(each.name, 100)))
            for each in LISTS]  # fmt: skip


def a_day() -> Iterable[tuple[str, str, bytes]]:
    world = World.recorded()
    world.grow(1500)
    for _ in range(24):
        fresh = world.grow(40)
        yield from lists(world)
        yield from articles(world, fresh)


def keep(root: Path, answers: Iterable[tuple[str, str, bytes]]) -> tuple[int, int, int]:
    """(bytes of the bodies, bytes on disk, how many)."""
    root.mkdir()
    archive, raw, many = RawArchive(root), 0, 0
    latest: dict[Subject, Capture | None] = {}
    for many, (code, name, body) in enumerate(answers, 1):
        subject = Subject("eastmoney", code, name)
        at = NOW + timedelta(seconds=many)
        earlier = latest.get(subject)
        latest[subject] = archive.keep(exchange(subject, body), at, earlier)
        raw += len(body)
    archive.close()
    return raw, sum(path.stat().st_size for path in files.files(root)), many


def exchange(subject: Subject, body: bytes) -> Exchange:
    path = f"NewsData/GetNewsText.do?id=NW{subject.external_id}"
    if not subject.external_id:
        path = "web/webapi?type=102&count=500&newsid=1"
    return Exchange(
        subject=subject,
        method="GET",
        url=f"http://choicewzp1.eastmoney.com/{path}",
        request_headers=ASKED,
        status=200,
        headers=[(b"Content-Length", b"%d" % len(body)), *HEADERS],
        body=body,
        ip="192.0.2.1",
    )


def speed(scratch: Path) -> None:
    """Articles/s of `reparse --dry-run`, beside reading the same answers out of memory."""
    database = scratch / "news.db"
    root = Path(f"{database}-raw")
    with replica(READ_AGAIN) as origin:
        crawl("archived", origin, database, READ_AGAIN)
    config = load(overrides={"DATABASE_URL": f"sqlite:///{database}"}, env={}, cwd=scratch)
    plan = Plan(site="eastmoney", root=root, workers=WORKERS, dry_run=True)
    ours, memory = [], []
    for _ in range(ROUNDS):
        memory.append(from_memory(config.database_url, root))
        clock = Clock()
        summary = reparse(config, plan, clock.tick)
        assert summary.verdicts["unchanged"] == summary.examined == READ_AGAIN, summary
        ours.append(clock.rate())
    ratio = statistics.median(one / base for one, base in zip(ours, memory, strict=True))
    print(f"reparse --dry-run, {WORKERS} processes:    {statistics.median(ours):6.0f} articles/s")
    print(f"read from memory, {WORKERS} processes:     {statistics.median(memory):6.0f} articles/s")
    print(f"ratio: {ratio:.2f} (wanted: at least 0.80)")


class Clock:
    """The rate between the first result and the last: what starting processes takes is left out."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, int]] = []

    def tick(self, so_far: int) -> None:
        self._seen.append((time.perf_counter(), so_far))

    def rate(self) -> float:
        (began, first), (ended, last) = self._seen[0], self._seen[-1]
        return (last - first) / (ended - began)


def from_memory(database_url: str, root: Path) -> float:
    """Articles/s when nothing but reading is to be done: as the crawl does, up to the store."""
    clock, done = Clock(), 0
    begin = (database_url, root)
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), _begin, begin) as pool:
        for many in pool.map(_normalise, range(0, READ_AGAIN, CHUNK)):
            done += many
            clock.tick(done)
    return clock.rate()


_inputs: list[tuple[dict[str, Fetched | None], Task, datetime]] = []


def _begin(database_url: str, root: Path) -> None:
    """Bring all that reading needs into memory."""
    reader = Reader(root)
    with closing(open_database(database_url)) as database, database.read() as conn:
        ids = raw.page(conn, "eastmoney", "", READ_AGAIN)
        found = background.find(conn, "eastmoney", ids)
    for each in ids:
        (capture,) = found.captures[each]
        waiting = found.waiting[each]
        said = found.said.get(waiting.task_id, [])
        task = Task(
            task_id=waiting.task_id,
            site="eastmoney",
            external_id=each,
            announced_as=waiting.announced_as,
            announcements=tuple(one.record for one in said),
        )
        fetched = Fetched(capture.url, capture.status, reader.read(capture).body)
        _inputs.append(({TEXT: fetched}, task, capture.fetched_at))


def _normalise(first: int) -> int:
    validate, dedupe = ValidatePipeline(), DedupePipeline()
    some = _inputs[first : first + CHUNK]
    for answers, task, at in some:
        dedupe.process_item(validate.process_item(reading.read(answers, task, at)))
    return len(some)


if __name__ == "__main__":
    main()
