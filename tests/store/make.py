"""Small values to store, and what tests read back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from newscrawler.items import (
    Announcement,
    Article,
    Block,
    BlockKind,
    Body,
    Image,
    Miss,
    Outcome,
    Saved,
    Security,
    SecurityKind,
    Stage,
    Task,
)
from newscrawler.store import articles, ledger, runs
from newscrawler.store.engine import Database
from newscrawler.store.ledger import AnnounceResult
from newscrawler.store.views import VIEWS

T0 = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
HOUR = timedelta(hours=1)


def article(
    external_id: str, said: str = "", *, title: str = "标题", at: datetime = T0, **more: Any
) -> Article:
    """A complete article; without `said` its text is its own."""
    lines = (said or f"正文 {external_id}").split("\n")
    blocks = tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in lines)
    plain = "\n".join(lines)
    made = Article(
        site="site",
        external_id=external_id,
        url=f"https://news.example/{external_id}",
        title=title,
        published_at=T0 - HOUR,
        published_local="2026-01-02T10:04:05+08:00",
        published_from="article.date",
        body=Body(
            blocks=blocks,
            images=(Image(url="https://img.example/1.png", width=3, after_block=1),),
            securities=(
                Security(
                    market="1",
                    code="600160",
                    name="巨化股份",
                    kind=SecurityKind.STOCK,
                    mentions=2,
                    evidence="巨化股份涨停",
                ),
            ),
            related=("77", "78"),
            html=f"<p>{plain}</p>",
        ),
        source="中国邮政快递报",
        source_slug="zhongguoyouzhengkuaidibao",
        fetched_at=at,
        fetched_url=f"https://api.example/{external_id}",
        parser_version=1,
        text_hash=hashlib.sha256(plain.encode()).hexdigest(),
    )
    made = replace(made, **more)
    content = f"{made.title}\n{made.source}\n{plain}"
    return replace(made, content_hash=hashlib.sha256(content.encode()).hexdigest())


def miss(
    external_id: str, outcome: Outcome, reason: str = "some_reason", *, at: datetime = T0
) -> Miss:
    """A look that yielded no article."""
    return Miss(
        site="site",
        external_id=external_id,
        url=f"https://api.example/{external_id}",
        outcome=outcome,
        stage=Stage.FETCH,
        reason=reason,
        seen_at=at,
    )


def announcement(external_id: str, name: str = "flash", **more: Any) -> Announcement:
    """What the list `name` says of one article."""
    said: dict[str, Any] = {"title": "标题", "published_raw": "2026-01-02 10:00:00"} | more
    return Announcement(
        site="site", list=name, external_id=external_id, announced_as=f"NW{external_id}", **said
    )


def start(db: Database, now: datetime = T0, kind: str = "crawl") -> int:
    """Open a run."""
    with db.write() as conn:
        return runs.start(conn, "site", kind, now, 1, "host")


def save(
    db: Database,
    run_id: int,
    *observed: Article | Miss,
    now: datetime = T0,
    ages: Sequence[timedelta] = (),
) -> list[Saved]:
    """One transaction."""
    with db.write() as conn:
        return articles.save(conn, run_id, observed, now, ages)


def outcomes(saved: Sequence[Saved]) -> list[str]:
    """Their outcomes."""
    return [each.outcome.value for each in saved]


def rows(db: Database, view: str) -> list[dict[str, Any]]:
    """All rows of a view, ordered by its first two columns."""
    table = VIEWS[view]
    with db.read() as conn:
        query = select(table).order_by(*list(table.c)[:2])
        return [dict(row) for row in conn.execute(query).mappings()]


def news(db: Database) -> dict[str, dict[str, Any]]:
    """The rows of news by external id."""
    return {row["external_id"]: row for row in rows(db, "news")}


def feed(db: Database) -> list[tuple[str, int, str]]:
    """The change feed as (external id, revision, kind)."""
    names = {row["article_id"]: row["external_id"] for row in rows(db, "news")}
    return [
        (names[row["article_id"]], row["revision"], row["kind"]) for row in rows(db, "news_changes")
    ]


def scalar(db: Database, query: str) -> Any:
    """One value, by plain SQL."""
    with db.read() as conn:
        return conn.scalar(text(query))


def counts(db: Database, run_id: int) -> dict[str, int]:
    """The run's counters that are not zero, `discovered` among them."""
    with db.read() as conn:
        report = runs.report(conn, run_id)
    assert report.adds_up or report.status == "running"
    named = {outcome.value: number for outcome, number in report.counts.items()}
    return {name: each for name, each in {"discovered": report.discovered, **named}.items() if each}


def announce(
    db: Database, run_id: int, *said: Announcement, now: datetime = T0, recheck_all: bool = False
) -> AnnounceResult:
    """Enter what lists say."""
    with db.write() as conn:
        return ledger.announce(conn, run_id, said, now, recheck_all=recheck_all)


def take(db: Database, run_id: int, limit: int = 100, exclude: Sequence[int] = ()) -> list[Task]:
    """The tasks that the run has to fetch now."""
    with db.write() as conn:
        return ledger.take(conn, run_id, limit, exclude, ["flash", "roll"])


def ids(tasks: list[Task]) -> list[str]:
    """Their external ids."""
    return [task.external_id for task in tasks]


def adopt(db: Database, run_id: int, now: datetime = T0, limit: int = 100) -> int:
    """Let the run fetch leftovers."""
    with db.write() as conn:
        return ledger.adopt(conn, run_id, "site", now, limit)


def finish(db: Database, run_id: int, status: str = "finished") -> dict[str, int]:
    """Close the run, check that it adds up; its counters."""
    with db.write() as conn:
        assert runs.finish(conn, run_id, status, T0).adds_up
    return counts(db, run_id)
