"""The documentation says what the code does: every command, setting, column, outcome and stat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from sqlalchemy import Connection, inspect, text

from docs.reference import GENERATED, every_command, help_text, renewed
from newscrawler.cli import main
from newscrawler.config import SETTINGS
from newscrawler.items import Outcome
from newscrawler.store.contract import CONTRACT
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare
from newscrawler.store.views import VIEWS
from tests import vocabulary

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = dict(every_command(main))
PAGES = [str(page.relative_to(ROOT)) for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]]


def doc(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def code(page: Path) -> list[str]:
    """What stands in code spans and code blocks of a Markdown page."""
    spans = re.findall(r"```.*?```|`[^`\n]+`", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [span.strip("`") for span in spans]


@pytest.mark.parametrize("page", GENERATED)
def test_generated_part_is_current(page: str) -> None:
    assert doc(page) == renewed(page), "run `make docs` and read the difference"


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_documented_with_an_example(name: str) -> None:
    shown = help_text(name, COMMANDS[name])
    assert f"\n## newscrawler {name}\n" in doc("commands.md")
    assert COMMANDS[name].help, f"{name} has no help text"
    if not isinstance(COMMANDS[name], click.Group):
        examples = shown.partition("Example")[2]
        assert f"newscrawler {name}" in examples, f"the help of {name} shows no example"


@pytest.mark.parametrize("page", PAGES)
def test_documented_commands_exist(page: str) -> None:
    lines = "\n".join(code(ROOT / page))
    named = re.findall(r"^[ $]*newscrawler ([a-z]+)\b", lines, flags=re.MULTILINE)
    assert set(named) - set(COMMANDS) == set()


@pytest.mark.parametrize("name", SETTINGS)
def test_setting_is_documented_with_its_default(name: str) -> None:
    default = f"`{SETTINGS[name].default}`" if SETTINGS[name].default else "empty"
    assert f"| `{name}` | {default} | " in doc("settings.md")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Connection]:
    """A connection to a migrated database that holds nothing."""
    with closing(open_database(f"sqlite:///{tmp_path / 'news.db'}")) as database:
        prepare(database)
        with database.read() as conn:
            yield conn


def test_columns_of_a_fresh_database_are_those_of_the_contract(fresh: Connection) -> None:
    seen = inspect(fresh)
    views = {
        view: [column["name"] for column in seen.get_columns(view)]
        for view in seen.get_view_names()
    }
    assert views == {name: list(view.columns) for name, view in CONTRACT.items()}


@pytest.mark.parametrize("page", ["README.md", "docs/sql.md"])
def test_documented_sql_runs(page: str, fresh: Connection) -> None:
    blocks = [block.removeprefix("sql") for block in code(ROOT / page) if block.startswith("sql\n")]
    queries = [query for block in blocks for query in block.split(";\n") if query.strip()]
    assert queries
    for query in queries:
        bound = dict.fromkeys(re.findall(r":([a-z_]+)", query), 0)
        assert fresh.execute(text(query), bound).all() == []


@pytest.mark.parametrize("name", VIEWS)
def test_every_column_is_documented_under_its_view(name: str) -> None:
    section = re.split(r"^## ", doc("sql.md"), flags=re.MULTILINE)
    (described,) = [part for part in section if part.startswith(f"{name}\n")]
    missing = [column for column in VIEWS[name].c.keys() if f"| `{column}` |" not in described]  # noqa: SIM118 - a collection of columns is no dict
    assert missing == []


@pytest.mark.parametrize("outcome", Outcome)
def test_outcome_is_documented(outcome: Outcome) -> None:
    assert f"| `{outcome.value}` |" in doc("outcomes.md")


def test_reasons_are_documented() -> None:
    documented = doc("outcomes.md")
    assert {word for word in vocabulary.reasons() if f"| `{word}` |" not in documented} == set()


def test_documented_reasons_exist() -> None:
    reasons = doc("outcomes.md").partition("## Reasons")[2]
    documented = set(re.findall(r"^\| `([a-z0-9_<>]+)` \|", reasons, flags=re.MULTILINE))
    assert documented - vocabulary.reasons() == set()


def test_stats_are_documented() -> None:
    found, documented = (
        {re.sub(r"<\w+>", "<>", stat) for stat in stats}
        for stats in (
            vocabulary.stats(),
            re.findall(r"^\| `(\S+)` \|", doc("stats.md"), re.MULTILINE),
        )
    )
    assert found, "no stat found: is the search still right?"
    assert found == documented
