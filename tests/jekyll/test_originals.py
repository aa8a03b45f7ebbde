"""What is kept of how an article was spelled, on every database."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text

from newscrawler.postings import FLASH, OUTLET, Posting, merge
from newscrawler.store import migrate, originals
from newscrawler.store.engine import Database, open_database
from newscrawler.store.migrations import tables_0001
from newscrawler.store.migrations.versions import v0007_originals
from newscrawler.store.originals import Stored, pack, unpack
from tests.store.make import HOUR, T0, announce, announcement, article, save, start

NEWS = Posting(kind=OUTLET, id="NW1", title="标题", source="甲报", body="<p>正文</p>\r\n <p>二</p>")
ROLL = Posting(
    kind=FLASH, id="1", title="标题", digest="摘要", url="http://a.example/", body="<p/>"
)


def kept(db: Database, article_id: int = 1) -> Stored | None:
    with db.read() as conn:
        return originals.read(conn, [article_id]).get(article_id)


def test_a_new_article_s_postings_are_kept_as_they_came(db: Database) -> None:
    save(db, start(db), article("1", postings=(NEWS,)))
    assert kept(db) == Stored(1, (NEWS,))


def test_an_article_without_postings_has_none(db: Database) -> None:
    save(db, start(db), article("1"))
    assert kept(db) is None


def test_another_list_s_posting_joins_when_nothing_else_has_changed(db: Database) -> None:
    save(db, start(db), article("1", postings=(NEWS,)))
    save(db, start(db), article("1", at=T0 + HOUR, postings=(ROLL,)))
    assert kept(db) == Stored(1, (ROLL, NEWS))


def test_the_posting_seen_last_stays(db: Database) -> None:
    newer = replace(NEWS, title="改题")
    run = start(db)
    save(db, run, article("1", at=T0 + HOUR, postings=(newer,)))
    save(db, run, article("1", postings=(NEWS,)))
    assert kept(db) == Stored(1, (newer,))
    save(db, run, article("1", at=T0 + 2 * HOUR, postings=(NEWS,)))
    assert kept(db) == Stored(1, (NEWS,))


def test_a_revision_s_postings_take_the_place_of_older_ones(db: Database) -> None:
    run = start(db)
    save(db, run, article("1", postings=(NEWS, ROLL)))
    newer = replace(NEWS, body="<p>改</p>")
    save(db, run, article("1", "改", at=T0 + HOUR, postings=(newer,)))
    assert kept(db) == Stored(2, (newer,))


def test_a_revision_without_postings_leaves_those_of_the_older_one(db: Database) -> None:
    run = start(db)
    save(db, run, article("1", postings=(NEWS,)))
    save(db, run, article("1", "改", at=T0 + HOUR))
    assert kept(db) == Stored(1, (NEWS,))


def test_what_was_written_since_a_run_is_found(db: Database) -> None:
    first = start(db)
    save(db, first, article("1", postings=(NEWS,)), article("2", postings=(NEWS,)))
    second = start(db)
    save(db, second, article("2", at=T0 + HOUR, postings=(ROLL,)))
    with db.read() as conn:
        assert originals.written_since(conn, first) == [1, 2]
        assert originals.written_since(conn, second) == [2]


def test_a_list_s_own_spelling_survives_the_ledger(db: Database) -> None:
    said = announcement("1", title="标 题", spelled=(("title", " 标  题\u200b"),))
    other = announcement("1", "headlines", title="标题")
    announce(db, start(db), said, other)
    with db.read() as conn:
        rows = conn.execute(text("SELECT list, fields FROM spellings")).all()
    assert [row.list for row in rows] == ["flash"]
    announce(db, start(db), announcement("1", title="新题"))
    with db.read() as conn:
        assert conn.execute(text("SELECT * FROM spellings")).all() == []


anything = st.text(max_size=300)
postings = st.builds(
    Posting, kind=st.sampled_from([FLASH, OUTLET]), id=anything, title=anything, digest=anything,
    body=anything, file=anything,
)  # fmt: skip


@given(st.lists(postings, max_size=2), anything, anything)
def test_postings_come_back_whatever_they_say(some: list[Posting], title: str, body: str) -> None:
    assert unpack(pack(some, title, body), title, body) == tuple(some)


@given(st.lists(postings, max_size=4), st.lists(postings, max_size=4))
def test_merging_leaves_one_of_each_kind_and_adds_nothing_twice(
    one: list[Posting], other: list[Posting]
) -> None:
    merged = merge(tuple(one), tuple(other))
    kinds = [each.kind for each in merged]
    assert kinds == sorted({each.kind for each in [*one, *other]})
    assert merge(merged, merged) == merged


def test_html_that_repeats_the_text_costs_little() -> None:
    lines = [f"第{number}段：" + "中文新闻正文内容，" * 12 for number in range(12)]
    html = "\r\n ".join(f"<p>{line}</p>" for line in lines)
    body = "\n".join(lines)
    assert len(pack([replace(NEWS, body=html)], "标题", body)) < len(body.encode()) / 8


def test_a_database_of_the_version_before_keeps_what_it_holds(empty_url: str) -> None:
    tasks = tables_0001.metadata.tables["tasks"]
    row = {"site": "site", "external_id": "1", "announced_as": "1", "url": "", "state": "due"}
    with closing(open_database(empty_url)) as database:
        migrate.upgrade(database, v0007_originals.down_revision)
        with database.write() as conn:
            conn.execute(insert(tasks).values(attempts=0, **row))
        migrate.upgrade(database)
        announce(database, start(database), announcement("1", spelled=(("title", " 标题"),)))
        save(database, start(database), article("1", postings=(NEWS,)))
        assert kept(database) == Stored(1, (NEWS,))
        with database.read() as conn:
            assert conn.scalar(text("SELECT count(*) FROM tasks")) == 1
            assert conn.scalar(text("SELECT task_id FROM spellings")) == 1


@pytest.mark.parametrize("later", [timedelta(0), HOUR])
def test_saving_the_same_again_writes_nothing(db: Database, later: timedelta) -> None:
    first = start(db)
    save(db, first, article("1", postings=(NEWS,)))
    save(db, start(db), article("1", at=T0 + later, postings=(NEWS,)))
    with db.read() as conn:
        assert originals.written_since(conn, first + 1) == []
