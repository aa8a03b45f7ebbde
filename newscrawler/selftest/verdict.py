"""What a crash test found, and whether it is within the promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from newscrawler.selftest.victim import IN_FLIGHT

_SHOWN = 10


@dataclass(slots=True, kw_only=True)
class CrashReport:
    """One crash test; the lists name what is wrong and are empty if all is well."""

    database: str
    """"sqlite", "postgresql" or "mariadb"."""
    seed: int
    rounds: int = 0
    """How many kills were asked for."""
    crawls: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    """How often it was killed where: failpoints, `at random`, `starting up`."""
    articles: int = 0
    states: int = 0
    """States of articles that upstream announced, corrections included."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    """Revisions that were committed before a kill and are not there after it."""
    left_running: list[int] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    """Crawls that were not killed and did not end well; findings of `db check`."""
    refetched: list[int] = field(default_factory=list)
    """For each kill, how many requests died with the crawl and have to be repeated."""
    repeated: int = 0
    """Requests that were in fact repeated, by whatever later crawl."""
    interrupted: int = 0
    """Runs that the kills left behind and that are recorded as interrupted."""
    seconds: float = 0.0

    @property
    def wrong(self) -> dict[str, list[str]]:
        """What is outside the promise, by kind."""
        over = [f"{many} after kill {n}" for n, many in enumerate(self.refetched, 1)
                if many > IN_FLIGHT]  # fmt: skip
        found = {
            "lost": self.lost,
            "doubled": self.doubled,
            "torn": self.torn,
            "vanished": self.vanished,
            "left running": [f"run {run_id}" for run_id in self.left_running],
            "refetched too many": over,
            "unexpected": self.unexpected,
        }
        if self.repeated > sum(self.refetched):
            unneeded = self.repeated - sum(self.refetched)
            found["unexpected"] = [*found["unexpected"], f"{unneeded} requests for nothing"]
        return {name: things for name, things in found.items() if things}

    @property
    def ok(self) -> bool:
        return not self.wrong

    @property
    def refetched_mean(self) -> float:
        return sum(self.refetched) / len(self.refetched) if self.refetched else 0.0


def render(report: CrashReport) -> Iterator[str]:
    """The report, line by line: the verdict first."""
    kills = report.kills.total()
    outcome = "nothing lost, doubled or torn" if report.ok else "the promise is broken"
    yield f"crash test on {report.database}: {kills} kills, {outcome}"
    yield (
        f"  {report.articles} articles in {report.states} states · lost {len(report.lost)}"
        f" · doubled {len(report.doubled)} · torn {len(report.torn)}"
        f" · vanished {len(report.vanished)}"
    )
    yield (
        f"  to fetch again per kill: at most {max(report.refetched, default=0)}, on average"
        f" {report.refetched_mean:.1f} (promised: at most {IN_FLIGHT})"
    )
    yield (
        f"  runs: {report.crawls} crawls, {report.interrupted} interrupted,"
        f" {len(report.left_running)} left running"
    )
    yield "  killed: " + " · ".join(f"{name} {many}" for name, many in sorted(report.kills.items()))
    yield f"  seed {report.seed} · {report.seconds:.0f} s"
    for name, things in report.wrong.items():
        for thing in things[:_SHOWN]:
            yield f"  {name}: {thing}"
        if len(things) > _SHOWN:
            yield f"  {name}: and {len(things) - _SHOWN} more"
    if not report.ok:
        yield f"  again: newscrawler selftest crash --rounds {report.rounds} --seed {report.seed}"


def as_row(report: CrashReport) -> dict[str, object]:
    """The report as JSON."""
    return {
        "database": report.database,
        "seed": report.seed,
        "rounds": report.rounds,
        "kills": report.kills.total(),
        "killed": dict(report.kills),
        "crawls": report.crawls,
        "articles": report.articles,
        "states": report.states,
        "lost": report.lost,
        "doubled": report.doubled,
        "torn": report.torn,
        "vanished": report.vanished,
        "left_running": report.left_running,
        "interrupted": report.interrupted,
        "refetched_max": max(report.refetched, default=0),
        "refetched_mean": round(report.refetched_mean, 2),
        "repeated": report.repeated,
        "unexpected": report.unexpected,
        "seconds": round(report.seconds, 1),
        "ok": report.ok,
    }
