"""What README and the notebook of queries say, tried on what `make demo` stores."""

from __future__ import annotations

import importlib.util
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from newscrawler.replica import Replica, World
from tests.crawl.conftest import Shell

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """The recorded articles, crawled from the replica into SQLite."""
    with Replica(World.recorded()) as replica:
        shell = Shell(tmp_path_factory.mktemp("demo"), replica)
        done = shell.newscrawler("crawl", "eastmoney")
        assert done.returncode == 0, done.stderr
        yield shell


def readme_queries() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("**Query it**")[2]
    block = section.partition("```sql\n")[2].partition("```")[0]
    return [query for query in block.split(";\n") if query.strip()]


def test_readme_has_three_queries() -> None:
    assert len(readme_queries()) == 3


@pytest.mark.parametrize("query", readme_queries())
def test_a_query_of_the_readme_has_an_answer(demo: Shell, query: str) -> None:
    with closing(sqlite3.connect(demo.database)) as conn:
        rows = conn.execute(query).fetchall()
    assert len(rows) == 10
    assert all(value is not None for row in rows for value in row)


@pytest.fixture(scope="module")
def queries() -> ModuleType:
    """The example, imported."""
    spec = importlib.util.spec_from_file_location(
        "parquet_queries", ROOT / "docs" / "examples" / "parquet_queries.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def exported(demo: Shell) -> str:
    """The same as Parquet."""
    path = demo.folder / "news.parquet"
    done = demo.newscrawler("export", "parquet", "--out", str(path))
    assert done.returncode == 0, done.stderr
    return str(path)


def test_duckdb_reads_what_sql_says(demo: Shell, queries: ModuleType, exported: str) -> None:
    found = queries.talked_about(exported)
    expected = demo.rows(
        "SELECT s.security, count(*) AS articles, sum(mentions) AS mentions"
        " FROM news_securities s JOIN news n ON n.article_id = s.article_id"
        " WHERE n.duplicate_of IS NULL GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 5"
    )
    assert [(row[0], *row[2:]) for row in found] == [tuple(row.values()) for row in expected]


def test_duckdb_finds_every_table(demo: Shell, queries: ModuleType, exported: str) -> None:
    (stored,) = demo.rows("SELECT count(*) AS n FROM news_paragraphs WHERE kind = 'table'")
    tables = queries.tables(exported)
    assert len(tables) == stored["n"]
    assert all(isinstance(cell, str) for _, cells in tables for row in cells for cell in row)


def test_pandas_counts_days_as_the_calendar_of_beijing_has_them(
    demo: Shell, queries: ModuleType, exported: str
) -> None:
    rows = demo.rows("SELECT published_local FROM news WHERE duplicate_of IS NULL")
    assert queries.by_day(exported) == dict(Counter(row["published_local"][:10] for row in rows))


def test_polars_knows_how_late_each_outlet_is(
    demo: Shell, queries: ModuleType, exported: str
) -> None:
    found: dict[str, Any] = {row[0]: row[1:] for row in queries.lateness(exported)}
    rows = demo.rows("SELECT source, count(*) AS n FROM news GROUP BY source")
    assert {source: said[0] for source, said in found.items()} == {
        row["source"]: row["n"] for row in rows
    }
    assert all(minutes > 0 for _, minutes in found.values())


def test_the_example_runs_as_a_program(
    queries: ModuleType, exported: str, capsys: pytest.CaptureFixture[str]
) -> None:
    queries.main(exported)
    assert capsys.readouterr().out.count("\n\n") >= 3
