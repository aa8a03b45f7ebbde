"""Reads the answers about some ids again and compares; only reads, in any number of processes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from newscrawler.archive.archive import RawError, Reader
from newscrawler.captures import TEXT, Capture, Fetched
from newscrawler.errors import PageError
from newscrawler.items import Article, Miss
from newscrawler.net.decoding import codings_of, decode
from newscrawler.reparse.case import Case, Group, original_of
from newscrawler.reparse.diff import UNSEEN, Change, differences
from newscrawler.reparse.readers import reader_of
from newscrawler.store import Connection, background, queries, reparsed
from newscrawler.store.digests import digest
from newscrawler.store.engine import Database
from newscrawler.store.reparsed import Facts, Mark, Reread, Stored, Waiting
from pipelines.dedupe import DedupePipeline, content_hash
from pipelines.validate import ValidatePipeline


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
    marks: list[Mark] = field(default_factory=list)
    """Of those that are unchanged, the digests that are not stored yet."""


@dataclass(frozen=True, slots=True)
class _Doubt:
    """An article read anew, of which the digest does not say that it is as it was."""

    stored: Stored
    article: Article
    digest: bytes


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
            found = background.find(conn, site, external_ids)
            case = Case(conn, site, reader_of(site), found)
            judged = [self._judge(case, each) for each in external_ids if each in found.captures]
            doubts = [each for each in judged if isinstance(each, _Doubt)]
            facts = reparsed.facts(conn, [each.stored.article_id for each in doubts])
            chunk = Chunk(len(external_ids))
            settled = [_settle(case, each, facts, chunk.marks) for each in judged]
        findings = [each for each in settled if each is not None]
        return replace(chunk, unchanged=len(external_ids) - len(findings), findings=findings)

    def _judge(self, case: Case, external_id: str) -> Finding | _Doubt | None:
        """None: it is as it was."""
        stored = case.found.stored.get(external_id)
        try:
            if stored is None:
                article = self._newest(case, external_id, case.groups(external_id))
                return Finding(external_id, Verdict.RECOVERED, Reread(article))
            return self._compare(case, external_id, stored)
        except (PageError, RawError) as error:
            reason = error.reason if isinstance(error, PageError) else "raw_archive"
            return Finding(
                external_id,
                Verdict.UNREADABLE if stored else Verdict.WAITING,
                reason=reason,
                detail=str(error),
                waiting=case.waiting(external_id),
                stored=(stored.article_id, stored.revision) if stored else None,
            )

    def _compare(self, case: Case, external_id: str, stored: Stored) -> Finding | _Doubt | None:
        """The answer that the current revision was read from; then any later, other one."""
        base, later = case.base_and_later(external_id, stored)
        read = self._read_plain(case, external_id, base)
        if not later and digest(read, content_hash(read)) == stored.digest:
            return None
        article = self._hashed(read)
        if later:
            newest = self._try_newest(case, external_id, later)
            if newest is not None and newest.content_hash != article.content_hash:
                if newest.content_hash == stored.content_hash:
                    return None
                return _finding(case, Verdict.REVISED, stored, newest)
        now = digest(article)
        return None if now == stored.digest else _Doubt(stored, article, now)

    def _newest(self, case: Case, external_id: str, groups: Sequence[Group]) -> Article:
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

    def _try_newest(self, case: Case, external_id: str, groups: Sequence[Group]) -> Article | None:
        try:
            return self._newest(case, external_id, groups)
        except (PageError, RawError):
            return None

    def _read(self, case: Case, external_id: str, group: Group) -> Article:
        return self._hashed(self._read_plain(case, external_id, group))

    def _hashed(self, article: Article) -> Article:
        hashed = self._dedupe.process_item(article)
        return hashed if isinstance(hashed, Article) else article

    def _read_plain(self, case: Case, external_id: str, group: Group) -> Article:
        """The article without its digests, which cost a tenth of reading it.

        Raises:
            PageError: the answers cannot be read. RawError: the archive does not have them.
        """
        at = group[TEXT].fetched_at
        answers: dict[str, Fetched | None] = {
            name: self._fetched(capture, case.found.captures[external_id])
            for name, capture in group.items()
        }
        article = case.reader.read(answers, case.task(external_id, at), at)
        judged = self._validate.process_item(article)
        if isinstance(judged, Miss):
            raise PageError(judged.reason, judged.detail)
        return judged

    def _fetched(self, capture: Capture, all_of_them: Sequence[Capture]) -> Fetched:
        record = self._answers.read(original_of(capture, all_of_them))
        body = record.body
        if b"content-encoding" in record.head.lower():
            named = [each for name, each in record.headers if name.lower() == b"content-encoding"]
            body = decode(body, codings_of(named), self._limit)
        return Fetched(capture.url, capture.status, body)


def _settle(
    case: Case, judged: Finding | _Doubt | None, facts: Mapping[int, Facts], marks: list[Mark]
) -> Finding | None:
    """What is left of a doubt when all that is stored is compared; `marks` gets its digest."""
    if not isinstance(judged, _Doubt):
        return judged
    stored, article = judged.stored, judged.article
    finding = None
    if not reparsed.is_same(facts[stored.article_id], article):
        same_content = article.content_hash == stored.content_hash
        verdict = Verdict.RENEWED if same_content else Verdict.REPARSED
        finding = _finding(case, verdict, stored, article)
    if finding is None:
        marks.append((stored.article_id, stored.revision, judged.digest))
    return finding


def _finding(case: Case, verdict: Verdict, stored: Stored, article: Article) -> Finding | None:
    changes = differences(_as_shown(case.conn, case.site, article.external_id), article)
    if verdict is Verdict.RENEWED and not changes:
        return None
    visible = any(name not in UNSEEN for name, _, _ in changes)
    found = Reread(article, stored.article_id, stored.revision, stored.content_hash, visible)
    return Finding(article.external_id, verdict, found, changes)


def _as_shown(conn: Connection, site: str, external_id: str) -> dict[str, Any]:
    """A stored article as the views show it, with the remarks on how it was read."""
    article = queries.article_by_key(conn, site, external_id) or {}
    revisions = queries.revisions(conn, article["article_id"])
    return {**article, "notes": json.loads(revisions[-1]["notes"] or "[]")}
