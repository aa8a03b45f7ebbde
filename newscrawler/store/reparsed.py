"""Articles that are read anew from answers of old: what is stored of them, and what replaces it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from newscrawler.items import Article, Outcome
from newscrawler.store import article_rows, changes, hooks, outcomes, parts, tasks
from newscrawler.store.articles import save
from newscrawler.store.batch import Batch, Ending, Standing
from newscrawler.store.bulk import Update
from newscrawler.store.bulk import update as update_rows
from newscrawler.store.decide import Change, Known, State
from newscrawler.store.schema import articles, images, related, revisions, securities, sources
from newscrawler.store.schema import tasks as ledger

KIND = "reparse"
"""runs.kind of a run that reads old answers anew."""

Parts = tuple[tuple[tuple[Any, ...], ...], ...]
Mark = tuple[int, int, bytes]
"""article_id, revision, digest."""
_MARK = Update("revisions", ("article_id", "revision"), ("digest",))

_COLUMNS = (
    "title", "published_at", "published_local", "published_from", "summary", "body", "body_html",
    "layout", "paragraph_count", "language", "editor", "original_title", "content_hash", "notes",
)  # fmt: skip
_RENEWED = frozenset(_COLUMNS) | {"parser_version", "digest"}
_PARTS: tuple[tuple[Table, tuple[str, ...]], ...] = (
    (images, ("url", "caption", "width", "height", "after_block")),
    (securities, ("security", "name", "kind", "mentions", "evidence", "evidence_at",
                  "evidence_length", "confidence")),
    (related, ("external_id",)),
)  # fmt: skip


@dataclass(slots=True)
class Stored:
    """The current revision of an article."""

    article_id: int
    revision: int
    content_hash: str
    seen_at: datetime
    digest: bytes | None
    """Of all that was read (digests.py); None: of an older version, which wrote none."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All of a current revision, as its rows have it."""

    row: tuple[Any, ...]
    parts: Parts


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the ledger has of an id."""

    task_id: int
    announced_as: str
    state: State


_a, _r, _s = articles.c, revisions.c, sources.c
_CURRENT = (_r.article_id == _a.article_id) & (_r.revision == _a.revision)
_STORED = select(
    _a.external_id, _a.article_id, _a.revision, _r.content_hash, _r.seen_at, _r.digest
).join_from(articles, revisions, _CURRENT)
_FACTS = (
    select(_a.article_id, _a.url, _s.name, *(_r[name] for name in _COLUMNS))
    .join_from(articles, revisions, _CURRENT)
    .join(sources, _s.source_id == _a.source_id)
)


def load(conn: Connection, site: str, external_ids: Sequence[str]) -> dict[str, Stored]:
    """The stored articles among these ids."""
    query = _STORED.where(_a.site == site, _a.external_id.in_(external_ids))
    return {row[0]: Stored(*row[1:]) for row in conn.execute(query).all()}


def facts(conn: Connection, article_ids: Sequence[int]) -> dict[int, Facts]:
    """All that is stored of these articles, by article_id."""
    if not article_ids:
        return {}
    rows = conn.execute(_FACTS.where(_a.article_id.in_(article_ids))).all()
    found = [_parts(conn, table, names, article_ids) for table, names in _PARTS]
    return {
        row[0]: Facts(tuple(row[1:]), tuple(tuple(part.get(row[0], ())) for part in found))
        for row in rows
    }


def _parts(
    conn: Connection, table: Table, names: Sequence[str], article_ids: Sequence[int]
) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    query = (
        select(table.c.article_id, *(table.c[name] for name in names))
        .where(table.c.article_id.in_(article_ids))
        .order_by(table.c.article_id, table.c.position)
    )
    for row in conn.execute(query):
        found.setdefault(row[0], []).append(tuple(row[1:]))
    return found


def is_same(stored: Facts, article: Article) -> bool:
    """Whether an article would be stored exactly as it is."""
    row = _revision(article)
    found = (article.url, article.source, *(row[name] for name in _COLUMNS))
    return found == stored.row and parts.rows(article) == stored.parts


def mark(conn: Connection, marks: Sequence[Mark]) -> None:
    """Give revisions that were found to be as they are read today the digest that they lack."""
    update_rows(conn, _MARK, sorted(marks))


def _revision(article: Article) -> dict[str, Any]:
    """What its row of `revisions` would hold, as SQLAlchemy takes and gives it."""
    values = article_rows.revision_row(article, 0, 0, 0, 0, lambda at: at)
    return dict(zip(article_rows.REVISION, values, strict=True)) | {
        "content_hash": article.content_hash
    }


def waiting(conn: Connection, site: str, external_ids: Sequence[str]) -> dict[str, Waiting]:
    """The ledger's rows of these ids."""
    t = ledger.c
    query = select(t.external_id, t.task_id, t.announced_as, t.state).where(
        t.site == site, t.external_id.in_(external_ids)
    )
    return {row[0]: Waiting(row[1], row[2], State(row[3])) for row in conn.execute(query)}


@dataclass(frozen=True, slots=True)
class Reread:
    """An article read anew, and the revision with which it was compared."""

    article: Article
    article_id: int = 0
    revision: int = 0
    """0: none was stored."""
    content_hash: str = ""
    visible: bool = True
    """Whether a consumer of the views sees the difference."""


def recover(
    conn: Connection,
    run_id: int,
    found: Sequence[Reread],
    now: datetime,
    recheck_ages: Sequence[timedelta],
    *,
    near_duplicates: bool,
) -> int:
    """Store articles of answers that could not be read before, and upstream's corrections in such.

    An id that is due stays due: a list has said something new of it. Returns how many were stored.
    """
    still = _still(conn, found)
    batch = Batch(conn, run_id, now, ())
    due = []
    for each in still:
        site, external_id = key = each.article.site, each.article.external_id
        row = tasks.find(conn, site, [external_id]).get(external_id)
        if row is not None and row.state == State.DUE:
            due.append((key, Standing(row.task_id, tasks.ticket(row)), tasks.ticket(row)))
    observed = [each.article for each in still]
    saved = save(conn, run_id, observed, now, recheck_ages, near_duplicates=near_duplicates)
    tasks.write(batch, due)
    _stored_now(conn, [each.article_id for each in saved if each.article_id], now)
    return len(still)


def revise(
    conn: Connection,
    run_id: int,
    found: Sequence[Reread],
    now: datetime,
    *,
    near_duplicates: bool,
) -> int:
    """Write a revision for each article whose content we read differently; `reparsed` in the feed.

    Returns how many were written: those that nobody else changed meanwhile.
    """
    still = _still(conn, found)
    ids = [each.article_id for each in still]
    query = select(articles.c.article_id, articles.c.gone_at).where(
        articles.c.article_id.in_(ids), articles.c.gone_at.is_not(None)
    )
    gone = conn.execute(query).all()
    observed = [each.article for each in still]
    save(conn, run_id, observed, now, near_duplicates=near_duplicates, reread=True)
    _stored_now(conn, ids, now)
    if gone:
        conn.execute(_GONE, [{"of_id": row[0], "to_gone_at": row[1]} for row in gone])
    return len(still)


def renew(conn: Connection, run_id: int, found: Sequence[Reread], now: datetime) -> int:
    """Replace what is derived (HTML, securities, summary …) where the content is the same.

    The revision stays; the feed says `reparsed` if a consumer can see the difference.
    """
    still = _still(conn, found)
    batch = Batch(conn, run_id, now, (), reread=True)
    for each in still:
        here = revisions.c.article_id == each.article_id
        values = {
            name: value for name, value in _revision(each.article).items() if name in _RENEWED
        }
        conn.execute(
            update(revisions).where(here, revisions.c.revision == each.revision).values(values)
        )
        here = articles.c.article_id == each.article_id
        conn.execute(update(articles).where(here).values(url=each.article.url))
        if each.visible:
            batch.lines.append((each.article_id, each.revision, Change.REPARSED))
    written = {each.article_id: each.article for each in still}
    hooks.written(batch, written, list(written))
    hooks.settle(batch, near_duplicates=False)
    changes.publish(conn, batch.lines, now)
    return len(still)


def count_unchanged(conn: Connection, run_id: int, many: int) -> None:
    """Count ids that were read as they are stored."""
    outcomes.count(conn, run_id, {"discovered": many, Outcome.UNCHANGED: many})


def conclude(
    conn: Connection, run_id: int, endings: Sequence[tuple[Waiting, Ending]], now: datetime
) -> None:
    """Count ids that yielded no article; those of which the ledger does not know have no row."""
    known = {waiting.task_id: ending for waiting, ending in endings if waiting.task_id}
    outcomes.add(conn, run_id, known, now)
    counts = Counter(str(ending.outcome or Outcome.PENDING) for _, ending in endings)
    outcomes.count(conn, run_id, counts | {"discovered": len(endings)})


def _still(conn: Connection, found: Sequence[Reread]) -> list[Reread]:
    """Those whose stored revision is the one that was compared; the rows are locked."""
    known: dict[tuple[str, str], Known] = {}
    for site in sorted({each.article.site for each in found}):
        ids = [each.article.external_id for each in found if each.article.site == site]
        known |= {(site, key): row for key, row in article_rows.find(conn, site, ids).items()}
    still = []
    for each in found:
        row = known.get((each.article.site, each.article.external_id))
        stands = (0, "") if row is None else (row.revision, row.content_hash)
        if stands == (each.revision, each.content_hash):
            still.append(each)
    return still


_STORED_NOW = (
    update(articles).where(articles.c.article_id == bindparam("of_id"))
    .values(updated_at=bindparam("to_updated_at"))
)  # fmt: skip
_GONE = (
    update(articles).where(articles.c.article_id == bindparam("of_id"))
    .values(gone_at=bindparam("to_gone_at"))
)  # fmt: skip


def _stored_now(conn: Connection, article_ids: Sequence[int], now: datetime) -> None:
    """What was fetched long ago has become the current revision now."""
    if article_ids:
        conn.execute(_STORED_NOW, [{"of_id": each, "to_updated_at": now} for each in article_ids])
