"""The recipes of docs/changes.md do what the page says: nothing missed, nothing counted twice."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from newscrawler.items import Body, Outcome, Security, SecurityKind
from newscrawler.store import articles
from newscrawler.store.engine import Database, open_database
from tests.faults.stage import Stage
from tests.processes import Running
from tests.servers import PostgresServer
from tests.store.conftest import on_server
from tests.store.make import HOUR, T0, article, feed, miss, save, start

ROOT = Path(__file__).resolve().parents[2]
MENTIONS = ROOT / "docs" / "examples" / "mentions.py"
Table = list[tuple[object, ...]]


def recipe(name: str) -> list[str]:
    page = (ROOT / "docs" / "changes.md").read_text(encoding="utf-8")
    (block,) = re.findall(rf"```sql {name}\n(.*?)```", page, flags=re.DOTALL)
    return [each for each in block.split(";\n") if each.strip()]


def test_the_recipe_in_the_same_database_takes_each_change_once(db: Database) -> None:
    run_id = start(db)
    save(db, run_id, article("1"), article("2"))
    with db.write() as conn:
        if db.kind == "mariadb":
            conn.execute(text("ALTER DATABASE CHARACTER SET utf8mb4"))
        for command in recipe("setup"):
            conn.execute(text(command))
    for round_ in range(3):
        save(db, run_id, article("1", f"改 {round_}"))
        for _ in range(2):
            with db.write() as conn:
                for command in recipe("step"):
                    conn.execute(text(command))
    with db.read() as conn:
        taken = conn.execute(text("SELECT seq, kind FROM my_headlines ORDER BY seq")).all()
    assert [tuple(row) for row in taken] == list(enumerate((kind for _, _, kind in feed(db)), 1))


def linking(code: str, mentions: int) -> Body:
    return Body(
        securities=(
            Security(
                market="1", code=code, name="名", kind=SecurityKind.STOCK, mentions=mentions,
                evidence="句",
            ),
        )
    )  # fmt: skip


def consume(news: str, table: Path, *options: str) -> None:
    command = [sys.executable, str(MENTIONS), news, str(table), *options]
    subprocess.run(command, check=True, timeout=100)


def kept(table: Path) -> Table:
    with closing(sqlite3.connect(table)) as conn:
        return conn.execute("SELECT * FROM mentions_by_day ORDER BY day, security").fetchall()


def counted(url: str) -> Table:
    """The same table, counted anew."""
    with closing(open_database(url)) as db, db.read() as conn:
        query = """
            SELECT substr(n.published_local, 1, 10), s.security, count(*), sum(s.mentions)
            FROM news n JOIN news_securities s ON s.article_id = n.article_id
            WHERE n.gone_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2
        """
        return [(*row[:3], int(row[3])) for row in conn.execute(text(query))]


def address(db: Database) -> str:
    """As the example wants it."""
    return (
        str(db.path) if db.path else db.engine.url.set(drivername="postgresql").render_as_string()
    )


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_example_follows_corrections_and_withdrawals(
    db: Database, url: str, tmp_path: Path
) -> None:
    table, run_id = tmp_path / "mentions.db", start(db)
    save(db, run_id, article("1", body=linking("1", 3)), article("2", body=linking("2", 1)))
    consume(address(db), table)
    assert kept(table) == counted(url) != []
    save(db, run_id, article("1", title="改", body=linking("9", 2)))
    save(db, run_id, miss("2", Outcome.GONE))
    save(db, run_id, miss("2", Outcome.GONE, at=T0 + 2 * HOUR), now=T0 + 2 * HOUR)
    consume(address(db), table, "--page", "1")
    assert [row[1] for row in kept(table)] == ["1.9"]
    assert kept(table) == counted(url)
    save(db, run_id, article("2", body=linking("2", 1)))
    consume(address(db), table)
    assert [row[1] for row in kept(table)] == ["1.2", "1.9"]
    assert kept(table) == counted(url)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_postgresql_tells_listeners_after_the_commit_and_never_before(db: Database) -> None:
    run_id = start(db)
    with psycopg.connect(address(db), autocommit=True) as listener:
        listener.execute("LISTEN news_changes")
        with db.engine.connect() as conn:
            articles.save(conn, run_id, [article("1"), article("2")], T0)
            conn.rollback()
        with db.engine.connect() as conn:
            articles.save(conn, run_id, [article("1"), article("2"), article("3")], T0)
            assert [*listener.notifies(timeout=0.1)] == []
            conn.commit()
        assert [note.payload for note in listener.notifies(timeout=30, stop_after=1)] == ["3"]


@pytest.mark.parametrize("kind", ["postgresql"])
def test_the_example_hears_of_a_change_without_asking(
    db: Database, url: str, tmp_path: Path
) -> None:
    table = tmp_path / "mentions.db"
    command = [sys.executable, str(MENTIONS), address(db), str(table), "--follow"]
    with subprocess.Popen(command) as consumer:
        save(db, start(db), article("1", body=linking("1", 3)))
        deadline = time.monotonic() + 60
        while not (table.exists() and _kept_or_none(table)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        consumer.send_signal(signal.SIGKILL)
    assert kept(table) == counted(url)


def _kept_or_none(table: Path) -> Table:
    try:
        return kept(table)
    except sqlite3.OperationalError:  # its tables are not there yet
        return []


def disturb(stage: Stage, table: Path, news: str, rounds: int) -> None:
    """Kill crawler and consumer at random moments, while articles appear and are corrected."""
    dice = random.Random(rounds)  # noqa: S311 - repeatable
    for _ in range(rounds):
        stage.upstream.advance()
        crawler: Running = stage.start(after=dice.randrange(30))
        command = [sys.executable, str(MENTIONS), news, str(table), "--page", "3", "--follow"]
        with subprocess.Popen(command) as consumer:
            for process in dice.sample([crawler.pid, consumer.pid], 2):
                time.sleep(dice.uniform(0.1, 0.8))
                with suppress(ProcessLookupError):  # it was faster
                    os.kill(process, signal.SIGKILL)
        crawler.wait()


def settle(stage: Stage, table: Path, news: str) -> None:
    """One crawl and one consumer that nobody kills; then the table is what a full count gives."""
    assert stage.shell.newscrawler("crawl", "eastmoney").returncode == 0
    consume(news, table)
    found = stage.snapshot()
    assert found["news_securities"]
    assert any(row["kind"] == "revised" for row in found["news_changes"])
    assert kept(table) == counted(stage.url) != []


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_kills_on_both_sides_change_no_count_on_sqlite(stage: Stage, tmp_path: Path) -> None:
    table, news = tmp_path / "mentions.db", str(stage.shell.database)
    stage.start().wait()
    disturb(stage, table, news, rounds=15)
    settle(stage, table, news)


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_kills_on_both_sides_change_no_count_on_postgresql(
    stage: Stage, server: PostgresServer, tmp_path: Path
) -> None:
    on_server(server.url(), "DROP DATABASE IF EXISTS mentions", "CREATE DATABASE mentions")
    table, news = tmp_path / "mentions.db", server.url("mentions")
    stage.use(news)
    stage.start().wait()
    disturb(stage, table, news, rounds=15)
    settle(stage, table, news)
