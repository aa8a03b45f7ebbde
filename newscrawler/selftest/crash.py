"""Kill the crawler over and over, let it resume, and count what was lost on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from newscrawler.replica import Replica
from newscrawler.selftest.aim import Aim
from newscrawler.selftest.audit import audit
from newscrawler.selftest.raw_audit import audit_raw
from newscrawler.selftest.upstream import Upstream, article_of
from newscrawler.selftest.verdict import CrashReport
from newscrawler.selftest.victim import Shot, Victim
from newscrawler.store.check import check
from newscrawler.store.engine import Database, open_database
from newscrawler.store.scratch import scratch_database
from newscrawler.store.snapshot import Snapshot, snapshot

OnKill = Callable[[int], None]
"""Gets the number of kills so far."""

_Revision = tuple[int, int, str]

_TOO_MANY = 5
"""So many crawls that end badly by themselves: there is nothing to be learnt from more."""


def crash_test(
    database_url: str,
    rounds: int,
    seed: int,
    *,
    aim: Aim | None = None,
    on_kill: OnKill = lambda _: None,
) -> CrashReport:
    """Kill `rounds` crawls on a scratch database of the kind of `database_url`; audit what is left.

    Raises:
        StoreError: the database cannot be used, or the role may not make a scratch database.
    """
    started = time.monotonic()
    with (
        TemporaryDirectory(prefix="newscrawler-selftest-", ignore_cleanup_errors=True) as folder,
        scratch_database(database_url, Path(folder)) as url,
        closing(open_database(url)) as database,
    ):
        report = CrashReport(database=database.kind, seed=seed, rounds=rounds)
        upstream = Upstream(seed)
        with Replica(upstream.world) as replica:
            victim = Victim(Path(folder), url, replica.origin, upstream.world)
            _Test(report, upstream, victim, database).run(rounds, aim or Aim(seed), on_kill)
        stored = snapshot(database)
        audit(report, stored, upstream.states)
        audit_raw(report, victim.raw_archive, database, stored)
        report.unexpected += [
            f"db check: {finding['check']}: {finding['result']}"
            for finding in check(database)
            if not finding["ok"]
        ]
    report.seconds = time.monotonic() - started
    return report


class _Test:
    def __init__(
        self, report: CrashReport, upstream: Upstream, victim: Victim, database: Database
    ) -> None:
        self._report = report
        self._upstream = upstream
        self._victim = victim
        self._database = database
        self._committed: set[_Revision] = set()

    def run(self, rounds: int, aim: Aim, on_kill: OnKill) -> None:
        """Kill so many times, then let one crawl finish what is left."""
        report = self._report
        while (kills := report.kills.total()) < rounds and report.crawls < 2 * rounds + 5:
            if len(report.unexpected) >= _TOO_MANY:
                break
            on_kill(kills)
            self._crawl(aim.next(), aim)
        if kills < rounds:
            report.unexpected.append(f"only {kills} of {rounds} kills hit a running crawl")
        on_kill(kills)
        self._crawl(Shot(), aim)

    def _crawl(self, shot: Shot, aim: Aim) -> None:
        report = self._report
        self._upstream.advance()
        report.crawls += 1
        end = self._victim.crawl(shot)
        aim.learn(shot, end)
        seen = snapshot(self._database, ["news", "news_revisions"])
        wasted = self._wasted(seen)
        report.repeated = self._upstream.repeated
        if end.was_killed:
            report.kills[shot.name] += 1
            report.refetched.append(wasted)
        elif end.code:
            report.unexpected.append(
                f"crawl {report.crawls} ({shot.name}) ended with {end.code}: {end.last_line}"
            )
        elif wasted:
            report.unexpected.append(f"crawl {report.crawls} fetched {wasted} and stored them not")
        self._look_for_vanished(seen)

    def _wasted(self, seen: Snapshot) -> int:
        """Requests of the last crawl whose answers are not stored."""
        stored = {row["external_id"]: row["content_hash"] for row in seen["news"]}
        states = self._upstream.states
        wasted = 0
        for code, times in self._upstream.fetched().items():
            is_stored = stored.get(code) == article_of(code, states[code][-1]).content_hash
            wasted += times - is_stored
        return wasted

    def _look_for_vanished(self, seen: Snapshot) -> None:
        """What has been committed stays: no kill takes a revision back."""
        rows = seen["news_revisions"]
        now = {(row["article_id"], row["revision"], row["content_hash"]) for row in rows}
        self._report.vanished += [
            f"article {article_id} revision {revision}"
            for article_id, revision, _ in sorted(self._committed - now)
        ]
        self._committed = now
