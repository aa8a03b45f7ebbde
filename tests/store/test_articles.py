"""Saving articles: outcomes, revisions, duplicates, the change feed; on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from newscrawler.items import Block, BlockKind, Body, Outcome
from newscrawler.store import articles, queries, runs
from newscrawler.store.engine import Database
from tests.store.make import (
    HOUR,
    T0,
    article,
    counts,
    feed,
    miss,
    news,
    outcomes,
    rows,
    save,
    scalar,
    start,
)


def test_a_first_article_is_new(db: Database, run_id: int) -> None:
    (saved,) = save(db, run_id, article("1"))
    assert (saved.outcome, saved.revision) == (Outcome.NEW, 1)
    assert feed(db) == [("1", 1, "created")]
    assert counts(db, run_id) == {"discovered": 1, "new": 1}


def test_every_field_comes_back_as_it_was_saved(db: Database, run_id: int) -> None:
    table = Block(kind=BlockKind.TABLE, text="a | b\nc | d", rows=(("a", "b"), ("c", "d")))
    body = article("1", "一\n二").body
    body = replace(body, blocks=(*body.blocks, table), editor="编辑", original_title="原题")
    one = article("1", summary="摘要", language="zh-Hans", body=body)
    save(db, run_id, one)
    with db.read() as conn:
        stored = queries.article_by_key(conn, "site", "1")
    assert stored is not None
    assert stored["title"] == one.title
    assert stored["source"] == one.source
    assert stored["source_slug"] == one.source_slug
    assert stored["published_at"] == one.published_at
    assert stored["published_local"] == one.published_local
    assert stored["published_from"] == one.published_from
    assert stored["summary"] == "摘要"
    assert stored["body"] == "一\n二\na | b c | d"
    assert stored["body_html"] == body.html
    assert stored["paragraph_count"] == 3
    assert stored["language"] == "zh-Hans"
    assert (stored["editor"], stored["original_title"]) == ("编辑", "原题")
    assert stored["first_seen_at"] == stored["last_seen_at"] == stored["updated_at"] == T0
    assert (stored["run_id"], stored["change_seq"]) == (run_id, 1)
    assert [row["kind"] for row in stored["paragraphs"]] == ["paragraph", "paragraph", "table"]
    assert stored["paragraphs"][2]["cells"] == '[["a", "b"], ["c", "d"]]'
    assert stored["images"][0]["width"] == 3
    assert stored["securities"][0]["security"] == "1.600160"
    assert stored["securities"][0]["evidence"] == "巨化股份涨停"
    assert stored["related"] == ["77", "78"]


def test_the_same_content_is_unchanged_and_only_seen(db: Database, run_id: int) -> None:
    save(db, run_id, article("1"))
    second = start(db)
    assert outcomes(save(db, second, article("1", at=T0 + HOUR))) == ["unchanged"]
    assert feed(db) == [("1", 1, "created")]
    assert news(db)["1"]["last_seen_at"] == T0 + HOUR
    assert news(db)["1"]["updated_at"] == T0
    assert len(rows(db, "news_revisions")) == 1


def test_a_to_b_to_a_is_three_revisions(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", "A"))
    for body in ("B", "A"):
        assert outcomes(save(db, start(db), article("1", body))) == ["revised"]
    assert [row["body"] for row in rows(db, "news_revisions")] == ["A", "B", "A"]
    assert feed(db) == [("1", 1, "created"), ("1", 2, "revised"), ("1", 3, "revised")]


def test_a_revision_replaces_the_parts(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", "eins\nzwei\ndrei"))
    body = Body(blocks=(Block(kind=BlockKind.HEADING, text="vier"),))
    save(db, start(db), article("1", "vier", body=body))
    assert [(row["kind"], row["text"]) for row in rows(db, "news_paragraphs")] == [
        ("heading", "vier")
    ]
    assert rows(db, "news_images") == rows(db, "news_securities") == []


def test_two_observations_in_one_run_are_one_outcome(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", "A"), article("1", "B"), article("1", "B"))
    assert counts(db, run_id) == {"discovered": 1, "new": 1}
    assert news(db)["1"]["revision"] == 2


def test_a_success_replaces_a_miss_of_the_same_run(db: Database, run_id: int) -> None:
    save(db, run_id, miss("1", Outcome.FAILED))
    save(db, run_id, article("1"))
    assert counts(db, run_id) == {"discovered": 1, "new": 1}


def test_a_failure_is_one_open_row_until_a_success_resolves_it(db: Database, run_id: int) -> None:
    save(db, run_id, miss("1", Outcome.FAILED, "timeout"))
    save(db, start(db), miss("1", Outcome.FAILED, "http_503", at=T0 + HOUR), now=T0 + HOUR)
    (failure,) = rows(db, "news_failures")
    assert (failure["attempts"], failure["reason"]) == (2, "http_503")
    assert (failure["first_at"], failure["last_at"]) == (T0, T0 + HOUR)
    assert failure["resolved_at"] is None
    save(db, start(db), article("1"), now=T0 + 2 * HOUR)
    (failure,) = rows(db, "news_failures")
    assert failure["resolved_at"] == T0 + 2 * HOUR


def test_a_failure_after_a_resolved_one_is_a_new_row(db: Database, run_id: int) -> None:
    for observed in (miss("1", Outcome.FAILED), article("1"), miss("1", Outcome.FAILED)):
        save(db, start(db), observed)
    assert [row["resolved_at"] is None for row in rows(db, "news_failures")] == [False, True]


@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.REJECTED, Outcome.FAILED])
def test_a_miss_is_counted_and_explained(db: Database, run_id: int, outcome: Outcome) -> None:
    (saved,) = save(db, run_id, miss("1", outcome, "why"))
    assert (saved.outcome, saved.article_id) == (outcome, None)
    assert counts(db, run_id) == {"discovered": 1, outcome.value: 1}
    assert scalar(db, "SELECT state FROM tasks") == outcome.value
    assert rows(db, "news_failures")[0]["reason"] == "why"


def test_gone_takes_two_looks_an_hour_apart(db: Database, run_id: int) -> None:
    save(db, run_id, article("1"))
    gone = miss("1", Outcome.GONE, "http_404")
    assert outcomes(save(db, start(db), gone)) == ["pending"]
    assert rows(db, "news_failures")[0]["reason"] == "gone_unconfirmed"
    early = T0 + timedelta(minutes=59)
    assert outcomes(save(db, start(db), gone, now=early)) == ["pending"]
    assert news(db)["1"]["gone_at"] is None
    late = T0 + HOUR
    assert outcomes(save(db, start(db), replace(gone, seen_at=late), now=late)) == ["gone"]
    assert news(db)["1"]["gone_at"] == late
    assert feed(db) == [("1", 1, "created"), ("1", 1, "gone")]
    assert rows(db, "news_failures")[0]["resolved_at"] == late
    assert outcomes(save(db, start(db), gone, now=late + HOUR)) == ["gone"]
    assert len(feed(db)) == 2


def test_an_article_between_two_looks_starts_the_count_anew(db: Database, run_id: int) -> None:
    save(db, run_id, article("1"))
    save(db, start(db), miss("1", Outcome.GONE))
    save(db, start(db), article("1"))
    assert outcomes(save(db, start(db), miss("1", Outcome.GONE), now=T0 + HOUR)) == ["pending"]


def test_an_announced_id_that_was_never_stored_needs_two_looks_too(
    db: Database, run_id: int
) -> None:
    gone = miss("1", Outcome.GONE)
    assert outcomes(save(db, run_id, gone)) == ["pending"]
    assert outcomes(save(db, start(db), gone, now=T0 + HOUR)) == ["gone"]
    assert rows(db, "news") == []


def test_a_fetch_of_an_unknown_id_is_gone_at_once(db: Database) -> None:
    run_id = start(db, kind="fetch")
    assert outcomes(save(db, run_id, miss("1", Outcome.GONE))) == ["gone"]
    assert rows(db, "news") == rows(db, "news_failures") == []


def test_a_fetch_of_a_stored_article_does_not_withdraw_it_at_once(db: Database) -> None:
    save(db, start(db), article("1"))
    assert outcomes(save(db, start(db, kind="fetch"), miss("1", Outcome.GONE))) == ["pending"]


@pytest.mark.parametrize(("body", "kinds"), [("A", ["restored"]), ("B", ["restored", "revised"])])
def test_an_article_that_comes_back_is_restored(
    db: Database, run_id: int, body: str, kinds: list[str]
) -> None:
    save(db, run_id, article("1", "A"))
    for hours in (0, 1):
        save(db, start(db), miss("1", Outcome.GONE), now=T0 + hours * HOUR)
    save(db, start(db), article("1", body))
    assert [kind for _, _, kind in feed(db)] == ["created", "gone", *kinds]
    assert news(db)["1"]["gone_at"] is None


def test_upstream_may_say_unchanged_without_sending_the_article(db: Database, run_id: int) -> None:
    save(db, run_id, article("1"))
    again = miss("1", Outcome.UNCHANGED, "not_modified", at=T0 + HOUR)
    assert outcomes(save(db, start(db), again)) == ["unchanged"]
    assert news(db)["1"]["last_seen_at"] == T0 + HOUR
    assert scalar(db, "SELECT state FROM tasks") == "done"
    assert rows(db, "news_failures") == []


def test_an_old_answer_does_not_set_the_clock_back(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", at=T0))
    save(db, start(db), article("1", at=T0 - HOUR))
    assert news(db)["1"]["last_seen_at"] == T0


def test_the_change_number_of_an_article_is_its_last_in_the_feed(db: Database, run_id: int) -> None:
    save(db, run_id, *(article(each) for each in "123"))
    save(db, start(db), article("2", "neu"))
    newest = {row["article_id"]: row["seq"] for row in rows(db, "news_changes")}
    assert {row["article_id"]: row["change_seq"] for row in rows(db, "news")} == newest
    assert [row["seq"] for row in rows(db, "news_changes")] == [1, 2, 3, 4]


def test_a_rolled_back_batch_leaves_nothing_and_gives_its_numbers_back(
    db: Database, run_id: int
) -> None:
    def save_and_fail() -> None:
        with db.write() as conn:
            articles.save(conn, run_id, [article("1"), miss("2", Outcome.FAILED)], T0)
            raise KeyError

    with pytest.raises(KeyError):
        save_and_fail()
    assert rows(db, "news") == rows(db, "news_failures") == rows(db, "news_changes") == []
    assert counts(db, run_id) == {}
    save(db, run_id, article("1"))
    assert [row["seq"] for row in rows(db, "news_changes")] == [1]


def test_a_run_that_does_not_exist_stores_nothing(db: Database) -> None:
    with pytest.raises(Exception, match="no run 99"):
        save(db, 99, article("1"))
    assert rows(db, "news") == []


def test_the_report_of_a_run_names_its_failures(db: Database, run_id: int) -> None:
    save(db, run_id, miss("1", Outcome.FAILED, "timeout"))
    with db.read() as conn:
        report = runs.report(conn, run_id)
    assert [failure["reason"] for failure in report.failures] == ["timeout"]
