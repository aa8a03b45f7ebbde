"""What a revision changed: fields, headline, paragraphs, words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from newscrawler.diff.passages import Passage, align
from newscrawler.diff.words import Op, Segment, compare

__all__ = ["Difference", "Op", "Passage", "Segment", "difference"]

_FIELDS = ("title", "source", "published_local", "summary")


@dataclass(frozen=True, slots=True)
class Difference:
    """The way from one revision to the next."""

    before: int
    """Number of the older revision."""
    after: int
    fields: dict[str, tuple[Segment, ...]]
    """Those of title, source, published_local and summary that differ."""
    passages: tuple[Passage, ...]
    """Every paragraph of both bodies, in the order of reading."""

    @property
    def headline(self) -> bool:
        """Whether the headline changed."""
        return "title" in self.fields

    @property
    def text(self) -> bool:
        """Whether a paragraph changed, came or went."""
        return any(passage.is_changed for passage in self.passages)


def difference(older: Mapping[str, Any], newer: Mapping[str, Any]) -> Difference:
    """What changed between two rows of `news_revisions`."""
    return Difference(
        before=older["revision"],
        after=newer["revision"],
        fields={
            name: tuple(compare(older[name], newer[name]))
            for name in _FIELDS
            if older[name] != newer[name]
        },
        passages=tuple(align(older["body"].split("\n"), newer["body"].split("\n"))),
    )
