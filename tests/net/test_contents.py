"""Rows C: what becomes of hostile articles in a whole crawl; `pytest -k c12` runs one row."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from newscrawler.body import allowlist, read_body
from newscrawler.errors import PageError
from newscrawler.replica import World
from newscrawler.replica.world import _Row
from tests.crawl.conftest import Shell
from tests.crawl.conftest import shell as shell
from tests.net.conftest import Crawled
from tests.net.contents import CONTENTS, ENDS, INJECTIONS
from tests.net.test_lists import crawl as crawl_by_shell
from tests.test_body_html import Markup

STORED = [name for name, (outcome, _, _) in ENDS.items() if outcome == "new"]
CODE = "202202242287513337"


@pytest.mark.parametrize("name", STORED)
def test_what_is_stored_of_a_hostile_article_is_clean(faulty: Crawled, name: str) -> None:
    row = faulty.news(name)
    assert row["title"] == ENDS[name][2]
    for text in (row["title"], row["body"], row["source"], row["summary"]):
        assert not [c for c in text if c in "\ufffd\u202e\u200b\ufeff" or (c < " " and c != "\n")]
    assert "/etc" not in row["body_html"]
    assert "root:" not in row["body"]


def test_c12_nothing_active_is_stored(faulty: Crawled) -> None:
    html = faulty.news("c12_active_content")["body_html"]
    assert html.startswith("<p>前</p>")
    assert allowlist.sanitised(html) == html
    assert Markup(html).forbidden == []


def test_c15_injections_are_stored_character_for_character(faulty: Crawled) -> None:
    row = faulty.news("c15_injections")
    assert (row["title"], row["body"]) == (INJECTIONS, INJECTIONS)


@pytest.mark.parametrize("name", [name for name in CONTENTS if name.startswith("c16_date")])
def test_c16_a_date_that_cannot_be_is_never_taken_for_another(faulty: Crawled, name: str) -> None:
    row = faulty.news(name)
    own = json.loads(CONTENTS[name](CODE))["date"] == "昨天"
    assert row["published_from"].startswith("article.date" if own else "list.")
    assert "1990" <= row["published_at"] <= datetime.now(UTC).isoformat()


@pytest.mark.parametrize(
    "name", [name for name in CONTENTS if name.startswith(("c09", "c11", "c20"))]
)
def test_a_page_costs_two_seconds_of_cpu_at_most(name: str) -> None:
    body = json.loads(CONTENTS[name](CODE))["text"]
    begun = time.process_time()
    if name != "c09_deep":
        assert "文" in read_body(body).text
    else:
        with pytest.raises(PageError, match="too_deep"):
            read_body(body)
    assert time.process_time() - begun < 2


def test_c13_c14_c17_rows_of_lists_that_are_no_articles_are_counted_and_never_asked_for(
    shell: Shell,
) -> None:
    world: World = shell.replica.world
    hostile = [
        "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//10.9.8.7/a",
        "../../etc/passwd", "%2e%2e%2fetc", "-rf", "--out=/tmp/x", "NW" + "1" * 5000,
        "２０２２０２２４２２８７５１３３３７", "202202242287513337\x00", "",
    ]  # fmt: skip
    for spelled in hostile:
        world._list("flash").insert(0, _Row(spelled, {"infoCode": spelled, "title": "x"}))
    good: dict[str, Any] = {
        "infoCode": "NW202202242287599998",
        "title": "甲",
        "url_w": "javascript:x",
    }
    world.announce("flash", {**good, "showtime": "2022-02-24 13:00:00"})
    report = crawl_by_shell(shell)
    assert report["rejected"] == len(hostile)
    assert {row["reason"] for row in report["failures"] if row["stage"] == "list"} == {"bad_id"}
    targets = [request.target for request in world.requests]
    assert not [target for target in targets if "etc" in target or "javascript" in target]
    assert shell.rows("SELECT url FROM announcements WHERE title = '甲'") == [{"url": ""}]
    assert {path.name[:7] for path in shell.folder.iterdir()} == {"news.db", "raw"}
