"""Imports an archive of posts: read in this process or others, stored in large transactions."""

from __future__ import annotations

import gc
import multiprocessing
import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

from newscrawler.failpoints import hit
from newscrawler.items import Article, Miss, RunReport
from newscrawler.jekyll import files, history
from newscrawler.jekyll.articles import SCHEME, Imported, Unread, read_group
from newscrawler.jekyll.files import Group
from newscrawler.sites.eastmoney.lists import SITE
from newscrawler.store import imports, runs
from newscrawler.store.engine import Database
from newscrawler.store.failures import Trouble
from newscrawler.store.locks import site_lock
from newscrawler.store.retry import transact

BATCH = 400
"""Articles in one transaction."""
_LOCK = "import"

Clock = Callable[[], datetime]
Watch = Callable[[int, int], object]
"""Is told how far it is, of how much."""


@dataclass(slots=True)
class _Batch:
    """Articles that go to a worker together; none of them twice."""

    done: int = 0
    """How far the archive has been read when it is stored."""
    groups: list[Group] = field(default_factory=list)
    bytes: int = 0


def import_archive(
    db: Database,
    directory: Path,
    now: Clock,
    *,
    with_history: bool = False,
    workers: int = 0,
    watch: Watch | None = None,
) -> RunReport:
    """Import the posts of a directory, or with `with_history` every state in its git history.

    `workers`: processes that read posts; 0 reads in this one, which takes least CPU. Killed, it is
    run again: what is stored changes nothing.

    Raises:
        ConfigError: nothing to import there; SiteBusyError: another import is running;
        StoreError: the database cannot take it.
    """
    total, batches = _source(directory, with_history=with_history)
    with site_lock(db, _LOCK):
        run_id, held = runs.open_run(
            db, SITE, imports.KIND, now(), os.getpid(), socket.gethostname()
        )
        try:
            return _run(db, run_id, batches, now, total, workers, watch)
        finally:
            held.release()


def _source(directory: Path, *, with_history: bool) -> tuple[int, Iterator[_Batch]]:
    if with_history or history.is_repository(directory):
        total = history.count_commits(directory)
        return total, _batches(history.states(directory))
    paths = files.posts_in(directory)
    one_by_one = ((1, [group]) for group in files.groups(directory, paths))
    return len(paths), _batches(_numbered(one_by_one))


def _numbered(groups: Iterable[tuple[int, list[Group]]]) -> Iterator[tuple[int, list[Group]]]:
    done = 0
    for _, found in groups:
        done += sum(map(len, found))
        yield done, found


def _batches(found: Iterator[tuple[int, list[Group]]]) -> Iterator[_Batch]:
    """Groups in pieces of BATCH; two states of one article are never in one piece."""
    batch, names = _Batch(), set[str]()
    for done, groups in found:
        for group in groups:
            name = files.article_of(group[0].path)
            if name in names or len(batch.groups) >= BATCH:
                yield batch
                batch, names = _Batch(), set()
            names.add(name)
            batch.groups.append(group)
            batch.bytes += sum(len(file.raw) for file in group)
        batch.done = done
    yield batch


def _run(
    db: Database,
    run_id: int,
    batches: Iterator[_Batch],
    now: Clock,
    total: int,
    workers: int,
    watch: Watch | None,
) -> RunReport:
    older = size = 0
    status = runs.FAILED
    try:
        with _loaded_is_here_to_stay(), _readers(workers, now()) as read:
            for batch, found in read(batches):
                older += _store(db, run_id, found, now)
                size += batch.bytes
                if watch:
                    watch(batch.done, total)
        status = runs.FINISHED
    except KeyboardInterrupt:
        status = runs.INTERRUPTED
        raise
    finally:
        notes = [f"{older} older states of articles were left out"] if older else []
        report = transact(
            db,
            lambda conn: runs.finish(conn, run_id, status, now(), bytes=size, notes=notes),
        )
    return report


def _store(db: Database, run_id: int, found: list[Imported], now: Clock) -> int:
    observed = [each for each in found if isinstance(each, Article | Miss)]
    unread = [_trouble(each) for each in found if isinstance(each, Unread)]
    hit("import_batch")
    older = transact(db, lambda conn: imports.save(conn, run_id, observed, unread, now(), SCHEME))
    hit("import_stored")
    return older


def _trouble(each: Unread) -> Trouble:
    return Trouble(
        site=SITE, url=each.url, stage="read", reason=each.reason, detail=each.detail, list=_LOCK
    )


Read = Callable[[Iterator[_Batch]], Iterator[tuple[_Batch, list[Imported]]]]


@contextmanager
def _readers(count: int, now: datetime) -> Iterator[Read]:
    """Something that reads batches, in order, a few ahead of who takes them."""
    if count == 0:
        yield lambda batches: ((batch, _read(batch.groups, now)) for batch in batches)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context, initializer=_begin) as pool:

        def read(batches: Iterator[_Batch]) -> Iterator[tuple[_Batch, list[Imported]]]:
            ahead: deque[tuple[_Batch, Future[list[Imported]]]] = deque()
            for batch in batches:
                ahead.append((batch, pool.submit(_read, batch.groups, now)))
                batch.groups = []
                if len(ahead) > count + 1:
                    first, result = ahead.popleft()
                    yield first, result.result()
            while ahead:
                first, result = ahead.popleft()
                yield first, result.result()

        try:
            yield read
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _loaded_is_here_to_stay() -> Iterator[None]:
    """Keep the garbage collector off all that was loaded: it would walk over it again and again."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _begin() -> None:
    """In a worker: let it not outlive a parent that was killed."""
    gc.freeze()
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _read(groups: list[Group], now: datetime) -> list[Imported]:
    return [each for group in groups for each in read_group(group, now)]
