"""A crawled world to read again, with a reader that tests may change."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from newscrawler.captures import Fetched
from newscrawler.config import Config, load
from newscrawler.items import Article, Task
from newscrawler.reparse import Plan, Summary, reparse
from newscrawler.replica import Replica, World
from newscrawler.sites.eastmoney import reading
from tests.crawl.conftest import Shell

Rule = Callable[[Article], Article]
ORIGINAL = reading.read


class Kept:
    """A shell whose answers can be read again in this process."""

    def __init__(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shell = shell
        self._monkeypatch = monkeypatch

    @property
    def config(self) -> Config:
        given = {"DATABASE_URL": f"sqlite:///{self.shell.database}"}
        return load(overrides=given, env={}, cwd=self.shell.folder)

    def read_with(
        self,
        rule: Rule = lambda article: article,
        before: Callable[[bytes], bytes] = lambda body: body,
    ) -> None:
        """From now on the reader follows another rule, or knows another form of answer."""

        def read(answers: Mapping[str, Fetched | None], task: Task, now: datetime) -> Article:
            known = {
                name: replace(each, body=before(each.body)) if each else None
                for name, each in answers.items()
            }
            return rule(ORIGINAL(known, task, now))

        self._monkeypatch.setattr(reading, "read", read)

    def reparse(self, *ids: str, dry_run: bool = False, sample: int = 5) -> Summary:
        root = self.shell.folder / "raw"
        plan = Plan(site="eastmoney", root=root, ids=ids, dry_run=dry_run, sample=sample)
        return reparse(self.config, plan)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in self.shell.rows(query)]

    def everything(self) -> list[list[dict[str, object]]]:
        """All that consumers see but runs, and the ledger."""
        views = ("news", "news_paragraphs", "news_images", "news_securities", "news_revisions",
                 "news_changes", "news_failures", "tasks")  # fmt: skip
        return [self.shell.rows(f"SELECT * FROM {name}") for name in views]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """The recorded articles, crawled; to be copied."""
    with Replica(World.recorded()) as replica:
        shell = Shell(tmp_path_factory.mktemp("once"), replica)
        done = shell.newscrawler("crawl", "eastmoney")
        assert done.returncode == 0, done.stderr
        yield shell


@pytest.fixture
def kept(once: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A copy of it."""
    shutil.copytree(once.folder, tmp_path, dirs_exist_ok=True)
    return Kept(Shell(tmp_path, once.replica), monkeypatch)


@pytest.fixture
def empty(replica: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A world of its own, not crawled yet."""
    return Kept(Shell(tmp_path, replica), monkeypatch)
