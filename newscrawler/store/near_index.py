"""Finds the articles that a text may be a copy of; cost does not grow with the archive.

A key that many articles share tells nothing: at most `CROWD` of them are kept under it. What is
found is a hint: an article may have another text by now, or be linked itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from newscrawler.near.sketch import WINDOW, Sketch, in_period, may_be_same, periods
from newscrawler.store import near_known
from newscrawler.store.near_segments import Entry, Places, Seen

CROWD = 4
"""Articles under one key from which on it counts for little and takes no more."""
MOST = 4
"""Articles that one text is compared with at most."""
RARE, COMMON = 4, 1
ENOUGH = 2 * RARE
"""What the shared keys have to be worth; half of it where there are few keys."""
FEW_KEYS = 12
_WINDOW_S = int(WINDOW.total_seconds())


class Probe(NamedTuple):
    """One text, as it is looked for and as others find it."""

    article_id: int
    sketch: Sketch
    published_s: int
    period: int
    keys: Sequence[int]
    """What it is looked for under."""


def probe(article_id: int, sketch: Sketch, published_at: datetime) -> Probe:
    """Make a probe of a text's sketch."""
    own, *beside = periods(published_at)
    keys = in_period(sketch.asked, own)
    for period in beside:
        keys += in_period(sketch.asked, period)
    return Probe(article_id, sketch, int(published_at.timestamp()), own, keys)


class Index:
    """The part of the index that one batch needs: what is stored, and what the batch adds."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._known: near_known.Known | None = None
        self._under: dict[int, dict[int, Seen]] = defaultdict(dict)
        """Of each key the stored articles by number: one that has changed may be there twice."""
        self._asked: set[int] = set()
        self._first_s = self._last_s = 0
        self._added: list[Entry] = []
        self._news = Places()
        """Those that the batch has added."""

    def prepare(self, probes: Sequence[Probe]) -> None:
        """Read all that is stored under the keys of these texts."""
        if not probes:
            return
        first_s = min(each.published_s for each in probes) - _WINDOW_S
        last_s = max(each.published_s for each in probes) + _WINDOW_S
        if self._asked and (first_s < self._first_s or last_s > self._last_s):
            first_s, last_s = min(first_s, self._first_s), max(last_s, self._last_s)
            self._asked.clear()
        keys = set().union(*[each.keys for each in probes])
        keys -= self._asked
        if keys:
            self._asked |= keys
            self._first_s, self._last_s = first_s, last_s
            found = self._stored.find(self._conn, sorted(keys), first_s, last_s)
            for key, seen in found:
                self._under[key][seen.article_id] = seen

    @property
    def _stored(self) -> near_known.Known:
        if self._known is None:
            self._known = near_known.known(self._conn)
        return self._known

    def candidates(self, probe: Probe) -> list[int]:
        """Article ids to compare with, the most promising first; of a probe that is prepared."""
        found = self._crowds(probe)
        if not found:
            return []
        score: dict[int, int] = {}
        figures, at = probe.sketch.figures, probe.published_s
        for crowd in found.values():
            weight = COMMON if len(crowd) >= CROWD else RARE
            for article_id, others, published_s in crowd.values():
                if abs(published_s - at) <= _WINDOW_S and may_be_same(others, figures):
                    score[article_id] = score.get(article_id, 0) + weight
        score.pop(probe.article_id, None)
        enough = ENOUGH if len(probe.sketch.asked) > FEW_KEYS else RARE
        ranked = sorted((-worth, each) for each, worth in score.items() if worth >= enough)
        return [each for _, each in ranked[:MOST]]

    def has_news_for(self, probe: Probe) -> bool:
        """Whether this batch has added something that the probe may find."""
        return self._news.has(probe.keys)

    def _crowds(self, probe: Probe) -> dict[int, dict[int, Seen]]:
        """Of each key that the probe shares with others, the others."""
        shared = self._under.keys() & probe.keys
        found = {key: self._under[key] for key in shared} if shared else {}
        if self.has_news_for(probe):
            for key, seen in self._news.find(probe.keys):
                found[key] = {**found.get(key, {}), seen.article_id: seen}
        return found

    def add(self, probe: Probe) -> None:
        """Let others find this article."""
        seen = Seen(probe.article_id, probe.sketch.figures, probe.published_s)
        (base,) = in_period((0,), probe.period)
        crowds = self._crowds(probe).items()
        crowded = [key ^ base for key, crowd in crowds if len(crowd) >= CROWD] if crowds else ()
        keys = in_period(probe.sketch.choose(crowded), probe.period)
        if keys:
            self._news.add(seen, keys)
            self._added.append((seen, keys))

    def write(self) -> None:
        """Store what was added."""
        if self._added:
            self._stored.add(self._conn, self._added)
            self._added = []


def clear(conn: Connection) -> None:
    """Empty the index."""
    near_known.known(conn).clear(conn)
