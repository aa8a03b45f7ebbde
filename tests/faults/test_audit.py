"""The selftest's audit finds what it says it would find: it is not blind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newscrawler.items import Outcome
from newscrawler.selftest.audit import audit
from newscrawler.selftest.upstream import Upstream, article_of
from newscrawler.selftest.verdict import CrashReport, as_row, render
from newscrawler.store import articles, runs
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare
from newscrawler.store.retry import transact
from newscrawler.store.snapshot import Snapshot, snapshot

Damage = Callable[[Snapshot], object]


def stored_world(folder: Path) -> tuple[Snapshot, Upstream]:
    """What is stored when all goes well."""
    upstream = Upstream(seed=1)
    upstream.advance()
    upstream.advance()
    now = datetime.now(UTC)
    database = open_database(f"sqlite:///{folder / 'news.db'}")
    prepare(database)
    run_id = transact(database, lambda conn: runs.start(conn, "eastmoney", "crawl", now, 1, "host"))
    every = [article_of(code, states[-1]) for code, states in upstream.states.items()]
    saved = transact(database, lambda conn: articles.save(conn, run_id, every, now))
    assert {each.outcome for each in saved} == {Outcome.NEW}
    transact(database, lambda conn: runs.finish(conn, run_id, "finished", now))
    found = snapshot(database)
    database.close()
    return found, upstream


def audited(stored: Snapshot, upstream: Upstream) -> CrashReport:
    report = CrashReport(database="sqlite", seed=1)
    audit(report, stored, upstream.states)
    return report


def test_a_whole_store_is_found_whole(tmp_path: Path) -> None:
    report = audited(*stored_world(tmp_path))
    assert report.wrong == {}
    assert "nothing lost" in "\n".join(render(report))


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        ("lost", lambda s: s["news"].pop()),
        ("lost", lambda s: s["news"][3].update(content_hash="0" * 64)),
        ("doubled", lambda s: s["news"].append(dict(s["news"][0]))),
        ("doubled", lambda s: s["news_revisions"].append(dict(s["news_revisions"][0], revision=2))),
        ("torn", lambda s: s["news_revisions"][5].update(body="半")),
        ("torn", lambda s: s["news_revisions"][5].update(content_hash="0" * 64)),
        ("torn", lambda s: s["news_paragraphs"].pop()),
        ("torn", lambda s: s["news_changes"].pop(2)),
        ("torn", lambda s: s["news_changes"][2].update(seq=1000)),
        ("torn", lambda s: s["news"][4].update(change_seq=0)),
        ("torn", lambda s: s["news_revisions"].pop()),
        ("left running", lambda s: s["news_runs"][0].update(status="running")),
    ],
)
def test_damage_is_found_and_named(tmp_path: Path, kind: str, damage: Damage) -> None:
    stored, upstream = stored_world(tmp_path)
    damage(stored)
    report = audited(stored, upstream)
    assert kind in report.wrong
    assert as_row(report)["ok"] is False
    assert "--seed 1" in "\n".join(render(report))


def test_more_fetched_again_than_promised_breaks_the_promise() -> None:
    assert CrashReport(database="", seed=0, refetched=[16]).ok
    assert not CrashReport(database="", seed=0, refetched=[17]).ok
    assert not CrashReport(database="", seed=0, refetched=[3], repeated=4).ok
