"""`newscrawler duplicates`, as its users run it."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newscrawler.cli import main
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare
from tests.store.make import article, save, start
from tests.store.test_near import FOREIGN, LEAD, STORY


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database with an original, its copy and another story."""
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with closing(open_database(url)) as database:
        prepare(database)
        observed = [article(str(n), said) for n, said in enumerate([STORY, LEAD, FOREIGN], 1)]
        save(database, start(database), *observed)
    return url


def run(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["duplicates", *arguments, "-s", f"DATABASE_URL={url}"])


def test_groups_are_listed_with_reason_and_titles(url: str) -> None:
    shown = run(url).output.splitlines()
    assert shown[0] == "1 · 中国邮政快递报 · 标题"
    assert shown[1].startswith("  2 · 中国邮政快递报 · 标题 (near_text ")
    assert len(shown) == 2
    (row,) = json.loads(run(url, "--json").output)
    assert (row["article_id"], row["duplicate_of"]) == (2, 1)
    assert run(url, "--reason", "same_text").output == "no duplicates\n"


def test_unlink_and_relink_undo_each_other(url: str) -> None:
    assert "undoes this" in run(url, "unlink", "2").output
    assert run(url).output == "no duplicates\n"
    assert run(url, "--reason", "unlinked").output.startswith("2 · ")
    again = json.loads(run(url, "unlink", "2", "--json").output)
    assert (again["duplicate_reason"], again["was_duplicate_of"]) == ("unlinked", None)
    assert "is a duplicate of article 1 (near_text" in run(url, "relink", "2").output
    assert (
        run(url, "relink", "3", "2").output == "article 3 is a duplicate of article 1 (by_hand)\n"
    )


def test_relink_all_judges_every_article(url: str) -> None:
    assert run(url, "relink", "--all").output == "3 articles judged, 0 links changed\n"
    assert json.loads(run(url, "relink", "--all", "--json").output)["judged"] == 3


@pytest.mark.parametrize("arguments", [("unlink", "9"), ("relink",), ("relink", "1", "--all")])
def test_what_cannot_be_done_ends_with_the_code_for_wrong_usage(
    url: str, arguments: tuple[str, ...]
) -> None:
    result = run(url, *arguments)
    assert result.exit_code == 2
    assert result.output.startswith("error: ")
