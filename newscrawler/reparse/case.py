"""All that is known of the ids of one piece: their answers by reading, what is stored of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from newscrawler.archive.archive import RawError
from newscrawler.captures import RESPONSE, TEXT, Capture
from newscrawler.errors import PageError
from newscrawler.items import Task
from newscrawler.reparse.readers import SiteReader
from newscrawler.store import Connection, announcements
from newscrawler.store.background import Background
from newscrawler.store.decide import State
from newscrawler.store.reparsed import Stored, Waiting

Group = dict[str, Capture]
"""The answers of one reading, by name."""
_UNKNOWN = Waiting(0, "", State.DUE)
"""An id of which the ledger does not know: the database is younger than the archive."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of some ids of one site."""

    conn: Connection
    site: str
    reader: SiteReader
    found: Background

    def waiting(self, external_id: str) -> Waiting:
        """What the ledger has of an id."""
        return self.found.waiting.get(external_id, _UNKNOWN)

    def groups(self, external_id: str) -> list[Group]:
        """The answers by reading, the earliest first; only readings of the article itself."""
        captures = self.found.captures[external_id]
        if len(captures) == 1:
            (only,) = captures
            return [{TEXT: only}] if only.subject.name == TEXT else []
        by_time = groupby(captures, key=lambda each: each.fetched_at)
        found = [{each.subject.name: each for each in group} for _, group in by_time]
        return [group for group in found if TEXT in group]

    def base_and_later(self, external_id: str, stored: Stored) -> tuple[Group, list[Group]]:
        """What the current revision was read from, and later answers that say something else.

        Raises:
            PageError: neither is in the archive.
        """
        groups = [
            each for each in self.groups(external_id) if each[TEXT].fetched_at >= stored.seen_at
        ]
        if not groups:
            raise PageError("no_answer", "the answer is not in the raw archive (pruned?)")
        base = groups[0]
        return base, [each for each in groups[1:] if _digests(each) != _digests(base)]

    def task(self, external_id: str, at: datetime) -> Task:
        """The task as it was then."""
        row = self.waiting(external_id)
        said = announcements.said_at(self.found.said.get(row.task_id, ()), at)
        if len(said) > 1:
            lists = {name: place for place, name in enumerate(self.reader.lists)}
            said.sort(key=lambda each: (lists.get(each.list, len(lists)), each.list))
        return Task(
            task_id=row.task_id,
            site=self.site,
            external_id=external_id,
            announced_as=row.announced_as or external_id,
            announcements=tuple(said),
            stored=external_id in self.found.stored,
        )


def _digests(group: Group) -> list[tuple[str, str]]:
    return sorted((name, each.digest) for name, each in group.items())


def original_of(capture: Capture, all_of_them: Sequence[Capture]) -> Capture:
    """Where the body is: a revisit stands for an earlier record.

    Raises:
        RawError: that is not in the archive.
    """
    if capture.kind == RESPONSE:
        return capture
    for each in all_of_them:
        same = (each.subject, each.digest) == (capture.subject, capture.digest)
        if same and each.kind == RESPONSE:
            return each
    raise RawError(f"{capture.file} at {capture.start}: what it refers to is not in the archive")
