"""Full-text search: whatever the index does, the answer is that of reading every article."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from newscrawler.items import Article, Outcome, Security, SecurityKind
from newscrawler.store import (
    bulk,
    search_blocks,
    search_candidates,
    search_check,
    search_grams,
    search_index,
)
from newscrawler.store import search as search_module
from newscrawler.store.check import check
from newscrawler.store.dialect import is_transient
from newscrawler.store.engine import Database
from newscrawler.store.filters import Filters
from newscrawler.store.search import Found, search
from newscrawler.store.search_text import Words, fold
from tests.store.make import HOUR, T0, article, miss, news, save, scalar, start

BATCH, SPAN = 8, 3
"""Instead of 1024 and 64: a few articles make many batches and several segments."""
SIGNS = "茅台贵州股份ET7et０7Ｅ0.5％%涨，。 \n"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (search_blocks, search_candidates, search_check, search_grams, search_index):
        for name, value in (("BATCH", BATCH), ("SPAN", SPAN)):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, value)
    for name, value in (("_FIRST_READ", 2), ("_MOST_READ", 8), ("_FEW", 3)):
        monkeypatch.setattr(search_module, name, value)


def piece(number: int, said: str, title: str = "标题", minutes: int = 0, **more: Any) -> Article:
    at = T0 - HOUR + timedelta(minutes=minutes)
    return article(str(number), said, title=title, published_at=at, **more)


def find(db: Database, query: str, limit: int = 20, **filters: Any) -> Found:
    with db.read() as conn:
        return search(conn, query, Filters(**filters), limit)


def found(db: Database, query: str, limit: int = 20, **filters: Any) -> list[str]:
    return [row["external_id"] for row in find(db, query, limit, **filters).rows]


def by_reading(db: Database, query: str, limit: int) -> list[str]:
    """The answer of whoever reads every article."""
    words = Words.parse(query)
    if not words.words:
        return []
    hits = [
        row for row in news(db).values() if words.match(row["title"], row["summary"], row["body"])
    ]

    def order(row: dict[str, Any]) -> tuple[bool, datetime, int]:
        return words.title_match(row["title"]), row["published_at"], row["article_id"]

    return [row["external_id"] for row in sorted(hits, key=order, reverse=True)[:limit]]


def fill(db: Database, seed: int, count: int) -> int:
    """Articles of few signs, so that words repeat; some out of order, some corrected since."""
    dice = random.Random(seed)  # noqa: S311
    run_id = start(db)

    def said(most: int) -> str:
        words = "".join(dice.choice(SIGNS) for _ in range(dice.randint(1, most)))
        return words.strip() or "空"

    made = [
        piece(number, said(12), said(4), dice.choice([number, number, dice.randrange(count)]),
              summary=said(3))
        for number in range(count)
    ]  # fmt: skip
    for first in range(0, count, 5):
        save(db, run_id, *made[first : first + 5])
    for number in dice.sample(range(count), count // 10):
        save(db, run_id, piece(number, said(12), said(4), dice.randrange(count)))
    return run_id


@pytest.fixture
def filled(db: Database) -> Database:
    fill(db, 1, 60)
    return db


words = st.text(st.sampled_from(SIGNS.replace("\n", "")), min_size=1, max_size=4)


def test_every_substring_is_found_as_by_reading(filled: Database) -> None:
    assert scalar(filled, "SELECT count(*) FROM search_blocks WHERE block_id < 0")
    assert scalar(filled, "SELECT count(*) FROM search_pending")

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(words, min_size=1, max_size=3).map(" ".join), st.sampled_from([1, 3, 200]))
    def compare(query: str, limit: int) -> None:
        assert found(filled, query, limit) == by_reading(filled, query, limit)

    compare()


@pytest.mark.parametrize("count", [0, 1, BATCH, BATCH * SPAN, BATCH * SPAN * 2 + 1])
def test_a_store_of_any_size_is_searched(db: Database, count: int) -> None:
    fill(db, count, count)
    for query in ("茅", "et", "股份", "0.5", "茅 台"):
        assert found(db, query, 5) == by_reading(db, query, 5)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ST", "昨日*ST华科跌停"),
        ("00700", "腾讯控股(00700.HK)"),
        ("ET7", "蔚来旗下ET7新能源汽车"),
        ("et7新", "蔚来旗下ＥＴ７新能源汽车"),
        ("５.2%", "同比增长5.2％"),
        ("茅", "最后一个字是茅"),
        ('"level inf"', "称Level Infinite的发布"),
        ("𠮷野", "股东𠮷野家"),
        ("涨 茅台", "茅台大涨"),
        ("100%", "占100%"),
        ("a_b", "代码a_b"),
        ('"大跌\n今天"', "昨天大跌\n今天大涨"),
        ("'; --", "他说'; --"),
    ],
)
def test_what_a_person_would_type_is_found(db: Database, query: str, said: str) -> None:
    run_id = start(db)
    save(db, run_id, piece(0, said), *(piece(number, f"别的{number}") for number in range(1, 20)))
    assert found(db, query) == ["0"]


@given(st.text("aAｅＥtT70６０%＋+.．新能\n \ud800"), st.integers(0, 20), st.integers(1, 6))
def test_a_pattern_finds_what_folding_finds(text: str, at: int, many: int) -> None:
    word = fold(text)[at : at + many]
    for pattern in Words((word,)).patterns().values() if word else ():
        assert re.search(pattern, text)
        without = text.translate(dict.fromkeys(map(ord, re.findall(pattern, text)[0])))
        assert bool(re.search(pattern, without)) == (word in fold(without))


def test_half_a_character_finds_nothing(filled: Database) -> None:
    for query in ("\ud800", "茅\udfff台"):
        assert found(filled, query) == []


def test_titles_come_first_then_the_newest(db: Database) -> None:
    run_id = start(db)
    save(db, run_id, *(piece(n, "说茅台", "标题", n) for n in range(20)))
    save(db, run_id, piece(20, "正文", "茅台涨", -5), piece(21, "正文", "茅台跌", -9))
    assert found(db, "茅台", 4) == ["20", "21", "19", "18"]


def test_a_word_may_stand_in_the_title_and_another_in_the_text(db: Database) -> None:
    save(db, start(db), piece(1, "说的是涨停", "茅台"), piece(2, "说的是涨停", "五粮液"))
    assert found(db, "涨停 茅台") == ["1"]


def test_a_corrected_article_is_found_by_its_new_text_only(db: Database) -> None:
    run_id = start(db)
    save(db, run_id, *(piece(n, f"旧文{n}") for n in range(BATCH * 2)))
    save(db, run_id, piece(3, "新闻"))
    assert "3" not in found(db, "旧文")
    assert found(db, "新闻") == ["3"]
    save(db, run_id, *(piece(n, f"其他{n}") for n in range(100, 100 + BATCH * 2)))
    assert "3" not in found(db, "旧文")
    assert found(db, "新闻") == ["3"]


def test_withdrawn_articles_are_still_found(db: Database) -> None:
    run_id = start(db)
    save(db, run_id, piece(1, "茅台"))
    for at in (T0, T0 + 2 * HOUR):
        save(db, run_id, miss("1", Outcome.GONE, at=at), now=at)
    row = find(db, "茅台").rows[0]
    assert row["gone_at"] is not None


def test_filters_narrow_what_is_found(db: Database) -> None:
    bank = Security(
        market="0", code="000001", name="平安银行", kind=SecurityKind.STOCK, mentions=1,
        evidence="平安银行涨",
    )  # fmt: skip
    run_id = start(db)
    made = [piece(n, f"茅台{n}", minutes=n) for n in range(20)]
    other = piece(20, "茅台", minutes=20, source="证券时报", source_slug="zhengquanshibao")
    other = article("20", "茅台", body=replace(other.body, securities=(bank,)), source="证券时报",
                    source_slug="zhengquanshibao", published_at=other.published_at)  # fmt: skip
    save(db, run_id, *made, other)
    assert found(db, "茅台", source="证券时报") == ["20"]
    assert found(db, "茅台", source="zhengquanshibao") == ["20"]
    assert found(db, "茅台", security="0.000001") == ["20"]
    assert found(db, "茅台", site="nowhere") == []
    since, until = T0 - HOUR + timedelta(minutes=4), T0 - HOUR + timedelta(minutes=15)
    assert found(db, "茅台", 3, since=since, until=until) == ["14", "13", "12"]
    assert len(found(db, "茅台", since=since, until=until)) == 11


def test_a_row_is_that_of_news_with_snippet_and_rank(db: Database) -> None:
    save(db, start(db), piece(1, "第一句。\n贵州茅台涨了。"))
    (row,) = find(db, "茅台").rows
    assert {name: row[name] for name in news(db)["1"]} == news(db)["1"]
    assert row["snippet"] == "第一句。 贵州«茅台»涨了。"
    assert row["rank"] == 1


def test_the_count_says_whether_it_is_complete(db: Database) -> None:
    save(db, start(db), *(piece(n, f"茅台{n}", minutes=n) for n in range(50)))
    few, all_ = find(db, "茅台", 2), find(db, "茅台", 100)
    assert (len(few.rows), few.complete) == (2, False)
    assert few.total < 50
    assert (len(all_.rows), all_.total, all_.complete) == (50, 50, True)


def test_a_check_finds_nothing_wrong(filled: Database) -> None:
    assert [each for each in check(filled) if not each["ok"]] == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("DELETE FROM search_docs WHERE doc_id = 3", "is not in the index"),
        ("INSERT INTO search_pending SELECT article_id, 1 FROM search_docs WHERE doc_id = 3",
         "waits to be indexed"),
        (f"DELETE FROM search_blocks WHERE block_id = {search_blocks.block_id(-1, 2)}",
         "is not indexed as what it says"),
        (f"DELETE FROM search_blocks WHERE block_id = {search_blocks.block_id(-1)}",
         "is not indexed as what it says"),
        ("DELETE FROM search_batches WHERE batch_id = 0", "belongs to no batch"),
    ],
)  # fmt: skip
def test_a_check_finds_what_is_missing_or_too_much(
    filled: Database, damage: str, said: str
) -> None:
    with filled.write() as conn:
        conn.execute(text(damage))
    (result,) = [each["result"] for each in check(filled) if each["check"] == "search"]
    assert said in str(result)
    with filled.write() as conn:
        search_index.clear(conn)
    assert found(filled, "茅台", 5) == by_reading(filled, "茅台", 5)
    search_index.build(filled)
    assert found(filled, "茅台", 5) == by_reading(filled, "茅台", 5)
    assert [each for each in check(filled) if not each["ok"]] == []


def test_building_says_how_much_is_left(filled: Database) -> None:
    with filled.write() as conn:
        search_index.clear(conn)
    left: list[int] = []
    search_index.build(filled, left.append)
    assert left == [*range(60 - BATCH, 0, -BATCH), 60 % BATCH]


def test_a_connection_that_streams_can_search(filled: Database) -> None:
    with filled.read() as conn:
        rows = search(conn.execution_options(yield_per=10), "et", Filters(), 5).rows
    assert [row["external_id"] for row in rows] == by_reading(filled, "et", 5)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_errors_of_a_query_in_binary_are_those_of_sqlalchemy(db: Database) -> None:
    with pytest.raises(ProgrammingError, match="nowhere"), db.read() as conn:
        bulk.in_binary(conn, "SELECT 1 FROM nowhere WHERE 1 = %s", (1,))
    with pytest.raises(DBAPIError) as caught:
        ask_in_a_session_that_was_ended(db)
    assert is_transient(caught.value)
    with db.read() as conn:
        assert bulk.in_binary(conn, "SELECT %s::bigint", (7,)) == [(7,)]


def ask_in_a_session_that_was_ended(db: Database) -> None:
    with db.read() as other, db.read() as conn:
        process = conn.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        bulk.in_binary(conn, "SELECT %s", (1,))
