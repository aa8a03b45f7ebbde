"""What people decide about duplicates is kept; the archive can be judged anew."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import text

from newscrawler import failpoints
from newscrawler.errors import ConfigError
from newscrawler.store import articles, near_links
from newscrawler.store.engine import Database
from newscrawler.store.filters import Filters
from newscrawler.store.retry import transact
from tests.store.make import T0, article, counts, feed, news, rows, save, start
from tests.store.test_near import (
    CREDITED,
    CUT,
    EXTENDED,
    FOREIGN,
    LEAD,
    STORY,
    is_sound,
    link,
    links,
)


def unlink(db: Database, external_id: str) -> None:
    article_id = news(db)[external_id]["article_id"]
    with db.write() as conn:
        near_links.unlink(conn, article_id, T0)


def relink(db: Database, external_id: str, root: str | None = None) -> None:
    stored = news(db)
    to = None if root is None else stored[root]["article_id"]
    with db.write() as conn:
        near_links.relink(conn, stored[external_id]["article_id"], T0, to)


def judge_all(db: Database, *, anew: bool = True) -> int:
    """How many links change."""
    changed = 0
    while True:
        with db.write() as conn:
            done = near_links.judge_next(conn, T0, anew=anew)
        if done is None:
            return changed
        changed += done[1]
        anew = False


@pytest.mark.parametrize("said", [LEAD, STORY])
def test_what_was_unlinked_stays_so_whatever_is_seen_again(
    db: Database, run_id: int, said: str
) -> None:
    save(db, run_id, article("1", STORY), article("2", said))
    unlink(db, "2")
    assert link(db, "2") == (None, "unlinked")
    assert feed(db)[-1] == ("2", 1, "duplicate")
    save(db, start(db), article("2", said))
    save(db, start(db), article("2", said, title="新标题"))
    save(db, start(db), article("2", CREDITED))
    judge_all(db)
    assert link(db, "2") == (None, "unlinked")
    assert is_sound(db)


def test_others_still_find_the_original(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD))
    unlink(db, "2")
    save(db, start(db), article("3", EXTENDED))
    assert links(db) == {"3": "1"}


def test_relink_forgets_the_decision(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD), article("3", STORY))
    before = links(db)
    for name in "23":
        unlink(db, name)
        relink(db, name)
    assert links(db) == before
    assert link(db, "3") == ("1", "same_text")
    assert is_sound(db)


def test_unlike_texts_can_be_linked_by_hand(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", FOREIGN), article("3", FOREIGN))
    relink(db, "2", "1")
    assert link(db, "2") == ("1", "by_hand")
    assert links(db) == {"2": "1", "3": "1"}
    save(db, start(db), article("2", CREDITED + "！"))
    judge_all(db)
    assert link(db, "2") == ("1", "by_hand")
    assert is_sound(db)


def test_a_link_by_hand_goes_to_the_original_of_a_group(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD), article("3", FOREIGN))
    relink(db, "3", "2")
    assert link(db, "3") == ("1", "by_hand")


def test_what_cannot_be_done_is_refused_with_what_can(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD), article("3", FOREIGN))
    with pytest.raises(ConfigError, match="there is no article 77"), db.write() as conn:
        near_links.unlink(conn, 77, T0)
    with pytest.raises(ConfigError, match="unlink its duplicates: 2"):
        unlink(db, "1")
    with pytest.raises(ConfigError, match="nothing to unlink"):
        unlink(db, "3")
    with pytest.raises(ConfigError, match="duplicates relink 3 2"):
        relink(db, "2", "3")
    with pytest.raises(ConfigError, match="itself"):
        relink(db, "3", "3")


def test_groups_are_listed_with_both_titles(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY, title="甲"), article("2", LEAD, title="乙"))
    save(db, run_id, article("3", STORY, title="丙"), article("4", FOREIGN))
    with db.read() as conn:
        every = near_links.groups(conn, Filters())
        near = near_links.groups(conn, Filters(), reason="near_text")
    assert [(row["title"], row["original_title"]) for row in every] == [("乙", "甲"), ("丙", "甲")]
    assert [row["title"] for row in near] == ["乙"]


def test_judging_the_archive_anew_finds_the_same(db: Database, run_id: int) -> None:
    for number, said in enumerate([STORY, LEAD, FOREIGN, CUT, LEAD, FOREIGN], 1):
        save(db, run_id, article(str(number), said))
    before, lines = links(db), len(feed(db))
    assert judge_all(db) == 0
    assert links(db) == before
    assert len(feed(db)) == lines


def test_judging_the_archive_links_what_is_not_linked(
    db: Database, run_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_links, "BATCH", 2)
    for number, said in enumerate([STORY, LEAD, FOREIGN, CUT, LEAD], 1):
        save(db, run_id, article(str(number), said))
    before = {name: link(db, name) for name in news(db)}
    with db.write() as conn:
        for statement in (
            "UPDATE articles SET duplicate_of = NULL, duplicate_reason = NULL",
            "DELETE FROM near_segments",
            "UPDATE near_progress SET judged_to = 0, newest = NULL",
        ):
            conn.execute(text(statement))
    with db.read() as conn:
        assert not near_links.is_judged(conn)
    with db.write() as conn:
        assert near_links.judge_next(conn, T0, anew=False) == (2, 1)
    assert judge_all(db, anew=False) == 2
    assert {name: link(db, name) for name in news(db)} == before
    assert is_sound(db)
    with db.read() as conn:
        assert near_links.is_judged(conn)


def test_two_who_store_a_pair_at_once_link_it(db: Database) -> None:
    both = threading.Barrier(2)
    runs = [start(db), start(db)]

    def store(number: int) -> None:
        both.wait()
        for round_ in range(8):
            said = STORY.replace("68254", str(70_000 + round_))
            tail = "\n责任编辑：周文" if number else ""
            made = article(f"{round_}-{number}", said + tail)
            transact(db, partial(articles.save, run_id=runs[number], observations=[made], now=T0))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(store, range(2)))
    found = {frozenset(pair) for pair in links(db).items()}
    assert found == {frozenset((f"{round_}-0", f"{round_}-1")) for round_ in range(8)}
    assert is_sound(db)


KILLED = """
import sys
from newscrawler.store.engine import open_database
from tests.store.make import article, save, start
from tests.store.test_near import LEAD, STORY
db = open_database(sys.argv[1])
run_id = start(db)
for number, said in enumerate([STORY, LEAD, LEAD], 1):
    save(db, run_id, article(str(number), said))
"""


@pytest.mark.parametrize(
    "point",
    [
        "after_near:2",
        pytest.param("after_seq:2", marks=pytest.mark.faults),
        pytest.param("after_near:3", marks=pytest.mark.faults),
    ],
)
def test_a_kill_leaves_article_and_link_or_neither(db: Database, url: str, point: str) -> None:
    environment = os.environ | {failpoints.VARIABLE: point}
    killed = subprocess.run([sys.executable, "-c", KILLED, url], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    many = int(point[-1]) - 1
    assert len(news(db)) == many
    assert links(db) == dict.fromkeys("23"[: many - 1], "1")
    again = subprocess.run([sys.executable, "-c", KILLED, url], check=False)
    assert again.returncode == 0
    assert links(db) == {"2": "1", "3": "1"}
    assert is_sound(db)
    assert [row["kind"] for row in rows(db, "news_changes")].count("duplicate") == 2


def test_the_sums_of_a_run_hold(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD), article("3", LEAD))
    assert counts(db, run_id) == {"discovered": 3, "new": 2, "duplicate": 1}
