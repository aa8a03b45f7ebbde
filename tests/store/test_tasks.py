"""Which tasks a run gets, and how they end: on every database."""

from __future__ import annotations

from newscrawler.items import Outcome
from newscrawler.store import failures, ledger, queries
from newscrawler.store.engine import Database
from tests.store.make import (
    HOUR,
    T0,
    adopt,
    announce,
    announcement,
    article,
    counts,
    finish,
    ids,
    miss,
    outcomes,
    rows,
    save,
    start,
    take,
)


def test_the_lists_come_in_the_order_of_preference(db: Database, run_id: int) -> None:
    announce(db, run_id, *(announcement("1", name) for name in ("extra", "roll", "flash")))
    (task,) = take(db, run_id)
    assert [each.list for each in task.announcements] == ["flash", "roll", "extra"]


def test_leftovers_of_a_dead_run_are_adopted(db: Database, run_id: int) -> None:
    announce(db, run_id, announcement("1"), announcement("2"))
    save(db, run_id, article("1"))
    second = start(db)
    assert adopt(db, second) == 1
    assert adopt(db, second) == 0
    assert ids(take(db, second)) == ["2"]
    assert counts(db, second) == {"discovered": 1}


def test_due_retries_rechecks_and_second_looks_are_adopted(db: Database, run_id: int) -> None:
    save(db, run_id, article("1"), article("2"), ages=[HOUR])
    save(db, run_id, miss("3", Outcome.FAILED), miss("4", Outcome.REJECTED))
    save(db, start(db), miss("2", Outcome.GONE))
    now, later = start(db), start(db)
    assert adopt(db, now) == 1
    assert ids(take(db, now)) == ["3"]
    assert adopt(db, later, T0 + HOUR) == 3
    assert ids(take(db, later)) == ["1", "2", "3"]


def test_adopting_stops_at_its_limit(db: Database, run_id: int) -> None:
    announce(db, run_id, *(announcement(str(number)) for number in range(5)))
    second = start(db)
    assert adopt(db, second, limit=2) == 2
    assert adopt(db, second, limit=9) == 3


def test_what_is_being_fetched_is_not_taken_again(db: Database, run_id: int) -> None:
    announce(db, run_id, *(announcement(str(number)) for number in range(5)))
    first = take(db, run_id, 2)
    assert ids(first) == ["0", "1"]
    in_hand = [task.task_id for task in first]
    assert ids(take(db, run_id, 2, in_hand)) == ["2", "3"]
    save(db, run_id, article("0"))
    assert ids(take(db, run_id, 9, in_hand)) == ["2", "3", "4"]


def test_what_a_run_did_not_fetch_is_pending_and_due_for_the_next(
    db: Database, run_id: int
) -> None:
    announce(db, run_id, announcement("1"), announcement("2"))
    save(db, run_id, article("1"))
    assert finish(db, run_id, "interrupted") == {"discovered": 2, "new": 1, "pending": 1}
    assert announce(db, start(db), announcement("2")).due == 1


def test_an_id_that_a_person_names_is_fetched_whatever_it_was(stored: Database) -> None:
    run_id = start(stored, kind="fetch")
    for _ in range(2):
        with stored.write() as conn:
            task = ledger.add_adhoc(conn, run_id, "site", "1", "NW1", "https://h.example/1", T0)
    assert (task.external_id, task.url, task.stored) == ("1", "https://h.example/1", True)
    assert counts(stored, run_id) == {"discovered": 1}
    save(stored, run_id, article("1"))
    assert finish(stored, run_id) == {"discovered": 1, "unchanged": 1}


def test_the_retry_of_an_id_from_a_share_host_goes_there_again(db: Database) -> None:
    run_id = start(db, kind="fetch")
    with db.write() as conn:
        ledger.add_adhoc(conn, run_id, "site", "9", "NW9", "https://h.example/9", T0)
    save(db, run_id, miss("9", Outcome.FAILED))
    second = start(db)
    adopt(db, second)
    assert take(db, second)[0].url == "https://h.example/9"


def test_failures_can_be_retried_by_hand(db: Database, run_id: int) -> None:
    save(db, run_id, miss("1", Outcome.REJECTED), *[miss("2", Outcome.FAILED)] * 9)
    assert announce(db, start(db), announcement("1"), announcement("2")).due == 0
    (first, _) = rows(db, "news_failures")
    with db.write() as conn:
        assert failures.retry(conn, [first["failure_id"]], T0) == 1
    assert announce(db, start(db), announcement("1"), announcement("2")).due == 1
    with db.write() as conn:
        assert failures.retry(conn, None, T0) == 2
    assert announce(db, start(db), announcement("1"), announcement("2")).due == 2


def test_a_failed_list_is_one_open_failure_until_it_is_read(db: Database, run_id: int) -> None:
    for _ in range(2):
        with db.write() as conn:
            failures.note_list(
                conn, run_id, "site", "flash", "https://x.example/list", "timeout", "30 s", T0
            )
    (failure,) = rows(db, "news_failures")
    assert (failure["stage"], failure["list"], failure["attempts"]) == ("list", "flash", 2)
    with db.write() as conn:
        failures.resolve_list(conn, "site", "https://x.example/list", T0)
    assert rows(db, "news_failures")[0]["resolved_at"] == T0


def test_explain_tells_the_life_of_an_id(stored: Database) -> None:
    with stored.read() as conn:
        life = queries.explain(conn, "site", "1")
        assert queries.explain(conn, "site", "unknown") is None
    assert life is not None
    assert life["task"]["state"] == "done"
    assert [row["outcome"] for row in life["runs"]] == ["new"]
    assert [row["kind"] for row in life["changes"]] == ["created"]
    assert len(life["announcements"]) == len(life["revisions"]) == 1


def test_outcomes_of_a_mixed_run_add_up(db: Database, run_id: int) -> None:
    announce(db, run_id, *(announcement(str(number)) for number in range(6)))
    saved = save(
        db,
        run_id,
        article("0"),
        article("1", "A"),
        article("2", "A"),
        miss("3", Outcome.FAILED),
        miss("4", Outcome.PENDING),
    )
    assert outcomes(saved) == ["new", "new", "duplicate", "failed", "pending"]
    expected = {"discovered": 6, "new": 2, "duplicate": 1, "failed": 1, "pending": 2}
    assert finish(db, run_id) == expected
