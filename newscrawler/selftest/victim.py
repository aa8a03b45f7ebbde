"""One crawl in a process of its own, and the shot that ends it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from newscrawler import failpoints
from newscrawler.replica import World

IN_FLIGHT = 16
"""What the crawls are allowed to have in flight: the promise that is measured."""

_POLL_S = 0.004
_LONGEST_S = 180.0
_PREFIX = "NEWSCRAWLER_"


@dataclass(frozen=True, slots=True)
class Shot:
    """When to kill: at a failpoint, or so many seconds after start or after the first request."""

    point: str = ""
    """`name:n` of newscrawler.failpoints; "" for a moment in time."""
    after_s: float | None = None
    """None: no shot, the crawl may finish."""
    early: bool = False
    """Whether `after_s` counts from the start of the process, not from its first request."""

    @property
    def name(self) -> str:
        """For people: the failpoint without its turn, or what kind of moment."""
        if self.point:
            return self.point.partition(":")[0]
        return "starting up" if self.early else "at random"


@dataclass(frozen=True, slots=True)
class End:
    """How a crawl ended."""

    code: int
    last_line: str
    """Of what it said on stderr."""
    startup_s: float | None
    """From its start to its first request; None if it made none."""
    hung: bool = False
    """Whether it was killed because it would not end."""

    @property
    def was_killed(self) -> bool:
        """Whether it died of the shot."""
        died = self.code == -9 or (sys.platform == "win32" and self.code == 1)
        return died and not self.hung


@dataclass(frozen=True, slots=True)
class Victim:
    """Crawls one world into one database, again and again."""

    folder: Path
    database_url: str
    origin: str
    world: World

    @property
    def raw_archive(self) -> Path:
        """Where its answers are kept."""
        return self.folder / "raw"

    def crawl(self, shot: Shot) -> End:
        """Run `newscrawler crawl eastmoney` until it ends or is shot."""
        requests = len(self.world.requests)
        started = time.monotonic()
        with (self.folder / "stderr").open("w+", encoding="utf-8", errors="replace") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "newscrawler", "crawl", "eastmoney"],
                cwd=self.folder,
                env=self._environment(shot),
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
            try:
                first = self._watch(process, shot, started, requests)
            finally:
                hung = time.monotonic() - started > _LONGEST_S
                process.kill()
                code = process.wait()
            said.seek(0)
            lines = said.read().strip().splitlines()
        startup = None if first is None else first - started
        return End(code, lines[-1][:300] if lines else "", startup, hung)

    def _watch(
        self, process: subprocess.Popen[bytes], shot: Shot, started: float, requests: int
    ) -> float | None:
        first: float | None = started if shot.early else None
        seen: float | None = None
        while process.poll() is None:
            now = time.monotonic()
            if seen is None and len(self.world.requests) > requests:
                seen = now
            since = first if shot.early else seen
            if shot.after_s is not None and since is not None and now - since >= shot.after_s:
                return seen
            if now - started > _LONGEST_S:
                return seen
            time.sleep(_POLL_S)
        return seen

    def _environment(self, shot: Shot) -> dict[str, str]:
        """The user's, but none of the user's settings: only what is measured may matter."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_PREFIX) and name != failpoints.VARIABLE
        }
        package = Path(__file__).parents[2]
        path = os.pathsep.join(filter(None, [str(package), os.environ.get("PYTHONPATH", "")]))
        settings = {
            "PYTHONPATH": path,
            f"{_PREFIX}DATABASE_URL": self.database_url,
            f"{_PREFIX}EASTMONEY_BASE_URL": self.origin,
            f"{_PREFIX}IN_FLIGHT": str(IN_FLIGHT),
            f"{_PREFIX}RECHECK": "off",
            f"{_PREFIX}RAW_ARCHIVE": str(self.raw_archive),
            f"{_PREFIX}MAX_REQUESTS_PER_HOUR": "0",  # a hundred runs ask for more than an hour's
        }
        armed = {failpoints.VARIABLE: shot.point} if shot.point else {}
        return kept | settings | armed
