"""The main job as its users run it: lists and share pages in, clean rows in SQL out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.crawl.conftest import Shell

SEED = "202202242287513337"
TWICE = "202204212352227421"
INCOMPLETE = "202205262391921712"
OUTCOMES = ["new", "revised", "unchanged", "duplicate", "pending", "rejected", "failed", "gone"]


def report_of(text: str) -> dict[str, Any]:
    [report] = json.loads(text)
    assert isinstance(report, dict)
    return report


def test_a_crawl_stores_every_announced_article_and_its_sums_add_up(shell: Shell) -> None:
    done = shell.newscrawler("crawl", "eastmoney", "--json")
    assert done.returncode == 0, done.stderr
    report = report_of(done.stdout)
    announced = len(shell.replica.world.ids)
    assert report["discovered"] == report["new"] == announced
    assert sum(report[name] for name in OUTCOMES) == announced
    assert len(shell.rows("SELECT * FROM news")) == announced


def test_the_seed_article_comes_out_right(
    shell: Shell, news: Callable[[str], dict[str, Any]]
) -> None:
    shell.newscrawler("crawl", "eastmoney")
    row = news(SEED)
    assert row["title"] == "中国邮政亮出服务乡村振兴战略年度成绩单"
    assert row["source"] == "中国邮政快递报"
    assert row["source_slug"] == "zhongguoyouzhengkuaidibao"
    assert row["published_local"] == "2022-02-24T13:00:32+08:00"
    assert row["published_at"] == "2022-02-24 05:00:32.000000"
    assert row["paragraph_count"] == 8
    assert "文章来源" not in row["body"]
    assert len(row["body"].split("\n")) == 8


def test_a_second_crawl_of_unchanged_lists_fetches_and_stores_nothing(shell: Shell) -> None:
    shell.newscrawler("crawl", "eastmoney")
    fetched = dict(shell.replica.world.fetched)
    done = shell.newscrawler("crawl", "eastmoney", "--json")
    report = report_of(done.stdout)
    assert done.returncode == 0
    assert report["unchanged"] == report["discovered"] == len(shell.replica.world.ids)
    assert dict(shell.replica.world.fetched) == fetched
    assert len(shell.rows("SELECT * FROM news_revisions")) == len(shell.rows("SELECT * FROM news"))


def test_an_article_in_several_lists_and_both_id_forms_is_one_article(shell: Shell) -> None:
    shell.newscrawler("crawl", "eastmoney")
    assert len(shell.rows(f"SELECT * FROM news WHERE external_id LIKE '%{TWICE}'")) == 1
    assert shell.replica.world.fetched[TWICE] == 1


def test_an_edited_article_is_revised_once_and_the_old_text_stays(shell: Shell) -> None:
    shell.newscrawler("crawl", "eastmoney")
    shell.replica.world.edit(SEED, title="更正后的标题")
    done = shell.newscrawler("crawl", "eastmoney", "--recheck", "--json")
    report = report_of(done.stdout)
    assert (report["revised"], report["new"], report["failed"]) == (1, 0, 0)
    again = report_of(shell.newscrawler("crawl", "eastmoney", "--recheck", "--json").stdout)
    assert again["revised"] == 0
    titles = shell.rows(
        "SELECT r.title FROM news_revisions r JOIN news n USING (article_id)"
        f" WHERE n.external_id = '{SEED}' ORDER BY r.revision"
    )
    assert [row["title"] for row in titles] == [
        "中国邮政亮出服务乡村振兴战略年度成绩单",
        "更正后的标题",
    ]


def test_a_headline_changed_in_a_list_is_fetched_without_being_asked(shell: Shell) -> None:
    shell.newscrawler("crawl", "eastmoney")
    shell.replica.world.edit(TWICE, title="列表里也改了的标题")
    report = report_of(shell.newscrawler("crawl", "eastmoney", "--json").stdout)
    assert report["revised"] == 1
    assert report["requests"] <= 7  # five lists, robots.txt, one article


def test_a_record_that_is_not_complete_is_pending_until_it_is(shell: Shell) -> None:
    world = shell.replica.world
    record = world.article(INCOMPLETE)
    title, showtime = record.title, record.showtime
    world.edit(INCOMPLETE, text="")
    done = shell.newscrawler("crawl", "eastmoney", "--json")
    report = report_of(done.stdout)
    assert (report["pending"], report["failed"]) == (1, 0)
    query = f"SELECT title FROM news WHERE external_id = '{INCOMPLETE}'"
    assert shell.rows(query) == []
    world.edit(INCOMPLETE, text="<p>正文到了。</p>")
    report = report_of(shell.newscrawler("crawl", "eastmoney", "--json").stdout)
    assert (report["new"], report["pending"]) == (1, 0)
    assert shell.rows(query) == [{"title": title}]
    assert showtime


def test_scrapy_crawl_does_the_same_work(shell: Shell) -> None:
    environment = {"NEWSCRAWLER_EASTMONEY_BASE_URL": ""}
    done = shell.scrapy(
        "crawl",
        "eastmoney",
        "-s",
        f"EASTMONEY_BASE_URL={shell.replica.origin}",
        **environment,
    )
    assert done.returncode == 0, done.stderr
    assert "all well" in done.stdout
    assert len(shell.rows("SELECT * FROM news")) == len(shell.replica.world.ids)


def test_the_contract_views_are_filled(shell: Shell) -> None:
    shell.newscrawler("crawl", "eastmoney")
    for view in ("paragraphs", "images", "securities", "revisions", "changes", "runs"):
        assert shell.rows(f"SELECT * FROM news_{view}"), view
    [run] = shell.rows("SELECT * FROM news_runs")
    assert (run["status"], run["site"]) == ("finished", "eastmoney")
    assert run["requests"] >= len(shell.replica.world.ids)
    assert run["bytes"] > 0
