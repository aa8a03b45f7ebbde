"""A kill while the full-text index grows: article and index stay one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing

from newscrawler import failpoints
from newscrawler.store.engine import open_database
from newscrawler.store.filters import Filters
from newscrawler.store.search import search
from newscrawler.store.search_grams import BATCH
from tests.store.make import scalar

FILL = """
import sys
from newscrawler.store.engine import open_database
from tests.store.make import article, save, start
db = open_database(sys.argv[1])
many = range(int(sys.argv[2]))
save(db, start(db), *(article(str(each), f"第{each}篇快讯") for each in many))
save(db, start(db), article("last", "茅台的快讯"))
"""


def hits(url: str, query: str) -> int:
    with closing(open_database(url)) as database, database.read() as conn:
        return len(search(conn, query, Filters(), 5).rows)


def test_a_kill_while_a_batch_is_indexed_keeps_all_of_it_or_nothing(url: str) -> None:
    fill = [sys.executable, "-c", FILL, url, str(BATCH - 1)]
    environment = os.environ | {failpoints.VARIABLE: "search_flush"}
    killed = subprocess.run(fill, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (hits(url, "快讯"), hits(url, "茅台")) == (5, 0)
    subprocess.run(fill, check=True)
    assert (hits(url, "快讯"), hits(url, "茅台")) == (5, 1)
    with closing(open_database(url)) as database:
        assert scalar(database, "SELECT count(*) FROM search_pending") == 0
