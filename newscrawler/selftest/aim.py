"""Where and when to kill: every failpoint in turn, and moments that no one has chosen."""

from __future__ import annotations

from random import Random

from newscrawler.selftest.victim import End, Shot

FIRST_POINTS = ("migration_table:2", "migration_view:1")
"""They exist only while the schema is being made."""

POINTS: dict[str, int] = {
    "before_announce_commit": 5,
    "after_call_commit": 7,
    "before_batch": 8,
    "after_articles": 8,
    "before_seq": 8,
    "after_seq": 8,
    "before_commit": 10,
    "after_commit": 8,
    "before_finish": 1,
    "raw_torn": 30,
    "raw_written": 30,
    "raw_closed": 1,
}
"""Every other failpoint of the crawl, with the highest turn at which it is set off."""

_EARLY = 6
"""One random shot in so many falls while the process is still starting up."""


class Aim:
    """Repeatable by its seed, as far as two processes on one machine ever are."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 (repeatable, nothing secret)
        self._first = list(FIRST_POINTS)
        self._points: list[str] = []
        self._missed = ""
        self._by_time = True
        self._startup_s = 1.0
        self._work_s = 0.8

    def next(self) -> Shot:
        """By turns a failpoint and a moment; a failpoint that was not reached again, its first
        hit."""
        if self._first:
            return Shot(point=self._first.pop(0))
        if self._missed:
            return Shot(point=f"{self._missed}:1")
        self._by_time = not self._by_time
        return self._moment() if self._by_time else self._point()

    def learn(self, shot: Shot, end: End) -> None:
        """Aim better: crawls last longer or shorter on other machines."""
        self._missed = shot.name if shot.point in _TURNED and not end.was_killed else ""
        if end.startup_s is not None:
            self._startup_s = end.startup_s
        if shot.after_s is not None and not shot.early:
            self._work_s *= 1.03 if end.was_killed else 0.8

    def _point(self) -> Shot:
        if not self._points:
            self._points = list(POINTS)
            self._random.shuffle(self._points)
        name = self._points.pop()
        return Shot(point=f"{name}:{self._random.randint(1, POINTS[name])}")

    def _moment(self) -> Shot:
        if self._random.randrange(_EARLY) == 0:
            return Shot(after_s=self._random.uniform(0, self._startup_s), early=True)
        return Shot(after_s=self._random.uniform(0, self._work_s))


_TURNED = frozenset(f"{name}:{turn}" for name, top in POINTS.items() for turn in range(2, top + 1))
