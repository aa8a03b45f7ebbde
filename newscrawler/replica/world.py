"""What the replica serves: articles and lists, which tests and benchmarks change as upstream would.

Every method may be called from any thread while the server runs.
"""

from __future__ import annotations

import copy
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from newscrawler.errors import ConfigError
from newscrawler.replica.faults import Faults
from newscrawler.replica.records import (
    FIELD_KEYS,
    LISTS,
    Json,
    Record,
    external_id,
    load_records,
    row_id,
)
from newscrawler.replica.synthetic import Synthesis

_ENVELOPE = {"flash": "records", "headlines": "nodeList"}
_REQUESTS_KEPT = 200_000


class Request(NamedTuple):
    """One request that the server has received."""

    at: float
    """time.monotonic(), seconds."""
    method: str
    target: str
    """Path and query, as sent."""


@dataclass(slots=True)
class _Row:
    external_id: str
    fields: Json


class World:
    """The state of the upstream hosts. Ids are taken in either form, with or without `NW`."""

    def __init__(self, records: Iterable[Record] = (), *, seed: int = 0) -> None:
        self.faults = Faults(seed)
        self.robots: str | None = "User-agent: *\nAllow: /\n"
        """The text of /robots.txt; None answers 404."""
        self.unknown: tuple[int, bytes] = (200, b"null")
        """Status and body with which GetNewsText.do answers an id that never was."""
        self.window: int | None = None
        """The most rows a list serves, whatever count asks for; None for no limit."""
        self.requests: deque[Request] = deque(maxlen=_REQUESTS_KEPT)
        """The latest requests, oldest first."""
        self.counts: Counter[str] = Counter()
        """Requests since the start, by path without query."""
        self.fetched: Counter[str] = Counter()
        """Requests for an article (either endpoint), by external id."""
        self._lock = threading.RLock()
        self._records: dict[str, Record] = {}
        self._made_up: dict[str, int] = {}
        self._made_up_lists: dict[str, str] = {}
        self._lists: dict[str, list[_Row]] = {name: [] for name in LISTS}
        self._withdrawn: set[str] = set()
        self._unlisted: set[str] = set()
        self._encoded: dict[tuple[str, str | int], bytes] = {}
        self._synthesis: Synthesis | None = None
        for record in records:
            self.add(record)

    @classmethod
    def recorded(cls, folder: Path | None = None, *, seed: int = 0) -> World:
        """Return a world of the recorded articles; raise ConfigError if they are not found."""
        return cls(load_records(folder), seed=seed)

    def add(self, record: Record | Mapping[str, Any]) -> str:
        """Publish an article and announce it on top of its lists; return its external id.

        A mapping has the form of one file of `data/recorded/`.
        """
        if not isinstance(record, Record):
            record = Record.from_json(record)
        record = copy.deepcopy(record)
        with self._lock:
            self._records[record.external_id] = record
            for name, rows in record.announced.items():
                self._list(name)[:0] = [_Row(record.external_id, row) for row in rows]
            self._encoded.clear()
        return record.external_id

    def announce(self, name: str, row: Json) -> None:
        """Put a row of any shape on top of a list; it may name an article that is not there."""
        code, row = row_id(row), dict(row)
        with self._lock:
            self._list(name).insert(0, _Row(code, row))
            if code in self._records or code in self._made_up:
                self._changeable(code).announced.setdefault(name, []).insert(0, row)
            self._encoded.clear()

    def edit(self, code: str, *, text: str | None = None, **facts: str) -> None:
        """Correct an article everywhere: title, text (HTML or plain), source, showtime, digest.

        Raises ConfigError for an unknown id or fact.
        """
        if text is not None:
            facts["text"] = text if "<" in text else f"<p>{text}</p>"
        if not facts.keys() <= FIELD_KEYS.keys():
            raise ConfigError(f"no such facts: {sorted(facts.keys() - FIELD_KEYS.keys())}")
        with self._lock:
            record = self._changeable(code)
            for name, value in facts.items():
                record.correct(name, value)
            self._encoded.clear()

    def withdraw(self, code: str) -> None:
        """Take an article away: 404 from now on, and out of every list."""
        self._mark(code, self._withdrawn.add)

    def hide_from_lists(self, code: str) -> None:
        """Take an article out of every list; its own answers stay."""
        self._mark(code, self._unlisted.add)

    def restore(self, code: str) -> None:
        """Undo `withdraw` and `hide_from_lists`."""
        self._mark(code, self._withdrawn.discard)
        self._mark(code, self._unlisted.discard)

    def grow(self, n: int, lists: Sequence[str] = LISTS) -> list[str]:
        """Publish n more made-up articles, each in one list by turns, newest on top; return ids."""
        with self._lock:
            self._synthesis = self._synthesis or Synthesis(list(self._records.values()))
            numbers = range(len(self._made_up), len(self._made_up) + n)
            fresh: dict[str, list[_Row]] = {name: [] for name in lists}
            for number in numbers:
                name, code = lists[number % len(lists)], self._synthesis.external_id(number)
                self._made_up[code], self._made_up_lists[code] = number, name
                fresh[name].append(_Row(code, self._synthesis.row(number, name)))
            for name, rows in fresh.items():
                self._list(name)[:0] = reversed(rows)
            self._encoded.clear()
            return [self._synthesis.external_id(number) for number in numbers]

    @property
    def ids(self) -> list[str]:
        """The external ids that are served now."""
        with self._lock:
            everything = dict.fromkeys((*self._records, *self._made_up))
            return [code for code in everything if code not in self._withdrawn]

    def article(self, code: str) -> Record:
        """Return a copy of an article as it stands; raise ConfigError for an unknown id."""
        with self._lock:
            return copy.deepcopy(self._changeable(code, keep=False))

    def is_withdrawn(self, code: str) -> bool:
        """Say whether an article has been taken away."""
        return external_id(code) in self._withdrawn

    def neighbour(self, code: str) -> str:
        """Return the id of another article; the same one if there is no other."""
        return next((other for other in self._records if other != code), code)

    def encoded_list(self, name: str, count: int) -> bytes:
        """Return the JSON of a list's newest rows, at most `count` of them."""
        limit = count if self.window is None else min(count, self.window)
        with self._lock:
            if (name, limit) not in self._encoded:
                hidden = self._withdrawn | self._unlisted
                rows = [row.fields for row in self._list(name) if row.external_id not in hidden]
                answer = {_ENVELOPE.get(name, "record"): rows[: max(limit, 0)]}
                self._encoded[name, limit] = _json(answer)
            return self._encoded[name, limit]

    def encoded_answer(self, code: str) -> bytes | None:
        """Return what GetNewsText.do says of an external id; None if there never was such one."""
        return self._encode(code, "answer")

    def encoded_article(self, code: str) -> bytes | None:
        """Return what the article API says of an external id; None if it does not know it."""
        return self._encode(code, "article_api")

    def log(self, method: str, target: str, path: str, code: str) -> None:
        """Note a request; `code` is the article it asks for, or ""."""
        self.requests.append(Request(time.monotonic(), method, target))
        self.counts[path] += 1
        if code:
            self.fetched[code] += 1

    def _encode(self, code: str, part: str) -> bytes | None:
        known = self._encoded.get((code, part))
        if known is not None:
            return known
        with self._lock:
            record = self._records.get(code)
            if record is None:
                return self._make_up(code) if part == "answer" else None
            value = getattr(record, part)
            return None if value is None else self._encoded.setdefault((code, part), _json(value))

    def _make_up(self, code: str) -> bytes | None:
        number = self._made_up.get(code)
        return None if number is None or self._synthesis is None else self._synthesis.answer(number)

    def _changeable(self, code: str, *, keep: bool = True) -> Record:
        key = external_id(code)
        if key in self._records:
            return self._records[key]
        if key not in self._made_up or self._synthesis is None:
            raise ConfigError(f"no article {code!r} in this world")
        record = self._synthesis.record(self._made_up[key], [self._made_up_lists[key]])
        if keep:
            self._keep(record)
        return record

    def _keep(self, record: Record) -> None:
        self._records[record.external_id] = record
        for name, rows in record.announced.items():
            for row in self._list(name):
                if row.external_id == record.external_id:
                    row.fields = rows[0]

    def _mark(self, code: str, mark: Callable[[str], None]) -> None:
        with self._lock:
            self._changeable(code, keep=False)
            mark(external_id(code))
            self._encoded.clear()

    def _list(self, name: str) -> list[_Row]:
        if name not in self._lists:
            raise ConfigError(f"no list {name!r}: there are {', '.join(LISTS)}")
        return self._lists[name]


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
