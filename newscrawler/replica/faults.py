"""Faults that the replica can be told to show, as text.

A fault is `KIND[*TIMES][:PROBABILITY][@SELECTOR]`; several are separated by commas:

    http503                       every request answers 503
    http429:0.1                   one request in ten answers 429
    http500*2@/web/webapi         the first two requests of that path fail
    html:0.05,reset:0.1           two faults, each with its own probability
    wrong@202202242287513337      this article's id answers another article
    delay0.5@headlines            this list answers half a second late

| kind | what the client sees |
| --- | --- |
| `httpNNN` | status NNN (400–599) with a small HTML page |
| `json` | JSON that breaks off in the middle, its length announced correctly |
| `html` | status 200 with an HTML page in place of JSON |
| `empty` | status 200 with no body |
| `null` | status 200 with the JSON text `null` |
| `wrong` | the answer of another article (article endpoints only) |
| `truncated` | the connection closes in the middle of the body |
| `reset` | the connection closes without an answer |
| `delayS` | the right answer, S seconds late |

A selector that begins with `/` is the beginning of path and query; any other is an external id
(with or without `NW`) or a list's name. The first fault that matches and strikes wins.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass
from random import Random

from newscrawler.errors import ConfigError
from newscrawler.replica.records import external_id

_SPEC = re.compile(
    r"(?:(?P<http>http)(?P<status>[45]\d\d)|(?P<delay>delay)(?P<seconds>\d+(?:\.\d+)?)s?"
    r"|(?P<plain>json|html|empty|null|wrong|truncated|reset))"
    r"(?:\*(?P<times>\d+))?(?::(?P<probability>0?\.\d+|[01](?:\.0+)?))?(?:@(?P<selector>\S+))?"
)


@dataclass(slots=True)
class Fault:
    """One fault; `left` counts down, None means for ever."""

    spec: str
    kind: str
    """http, delay, json, html, empty, null, wrong, truncated or reset."""
    status: int = 200
    seconds: float = 0.0
    probability: float = 1.0
    selector: str = ""
    left: int | None = None

    @classmethod
    def parse(cls, spec: str) -> Fault:
        """Read one fault; raise ConfigError for text that is none."""
        found = _SPEC.fullmatch(spec)
        if not found:
            raise ConfigError(f"no such fault: {spec!r} (see newscrawler/replica/faults.py)")
        selector = found["selector"] or ""
        return cls(
            spec=spec,
            kind=found["http"] or found["delay"] or found["plain"],
            status=int(found["status"] or 200),
            seconds=float(found["seconds"] or 0),
            probability=float(found["probability"] or 1),
            selector=external_id(selector) or selector,
            left=int(found["times"]) if found["times"] else None,
        )

    def matches(self, target: str, subject: str) -> bool:
        """Say whether a request is meant: its path and query, its article id or list name."""
        if self.left == 0:
            return False
        if self.selector.startswith("/"):
            return target.startswith(self.selector)
        return not self.selector or self.selector == subject


class Faults:
    """The faults in force, and how often each struck; probabilities follow the seed."""

    def __init__(self, seed: int = 0) -> None:
        self._faults: tuple[Fault, ...] = ()
        self._random = Random(seed)  # noqa: S311 (repeatable, nothing secret)
        self._lock = threading.Lock()
        self.struck: Counter[str] = Counter()
        """How often each fault struck, by its text."""
        self.subjects: Counter[str] = Counter()
        """How often each article or list was struck, by external id or name."""

    def add(self, specs: str) -> None:
        """Add the faults that a text names; raise ConfigError if it names another thing."""
        faults = tuple(Fault.parse(spec.strip()) for spec in specs.split(","))
        with self._lock:
            self._faults += faults

    def clear(self) -> None:
        """From now on, no faults."""
        with self._lock:
            self._faults = ()

    def strike(self, target: str, subject: str) -> Fault | None:
        """Return the fault that this request meets, if any; count it."""
        if not self._faults:
            return None
        with self._lock:
            fault = next(filter(self._falls, self._matching(target, subject)), None)
            if fault:
                self.struck[fault.spec] += 1
                self.subjects[subject] += 1
                fault.left = fault.left - 1 if fault.left else fault.left
            return fault

    def _matching(self, target: str, subject: str) -> list[Fault]:
        return [fault for fault in self._faults if fault.matches(target, subject)]

    def _falls(self, fault: Fault) -> bool:
        return fault.probability >= 1 or self._random.random() < fault.probability
