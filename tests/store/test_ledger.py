"""Announced, due, taken: the ledger on every database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event

from newscrawler.items import Outcome, Task
from newscrawler.store import queries
from newscrawler.store.engine import Database
from newscrawler.store.ledger import AnnounceResult
from tests.store.make import (
    HOUR,
    T0,
    announce,
    announcement,
    article,
    counts,
    finish,
    ids,
    miss,
    save,
    scalar,
    start,
    take,
)


def test_a_new_id_is_due_and_taken_with_what_was_said(db: Database, run_id: int) -> None:
    said = announcement("1", source="源", digest="摘要", url="https://x.example/1", published_at=T0)
    assert announce(db, run_id, said) == AnnounceResult(discovered=1, due=1)
    (task,) = take(db, run_id)
    assert task == Task(
        task_id=task.task_id,
        site="site",
        external_id="1",
        announced_as="NW1",
        announcements=(said,),
    )


def test_announcing_twice_in_a_run_counts_once(db: Database, run_id: int) -> None:
    announce(db, run_id, announcement("1"), announcement("2"))
    assert announce(db, run_id, announcement("2"), announcement("3")) == AnnounceResult(1, 1)
    assert counts(db, run_id) == {"discovered": 3}
    assert ids(take(db, run_id)) == ["1", "2", "3"]


def test_a_stored_id_is_unchanged_without_a_fetch(stored: Database) -> None:
    run_id = start(stored)
    assert announce(stored, run_id, announcement("1")) == AnnounceResult(1, 0, 1)
    assert announce(stored, run_id, announcement("1")) == AnnounceResult()
    assert take(stored, run_id) == []
    assert finish(stored, run_id) == {"discovered": 1, "unchanged": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "更正"},
        {"source": "别的"},
        {"digest": "新"},
        {"url": "https://x.example/"},
        {"published_raw": "2026-01-02 10:00:01"},
    ],
)
def test_a_changed_announcement_is_fetched_again(stored: Database, change: dict[str, str]) -> None:
    run_id = start(stored)
    changed = announcement("1", **change)
    assert announce(stored, run_id, changed) == AnnounceResult(1, 1)
    assert ids(take(stored, run_id)) == ["1"]


def test_a_change_outlives_the_run_that_saw_it(stored: Database) -> None:
    announce(stored, start(stored), announcement("1", title="更正"))
    second = start(stored)
    assert announce(stored, second, announcement("1", title="更正")) == AnnounceResult(1, 1)


@pytest.mark.parametrize(
    "poorer",
    [
        {"title": "", "published_raw": ""},
        {"published_raw": "3小时前"},
        {"title": "标题", "published_raw": "刚刚"},
    ],
)
def test_a_poorer_record_is_no_change_and_takes_nothing_away(
    stored: Database, poorer: dict[str, str]
) -> None:
    run_id = start(stored)
    assert announce(stored, run_id, announcement("1", **poorer)) == AnnounceResult(1, 0, 1)
    announce(stored, run_id, announcement("1"), recheck_all=True)
    assert rows_of_announcements(stored) == [("标题", "2026-01-02 10:00:00")]


def rows_of_announcements(db: Database) -> list[tuple[str, str]]:
    with db.read() as conn:
        life = queries.explain(conn, "site", "1")
    assert life is not None
    return [(row["title"], row["published_raw"]) for row in life["announcements"]]


def test_two_records_of_one_answer_are_merged(db: Database, run_id: int) -> None:
    announce(
        db,
        run_id,
        announcement("1", title="", published_raw="", source="源"),
        announcement("1", source=""),
    )
    (task,) = take(db, run_id)
    (said,) = task.announcements
    assert (said.title, said.source, said.published_raw) == ("标题", "源", "2026-01-02 10:00:00")


def test_another_list_that_names_a_stored_id_is_no_change(stored: Database) -> None:
    run_id = start(stored)
    said = announcement("1", "roll", title="别的标题")
    assert announce(stored, run_id, said) == AnnounceResult(1, 0, 1)


def test_an_id_that_a_second_list_changes_is_fetched_and_counted_once(stored: Database) -> None:
    first = start(stored)
    announce(stored, first, announcement("1", "roll"))
    run_id = start(stored)
    announce(stored, run_id, announcement("1", "flash"))
    assert announce(stored, run_id, announcement("1", "roll", title="更正")).due == 1
    assert counts(stored, run_id) == {"discovered": 1}
    save(stored, run_id, article("1", title="更正"))
    assert finish(stored, run_id) == {"discovered": 1, "revised": 1}


def test_a_waiting_id_is_counted_as_what_it_is(db: Database, run_id: int) -> None:
    failed = [miss("1", Outcome.FAILED)] * 4
    save(db, run_id, *failed, miss("2", Outcome.REJECTED))
    second = start(db)
    result = announce(db, second, announcement("1"), announcement("2"))
    assert result == AnnounceResult(discovered=2, waiting=2)
    assert take(db, second) == []
    assert finish(db, second) == {"discovered": 2, "failed": 1, "rejected": 1}


def test_a_failed_id_is_due_at_once_three_times_and_then_rests(db: Database) -> None:
    for _ in range(3):
        run_id = start(db)
        assert announce(db, run_id, announcement("1")).due == 1
        save(db, run_id, miss("1", Outcome.FAILED))
    save(db, run_id, miss("1", Outcome.FAILED))
    assert announce(db, start(db), announcement("1")).waiting == 1
    assert announce(db, start(db), announcement("1"), now=T0 + HOUR).due == 1


def test_a_gone_id_that_is_announced_again_rests_a_day(stored: Database) -> None:
    for hours in (0, 1):
        save(stored, start(stored), miss("1", Outcome.GONE), now=T0 + hours * HOUR)
    early, late = start(stored), start(stored)
    assert announce(stored, early, announcement("1"), now=T0 + 2 * HOUR).waiting == 1
    assert finish(stored, early) == {"discovered": 1, "gone": 1}
    assert announce(stored, late, announcement("1"), now=T0 + 26 * HOUR).due == 1


def test_an_article_is_rechecked_at_each_age(db: Database, run_id: int) -> None:
    ages = [HOUR, 6 * HOUR]
    announce(db, run_id, announcement("1"))
    save(db, run_id, article("1"), ages=ages)
    assert announce(db, start(db), announcement("1"), now=T0 + HOUR / 2).due == 0
    again = start(db)
    assert announce(db, again, announcement("1"), now=T0 + HOUR).due == 1
    save(db, again, article("1"), now=T0 + HOUR, ages=ages)
    assert announce(db, start(db), announcement("1"), now=T0 + 2 * HOUR).due == 0
    assert announce(db, start(db), announcement("1"), now=T0 + 6 * HOUR).due == 1


def test_recheck_all_fetches_everything_that_is_announced(stored: Database) -> None:
    run_id = start(stored)
    assert announce(stored, run_id, announcement("1"), recheck_all=True).due == 1
    assert take(stored, run_id)[0].stored


def test_announcements_of_two_sites_at_once_are_refused(db: Database, run_id: int) -> None:
    with pytest.raises(ValueError, match="several sites"):
        announce(db, run_id, announcement("1"), replace(announcement("2"), site="other"))


def test_nothing_announced_is_nothing_done(db: Database, run_id: int) -> None:
    assert announce(db, run_id) == AnnounceResult()
    assert scalar(db, "SELECT count(*) FROM tasks") == 0


def test_a_list_of_five_hundred_costs_few_statements(db: Database, run_id: int) -> None:
    said = [announcement(str(number)) for number in range(500)]
    announce(db, run_id, *said)
    statements: list[str] = []
    second = start(db)

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    announce(db, second, *said)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len(statements) < 15
