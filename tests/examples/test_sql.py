"""Every query of docs/sql.md, on each database, says what its heading promises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, text

from newscrawler.items import Body, Outcome, Security, SecurityKind
from newscrawler.store.contract import CONTRACT
from newscrawler.store.engine import Database
from newscrawler.store.types import UTC_TIME
from tests.store.make import HOUR, T0, article, miss, save, start

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sql.md").read_text(encoding="utf-8")
PARTS = PAGE.partition("## Questions and their queries")[2].partition("<!-- from the code")[0]
HEADINGS = re.findall(r"^### (.+)$", PARTS, flags=re.MULTILINE)
MINUTE = timedelta(minutes=1)
BOUND: Mapping[str, object] = {"security": "1.600519", "since": T0, "run_id": 2, "last": 5}
EXPECTED: Mapping[str, list[tuple[object, ...]]] = {
    "The latest of each outlet": [
        ("新华社", "2026-01-03T08:00:00+08:00", "改后", "https://news.example/1"),
        ("财联社", "2026-01-02T10:04:05+08:00", "三", "https://news.example/3"),
        ("中国邮政快递报", "2026-01-02T10:04:05+08:00", "四", "https://news.example/4"),
    ],
    "Mentions of a stock by day": [("2026-01-03", 1, 3)],
    "Why an article is said to be about a stock": [
        ("改后", "贵州茅台", 3, "high", "贵州茅台大涨。")
    ],
    "Corrections since a moment, with both headlines": [
        (T0 + HOUR, "https://news.example/1", "原题", "改后", "headline")
    ],
    "How late we are, by outlet": [
        ("财联社", 2, 10, 30), ("中国邮政快递报", 1, 60, 60), ("新华社", 1, 5, 5),
    ],
    "The same story in several outlets": [("新华社", "改后", 1, 1, "same_text")],
    "What a run stored": [(1, 2, "改后", 1)],
    "What was withdrawn": [
        (T0 + 4 * HOUR, "中国邮政快递报", "四", "https://news.example/4")
    ],
    "Open failures by reason": [("site", "fetch", "timeout", 1, 1, T0)],
    "What changed since you last looked": [(6, "gone", 4, 1)],
}  # fmt: skip


@pytest.fixture
def told(db: Database) -> Database:
    """A story, its copy in another outlet, its correction, a withdrawal and a failure."""
    maotai = Security(
        market="1", code="600519", name="贵州茅台", kind=SecurityKind.STOCK, mentions=3,
        evidence="贵州茅台大涨。",
    )  # fmt: skip
    first: dict[str, Any] = {
        "source": "新华社", "source_slug": "xinhuashe", "published_at": T0 - 5 * MINUTE,
        "published_local": "2026-01-03T08:00:00+08:00", "body": Body(securities=(maotai,)),
    }  # fmt: skip
    other: dict[str, Any] = {"source": "财联社", "source_slug": "cailianshe"}
    run_id = start(db)
    save(db, run_id, article("1", "同文", title="原题", **first))
    save(db, run_id, article("2", "同文", title="转", published_at=T0 - 10 * MINUTE, **other))
    save(db, run_id, article("3", "三文", title="三", published_at=T0 - 30 * MINUTE, **other))
    save(db, run_id, article("4", "四文", title="四", published_at=T0 - 60 * MINUTE))
    second = start(db)
    save(db, second, article("1", "同文", title="改后", at=T0 + HOUR, **first), now=T0 + HOUR)
    for hours in (2, 4):
        at = T0 + hours * HOUR
        save(db, second, miss("4", Outcome.GONE, at=at), now=at)
    save(db, second, miss("9", Outcome.FAILED, "timeout"))
    return db


def query_of(heading: str, kind: str) -> str:
    section = PARTS.partition(f"### {heading}\n")[2].partition("\n### ")[0]
    blocks = dict(re.findall(r"```sql ?(\w*)\n(.*?);\n```", section, flags=re.DOTALL))
    return str(blocks.get(kind) or blocks[""])


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_query_answers_its_question(told: Database, heading: str) -> None:
    query = query_of(heading, told.kind)
    names = set(re.findall(r"(?<!:):([a-z_]+)", query))
    moment = bindparam("since", type_=UTC_TIME)
    statement = text(query).bindparams(*([moment] if "since" in names else []))
    with told.read() as conn:
        found = conn.execute(statement, {name: BOUND[name] for name in names}).all()
    assert [tuple(map(plain, row)) for row in found] == EXPECTED[heading]


def plain(value: Any) -> object:
    """Times and numbers as every database means them."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", value):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=T0.tzinfo)
    return value if isinstance(value, str) else round(float(value))


def test_every_expectation_is_of_a_query() -> None:
    assert set(HEADINGS) == set(EXPECTED)


def test_a_week_ago_is_written_as_the_page_says(told: Database) -> None:
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
    (moment,) = re.findall(rf"\| {names[told.kind]} \| `(.+)` \|", PARTS)
    with told.read() as conn:
        query = f"SELECT count(*) FROM news_changes WHERE changed_at < {moment}"
        before = conn.scalar(text(query))
        ever = conn.scalar(text("SELECT count(*) FROM news_changes"))
    assert before == ever if T0 + timedelta(days=8) < datetime.now(T0.tzinfo) else before == 0


@pytest.mark.parametrize("view", CONTRACT)
def test_a_view_has_the_documented_columns_on_each_database(db: Database, view: str) -> None:
    with db.read() as conn:
        names = list(conn.execute(text(f"SELECT * FROM {view}")).keys())
    assert names == list(CONTRACT[view].columns)


def test_what_is_derived_can_be_checked() -> None:
    evidence = {
        "news": {"duplicate_reason", "published_from", "parser_version"},
        "news_revisions": {"published_from", "parser_version"},
        "news_securities": {"evidence", "confidence"},
    }
    assert all(names <= set(CONTRACT[view].columns) for view, names in evidence.items())
    assert "news_gaps" in CONTRACT
