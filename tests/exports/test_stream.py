"""Which articles an export reads, in which order, and of which moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newscrawler.errors import StoreError
from newscrawler.items import Body, Security, SecurityKind
from newscrawler.store import queries, stream
from newscrawler.store.engine import Database
from newscrawler.store.filters import Filters
from tests.store.make import T0, article, save, start

MAOTAI = Security(
    market="1", code="600519", name="贵州茅台", kind=SecurityKind.STOCK, mentions=1,
    evidence="贵州茅台跌",
)  # fmt: skip


def external_ids(db: Database, filters: Filters) -> list[str]:
    with stream.one_moment(db) as conn:
        return [row["external_id"] for row in stream.articles(conn, filters)]


@pytest.fixture
def four(db: Database) -> Database:
    """Articles 1 to 4, an hour apart; 2 links 贵州茅台, 3 and 4 are of other outlets."""
    save(
        db,
        start(db),
        article("1"),
        article("2", published_at=T0, body=Body(securities=(MAOTAI,))),
        article("3", published_at=T0 + timedelta(hours=1), source="财联社", source_slug="cls"),
        article("4", published_at=T0 + timedelta(hours=2), source="新华社", source_slug="xhs"),
    )
    return db


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), "1234"),
        (Filters(site="site"), "1234"),
        (Filters(site="elsewhere"), ""),
        (Filters(source="财联社"), "3"),
        (Filters(source="cls"), "3"),
        (Filters(security="1.600519"), "2"),
        (Filters(security="600519"), "2"),
        (Filters(security="0.600519"), ""),
        (Filters(since=T0), "234"),
        (Filters(until=T0), "1"),
        (Filters(since=T0, until=T0 + timedelta(hours=1)), "2"),
    ],
    ids=str,
)
def test_filters_leave_what_they_say(four: Database, filters: Filters, expected: str) -> None:
    assert external_ids(four, filters) == list(expected)
    with stream.one_moment(four) as conn:
        assert stream.count(conn, filters) == len(expected)


def test_the_newest_come_first(four: Database) -> None:
    with stream.one_moment(four) as conn:
        assert stream.newest(conn, Filters(), 2) == [4, 3]
        found = stream.articles_by_id(conn, [4, 99, 1])
        assert [row["external_id"] for row in found] == ["4", "1"]


def test_pages_have_no_seam(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PAGE", 2)
    run_id = start(db)
    save(db, run_id, *(article(str(number)) for number in range(5)))
    save(db, run_id, article("1", "新的正文"))
    assert external_ids(db, Filters()) == list("01234")
    with stream.one_moment(db) as conn:
        found = [(row["external_id"], row["revision"]) for row in stream.revisions(conn, Filters())]
    assert found == [("0", 1), ("1", 1), ("1", 2), ("2", 1), ("3", 1), ("4", 1)]


def test_an_article_comes_with_its_parts(db: Database) -> None:
    save(db, start(db), article("1", "甲\n乙"), article("2", "丙"))
    with stream.one_moment(db) as conn:
        found = list(stream.articles(conn, Filters(), parts=stream.PARTS))
        for row in found:
            alone = queries.article_by_id(conn, row["article_id"])
            assert alone is not None
            for part in ("paragraphs", "images", "securities"):
                for each in alone[part]:
                    del each["article_id"]
            assert row == alone


def test_what_is_stored_meanwhile_is_not_seen(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PAGE", 1)
    run_id = start(db)
    save(db, run_id, article("1"), article("2"))
    seen = []
    with stream.one_moment(db) as conn:
        assert stream.newest_change(conn) == 2
        for row in stream.articles(conn, Filters()):
            seen.append((row["external_id"], row["revision"]))
            save(db, run_id, article(f"1{row['external_id']}"))
            save(db, run_id, article("2", f"改 {row['external_id']}"))
    assert seen == [("1", 1), ("2", 1)]


def test_the_connection_cannot_write(db: Database) -> None:
    with pytest.raises(StoreError, match=r"read-?only|READ ONLY"), stream.one_moment(db) as conn:
        conn.exec_driver_sql("UPDATE change_counter SET last = 7")
    save(db, start(db), article("1"))
