"""Finds the articles that a text may be a copy of; cost does not grow with the archive.

A key that many articles share tells nothing: at most `CROWD` of them are kept under it. Keys are
written into the statements as plain integers: hundreds of bound values cost more than the search.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete

from newscrawler.near.sketch import WINDOW, Sketch, in_period, may_be_same, periods
from newscrawler.store.bulk import on_sqlite
from newscrawler.store.near_tables import near_keys, near_sketches
from newscrawler.store.tasks import chunks
from newscrawler.store.types import MARIADB

CROWD = 4
"""Articles under one key from which on it counts for little and takes no more."""
MOST = 4
"""Articles that one text is compared with at most."""
RARE, COMMON = 4, 1
ENOUGH = 2 * RARE
"""What the shared keys have to be worth; half of it where there are few keys."""
FEW_KEYS = 12
_AT_ONCE = 5_000

_WINDOW_S = WINDOW.total_seconds()
_COLUMNS = "k.near_key, s.article_id, s.figures, s.published_s"
_FIND = (
    "SELECT {} FROM near_keys k"
    " JOIN near_sketches s ON s.article_id = k.article_id WHERE k.near_key IN ({})"
)
_ADD = "INSERT INTO {} ({}) VALUES {} {}"


@dataclass(frozen=True, slots=True)
class Probe:
    """One text, as it is looked for and as others find it."""

    article_id: int
    sketch: Sketch
    published_s: int
    periods: tuple[int, ...]
    keys: tuple[int, ...]
    """What it is looked for under."""


def probe(article_id: int, sketch: Sketch, published_at: datetime) -> Probe:
    """Make a probe of a text's sketch."""
    places = periods(published_at)
    keys = [key for place in places for key in in_period(sketch.asked, place)]
    return Probe(article_id, sketch, int(published_at.timestamp()), places, tuple(keys))


Seen = tuple[int, int, int]
"""article_id, figures, published_s."""


@dataclass(slots=True)
class Index:
    """The part of the index that one batch needs: what is stored, and what the batch adds."""

    conn: Connection
    _under: dict[int, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    _asked: set[int] = field(default_factory=set)
    _keys: list[tuple[int, int]] = field(default_factory=list)
    _added: set[int] = field(default_factory=set)
    _sketches: dict[int, Seen] = field(default_factory=dict)

    def prepare(self, probes: Iterable[Probe]) -> None:
        """Read all that is stored under the keys of these texts, in one query."""
        keys = {key for each in probes for key in each.keys} - self._asked
        self._asked |= keys
        under = self._under
        for some in _pieces(sorted(keys)):
            for key, article_id, figures, published_s in _find(self.conn, some):
                under[key].append((article_id, figures, published_s))

    def candidates(self, probe: Probe) -> list[int]:
        """Article ids to compare with, the most promising first; of a probe that is prepared."""
        score: Counter[int] = Counter()
        figures, at, under = probe.sketch.figures, probe.published_s, self._under
        for key in probe.keys:
            crowd = under.get(key)
            if crowd:
                weight = COMMON if len(crowd) >= CROWD else RARE
                for article_id, others, published_s in crowd:
                    if abs(published_s - at) <= _WINDOW_S and may_be_same(others, figures):
                        score[article_id] += weight
        score.pop(probe.article_id, None)
        enough = ENOUGH if len(probe.sketch.asked) > FEW_KEYS else RARE
        ranked = sorted((-worth, each) for each, worth in score.items() if worth >= enough)
        return [each for _, each in ranked[:MOST]]

    def has_news_for(self, probe: Probe) -> bool:
        """Whether this batch has added something that the probe may find."""
        return not self._added.isdisjoint(probe.keys)

    def add(self, probe: Probe) -> None:
        """Let others find this article."""
        seen = (probe.article_id, probe.sketch.figures, probe.published_s)
        self._sketches[probe.article_id] = seen
        under = self._under
        base = in_period((0,), probe.periods[0])[0]
        for key in probe.sketch.choose(lambda key: len(under.get(base | key, ())) < CROWD):
            full = base | key
            under[full].append(seen)
            self._added.add(full)
            self._keys.append((full, probe.article_id))

    def write(self) -> None:
        """Store what was added."""
        _insert(self.conn, "near_keys", "near_key, article_id", sorted(self._keys))
        columns = "article_id, figures, published_s"
        _insert(self.conn, "near_sketches", columns, sorted(self._sketches.values()))
        self._keys.clear()
        self._sketches.clear()


def _find(conn: Connection, keys: Sequence[int]) -> Iterable[Sequence[int]]:
    """near_key, article_id, figures, published_s of all that is under these keys."""
    asked = ",".join(map(str, keys))
    if conn.dialect.name != "sqlite":
        return conn.exec_driver_sql(_FIND.format(_COLUMNS, asked)).all()
    # One row, as in lookup.py: each row more would give the interpreter up once more.
    packed = f"json_group_array(json_array({_COLUMNS}))"
    (found,) = on_sqlite(conn, _FIND.format(packed, asked), ()).fetchone()
    rows: list[list[int]] = json.loads(found)
    return rows


def _insert(conn: Connection, table: str, columns: str, rows: Sequence[tuple[int, ...]]) -> None:
    is_mariadb = conn.dialect.name in MARIADB
    first = columns.partition(",")[0]
    known = (
        f"ON DUPLICATE KEY UPDATE {first} = {table}.{first}"
        if is_mariadb
        else "ON CONFLICT DO NOTHING"
    )
    for start in range(0, len(rows), _AT_ONCE):
        values = ",".join(map(_row, rows[start : start + _AT_ONCE]))
        statement = _ADD.format(table, columns, values, known)
        if conn.dialect.name == "sqlite":
            on_sqlite(conn, statement, ())
        else:
            conn.exec_driver_sql(statement)


def _row(values: tuple[int, ...]) -> str:
    return f"({','.join(map(str, values))})"


def _pieces(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def forget(conn: Connection, article_ids: Sequence[int]) -> None:
    """Let these articles be found no more; their keys stay, as hints of nothing."""
    for some in chunks(article_ids):
        conn.execute(delete(near_sketches).where(near_sketches.c.article_id.in_(some)))


def clear(conn: Connection) -> None:
    """Empty the index."""
    conn.execute(delete(near_keys))
    conn.execute(delete(near_sketches))
