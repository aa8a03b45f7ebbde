"""Finds the articles that a text may be a copy of; cost does not grow with the archive.

A key that many articles share tells nothing: at most `CROWD` of them are kept under it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from newscrawler.near.sketch import WINDOW, Sketch, in_period, may_be_same, periods
from newscrawler.store.dialect import insert_missing
from newscrawler.store.near_tables import near_keys, near_sketches
from newscrawler.store.tasks import chunks

CROWD = 4
"""Articles under one key from which on it counts for little and takes no more."""
MOST = 4
"""Articles that one text is compared with at most."""
_AT_ONCE = 10_000

_WINDOW_S = WINDOW.total_seconds()
_FIND = (
    select(
        near_keys.c.near_key,
        near_keys.c.article_id,
        near_sketches.c.figures,
        near_sketches.c.published_s,
    )
    .join(near_sketches, near_sketches.c.article_id == near_keys.c.article_id)
    .where(near_keys.c.near_key.in_(bindparam("keys", expanding=True, literal_execute=True)))
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One article as the index knows it."""

    article_id: int
    figures: int
    published_s: int


@dataclass(slots=True)
class Index:
    """The part of the index that one batch needs: what is stored, and what the batch adds."""

    conn: Connection
    _under: dict[int, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    _asked: set[int] = field(default_factory=set)
    _keys: list[dict[str, int]] = field(default_factory=list)
    _sketches: dict[int, dict[str, int]] = field(default_factory=dict)

    def prepare(self, wanted: Iterable[tuple[Sketch, datetime]]) -> None:
        """Read all that is stored under the keys of these texts, in one query."""
        keys = {
            in_period(key, period)
            for sketch, published_at in wanted
            for period in periods(published_at)
            for key in sketch.asked
        } - self._asked
        self._asked |= keys
        ordered = sorted(keys)
        for start in range(0, len(ordered), _AT_ONCE):
            some = ordered[start : start + _AT_ONCE]
            for key, *seen in self.conn.execute(_FIND, {"keys": some}):
                self._under[key].append(Seen(*seen))

    def candidates(self, article_id: int, sketch: Sketch, published_at: datetime) -> list[int]:
        """Article ids to compare with, the most promising first; those prepared only."""
        score: Counter[int] = Counter()
        at = published_at.timestamp()
        for period in periods(published_at):
            for key in sketch.asked:
                crowd = self._under.get(in_period(key, period), ())
                weight = 1 if len(crowd) >= CROWD else 4
                for seen in crowd:
                    if (
                        seen.article_id != article_id
                        and abs(seen.published_s - at) <= _WINDOW_S
                        and may_be_same(seen.figures, sketch.figures)
                    ):
                        score[seen.article_id] += weight
        ranked = sorted(score, key=lambda each: (-score[each], each))
        return ranked[:MOST]

    def add(self, article_id: int, sketch: Sketch, published_at: datetime) -> None:
        """Let others find this article."""
        seen = Seen(article_id, sketch.figures, int(published_at.timestamp()))
        self._sketches[article_id] = {
            "article_id": article_id,
            "figures": seen.figures,
            "published_s": seen.published_s,
        }
        own = periods(published_at)[0]
        for key in sketch.choose(lambda key: len(self._under.get(in_period(key, own), ())) < CROWD):
            full = in_period(key, own)
            self._under[full].append(seen)
            self._keys.append({"near_key": full, "article_id": article_id})

    def write(self) -> None:
        """Store what was added."""
        if not self._sketches:
            return
        insert_missing(self.conn, near_keys, self._keys)
        insert_missing(self.conn, near_sketches, list(self._sketches.values()))
        self._keys.clear()
        self._sketches.clear()


def forget(conn: Connection, article_ids: Sequence[int]) -> None:
    """Let these articles be found no more; their keys stay, as hints of nothing."""
    for some in chunks(article_ids):
        conn.execute(delete(near_sketches).where(near_sketches.c.article_id.in_(some)))


def clear(conn: Connection) -> None:
    """Empty the index."""
    conn.execute(delete(near_keys))
    conn.execute(delete(near_sketches))


