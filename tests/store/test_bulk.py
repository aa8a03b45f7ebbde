"""Many rows in one statement: an error in the midst of them leaves nothing behind."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy.exc import IntegrityError

from newscrawler.store import bulk
from newscrawler.store.bulk import Insert
from newscrawler.store.engine import Database
from tests.store.make import article, save, scalar

MANY = "SELECT count(*) FROM related WHERE position > 100"
_RELATED = Insert("related", ("article_id", "position", "external_id"))


def write(db: Database, rows: Sequence[tuple[int, int, str]]) -> None:
    with db.write() as conn:
        bulk.insert(conn, _RELATED, rows)


@pytest.mark.parametrize(
    "wrong", [(1, 102, "again"), (99, 101, "of no article")], ids=["twice", "dangling"]
)
def test_a_wrong_row_among_many_keeps_all_of_them_out(
    db: Database, run_id: int, wrong: tuple[int, int, str]
) -> None:
    save(db, run_id, article("a"))
    rows = [(1, position, "b") for position in range(101, 350)]
    with pytest.raises(IntegrityError):
        write(db, [*rows[:100], wrong, *rows[100:]])
    assert scalar(db, MANY) == 0
    write(db, rows)
    assert scalar(db, MANY) == len(rows)


def test_every_foreign_key_is_checked_before_the_commit(sqlite_db: Database) -> None:
    """And no sooner: else SQLite copies the pages that a statement of many rows changes."""
    text = "SELECT group_concat(sql) FROM sqlite_master WHERE sql LIKE '%REFERENCES%'"
    said = str(scalar(sqlite_db, text))
    assert said.count("REFERENCES") == said.count("DEFERRABLE INITIALLY DEFERRED") > 0
