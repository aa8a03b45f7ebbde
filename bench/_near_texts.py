"""The words of the near-duplicate pairs, from data/near_texts.json; nothing there is a real report.

In a flash `{co}` is a company, `{co2}` another; `{a}`, `{b}`, `{c}` are figures; `{who}` a person;
`{day}` a date. Only the slots tell one event of a family from another.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_all: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "near_texts.json").read_text("utf-8")
)

COMPANIES: tuple[str, ...] = tuple(_all["companies"])
PEOPLE: tuple[str, ...] = tuple(_all["people"])
DAYS: tuple[str, ...] = tuple(_all["days"])
LEADS: tuple[str, ...] = tuple(_all["leads"])
TAILS: tuple[str, ...] = tuple(_all["tails"])
ADDED: tuple[str, ...] = tuple(_all["added"])
SYNONYMS: tuple[str, ...] = tuple(_all["synonyms"])
"""`one|other`, either for either."""
TYPOS: tuple[str, ...] = tuple(_all["typos"])
FLIPS: tuple[str, ...] = tuple(_all["flips"])
FLASHES: dict[str, str] = _all["flashes"]
"""By family."""
REWRITES: list[tuple[str, str, str]] = [tuple(each) for each in _all["rewrites"]]
"""Story, one outlet's text, another outlet's edit of the same copy."""
REPORTS: list[tuple[str, str, str]] = [tuple(each) for each in _all["reports"]]
"""Story, one report, another of the same matter or of an event that only looks the same."""
