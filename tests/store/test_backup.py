"""Backups and checks: whole while others write, and damage is found."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from newscrawler.errors import StoreError
from newscrawler.store.backup import backup
from newscrawler.store.check import check
from newscrawler.store.engine import Database, open_database
from newscrawler.store.views import VIEWS
from tests.store.make import article, news, rows, save, start


def wrong(db: Database) -> dict[str, str]:
    """What check() complains of."""
    return {str(each["check"]): str(each["result"]) for each in check(db) if not each["ok"]}


def test_a_backup_holds_every_row_of_every_view(db: Database, run_id: int, tmp_path: Path) -> None:
    save(db, run_id, article("1", "A"), article("2", "A"), article("3"))
    save(db, start(db), article("1", "B"))
    path = tmp_path / "copy" / "backup.db"
    path.parent.mkdir()
    backup(db, path)
    assert [each.name for each in path.parent.iterdir()] == ["backup.db"]
    with closing(open_database(f"sqlite:///{path}")) as copy:
        for view in VIEWS:
            assert rows(copy, view) == rows(db, view)
        assert wrong(copy) == {}
        save(copy, start(copy), article("4"))


def test_a_backup_during_writes_is_one_moment(db: Database, run_id: int, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            save(db, run_id, *(article(f"{number}-{part}") for part in range(3)))
            number += 1

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(3):
            backup(db, tmp_path / f"{number}.db")
    finally:
        stop.set()
        writing.join()
    for number in range(3):
        with closing(open_database(f"sqlite:///{tmp_path / f'{number}.db'}")) as copy:
            assert len(news(copy)) % 3 == 0
            assert wrong(copy) == {}


def test_a_backup_that_fails_leaves_the_old_one(sqlite_db: Database, tmp_path: Path) -> None:
    path = tmp_path / "backup.db"
    path.write_text("old")
    with closing(open_database(f"sqlite:///{sqlite_db.path}")) as broken:
        with broken.write() as conn:
            conn.execute(text("DROP VIEW news"))
        broken.close()
        assert broken.path is not None
        content = broken.path.read_bytes()
        broken.path.write_bytes(content[:5000] + b"\xff" * 60000 + content[65000:])
        with pytest.raises(StoreError, match=r"backup|only\.db"):
            backup(broken, path)
    assert path.read_text() == "old"
    assert not list(tmp_path.glob(".backup*"))


def test_a_backup_into_a_missing_directory_names_it(sqlite_db: Database, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no-such"):
        backup(sqlite_db, tmp_path / "no-such" / "backup.db")


def test_a_healthy_store_passes_every_check(db: Database, run_id: int) -> None:
    save(db, run_id, article("1"))
    assert wrong(db) == {}
    assert [one["check"] for one in check(db)] == [
        "schema", "integrity", "foreign_keys", "views", "runs", "articles", "changes", "search",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("runs", "UPDATE runs SET discovered = discovered + 1, status = 'finished'"),
        ("articles", "UPDATE revisions SET paragraph_count = 7"),
        ("articles", "DELETE FROM texts"),
        ("articles", "UPDATE articles SET revision = 9"),
        ("changes", "UPDATE change_counter SET last = 0"),
        ("views", "DROP VIEW news"),
        ("schema", "UPDATE newscrawler_version SET version_num = '0000'"),
    ],
)
def test_what_must_not_be_is_found(db: Database, run_id: int, name: str, damage: str) -> None:
    save(db, run_id, article("1"), article("2"))
    with db.write() as conn:
        conn.execute(text(damage))
    assert list(wrong(db)) == [name]


def test_a_broken_link_is_found(sqlite_db: Database) -> None:
    save(sqlite_db, start(sqlite_db), article("1"))
    with sqlite_db.engine.connect() as conn:
        conn.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        conn.execute(text("DELETE FROM runs"))
        conn.commit()
        conn.invalidate()
    assert "foreign_keys" in wrong(sqlite_db)


def test_flipped_bytes_are_found(sqlite_db: Database) -> None:
    save(sqlite_db, start(sqlite_db), *(article(str(each), "字" * 3000) for each in range(20)))
    assert sqlite_db.path is not None
    sqlite_db.close()
    content = bytearray(sqlite_db.path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20000] = b"\xff" * 20000
    sqlite_db.path.write_bytes(content)
    with closing(open_database(f"sqlite:///{sqlite_db.path}")) as damaged:
        assert "integrity" in wrong(damaged)
