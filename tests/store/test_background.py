"""What is known of ids that are read again, on each database."""

from __future__ import annotations

from dataclasses import replace

from newscrawler.captures import RESPONSE, TEXT, Capture, Subject
from newscrawler.store import background, raw, reparsed
from newscrawler.store.decide import State
from newscrawler.store.digests import digest
from newscrawler.store.engine import Database
from tests.store.make import HOUR, T0, announce, announcement, article, save, start


def test_all_that_is_stored_of_an_id_is_found(db: Database) -> None:
    run, one = start(db), article("1")
    announce(db, run, announcement("1"), announcement("2", "roll"))
    announce(db, run, announcement("1", title="另一个标题"), now=T0 + HOUR)
    save(db, run, one)
    early = capture("1", 0)
    later = replace(early, fetched_at=T0 + HOUR, start=100)
    with db.write() as conn:
        raw.add(conn, [later, early, capture("2", 200)])
    with db.read() as conn:
        found = background.find(conn, "site", ["1", "2", "3"])
        assert found == background.by_table(conn, "site", ["1", "2", "3"])
        facts = reparsed.facts(conn, [found.stored["1"].article_id])
    assert found.captures == {"1": [early, later], "2": [capture("2", 200)]}
    stored = found.stored["1"]
    assert (stored.revision, stored.content_hash, stored.seen_at) == (1, one.content_hash, T0)
    assert stored.digest == digest(one)
    assert reparsed.is_same(facts[stored.article_id], one)
    assert not reparsed.is_same(facts[stored.article_id], replace(one, summary="x"))
    states = {key: each.state for key, each in found.waiting.items()}
    assert states == {"1": State.DONE, "2": State.DUE}
    said = found.said[found.waiting["1"].task_id]
    assert [(each.record.title, each.since, each.until) for each in said] == [
        ("另一个标题", T0, None),
        ("标题", T0, T0 + HOUR),
    ]


def test_a_digest_that_is_missing_is_set(db: Database) -> None:
    save(db, start(db), article("1"), article("2"))
    with db.write() as conn:
        conn.exec_driver_sql("UPDATE revisions SET digest = NULL")
        stored = reparsed.load(conn, "site", ["1", "2"])
        assert [each.digest for each in stored.values()] == [None, None]
        reparsed.mark(conn, [(stored["2"].article_id, 1, b"2" * 16)])
        reparsed.mark(conn, [])
        stored = background.find(conn, "site", ["1", "2"]).stored
        assert [stored[each].digest for each in "12"] == [None, b"2" * 16]


def capture(external_id: str, at: int) -> Capture:
    return Capture(
        subject=Subject("site", external_id, TEXT),
        kind=RESPONSE,
        url=f"https://api.example/{external_id}",
        fetched_at=T0,
        status=200,
        digest="D",
        file="2026-01-02/a.warc.gz",
        start=at,
        size=99,
    )
