"""A database from before near-duplicates is made ready, and its articles are judged when asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from sqlalchemy import text

from newscrawler import failpoints
from newscrawler.store import migrate, near_links
from newscrawler.store.check import check
from newscrawler.store.engine import Database
from tests.store.make import article, save, scalar, start
from tests.store.test_near import CUT, FOREIGN, LEAD, STORY, links
from tests.store.test_near_links import judge_all

UPGRADE = """
import sys
from newscrawler.store import migrate
from newscrawler.store.engine import open_database
migrate.upgrade(open_database(sys.argv[1]), to="0005")
"""


def set_back(db: Database) -> None:
    """Make it a database of the version before, with articles."""
    run_id = start(db)
    for number, said in enumerate([STORY, FOREIGN, LEAD, CUT], 1):
        save(db, run_id, article(str(number), said))
    with db.write() as conn:
        for name in ("near_keys", "near_sketches", "near_progress"):
            conn.execute(text(f"DROP TABLE {name}"))
        conn.execute(text("UPDATE articles SET duplicate_of = NULL, duplicate_reason = NULL"))
        conn.execute(text(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '0004'"))


def test_new_articles_are_linked_to_those_from_before(db: Database) -> None:
    set_back(db)
    migrate.upgrade(db, to="0005")
    with db.read() as conn:
        assert not near_links.is_judged(conn)
    save(db, start(db), article("9", LEAD + "责任编辑：周文"))
    assert links(db) == {"9": "1"}
    assert judge_all(db, anew=False) == 2
    assert links(db) == {"3": "1", "4": "1", "9": "1"}
    assert all(each["ok"] for each in check(db) if each["check"] != "schema")


def test_a_migration_killed_while_it_fills_is_repeatable(db: Database, url: str) -> None:
    set_back(db)
    environment = os.environ | {failpoints.VARIABLE: "migration_near"}
    killed = subprocess.run([sys.executable, "-c", UPGRADE, url], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    migrate.upgrade(db, to="0005")
    assert scalar(db, "SELECT count(*) FROM near_sketches") == 4
    save(db, start(db), article("9", FOREIGN + "责任编辑：周文"))
    assert links(db) == {"9": "2"}
