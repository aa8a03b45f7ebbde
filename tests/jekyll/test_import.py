"""Archives into the store: every article once, every state once, nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newscrawler.errors import ConfigError
from newscrawler.jekyll.export import SiteOrder, export_site
from newscrawler.store import queries
from newscrawler.store.engine import Database
from tests.jekyll.archive import (
    ID,
    NAME,
    NOW,
    Repository,
    counts,
    git,
    imported,
    lasting,
    lay,
    post,
    real,
)
from tests.jekyll.conftest import HALF, POSTS
from tests.store.make import article, finish, save, start


def test_the_real_posts_are_imported_and_once_more_changes_nothing(
    db: Database, tmp_path: Path
) -> None:
    folder = real(tmp_path)
    assert counts(imported(db, folder)) == {"new": 42}
    before = lasting(db)
    assert counts(imported(db, folder)) == {"unchanged": 42}
    assert lasting(db) == before
    [half] = before["news_failures"]
    assert (half["external_id"], half["reason"]) == (HALF[1:-3], "missing_title")
    assert half["url"] == f"jekyll:_posts/{HALF}"
    assert half["resolved_at"] is not None


def test_worker_processes_store_the_same(sqlite_db: Database, tmp_path: Path) -> None:
    folder = real(tmp_path)
    assert counts(imported(sqlite_db, folder, workers=2)) == {"new": 42}
    assert counts(imported(sqlite_db, folder)) == {"unchanged": 42}


@pytest.mark.parametrize("exact", [True, False])
def test_import_then_export_gives_the_posts_back(
    sqlite_db: Database, tmp_path: Path, exact: bool
) -> None:
    imported(sqlite_db, real(tmp_path))
    export_site(sqlite_db, tmp_path / "site", SiteOrder(exact=exact), NOW)
    written = {path.name: path.read_bytes() for path in (tmp_path / "site").glob("_posts/*.md")}
    there = {path.name: path.read_bytes() for path in POSTS if path.name != HALF}
    assert set(written) == set(there)
    other = {name for name in there if there[name] != written[name]}
    assert all(name.startswith("2021-12-08-20211208220") for name in other)
    assert len(other) == (0 if exact else 19)


def test_where_an_article_came_from_is_told(sqlite_db: Database, tmp_path: Path) -> None:
    imported(sqlite_db, lay(tmp_path / "a", {f"old_post/{NAME}": post()}))
    with sqlite_db.read() as conn:
        [row] = queries.revisions(conn, 1)
        stored = queries.article_by_id(conn, 1)
    assert stored
    assert (stored["published_from"], stored["source"]) == ("post.date", "甲报")
    assert row["notes"] == f'["imported T5 jekyll:old_post/{NAME}"]'
    assert row["seen_at"] == row["published_at"]


def test_a_half_post_is_an_open_failure_and_no_article(db: Database, tmp_path: Path) -> None:
    folder = lay(tmp_path / "a", {f"_posts/-{ID}.md": post("")})
    assert counts(imported(db, folder)) == {"pending": 1}
    before = lasting(db)
    assert counts(imported(db, folder)) == {"pending": 1}
    assert lasting(db) == before
    [failure] = before["news_failures"]
    assert (failure["reason"], failure["resolved_at"]) == ("missing_title", None)
    assert before["news"] == []


def test_what_is_no_post_is_rejected_and_named(db: Database, tmp_path: Path) -> None:
    files = {"_posts/2021-12-01-init.md": post(), f"_posts/{NAME}": b"\xff\xfe"}
    report = imported(db, lay(tmp_path / "a", files))
    assert counts(report) == {"failed": 1, "rejected": 1}
    told = {row["url"]: row["reason"] for row in lasting(db)["news_failures"]}
    assert told == {
        "jekyll:_posts/2021-12-01-init.md": "not_a_post",
        f"jekyll:_posts/{NAME}": "charset",
    }


def test_a_post_that_was_corrected_is_a_revision(db: Database, tmp_path: Path) -> None:
    folder = lay(tmp_path / "a", {f"_posts/{NAME}": post()})
    imported(db, folder)
    lay(folder, {f"_posts/{NAME}": post("更正")})
    assert counts(imported(db, folder)) == {"revised": 1}
    assert counts(imported(db, folder)) == {"unchanged": 1}


def test_every_state_of_a_history_is_a_revision_at_its_commit(db: Database, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "a")
    first = repository.commit({f"_posts/{NAME}": post()})
    second = repository.commit({f"_posts/{NAME}": post("更正")})
    repository.commit({f"_posts/{NAME}": None, f"old_post/{NAME}": post("更正")})
    third = repository.commit({f"old_post/{NAME}": post()})
    assert counts(imported(db, repository.folder, history=True)) == {"new": 1}
    before = lasting(db)
    rows = sorted(before["news_revisions"], key=lambda row: row["revision"])
    told = [(row["title"], row["seen_at"]) for row in rows]
    assert told == [("标题", first), ("更正", second), ("标题", third)]
    assert counts(imported(db, repository.folder, history=True)) == {"unchanged": 1}
    assert counts(imported(db, repository.folder)) == {"unchanged": 1}
    assert lasting(db) == before


def test_a_bare_repository_is_read_by_its_history(sqlite_db: Database, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "a")
    repository.commit({f"_posts/{NAME}": post()})
    git(tmp_path, "clone", "-q", "--bare", "a", "bare.git")
    assert counts(imported(sqlite_db, tmp_path / "bare.git")) == {"new": 1}
    with sqlite_db.read() as conn:
        [row] = queries.revisions(conn, 1)
    assert row["seen_at"] == repository.at


def test_a_branch_that_was_merged_adds_no_state(sqlite_db: Database, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "a")
    repository.commit({"_posts/x.txt": b""})
    git(repository.folder, "checkout", "-q", "-b", "side")
    repository.commit({f"_posts/{NAME}": post()})
    git(repository.folder, "checkout", "-q", "-")
    repository.commit({f"_posts/{NAME.replace('8077', '8078')}": post()})
    git(repository.folder, "merge", "-q", "--no-edit", "side", at=NOW)
    imported(sqlite_db, repository.folder, history=True)
    told = [(row["external_id"], row["revision"]) for row in lasting(sqlite_db)["news"]]
    assert sorted(told) == [(ID, 1), (ID[:-1] + "8", 1)]


CRAWLED: dict[str, Any] = {
    "site": "eastmoney",
    "source": "甲报",
    "published_at": NOW.replace(2022, 5, 29, 13, 0, 8),
}


def test_what_a_crawl_has_stored_since_stays(db: Database, tmp_path: Path) -> None:
    run = start(db)
    save(db, run, article(ID, "更新的正文", at=NOW, **CRAWLED))
    finish(db, run)
    before = lasting(db)
    report = imported(db, lay(tmp_path / "a", {f"_posts/{NAME}": post()}))
    assert counts(report) == {"unchanged": 1}
    assert report.notes == ("1 older states of articles were left out",)
    assert lasting(db) == before


def test_a_withdrawn_article_stays_withdrawn(db: Database, tmp_path: Path) -> None:
    folder = lay(tmp_path / "a", {f"_posts/{NAME}": post()})
    imported(db, folder)
    with db.write() as conn:
        conn.exec_driver_sql(f"UPDATE articles SET gone_at = '{NOW:%Y-%m-%d %H:%M:%S.%f}'")
    before = lasting(db)
    imported(db, folder)
    assert lasting(db) == before


@pytest.mark.parametrize("history", [False, True])
def test_a_directory_without_posts_is_an_error_that_says_so(
    sqlite_db: Database, tmp_path: Path, history: bool
) -> None:
    with pytest.raises(ConfigError, match=r"holds no posts|no git repository"):
        imported(sqlite_db, tmp_path, history=history)
