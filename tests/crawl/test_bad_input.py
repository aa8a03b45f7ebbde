"""What goes wrong is named, ends in the right exit code, and keeps nothing else from working."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.crawl.conftest import Shell
from tests.crawl.test_main_job import SEED, report_of

UNKNOWN = "NW202202242287599999"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("http500@/web/webapi?type=45", "http_500"),
        ("json@/web/webapi?type=45", "not_json"),
        ("html@/web/webapi?type=45", "html_page"),
        ("reset@/web/webapi?type=45", "connection_lost"),
    ],
)
def test_a_list_that_fails_is_named_and_the_others_are_crawled(
    shell: Shell, fault: str, reason: str
) -> None:
    shell.replica.world.faults.add(fault)
    done = shell.newscrawler("crawl", "eastmoney", "--json", NEWSCRAWLER_RETRY_TIMES="0")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    report = report_of(done.stdout)
    [failure] = report["failures"]
    assert (failure["stage"], failure["reason"]) == ("list", reason)
    assert report["new"] > 35
    assert report["failed"] == 0


def test_a_list_that_works_again_has_no_open_failure(shell: Shell) -> None:
    shell.replica.world.faults.add("http404@/web/webapi?type=45")
    assert shell.newscrawler("crawl", "eastmoney").returncode == 1
    shell.replica.world.faults.clear()
    assert shell.newscrawler("crawl", "eastmoney").returncode == 0
    assert shell.rows("SELECT * FROM news_failures WHERE resolved_at IS NULL") == []


@pytest.mark.parametrize(
    ("fault", "outcome", "reason"),
    [
        ("http500", "failed", "http_500"),
        ("json", "failed", "not_json"),
        ("html", "failed", "html_page"),
        ("empty", "pending", "empty_answer"),
        ("null", "pending", "empty_answer"),
        ("wrong", "rejected", "wrong_article"),
    ],
)
def test_an_article_that_cannot_be_read_ends_in_its_outcome_and_the_next_run_mends_it(
    shell: Shell, fault: str, outcome: str, reason: str
) -> None:
    shell.replica.world.faults.add(f"{fault}@{SEED}")
    done = shell.newscrawler("crawl", "eastmoney", "--json", NEWSCRAWLER_RETRY_TIMES="0")
    report = report_of(done.stdout)
    assert done.returncode == (1 if outcome == "failed" else 0)
    assert report[outcome] == 1
    assert report["adds_up"]
    [failure] = shell.rows("SELECT * FROM news_failures")
    assert (failure["external_id"], failure["reason"]) == (SEED, reason)
    shell.replica.world.faults.clear()
    if outcome == "rejected":
        assert "1 due again" in shell.newscrawler("failures", "retry").stdout
    report = report_of(shell.newscrawler("crawl", "eastmoney", "--json").stdout)
    assert (report["new"], report["failed"], report["adds_up"]) == (1, 0, True)


def test_an_unreachable_host_fails_every_list_and_exits_1(shell: Shell) -> None:
    environment = {
        "NEWSCRAWLER_EASTMONEY_BASE_URL": "http://127.0.0.1:9",
        "NEWSCRAWLER_RETRY_TIMES": "0",
    }
    done = shell.newscrawler("crawl", "eastmoney", "--json", **environment)
    report = report_of(done.stdout)
    assert done.returncode == 1
    assert {row["reason"] for row in report["failures"]} == {"connection_refused"}
    assert len(report["failures"]) == 5


def test_a_bad_row_in_a_list_is_rejected_and_the_rest_is_read(shell: Shell) -> None:
    shell.replica.world.announce("flash", {"infoCode": "../../etc/passwd", "title": "x"})
    done = shell.newscrawler("crawl", "eastmoney", "--json")
    report = report_of(done.stdout)
    assert done.returncode == 0
    assert report["rejected"] == 1
    assert report["new"] == len(shell.replica.world.ids)
    assert report["adds_up"]


@pytest.mark.parametrize(
    "what", ["NW2022", "../../etc/passwd", "file:///etc/passwd", "https://example.com/", "-"]
)
def test_what_is_no_article_id_is_refused_before_anything_is_asked(shell: Shell, what: str) -> None:
    done = shell.newscrawler("fetch", "--", what)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert not shell.replica.world.requests


def test_a_bad_id_among_good_ones_does_not_keep_them_from_being_stored(shell: Shell) -> None:
    done = shell.newscrawler("fetch", f"NW{SEED}", "NW2022")
    assert done.returncode == 2
    assert len(shell.rows("SELECT * FROM news")) == 1


def test_an_unknown_id_is_not_found_and_never_a_row(shell: Shell) -> None:
    done = shell.newscrawler("fetch", UNKNOWN)
    assert done.returncode == 3
    assert UNKNOWN in done.stderr
    assert "not found" in done.stderr
    assert shell.rows("SELECT * FROM news") == []


def test_an_unknown_setting_is_named(shell: Shell) -> None:
    for arguments in (("newscrawler", "-s", "RECHEK=1h"), ("scrapy", "-s", "RECHEK=1h")):
        run = shell.newscrawler if arguments[0] == "newscrawler" else shell.scrapy
        done = run("crawl", "eastmoney", *arguments[1:])
        assert done.returncode == 2
        assert "RECHEK" in done.stderr
        assert "RECHECK" in done.stderr
    done = shell.newscrawler("runs", NEWSCRAWLER_RECHEK="1h")
    assert done.returncode == 2
    assert "RECHEK" in done.stderr


def test_a_missing_database_directory_is_named_and_nothing_is_requested(shell: Shell) -> None:
    for run in (shell.newscrawler, shell.scrapy):
        done = run("crawl", "eastmoney", NEWSCRAWLER_DATABASE_URL="sqlite:////nowhere/news.db")
        assert done.returncode == 1
        assert "/nowhere" in done.stderr
        assert "Traceback" not in done.stderr
    assert not shell.replica.world.requests


def test_a_read_only_database_is_found_before_the_first_request(shell: Shell) -> None:
    shell.newscrawler("runs")
    connection = f"sqlite:///file:{shell.database}?mode=ro&uri=true"
    done = shell.newscrawler("crawl", "eastmoney", NEWSCRAWLER_DATABASE_URL=connection)
    assert done.returncode == 1
    assert "read" in done.stderr
    assert not shell.replica.world.requests


def test_a_read_only_directory_is_named(shell: Shell, tmp_path: Path) -> None:
    folder = Path("/sys") if os.geteuid() == 0 else tmp_path / "sealed"
    folder.mkdir(mode=0o500, exist_ok=True)  # root may write everywhere but there
    done = shell.newscrawler("runs", NEWSCRAWLER_DATABASE_URL=f"sqlite:///{folder}/news.db")
    assert done.returncode == 1
    assert str(folder) in done.stderr


def test_a_job_directory_is_refused(shell: Shell) -> None:
    done = shell.scrapy("crawl", "eastmoney", "-s", "JOBDIR=jobs")
    assert done.returncode == 2
    assert "JOBDIR" in done.stderr


def test_failures_as_json_have_the_columns_of_the_view(shell: Shell) -> None:
    shell.replica.world.faults.add(f"http500@{SEED}")
    shell.newscrawler("crawl", "eastmoney", NEWSCRAWLER_RETRY_TIMES="0")
    [row] = json.loads(shell.newscrawler("failures", "--json").stdout)
    assert set(shell.rows("SELECT * FROM news_failures")[0]) == set(row)


def test_the_share_spider_ends_like_fetch(shell: Shell) -> None:
    assert shell.scrapy("crawl", "share", "-a", f"infocode=NW{SEED}").returncode == 0
    assert len(shell.rows("SELECT * FROM news")) == 1
    assert shell.scrapy("crawl", "share", "-a", f"infocode={UNKNOWN}").returncode == 3
    done = shell.scrapy("crawl", "share", "-a", "infocode=NW2022")
    assert done.returncode == 2
    assert "NW2022" in done.stderr


def test_a_level_of_the_log_that_is_none_is_named(shell: Shell) -> None:
    done = shell.newscrawler("crawl", "eastmoney", "-s", "LOG_LEVEL=LOUD")
    assert done.returncode == 2
    assert "LOG_LEVEL: 'LOUD' is none of CRITICAL" in done.stderr
    assert "Traceback" not in done.stderr
