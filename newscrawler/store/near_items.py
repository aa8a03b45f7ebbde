"""What is to be judged for near-duplicates at the end of a transaction, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from newscrawler.items import Article
from newscrawler.near import normal
from newscrawler.near.sketch import Sketch, sketch
from newscrawler.store import bulk
from newscrawler.store.aside import Aside, Ticket, read_sketch
from newscrawler.store.near_index import Probe, probe
from newscrawler.store.schema import articles, revisions
from newscrawler.store.tasks import chunks
from newscrawler.store.texts import BY_HAND, NEAR_TEXT, SAME_TEXT, UNLINKED
from newscrawler.store.types import moment

Link = tuple[int | None, str | None]
"""duplicate_of and duplicate_reason."""
NO_LINK: Link = (None, None)


@dataclass(slots=True)
class Item:
    """One stored article and its current text."""

    article_id: int
    revision: int
    published_at: datetime
    link: Link
    title: str
    body: str
    text_hash: str
    _probe: Probe | None = None
    _text: normal.Text | None = None

    @property
    def probe(self) -> Probe:
        """What it is looked for under, made once."""
        return self._probe or self.take(sketch(self.body))

    def take(self, made: Sketch) -> Probe:
        """Make the probe of the body's sketch."""
        self._probe = probe(self.article_id, made, self.published_at)
        return self._probe

    @property
    def text(self) -> normal.Text:
        """The text to compare, read once."""
        if self._text is None:
            self._text = normal.Text(self.title, self.body)
        return self._text

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody has decided what it is linked to."""
        return self.link[1] in (UNLINKED, BY_HAND)

    @property
    def is_near(self) -> bool:
        """Whether it is linked as near text."""
        return (self.link[1] or "").startswith(NEAR_TEXT)

    @property
    def is_copy(self) -> bool:
        """Whether an earlier article has the very same text."""
        return self.link[1] == SAME_TEXT


@dataclass(slots=True)
class Pending:
    """What a transaction has written and not yet judged."""

    fresh: list[Item] = field(default_factory=list)
    """New articles; of those with an earlier one's text the link says so."""
    moved: dict[int, None] = field(default_factory=dict)
    """Articles whose text, or whose place among those of the same text, has changed."""
    revised: set[int] = field(default_factory=set)
    """Those that the change feed calls revised anyway."""
    aside: Aside | None = None
    """The process that sketches texts, if there is one."""
    _asked: list[tuple[Ticket, list[str]]] = field(default_factory=list)
    _hashes: set[str] = field(default_factory=set)
    """The texts that were asked for."""

    def foresee(self, articles: Iterable[Article]) -> None:
        """These will be added, and what they repeat is to be found: have them sketched, once."""
        if self.aside is None or not self.aside.is_ready:
            return
        wanted = {each.text_hash: each.body.text for each in articles}
        for known in self._hashes & wanted.keys():
            del wanted[known]
        if wanted:
            self._hashes |= wanted.keys()
            ticket = self.aside.ask("sketches", [*wanted.values()])
            self._asked.append((ticket, [*wanted]))

    def sketch(self) -> None:
        """Make the probes of new articles."""
        made: dict[str, Sketch] = {}
        if self.aside is not None:
            for ticket, hashes in self._asked:
                made |= zip(hashes, map(read_sketch, self.aside.take(ticket)), strict=True)
            self._asked.clear()
        for item in self.fresh:
            if item.link[0] is None:
                item.take(made.get(item.text_hash) or sketch(item.body))

    def add(self, article_id: int, article: Article, link: Link) -> None:
        """A new article was stored."""
        self.fresh.append(
            Item(
                article_id, 1, article.published_at, link, article.title, article.body.text,
                article.text_hash,
            )
        )  # fmt: skip

    def move(self, article_id: int, others: Iterable[int]) -> None:
        """An article's text has changed, and with it the links of others."""
        self.revised.add(article_id)
        self.moved |= dict.fromkeys([article_id, *others])


_a, _r = articles.c, revisions.c
_ITEMS = select(
    _a.article_id, _a.revision, _a.published_at, _a.duplicate_of, _a.duplicate_reason,
    _r.title, _r.body, _a.text_hash,
).join_from(
    articles, revisions, (_r.article_id == _a.article_id) & (_r.revision == _a.revision)
)  # fmt: skip


_BY_ID = (
    "SELECT a.article_id, a.revision, a.published_at, a.duplicate_of, a.duplicate_reason,"
    " r.title, r.body, a.text_hash FROM articles a JOIN revisions r"
    " ON r.article_id = a.article_id AND r.revision = a.revision WHERE a.article_id IN ({})"
)
"""The same of these ids: every batch asks for some, and a statement of SQLAlchemy's would cost more
than the answer."""


def load(conn: Connection, article_ids: Iterable[int]) -> dict[int, Item]:
    """Stored articles by id."""
    found: dict[int, Item] = {}
    for some in chunks(sorted(set(article_ids))):
        for row in bulk.rows(conn, _BY_ID.format(",".join(map(str, some)))):
            found[row[0]] = Item(
                row[0], row[1], moment(row[2], conn.dialect), (row[3], row[4]), row[5], row[6],
                row[7].hex(),
            )  # fmt: skip
    return found


def load_after(conn: Connection, article_id: int, limit: int) -> dict[int, Item]:
    """The next stored articles behind an id, in order."""
    return _read(
        conn, _ITEMS.where(_a.article_id > article_id).order_by(_a.article_id).limit(limit)
    )


def linked_to(conn: Connection, roots: Iterable[int], *, why: str) -> dict[int, Item]:
    """The articles that are linked to one of these, with a duplicate_reason that begins so."""
    found: dict[int, Item] = {}
    for some in chunks(sorted(set(roots))):
        found |= _read(
            conn,
            _ITEMS.where(_a.duplicate_of.in_(some), _a.duplicate_reason.like(f"{why}%")),
        )
    return found


def _read(conn: Connection, query: Select[Any]) -> dict[int, Item]:
    return {
        row.article_id: Item(
            row.article_id, row.revision, row.published_at,
            (row.duplicate_of, row.duplicate_reason), row.title, row.body, row.text_hash,
        )
        for row in conn.execute(query).all()
    }  # fmt: skip
