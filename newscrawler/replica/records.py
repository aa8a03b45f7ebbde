"""Recorded articles: one article as upstream announces and serves it.

Upstream format: data/recorded/README.md.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newscrawler.errors import ConfigError

Json = dict[str, Any]
"""One JSON object of the wire."""

LISTS = ("flash", "headlines", "market37", "market38", "market39")
"""The names of the lists, as `data/recorded/` uses them."""

FIELD_KEYS: Mapping[str, tuple[str, ...]] = {
    "title": ("Title", "title", "simtitle", "Art_Title"),
    "showtime": ("Date", "date", "showtime", "datetime", "Art_ShowTime"),
    "source": ("From", "from", "medianame", "Art_Media_Name"),
    "digest": ("digest", "simdigest", "docreader", "Art_Digest"),
    "text": ("text", "content", "Art_Content"),
}
"""Under which keys the wire's objects carry one fact, best first."""

_ID_KEYS = ("infoCode", "infocode", "id")
_ID = re.compile(r"(?:NW)?(\d{17,18})")


def external_id(text: str) -> str:
    """Return the digits of an article id in either form (`NW…` or bare); "" for anything else."""
    found = _ID.fullmatch(text)
    return found[1] if found else ""


def row_id(row: Mapping[str, Any]) -> str:
    """Return the external id that a list's row names; "" if it names none."""
    return next(filter(None, (external_id(str(row.get(key, ""))) for key in _ID_KEYS)), "")


@dataclass(slots=True)
class Record:
    """One article with all that upstream says of it; mutable, because upstream corrects."""

    info_code: str
    announced: dict[str, list[Json]] = field(default_factory=dict)
    """List name → the rows of that list, in the list's own keys."""
    answer: Json = field(default_factory=dict)
    """What GetNewsText.do answers."""
    article_api: Json | None = None
    """What the article API answers; None where it does not know the article."""

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Record:
        """Build from the content of one recorded file; raise KeyError for a missing key."""
        return cls(
            info_code=record["info_code"],
            announced={name: list(rows) for name, rows in record["announced"].items()},
            answer=dict(record["answer"]),
            article_api=record.get("article_api"),
        )

    @property
    def external_id(self) -> str:
        """The digits of the id."""
        return external_id(self.info_code)

    @property
    def title(self) -> str:
        """The title, wherever it stands; "" if nowhere."""
        return self.fact("title")

    @property
    def showtime(self) -> str:
        """The time it shows, "YYYY-MM-DD HH:MM:SS" in Asia/Shanghai; "" if none stands anywhere."""
        return self.fact("showtime").replace("/", "-")

    @property
    def source(self) -> str:
        """The outlet that a field names; "" if only the body does, or nothing."""
        return self.fact("source")

    def fact(self, name: str) -> str:
        """Return the first non-empty value of one fact in answer, rows and article API."""
        found = (part[key] for part in self.parts() for key in FIELD_KEYS[name] if part.get(key))
        return str(next(found, ""))

    def correct(self, name: str, value: str) -> None:
        """Change one fact wherever it stands; where it is missing or empty it stays so."""
        for part in self.parts():
            for key in FIELD_KEYS[name]:
                if part.get(key):
                    slashes = key == "Art_ShowTime"
                    part[key] = value.replace("-", "/") if slashes else value

    def parts(self) -> Iterable[Json]:
        """Yield every object of the wire that carries facts of the article."""
        yield self.answer
        for rows in self.announced.values():
            yield from rows
        if self.article_api and isinstance(self.article_api.get("data"), dict):
            yield self.article_api["data"]


def load_records(folder: Path | None = None) -> list[Record]:
    """Read the recorded articles of a folder, else those that came with the program, oldest first.

    Raises ConfigError if there are none or one cannot be read.
    """
    folder = folder or recorded_folder()
    paths = sorted(path for path in folder.glob("*.json") if not path.match("*.expected.json"))
    if not paths:
        raise ConfigError(f"no recorded articles in {folder}: name a folder that has data/recorded")
    return sorted(map(_read, paths), key=lambda record: (record.showtime, record.info_code))


def recorded_folder() -> Path:
    """Where the recorded articles are: in a checkout, else where an installation has put them."""
    in_checkout = Path(__file__).parents[2] / "data" / "recorded"
    installed = Path(sys.prefix, "share", "newscrawler", "recorded")
    return next((one for one in (in_checkout, installed) if one.is_dir()), in_checkout)


def _read(path: Path) -> Record:
    try:
        return Record.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path} is no recorded article: {error!r}") from error
