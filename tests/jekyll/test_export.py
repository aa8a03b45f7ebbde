"""A site is brought up to date: what changed is written, what went is removed, all else stays."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from newscrawler.errors import ExportError
from newscrawler.items import Article, Outcome
from newscrawler.jekyll.export import SiteOrder, SiteReport, export_site
from newscrawler.jekyll.forms import Addresses
from newscrawler.postings import FLASH, OUTLET, Posting
from newscrawler.store.engine import Database
from newscrawler.store.filters import Filters
from tests.jekyll.archive import NOW, imported, lay, post, real
from tests.store.make import HOUR, article, miss, save, start

IDS = ("202205292395438077", "202205292395438078", "202205302396671645")


@pytest.fixture
def three(sqlite_db: Database) -> Database:
    """Three articles of two days and two outlets."""
    run = start(sqlite_db)
    for number, external_id in enumerate(IDS):
        save(sqlite_db, run, observed(external_id, "甲报" if number < 2 else "乙报"))
    return sqlite_db


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Where a site is to be."""
    return tmp_path / "site"


def observed(external_id: str, outlet: str = "甲报", said: str = "正文", at: int = 0) -> Article:
    day = f"{external_id[:4]}-{external_id[4:6]}-{external_id[6:8]}"
    listed = Posting(
        kind=OUTLET, id=f"NW{external_id}", title="标题", source=outlet,
        published=f"{day} 21:00:00", body=f"<p>{said} {external_id}</p>",
    )  # fmt: skip
    return article(
        external_id, f"{said} {external_id}", at=NOW - HOUR + timedelta(minutes=at),
        site="eastmoney", source=outlet, postings=(listed,),
        published_local=f"{day}T21:00:00+08:00",
    )  # fmt: skip


def export(db: Database, folder: Path, **order: Any) -> SiteReport:
    return export_site(db, folder, SiteOrder(**order), NOW)


def names(folder: Path, place: str = "_posts") -> list[str]:
    return sorted(path.name for path in (folder / place).glob("*"))


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a site but what its exports leave for each other."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".newscrawler-")
    }


def changes(report: SiteReport) -> tuple[int, int, int]:
    return report.written, report.moved, report.removed


def test_a_site_has_posts_pages_and_layouts(three: Database, site: Path) -> None:
    report = export(three, site)
    assert (report.posts, report.categories, changes(report)) == (3, 2, (3, 0, 0))
    assert names(site, "category") == ["jiabao.html", "yibao.html"]
    page = (site / "category/jiabao.html").read_text("utf-8")
    assert page == '---\nlayout: category\ntitle: "甲报新闻"\ncategory: jiabao\n---'
    wanted = {"_config.yml", "index.html", "404.html", "assets/site.css", "_layouts/post.html"}
    assert wanted <= set(tree(site))
    assert 'url: "https://finews.withounder.com"' in (site / "_config.yml").read_text("utf-8")


def test_nothing_new_nothing_written(three: Database, site: Path) -> None:
    export(three, site)
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*.md")}
    report = export(three, site)
    assert (report.full, changes(report)) == (False, (0, 0, 0))
    assert before == {path: path.stat().st_mtime_ns for path in site.rglob("*.md")}


def test_only_what_changed_is_written(three: Database, site: Path) -> None:
    export(three, site)
    save(three, start(three), observed(IDS[1], said="更正", at=5))
    assert changes(export(three, site)) == (1, 0, 0)
    assert "更正".encode() in (site / f"_posts/2022-05-29-NW{IDS[1]}.md").read_bytes()


def test_a_posting_that_joins_is_written_though_the_article_is_unchanged(
    three: Database, site: Path
) -> None:
    export(three, site)
    rolling = Posting(kind=FLASH, id=IDS[0], title="标题", published="2022-05-29 21:00:00",
                      digest="摘要", body="<p>正文</p>")  # fmt: skip
    again = article(
        IDS[0], f"正文 {IDS[0]}", at=NOW, site="eastmoney", source="甲报", postings=(rolling,),
        published_local="2022-05-29T21:00:00+08:00",
    )  # fmt: skip
    save(three, start(three), again)
    assert changes(export(three, site)) == (1, 0, 0)
    assert f"2022-05-29-{IDS[0]}.md" in names(site)


def test_a_withdrawn_article_s_post_goes(three: Database, site: Path) -> None:
    export(three, site)
    gone = replace(miss(IDS[0], Outcome.GONE), site="eastmoney")
    save(three, start(three), gone)
    save(three, start(three), replace(gone, seen_at=NOW), now=NOW + HOUR)
    assert changes(export(three, site)) == (0, 0, 1)
    assert f"2022-05-29-NW{IDS[0]}.md" not in names(site)


def test_a_corrected_date_renames_the_post(three: Database, site: Path) -> None:
    export(three, site)
    with three.write() as conn:
        conn.execute(text("UPDATE changes SET seq = seq + 10 WHERE article_id = 1"))
        conn.execute(text("DELETE FROM originals WHERE article_id = 1"))
        conn.execute(
            text(
                "UPDATE revisions SET published_local = '2022-05-31T01:00:00+08:00'"
                " WHERE article_id = 1"
            )
        )
    assert changes(export(three, site)) == (1, 0, 1)
    assert f"2022-05-31-NW{IDS[0]}.md" in names(site)
    assert f"2022-05-29-NW{IDS[0]}.md" not in names(site)


def test_old_posts_move_as_days_pass(three: Database, site: Path) -> None:
    def at(day: int, days: int | None) -> tuple[int, int, int]:
        noon_in_shanghai = NOW.replace(2022, 5, day, 4)
        return changes(export_site(three, site, SiteOrder(days=days), noon_in_shanghai))

    assert at(30, 2) == (3, 0, 0)
    assert at(31, 2) == (0, 2, 0)
    assert names(site) == [f"2022-05-30-NW{IDS[2]}.md"]
    assert names(site, "old_post") == [f"2022-05-29-NW{each}.md" for each in IDS[:2]]
    assert at(31, 2) == (0, 0, 0)
    assert at(31, None) == (0, 2, 0)
    assert len(names(site)) == 3


def test_filters_say_which_articles_have_posts(three: Database, site: Path) -> None:
    export(three, site)
    report = export(three, site, filters=Filters(source="乙报"))
    assert (report.full, changes(report)) == (True, (0, 0, 2))
    assert names(site, "category") == ["yibao.html"]


def test_another_address_rewrites_every_post(three: Database, site: Path) -> None:
    export(three, site)
    report = export(three, site, addresses=Addresses(site="https://a.example"))
    assert (report.full, report.written) == (True, 3)
    assert 'url: "https://a.example"' in (site / "_config.yml").read_text("utf-8")


def test_what_somebody_changed_is_left_alone_and_named(three: Database, site: Path) -> None:
    export(three, site)
    (site / "assets/site.css").write_text("body { color: red }")
    (site / "about.md").write_text("mine")
    report = export(three, site, full=True)
    assert report.yours == ("assets/site.css",)
    assert (site / "assets/site.css").read_text() == "body { color: red }"
    assert (site / "about.md").read_text() == "mine"


def test_a_full_export_restores_what_was_lost(three: Database, site: Path) -> None:
    export(three, site)
    before = tree(site)
    (site / f"_posts/2022-05-29-NW{IDS[0]}.md").unlink()
    (site / "index.html").unlink()
    assert changes(export(three, site, full=True)) == (1, 0, 0)
    assert tree(site) == before


def test_posts_of_another_maker_are_not_touched_unless_told(three: Database, site: Path) -> None:
    other = "_posts/2020-01-01-NW202001010000000001.md"
    lay(site, {other: post()})
    with pytest.raises(ExportError, match=r"1 posts that no export wrote.*--adopt"):
        export(three, site)
    assert set(tree(site)) == {other}
    assert export(three, site, adopt=True).removed == 1
    assert other not in tree(site)


def test_an_unreadable_state_says_what_to_do(three: Database, site: Path) -> None:
    export(three, site)
    (site / ".newscrawler-site.json").write_text("{")
    with pytest.raises(ExportError, match="remove it to export anew"):
        export(three, site)


def test_the_state_names_nothing_of_the_database(three: Database, site: Path) -> None:
    export(three, site)
    state = json.loads((site / ".newscrawler-site.json").read_text("utf-8"))
    assert state["complete"] is True
    assert str(three.path) not in json.dumps(state)


def test_an_export_is_the_same_in_steps_and_at_once(sqlite_db: Database, tmp_path: Path) -> None:
    export(sqlite_db, tmp_path / "steps")
    imported(sqlite_db, real(tmp_path))
    export(sqlite_db, tmp_path / "steps")
    export(sqlite_db, tmp_path / "once")
    assert tree(tmp_path / "steps") == tree(tmp_path / "once")
