"""A command line like a user's: real processes, a real replica, a real database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newscrawler.replica import Replica
from tests.processes import Result, Running, run

ROOT = Path(__file__).resolve().parents[2]


class Shell:
    """Runs `newscrawler` and `scrapy` against one replica and one database."""

    def __init__(self, folder: Path, replica: Replica) -> None:
        self.folder = folder
        self.replica = replica
        self.database = folder / "news.db"
        self.environment = {
            **{name: value for name, value in os.environ.items() if "NEWSCRAWLER" not in name},
            "PYTHONPATH": str(ROOT),
            "NEWSCRAWLER_DATABASE_URL": f"sqlite:///{self.database}",
            "NEWSCRAWLER_RAW_ARCHIVE": str(folder / "raw"),
            "NEWSCRAWLER_EASTMONEY_BASE_URL": replica.origin,
        }

    def newscrawler(self, *arguments: str, **environment: str) -> Result:
        """`newscrawler …` in the scratch folder."""
        return run("newscrawler", arguments, self.folder, {**self.environment, **environment})

    def scrapy(self, *arguments: str, **environment: str) -> Result:
        """`scrapy …` in the project's root."""
        return run("scrapy", arguments, ROOT, {**self.environment, **environment})

    def start(self, *arguments: str, **environment: str) -> Running:
        """`newscrawler …`, not waited for."""
        return Running("newscrawler", arguments, self.folder, {**self.environment, **environment})

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What a SQL consumer gets."""
        connection = sqlite3.connect(self.database)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(query)]
        finally:
            connection.close()


@pytest.fixture
def shell(tmp_path: Path, replica: Replica) -> Shell:
    """The user's shell, with the recorded world behind it."""
    return Shell(tmp_path, replica)


@pytest.fixture
def news(shell: Shell) -> Callable[[str], dict[str, Any]]:
    """One row of the view `news` by external id."""

    def read(external_id: str) -> dict[str, Any]:
        [row] = shell.rows(f"SELECT * FROM news WHERE external_id = '{external_id}'")
        return row

    return read
