"""The same text gives the same rows on every database."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawler.items import Outcome
from newscrawler.store.engine import Database
from tests.store.make import announce, announcement, article, miss, news, rows, save, start, take

HOSTILE = [
    "'); DROP TABLE articles; --",
    '%s %(a)s {} {0} :name ? \\ \\n \\\' "" `x`',
    "😀𠮷𡃁👨‍👩‍👧 é ﬁ İ",
    "尾部空格 ",
    " 前面",
    "tab\tand\nline",
    "\ufeff\u200b\u202e",
    "NULL",
    "",
    "长" * 100_000,
]


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_comes_back_character_for_character(
    db: Database, run_id: int, said: str
) -> None:
    save(db, run_id, article("1", title=said, summary=said, source=said, published_local=said))
    row = news(db)["1"]
    assert [row[each] for each in ("title", "summary", "source", "published_local")] == [said] * 4


def test_identity_is_exact(db: Database, run_id: int) -> None:
    names = ["a", "A", "ä", "á", "a ", "ａ", "𠮷", "1", "01"]
    saved = save(db, run_id, *(article(each, f"正文 {place}") for place, each in enumerate(names)))
    assert {each.outcome for each in saved} == {Outcome.NEW}
    assert len(news(db)) == len(names)


def test_sources_that_differ_in_case_or_a_space_stay_apart(db: Database, run_id: int) -> None:
    names = ["Reuters", "reuters", "reuters ", "Réuters"]
    save(db, run_id, *(article(str(place), source=each) for place, each in enumerate(names)))
    assert [row["source"] for _, row in sorted(news(db).items())] == names


def test_a_bad_id_that_an_attacker_sent_can_be_noted(db: Database, run_id: int) -> None:
    save(db, run_id, miss("1", Outcome.REJECTED))
    from_list = announcement("1", title="'\\%s😀", digest="x" * 70_000)
    announce(db, run_id, from_list)
    second = start(db)
    announce(db, second, announcement("1", title="anders"))
    (task,) = take(db, second)
    assert task.announcements[0].digest == "x" * 70_000


plain = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@given(title=plain, source=plain, body=plain)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_comes_back(db: Database, title: str, source: str, body: str) -> None:
    run_id = start(db)
    (saved,) = save(db, run_id, article("1", body, title=title, source=source))
    assert saved.outcome is not Outcome.FAILED
    row = news(db)["1"]
    assert (row["title"], row["source"], row["body"]) == (title, source, body)
    assert rows(db, "news_paragraphs")[0]["text"] == body
