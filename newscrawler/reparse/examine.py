"""Reads the answers about some ids again and compares; only reads, in any number of processes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any

from newscrawler.archive.archive import RawError, Reader
from newscrawler.captures import RESPONSE, TEXT, Capture, Fetched
from newscrawler.errors import PageError
from newscrawler.items import Article, Miss, Task
from newscrawler.net.decoding import codings_of, decode
from newscrawler.reparse.diff import UNSEEN, Change, differences
from newscrawler.reparse.readers import SiteReader, reader_of
from newscrawler.store import Connection, announcements, queries, raw, reparsed
from newscrawler.store.announcements import Said
from newscrawler.store.decide import State
from newscrawler.store.engine import Database
from newscrawler.store.reparsed import Reread, Stored, Waiting
from pipelines.dedupe import DedupePipeline
from pipelines.validate import ValidatePipeline

Group = dict[str, Capture]
"""The answers of one reading, by name."""


_UNKNOWN = Waiting(0, "", State.DUE)
"""An id of which the ledger does not know: the database is younger than the archive."""


class Verdict(StrEnum):
    """What reading an id's answers again came to."""

    UNCHANGED = "unchanged"
    REPARSED = "reparsed"
    """We read other content out of the same answer: a revision of ours."""
    RENEWED = "renewed"
    """The content is the same, what is derived from it is not."""
    REVISED = "revised"
    """A later answer, which could not be read, holds a correction by upstream."""
    RECOVERED = "recovered"
    """Nothing was stored; now it can be read."""
    UNREADABLE = "unreadable"
    """It is stored, and can no longer be read."""
    WAITING = "waiting"
    """Nothing is stored, and still nothing can be read."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One id that is not as it was."""

    external_id: str
    verdict: Verdict
    found: Reread | None = None
    changes: tuple[Change, ...] = ()
    reason: str = ""
    detail: str = ""
    waiting: Waiting | None = None
    stored: tuple[int, int] | None = None
    """article_id and revision of what is stored."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What some ids came to."""

    unchanged: int
    findings: list[Finding] = field(default_factory=list)


class Examiner:
    """Reads from one archive and one database."""

    def __init__(self, database: Database, root: Path, max_page_bytes: int) -> None:
        self._database = database
        self._answers = Reader(root)
        self._limit = max_page_bytes
        self._validate = ValidatePipeline()
        self._dedupe = DedupePipeline()

    def examine(self, site: str, external_ids: Sequence[str]) -> Chunk:
        """Read the answers about these ids again."""
        with self._database.read() as conn:
            rows = reparsed.waiting(conn, site, external_ids)
            case = _Case(
                site=site,
                reader=reader_of(site),
                captures=raw.of_ids(conn, site, external_ids),
                stored=reparsed.load(conn, site, external_ids),
                waiting={**dict.fromkeys(external_ids, _UNKNOWN), **rows},
                said=announcements.histories(conn, [row.task_id for row in rows.values()]),
            )
            findings = [
                finding
                for each in external_ids
                if each in case.captures
                for finding in [self._judge(conn, case, each)]
                if finding.verdict is not Verdict.UNCHANGED
            ]
        return Chunk(len(external_ids) - len(findings), findings)

    def _judge(self, conn: Connection, case: _Case, external_id: str) -> Finding:
        stored = case.stored.get(external_id)
        found: Finding
        try:
            if stored is None:
                article = self._newest(case, external_id, case.groups(external_id))
                found = Finding(external_id, Verdict.RECOVERED, Reread(article))
            else:
                found = self._compare(conn, case, external_id, stored)
        except (PageError, RawError) as error:
            reason = error.reason if isinstance(error, PageError) else "raw_archive"
            return Finding(
                external_id,
                Verdict.UNREADABLE if stored else Verdict.WAITING,
                reason=reason,
                detail=str(error),
                waiting=case.waiting[external_id],
                stored=(stored.article_id, stored.revision) if stored else None,
            )
        return found

    def _compare(self, conn: Connection, case: _Case, external_id: str, stored: Stored) -> Finding:
        """The answer that the current revision was read from; then any later, other one."""
        base, later = case.base_and_later(external_id, stored)
        article = self._read(case, external_id, base)
        if later:
            newest = self._try_newest(case, external_id, later)
            if newest is not None and newest.content_hash != article.content_hash:
                if newest.content_hash == stored.content_hash:
                    return Finding(external_id, Verdict.UNCHANGED)
                return self._finding(conn, case.site, Verdict.REVISED, stored, newest)
        if reparsed.is_same(stored, article):
            return Finding(external_id, Verdict.UNCHANGED)
        same_content = article.content_hash == stored.content_hash
        verdict = Verdict.RENEWED if same_content else Verdict.REPARSED
        return self._finding(conn, case.site, verdict, stored, article)

    def _finding(
        self, conn: Connection, site: str, verdict: Verdict, stored: Stored, article: Article
    ) -> Finding:
        changes = differences(_as_shown(conn, site, article.external_id), article)
        if verdict is Verdict.RENEWED and not changes:
            verdict = Verdict.UNCHANGED
        visible = any(name not in UNSEEN for name, _, _ in changes)
        found = Reread(article, stored.article_id, stored.revision, stored.content_hash, visible)
        return Finding(article.external_id, verdict, found, changes)

    def _newest(self, case: _Case, external_id: str, groups: Sequence[Group]) -> Article:
        """The article of the newest answers that can be read.

        Raises:
            PageError, RawError: what is wrong with the newest; none can be read.
        """
        trouble: PageError | RawError | None = None
        for group in reversed(groups):
            try:
                return self._read(case, external_id, group)
            except (PageError, RawError) as error:
                trouble = trouble or error
        raise trouble or PageError("no_answer", "there is no answer of the article itself")

    def _try_newest(self, case: _Case, external_id: str, groups: Sequence[Group]) -> Article | None:
        try:
            return self._newest(case, external_id, groups)
        except (PageError, RawError):
            return None

    def _read(self, case: _Case, external_id: str, group: Group) -> Article:
        at = group[TEXT].fetched_at
        answers: dict[str, Fetched | None] = {
            name: self._fetched(capture, case.captures[external_id])
            for name, capture in group.items()
        }
        article = case.reader.read(answers, case.task(external_id, at), at)
        judged = self._validate.process_item(article)
        if isinstance(judged, Miss):
            raise PageError(judged.reason, judged.detail)
        hashed = self._dedupe.process_item(judged)
        return hashed if isinstance(hashed, Article) else article

    def _fetched(self, capture: Capture, all_of_them: Sequence[Capture]) -> Fetched:
        record = self._answers.read(_original(capture, all_of_them))
        coded = [value for name, value in record.headers if name.lower() == b"content-encoding"]
        body = decode(record.body, codings_of(coded), self._limit) if coded else record.body
        return Fetched(capture.url, capture.status, body)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """All that is known of some ids of one site."""

    site: str
    reader: SiteReader
    captures: Mapping[str, Sequence[Capture]]
    stored: Mapping[str, Stored]
    waiting: Mapping[str, Waiting]
    said: Mapping[int, Sequence[Said]]

    def groups(self, external_id: str) -> list[Group]:
        """The answers by reading, the earliest first; only readings of the article itself."""
        by_time = groupby(self.captures[external_id], key=lambda each: each.fetched_at)
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
        row = self.waiting[external_id]
        lists = {name: place for place, name in enumerate(self.reader.lists)}
        said = announcements.said_at(self.said.get(row.task_id, ()), at)
        said.sort(key=lambda each: (lists.get(each.list, len(lists)), each.list))
        return Task(
            task_id=row.task_id,
            site=self.site,
            external_id=external_id,
            announced_as=row.announced_as or external_id,
            announcements=tuple(said),
            stored=external_id in self.stored,
        )


def _digests(group: Group) -> list[tuple[str, str]]:
    return sorted((name, each.digest) for name, each in group.items())


def _original(capture: Capture, all_of_them: Sequence[Capture]) -> Capture:
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


def _as_shown(conn: Connection, site: str, external_id: str) -> dict[str, Any]:
    """A stored article as the views show it, with the remarks on how it was read."""
    article = queries.article_by_key(conn, site, external_id) or {}
    revisions = queries.revisions(conn, article["article_id"])
    return {**article, "notes": json.loads(revisions[-1]["notes"] or "[]")}
