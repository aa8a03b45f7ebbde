"""The schema: made, refused, killed half-way; the contract's views and columns."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib import import_module

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, insert, inspect, text

from newscrawler import failpoints
from newscrawler.errors import ExitCode, SchemaError
from newscrawler.store import lists, migrate, schema
from newscrawler.store.engine import Database, open_database
from newscrawler.store.migrations import tables_0001
from newscrawler.store.rhythm import Rhythm
from newscrawler.store.search import search
from tests.store.make import HOUR, T0, article, save, start

CONTRACT = {
    "news": "article_id site external_id url title source source_slug published_at"
    " published_local summary body body_html paragraph_count language editor duplicate_of"
    " revision first_seen_at last_seen_at updated_at gone_at run_id change_seq"
    " duplicate_reason published_from parser_version",
    "news_paragraphs": "article_id position kind text",
    "news_images": "article_id position url caption width height",
    "news_securities": "article_id security market code name kind mentions evidence",
    "news_revisions": "article_id revision title published_at source body content_hash"
    " seen_at run_id",
    "news_changes": "seq article_id revision kind changed_at",
    "news_gaps": "gap_id site list from_at to_at found_at closed_at",
    "news_runs": "run_id site started_at finished_at status requests bytes"
    " new revised unchanged duplicate pending rejected failed gone",
    "news_failures": "failure_id run_id site external_id url stage reason detail attempts"
    " first_at last_at resolved_at",
}


@pytest.mark.parametrize("view", CONTRACT)
def test_a_view_begins_with_the_columns_of_the_contract(db: Database, view: str) -> None:
    promised = CONTRACT[view].split()
    with db.read() as conn:
        names = list(conn.execute(text(f"SELECT * FROM {view}")).keys())
    assert names[: len(promised)] == promised


def test_times_are_what_the_contract_says(db: Database) -> None:
    save(db, start(db), article("1"))
    with db.read() as conn:
        (value,) = conn.execute(text("SELECT first_seen_at FROM news")).one()
    expected: object = {
        "sqlite": "2026-01-02 03:04:05.678901",
        "postgresql": T0,
        "mariadb": T0.replace(tzinfo=None),
    }[db.kind]
    assert value == expected


def test_an_empty_database_is_made_ready(empty_url: str) -> None:
    with closing(open_database(empty_url)) as database:
        assert migrate.current(database) is None
        migrate.prepare(database)
        assert migrate.current(database) == schema.REVISION
        migrate.prepare(database)
        save(database, start(database), article("1"))


def test_migrations_make_the_tables_that_the_code_knows(db: Database) -> None:
    def is_ours(thing: object, name: str | None, *_: object) -> bool:
        return name != migrate.VERSION_TABLE

    with db.read() as conn:
        context = MigrationContext.configure(
            conn, opts={"include_object": is_ours, "compare_type": db.kind != "mariadb"}
        )
        assert compare_metadata(context, known_tables(db.kind)) == []


def known_tables(kind: str) -> MetaData:
    """The tables that the code knows, as this kind of database spells foreign keys (types.py)."""
    known = MetaData()
    for table in schema.metadata.sorted_tables:
        for key in table.to_metadata(known).foreign_key_constraints:
            if kind == "sqlite":
                key.deferrable, key.initially = True, "DEFERRED"
    return known


def test_the_revision_named_in_the_code_is_the_newest(empty_url: str) -> None:
    with closing(open_database(empty_url)) as database:
        migrate.upgrade(database)
        assert migrate.current(database) == schema.REVISION


@pytest.mark.parametrize(
    ("at", "advice"),
    [("0000", "run `newscrawler db upgrade`"), ("9999", "upgrade newscrawler")],
)
def test_another_schema_is_refused_with_the_command_to_run(
    db: Database, at: str, advice: str
) -> None:
    with db.write() as conn:
        conn.execute(text(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '{at}'"))
    with pytest.raises(SchemaError, match=advice) as caught:
        migrate.prepare(db)
    assert caught.value.exit_code is ExitCode.USAGE
    assert at in str(caught.value)


UPGRADE = """
import sys
from newscrawler.store import migrate
from newscrawler.store.engine import open_database
migrate.prepare(open_database(sys.argv[1]))
"""


@pytest.mark.parametrize("point", ["migration_table:7", "migration_view:4"])
def test_a_migration_killed_half_way_is_repeatable(empty_url: str, point: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", UPGRADE, empty_url],
        env=os.environ | {failpoints.VARIABLE: point},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    with closing(open_database(empty_url)) as database:
        assert migrate.current(database) is None
        migrate.prepare(database)
        with database.read() as conn:
            inspector = inspect(conn)
            assert set(CONTRACT) <= set(inspector.get_view_names())
            indexes = {each["name"] for each in inspector.get_indexes("articles")}
        assert "ix_articles_source_id_published_at" in indexes
        save(database, start(database), article("1"))


def test_two_who_start_at_once_make_one_schema(empty_url: str) -> None:
    def prepare(_: int) -> str | None:
        with closing(open_database(empty_url)) as database:
            migrate.prepare(database)
            return migrate.current(database)

    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(prepare, range(3))) == {schema.REVISION}


def test_lists_are_known_from_what_the_first_schema_holds(empty_url: str) -> None:
    first = tables_0001.metadata.tables
    task = {"site": "site", "announced_as": "", "url": "", "state": "due", "attempts": 0}
    said = {"announced_as": "", "title": "", "published_raw": "", "source": "", "digest": "",
            "url": "", "fingerprint": "", "first_at": T0, "last_at": T0 + HOUR}  # fmt: skip
    with closing(open_database(empty_url)) as database:
        migrate.upgrade(database, "0001")
        with pytest.raises(SchemaError, match="newscrawler db upgrade"):
            migrate.prepare(database)
        with database.write() as conn:
            for number, name, at in ((1, "flash", T0), (2, "flash", T0 - HOUR), (3, "roll", None)):
                row = {"task_id": number, "external_id": str(number), **task}
                conn.execute(insert(first["tasks"]).values(row))
                row = {"task_id": number, "list": name, "published_at": at, **said}
                conn.execute(insert(first["announcements"]).values(row))
        migrate.upgrade(database)
        migrate.prepare(database)
        with database.read() as conn:
            known = lists.rhythms(conn, "site")
            assert conn.scalar(text("SELECT count(*) FROM announcements")) == 3
    assert known["flash"] == Rhythm(newest_at=T0, new_at=T0, read_at=T0 + HOUR)
    assert known["roll"].newest_at is None


@pytest.mark.parametrize(
    ("version", "missing"),
    [
        ("v0006_search", ("docs", "pending", "batches", "lock", "blocks")),
        ("v0008_search_blocks", ("blocks",)),
    ],
)
def test_what_an_older_schema_holds_is_found_before_it_is_indexed(
    empty_url: str, version: str, missing: tuple[str, ...]
) -> None:
    step = import_module(f"newscrawler.store.migrations.versions.{version}")
    with closing(open_database(empty_url)) as database:
        migrate.prepare(database)
        save(database, start(database), *(article(str(n), f"茅台{n}") for n in range(30)))
        with database.write() as conn:
            conn.execute(text("INSERT INTO search_docs SELECT 4, article_id FROM articles LIMIT 1"))
            for name in missing:
                conn.execute(text(f"DROP TABLE search_{name}"))
            older = f"UPDATE {migrate.VERSION_TABLE} SET version_num = '{step.down_revision}'"
            conn.execute(text(older))
        migrate.upgrade(database)
        with database.read() as conn:
            assert search(conn, "茅台29").total == 1
            assert conn.scalar(text("SELECT count(*) FROM search_pending")) == 30
