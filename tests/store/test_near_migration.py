"""A database from before near-duplicates is made ready, and its articles are judged when asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

from sqlalchemy import inspect, text

from newscrawler import failpoints
from newscrawler.store import migrate, near_links
from newscrawler.store.check import check
from newscrawler.store.engine import Database
from tests.store.make import T0, article, save, scalar, start
from tests.store.test_near import CUT, FOREIGN, LEAD, STORY, links
from tests.store.test_near_links import judge_all

UPGRADE = """
import sys
from newscrawler.store import migrate
from newscrawler.store.engine import open_database
migrate.upgrade(open_database(sys.argv[1]), to=sys.argv[2])
"""


def set_back(db: Database) -> None:
    """Make it a database of the version before, with articles."""
    run_id = start(db)
    for number, said in enumerate([STORY, FOREIGN, LEAD, CUT], 1):
        save(db, run_id, article(str(number), said))
    with db.write() as conn:
        for name in ("near_segments", "near_progress"):
            conn.execute(text(f"DROP TABLE {name}"))
        conn.execute(text("UPDATE articles SET duplicate_of = NULL, duplicate_reason = NULL"))
        conn.execute(text(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '0004'"))


def upgrade_killed(url: str, to: str, where: str) -> None:
    """Upgrade in a process that dies at this failpoint."""
    environment = os.environ | {failpoints.VARIABLE: where}
    upgrade = [sys.executable, "-c", UPGRADE, url, to]
    assert subprocess.run(upgrade, env=environment, check=False).returncode == -signal.SIGKILL


def test_new_articles_are_linked_to_those_from_before(db: Database) -> None:
    set_back(db)
    migrate.upgrade(db)
    with db.read() as conn:
        assert not near_links.is_judged(conn)
    save(db, start(db), article("9", LEAD + "责任编辑：周文"))
    assert links(db) == {"9": "1"}
    assert judge_all(db, anew=False) == 2
    assert links(db) == {"3": "1", "4": "1", "9": "1"}
    assert all(each["ok"] for each in check(db))


def test_a_migration_killed_while_it_fills_is_repeatable(db: Database, url: str) -> None:
    set_back(db)
    upgrade_killed(url, "0005", "migration_near")
    migrate.upgrade(db, to="0005")
    assert scalar(db, "SELECT count(*) FROM near_sketches") == 4
    migrate.upgrade(db)
    save(db, start(db), article("9", FOREIGN + "责任编辑：周文"))
    assert links(db) == {"9": "2"}


def test_keys_of_any_time_are_in_segments_after_it(db: Database, url: str) -> None:
    run_id = start(db)
    days = (0, 20, 60, 200)
    for day in days:
        at = T0 - timedelta(days=day)
        save(db, run_id, article(f"a{day}", f"{day}日，{STORY}", published_at=at))
        save(db, run_id, article(f"b{day}", f"{day}日，{FOREIGN}", published_at=at))
    with db.write() as conn:
        conn.execute(text("DROP TABLE near_segments"))
        conn.execute(text("DROP TABLE near_progress"))
        conn.execute(text("UPDATE articles SET duplicate_of = NULL, duplicate_reason = NULL"))
        conn.execute(text(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '0004'"))
    migrate.upgrade(db, to="0009")
    upgrade_killed(url, "0010", "migration_near_segments:2")
    migrate.upgrade(db)
    for name in ("near_keys", "near_sketches"):
        assert not inspect(db.engine).has_table(name)
    for day in days:
        at = T0 - timedelta(days=day)
        save(db, run_id, article(f"c{day}", f"{day}日，{STORY}责任编辑：周文", published_at=at))
    assert links(db) == {f"c{day}": f"a{day}" for day in days}
