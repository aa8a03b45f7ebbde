"""Single articles by every form of their address, printed in every format."""

from __future__ import annotations

import json

import pytest

from tests.crawl.conftest import Shell
from tests.crawl.test_main_job import INCOMPLETE, SEED

TITLE = "中国邮政亮出服务乡村振兴战略年度成绩单"


@pytest.mark.parametrize(
    "page",
    [
        f"/html_News/NewsShare.html?infoCode=NW{SEED}",
        f"/info/information/detail.html?infocode=NW{SEED}",
    ],
)
def test_a_share_url_is_read_from_its_own_host(shell: Shell, page: str) -> None:
    url = shell.replica.origin + page
    environment = {
        "NEWSCRAWLER_EASTMONEY_BASE_URL": "",
        "NEWSCRAWLER_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
    }
    done = shell.newscrawler("fetch", url, **environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(TITLE)
    assert [row["title"] for row in shell.rows("SELECT title FROM news")] == [TITLE]


def test_a_private_host_that_is_not_listed_is_refused_without_a_packet(shell: Shell) -> None:
    url = f"{shell.replica.origin}/html_News/NewsShare.html?infoCode=NW{SEED}"
    done = shell.newscrawler("fetch", url, NEWSCRAWLER_EASTMONEY_BASE_URL="")
    assert done.returncode == 4
    assert "ALLOWED_PRIVATE_HOSTS" in done.stderr
    assert not shell.replica.world.requests


def test_both_forms_of_an_id_in_one_call_are_one_article(shell: Shell) -> None:
    done = shell.newscrawler("fetch", "--format", "json", SEED, f"NW{SEED}")
    assert done.returncode == 0
    [article] = map(json.loads, done.stdout.splitlines())
    assert article["title"] == TITLE
    columns = set(shell.rows("SELECT * FROM news")[0])
    assert columns <= set(article)
    assert len(article["paragraphs"]) == 8


def test_a_stored_article_is_printed_without_asking_again_unless_refreshed(shell: Shell) -> None:
    shell.newscrawler("fetch", SEED)
    assert shell.newscrawler("fetch", SEED).stdout.startswith(TITLE)
    assert shell.replica.world.fetched[SEED] == 1
    shell.newscrawler("fetch", "--refresh", SEED)
    assert shell.replica.world.fetched[SEED] == 2
    assert len(shell.rows("SELECT * FROM news_revisions")) == 1


def test_a_list_of_ids_comes_from_a_file_and_nothing_is_stored_when_not_wanted(
    shell: Shell,
) -> None:
    (shell.folder / "ids.txt").write_text(f"# two\n{SEED}\n\nNW{INCOMPLETE}\n", "utf-8")
    arguments = ("fetch", "--from", "ids.txt", "--no-store", "--format", "markdown")
    done = shell.newscrawler(*arguments)
    assert f"# {TITLE}" in done.stdout
    assert not shell.database.exists()
    # The second one's answer names neither title nor time, and no list has announced it here.
    assert done.returncode == 1
    assert "missing_title" in done.stderr


def test_show_finds_an_article_by_number_id_and_page(shell: Shell) -> None:
    shell.newscrawler("fetch", SEED)
    for what in ("1", SEED, f"NW{SEED}", f"https://finance.eastmoney.com/a/{SEED}.html"):
        done = shell.newscrawler("show", what)
        assert done.returncode == 0
        assert done.stdout.startswith(TITLE)
    assert shell.newscrawler("show", "99").returncode == 3


def test_explain_tells_the_life_of_an_id(shell: Shell) -> None:
    shell.newscrawler("crawl", "eastmoney")
    done = shell.newscrawler("explain", f"NW{INCOMPLETE}")
    assert done.returncode == 0
    told = done.stdout.splitlines()
    assert told[0] == f"NW{INCOMPLETE} · done"
    assert "announced by list flash" in told[1]
    assert any("run 1: new" in line for line in told)
    assert any("change " in line and "created" in line for line in told)
    assert told[-1].startswith("next: stored; a run rechecks it after ")
    assert shell.newscrawler("explain", "NW202202242287599999").returncode == 3
