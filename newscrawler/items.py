"""The values that travel between spider, loader, pipelines and store.

All are frozen; all datetimes are aware and in UTC; all text is NFC without control characters
(inside a block, "\\n" marks a line break of the page).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from newscrawler.postings import Posting


class Outcome(StrEnum):
    """How one discovered id ended in one run; every id ends in exactly one."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    PENDING = "pending"
    REJECTED = "rejected"
    FAILED = "failed"
    GONE = "gone"


class Stage(StrEnum):
    """Where something went wrong."""

    LIST = "list"
    FETCH = "fetch"
    READ = "read"
    STORE = "store"


class BlockKind(StrEnum):
    """What a block of the body is (news_paragraphs.kind)."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    CAPTION = "caption"
    TABLE = "table"


class SecurityKind(StrEnum):
    """What a security is (news_securities.kind)."""

    STOCK = "stock"
    INDEX = "index"
    BOARD = "board"
    FUND = "fund"
    FX = "fx"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True, init=False)
class Block:
    """One block of a body, in reading order."""

    kind: BlockKind
    text: str
    """Visible text, trimmed. A table's text is its rows, one a line, cells joined by " | "."""
    rows: tuple[tuple[str, ...], ...] = ()
    """A table's cells; empty for every other kind."""

    def __init__(
        self, *, kind: BlockKind, text: str, rows: tuple[tuple[str, ...], ...] = ()
    ) -> None:
        # As the generated one does it, in half the time: there are dozens in every article.
        _set_kind(self, kind)
        _set_text(self, text)
        _set_rows(self, rows)


_set_kind, _set_text, _set_rows = (Block.__dict__[name].__set__ for name in Block.__slots__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One picture that belongs to the content."""

    url: str
    caption: str | None = None
    width: int | None = None
    height: int | None = None
    after_block: int = 0
    """How many blocks stand before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """One security that the body links, with all its mentions added up."""

    market: str
    """Upstream's market number as text: "0", "1", "90", "105", "116" …"""
    code: str
    name: str | None
    """The linked text of the first mention; None if it only stands in a chart."""
    kind: SecurityKind
    mentions: int
    """Mentions in running text; 0 if it only stands in a chart."""
    evidence: str
    """The sentence the first mention stood in, or the chart's label."""
    confidence: str = "high"
    """"low" if every mention is a keyword hit inside a longer word, else "high"."""

    @property
    def security(self) -> str:
        """`market.code`, e.g. "1.600160"."""
        return f"{self.market}.{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What one body says, read from its HTML."""

    blocks: tuple[Block, ...] = ()
    images: tuple[Image, ...] = ()
    securities: tuple[Security, ...] = ()
    related: tuple[str, ...] = ()
    """External ids of the articles it links, in order, each once."""
    source: str | None = None
    """The outlet that the source line credits."""
    editor: str | None = None
    original_title: str | None = None
    html: str = ""
    """Sanitised HTML of the same blocks: only allow-listed tags, http(s) links."""
    removed: tuple[str, ...] = ()
    """Text that was on the page and is no content: "rule: text" (adverts, source line …)."""
    variants_differ: bool = False
    """Whether upstream's variant with keyword links shows another text than this one."""
    _said: str | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """Plain text, one block a line."""
        if self._said is None:
            said = "\0".join([block.text for block in self.blocks])
            object.__setattr__(self, "_said", said.replace("\n", " ").replace("\0", "\n"))
        return self._said or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What one list says of one article."""

    site: str
    list: str
    external_id: str
    announced_as: str
    """The id as the list spells it, e.g. "NW202202242287513337"."""
    title: str = ""
    published_at: datetime | None = None
    """None if the list's time is missing, unreadable or implausible."""
    published_raw: str = ""
    """The time as the list spells it."""
    source: str = ""
    digest: str = ""
    url: str = ""
    """The article's page for people; "" if the list names none."""
    spelled: tuple[tuple[str, str], ...] = ()
    """(field, text) of title, published_raw, source, digest and url where tidying changed them."""

    def as_spelled(self, name: str) -> str:
        """The field as the list spells it."""
        text: str = dict(self.spelled).get(name) or getattr(self, name)
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One answer of one list."""

    name: str
    url: str
    rows: Sequence[Announcement] = ()
    """Newest first, as the list has them."""
    bad_ids: Sequence[str] = ()
    """Rows that name no usable id, as text for people."""
    silence: timedelta | None = None
    """How long this list may by its nature offer nothing new; None for any time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One id of the ledger that is to be fetched in this run."""

    task_id: int
    site: str
    external_id: str
    announced_as: str
    announcements: tuple[Announcement, ...] = ()
    """What every list has said of it, in the site's order of preference."""
    url: str = ""
    """Where an ad-hoc fetch found it (share host); "" for the site's own host."""
    stored: bool = False
    """Whether an article with this id is stored already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One complete news item, as it stood upstream at `fetched_at`; valid by construction."""

    site: str
    external_id: str
    url: str
    """The page for people, http(s)."""
    title: str
    published_at: datetime
    published_local: str
    """ISO 8601 with the site's offset, e.g. "2022-02-24T13:00:32+08:00"."""
    published_from: str
    """Which field the time came from, e.g. "article.date" or "list.flash.showtime"."""
    body: Body
    source: str = ""
    source_slug: str = ""
    summary: str = ""
    language: str = "zh"
    fetched_at: datetime
    fetched_url: str
    parser_version: int
    content_hash: str = ""
    """Set by pipelines/dedupe.py: SHA-256 (hex) of everything whose change makes a revision."""
    text_hash: str = ""
    """Set by pipelines/dedupe.py: SHA-256 (hex) of the body text alone; equal text, equal hash."""
    notes: tuple[str, ...] = ()
    """Remarks on how it was read, e.g. "text_content_differ"."""
    postings: tuple[Posting, ...] = field(default=(), repr=False)
    """How it is spelled where it came from: what its posts are made of (newscrawler/jekyll)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """An id that yielded no article this time, and why."""

    site: str
    external_id: str
    url: str
    outcome: Outcome
    """One of pending, rejected, failed, gone, unchanged."""
    stage: Stage
    reason: str
    """A short stable word (docs/outcomes.md)."""
    detail: str = ""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What the store made of one observation."""

    site: str
    external_id: str
    outcome: Outcome
    article_id: int | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run, as news_runs shows it, with what people need beside the counts."""

    run_id: int
    site: str
    kind: str
    """"crawl", "fetch", "import" or "reparse"."""
    started_at: datetime
    finished_at: datetime | None
    status: str
    discovered: int
    requests: int
    bytes: int
    counts: dict[Outcome, int]
    notes: tuple[str, ...] = ()
    failures: tuple[dict[str, object], ...] = field(default=())
    """Rows of news_failures of this run, newest first, at most 20."""

    @property
    def adds_up(self) -> bool:
        """Whether every discovered id ended in exactly one outcome."""
        return sum(self.counts.values()) == self.discovered
