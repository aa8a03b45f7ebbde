"""Kept answers are read again: only what the reader reads differently changes, and only once."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from newscrawler.demo import SEED
from newscrawler.items import Article, Outcome
from newscrawler.report import exit_code
from newscrawler.store.check import check
from newscrawler.store.engine import open_database
from tests.reparse.conftest import Kept

CHANGES = "SELECT article_id, revision, kind FROM news_changes WHERE kind <> 'created' ORDER BY seq"


def retitled(article: Article) -> Article:
    """Another rule for titles, which concerns some articles."""
    return replace(article, title=article.title.replace("股", "股（新规则）"), parser_version=99)


def resummarised(article: Article) -> Article:
    """Another rule for something derived, which concerns some articles."""
    if "银行" not in article.body.text:
        return replace(article, parser_version=99)
    return replace(article, summary="新的摘要", parser_version=99)


def assert_sound(kept: Kept) -> None:
    database = open_database(f"sqlite:///{kept.shell.database}")
    try:
        assert [each for each in check(database) if not each["ok"]] == []
    finally:
        database.close()


def test_the_same_reader_changes_nothing(kept: Kept) -> None:
    before = kept.everything()
    summary = kept.reparse()
    assert (summary.examined, summary.verdicts["unchanged"]) == (43, 43)
    assert kept.everything() == before
    assert summary.report
    assert summary.report.adds_up
    assert summary.report.kind == "reparse"
    assert summary.report.counts[Outcome.UNCHANGED] == 43
    assert_sound(kept)


def test_another_rule_revises_only_what_it_concerns(kept: Kept) -> None:
    concerned = kept.rows("SELECT article_id FROM news WHERE title LIKE '%股%'")
    assert 0 < len(concerned) < 43
    kept.read_with(retitled)
    summary = kept.reparse()
    assert summary.verdicts["reparsed"] == len(concerned)
    assert sorted(kept.rows(CHANGES)) == [(one, 2, "reparsed") for (one,) in sorted(concerned)]
    assert kept.rows("SELECT DISTINCT parser_version FROM news WHERE revision = 2") == [(99,)]
    assert kept.rows("SELECT count(*) FROM news WHERE title LIKE '%新规则%'") == [(len(concerned),)]
    assert summary.report
    assert summary.report.counts[Outcome.REVISED] == len(concerned)
    assert summary.report.adds_up
    found = kept.shell.newscrawler("search", "新规则", "--json", "--limit", "100")
    assert len(json.loads(found.stdout)) == len(concerned)
    assert_sound(kept)


def test_a_second_time_changes_nothing(kept: Kept) -> None:
    kept.read_with(retitled)
    kept.reparse()
    before = kept.everything()
    assert kept.reparse().verdicts["unchanged"] == 43
    assert kept.everything() == before


def test_derived_parts_are_renewed_in_place(kept: Kept) -> None:
    concerned = kept.rows("SELECT article_id FROM news WHERE body LIKE '%银行%'")
    assert 0 < len(concerned) < 43
    kept.read_with(resummarised)
    summary = kept.reparse()
    assert summary.verdicts["renewed"] == len(concerned)
    assert dict(summary.fields) == {("renewed", "summary"): len(concerned)}
    assert kept.rows("SELECT max(revision) FROM news") == [(1,)]
    assert sorted(kept.rows(CHANGES)) == [(one, 1, "reparsed") for (one,) in sorted(concerned)]
    assert kept.rows("SELECT count(*) FROM news WHERE parser_version = 99") == [(len(concerned),)]
    before = kept.everything()
    assert kept.reparse().verdicts["unchanged"] == 43
    assert kept.everything() == before
    assert_sound(kept)


def test_securities_are_replaced_whole(kept: Kept) -> None:
    kept.read_with(lambda one: replace(one, body=replace(one.body, securities=())))
    kept.reparse()
    assert kept.rows("SELECT count(*) FROM news_securities") == [(0,)]
    assert kept.rows("SELECT count(*) FROM news_paragraphs") != [(0,)]


def test_what_no_consumer_sees_is_not_in_the_feed(kept: Kept) -> None:
    kept.read_with(lambda one: replace(one, notes=("read twice",)))
    assert kept.reparse().verdicts["renewed"] == 43
    assert kept.rows(CHANGES) == []


def test_a_dry_run_says_it_all_and_writes_nothing(kept: Kept) -> None:
    before = kept.shell.database.read_bytes()
    kept.read_with(retitled)
    summary = kept.reparse(dry_run=True, sample=1)
    assert summary.report is None
    assert summary.verdicts["reparsed"] > 1
    [finding] = summary.sample
    [(name, old, new)] = [change for change in finding.changes if change[0] == "title"]
    assert (name, old.replace("股", "股（新规则）")) == ("title", new)
    assert kept.shell.database.read_bytes() == before


def test_only_the_ids_that_were_named_are_read(kept: Kept) -> None:
    kept.read_with(lambda one: replace(one, title="全都改了"))
    summary = kept.reparse(SEED)
    assert (summary.examined, summary.verdicts["reparsed"]) == (1, 1)
    assert kept.rows("SELECT external_id FROM news WHERE title = '全都改了'") == [(SEED,)]


def test_what_is_stored_and_cannot_be_read_any_more_stays_and_is_said(kept: Kept) -> None:
    before = kept.everything()
    kept.read_with(before=lambda body: body[:-1])
    summary = kept.reparse()
    assert summary.verdicts["unreadable"] == 43
    assert kept.everything() == before
    assert summary.report
    assert exit_code(summary.report) == 1
    assert "cannot be read again" in " ".join(summary.report.notes)


def test_answers_that_are_gone_are_said(kept: Kept) -> None:
    for path in (kept.shell.folder / "raw").glob("*/*"):
        path.unlink()
    summary = kept.reparse()
    assert {each.reason for each in summary.unreadable} == {"raw_archive"}
    assert_sound(kept)


def test_a_withdrawn_article_stays_withdrawn(kept: Kept) -> None:
    with_sqlite(kept, "UPDATE articles SET gone_at = '2026-01-01 00:00:00.000000'")
    kept.read_with(retitled)
    assert kept.reparse().verdicts["reparsed"] > 1
    assert kept.rows("SELECT DISTINCT gone_at FROM news") == [("2026-01-01 00:00:00.000000",)]
    assert {row[2] for row in kept.rows(CHANGES)} == {"reparsed"}


def test_an_article_that_is_due_stays_due(kept: Kept) -> None:
    with_sqlite(kept, "UPDATE tasks SET state = 'due'")
    kept.read_with(retitled)
    kept.reparse()
    assert kept.rows("SELECT DISTINCT state FROM tasks") == [("due",)]


def with_sqlite(kept: Kept, command: str) -> None:
    database = open_database(f"sqlite:///{kept.shell.database}")
    try:
        with database.write() as conn:
            conn.exec_driver_sql(command)
    finally:
        database.close()


def drifted(body: bytes) -> bytes:
    """What a reader does that knows of the new key."""
    return body.replace(b'"text_v2"', b'"text"')


def drift(kept: Kept, code: str) -> None:
    """Upstream renames the keys of one article's body."""
    world = kept.shell.replica.world
    record = world.article(code)
    answer = {key: value for key, value in record.answer.items() if key.lower() != "content"}
    answer["text_v2"] = answer.pop("text", record.fact("text"))
    world.add(replace(record, answer=answer))


def test_a_drift_of_upstream_costs_nothing_that_reading_again_does_not_bring_back(
    empty: Kept,
) -> None:
    codes = [code for code in empty.shell.replica.world.ids if code != SEED]
    for code in codes:
        drift(empty, code)
    empty.shell.newscrawler("crawl", "eastmoney")
    [(stored,)] = empty.rows("SELECT count(*) FROM news")
    assert stored == 2  # one was left as it was, of one the article API has the body
    requests = len(empty.shell.replica.world.requests)
    empty.read_with(before=drifted)
    summary = empty.reparse()
    assert summary.verdicts["recovered"] == 43 - stored
    assert len(empty.shell.replica.world.requests) == requests
    assert empty.rows("SELECT count(*) FROM news") == [(43,)]
    assert empty.rows("SELECT count(*) FROM news_failures WHERE resolved_at IS NULL") == [(0,)]
    assert empty.rows("SELECT DISTINCT state FROM tasks") == [("done",)]
    assert summary.report
    assert summary.report.adds_up
    assert empty.reparse().verdicts["unchanged"] == 43
    assert_sound(empty)


def test_a_correction_that_could_not_be_read_becomes_upstreams_revision(empty: Kept) -> None:
    world = empty.shell.replica.world
    empty.shell.newscrawler("crawl", "eastmoney")
    world.edit(SEED, text="<p>更正后的正文。</p>")
    drift(empty, SEED)
    empty.shell.newscrawler("fetch", f"NW{SEED}", "--refresh")
    assert empty.rows(f"SELECT revision FROM news WHERE external_id = '{SEED}'") == [(1,)]
    empty.read_with(before=drifted)
    assert empty.reparse().verdicts["revised"] == 1
    body = empty.rows(f"SELECT revision, body FROM news WHERE external_id = '{SEED}'")
    assert body == [(2, "更正后的正文。")]
    assert [row[2] for row in empty.rows(CHANGES)] == ["revised"]
    assert empty.reparse().verdicts["unchanged"] == 43


def test_what_cannot_be_read_still_waits_as_it_did(empty: Kept) -> None:
    empty.shell.replica.world.faults.add(f"json@{SEED}")
    empty.shell.newscrawler("crawl", "eastmoney", RETRY_TIMES="0")
    before = empty.everything()
    summary = empty.reparse()
    assert summary.verdicts["waiting"] == 1
    assert empty.everything() == before
    assert summary.report
    assert exit_code(summary.report) == 0


def test_an_answer_is_read_with_what_lists_said_then(empty: Kept) -> None:
    """A list changes its mind, and nobody has fetched the article since."""
    world = empty.shell.replica.world
    empty.shell.newscrawler("crawl", "eastmoney")
    untitled = empty.rows("SELECT external_id FROM news WHERE summary <> ''")
    for (code,) in untitled:
        world.edit(str(code), digest="列表后来的摘要")
    world.faults.add("http503@/NewsData")
    empty.shell.newscrawler("crawl", "eastmoney", RETRY_TIMES="0")
    assert empty.rows("SELECT count(*) FROM announcements_before") != [(0,)]
    assert empty.reparse().verdicts["unchanged"] == 43


def test_the_archive_alone_brings_articles_back(kept: Kept) -> None:
    kept.shell.database.unlink()
    kept.shell.newscrawler("raw", "verify", "--reindex")
    summary = kept.reparse()
    assert summary.verdicts["recovered"] > 20
    assert kept.rows("SELECT count(*) FROM news") == [(summary.verdicts["recovered"],)]
    assert_sound(kept)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_command_prints_a_report(kept: Kept, workers: str) -> None:
    done = kept.shell.newscrawler("reparse", "--workers", workers, "--json")
    assert done.returncode == 0, done.stderr
    [row] = json.loads(done.stdout)
    assert (row["examined"], row["unchanged"], row["run"]["adds_up"]) == (43, 43, True)
    dry = kept.shell.newscrawler("reparse", "--dry-run", "--workers", "1")
    assert dry.stdout.startswith("eastmoney · 0 of 43 articles would change; nothing is written")
