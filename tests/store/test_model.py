"""The store against a model of a few lines: any order of announcing, taking, observing, time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from newscrawler.items import Article, Miss, Outcome
from newscrawler.store import ledger, runs
from newscrawler.store.check import check
from newscrawler.store.engine import Database, open_database
from tests.store.make import HOUR, T0, announcement, article, feed, miss, news, save, start

AGES = [HOUR, 6 * HOUR]
ids = st.sampled_from("123456")
texts = st.sampled_from(["A", "B", "C", ""])
titles = st.sampled_from(["t", "u"])
observations = st.one_of(
    st.builds(lambda each, said, title: article(each, said, title=title), ids, texts, titles),
    st.builds(
        miss,
        ids,
        st.sampled_from([Outcome.PENDING, Outcome.FAILED, Outcome.REJECTED, Outcome.GONE]),
    ),
)


class Model:
    """What must be stored: the states of each id, and who is withdrawn."""

    def __init__(self) -> None:
        self.states: dict[str, list[tuple[str, str]]] = {}
        self.order: list[str] = []
        self.first_gone: dict[str, datetime] = {}
        self.gone: set[str] = set()

    def observe(self, seen: Article | Miss, now: datetime) -> None:
        each = seen.external_id
        if isinstance(seen, Article):
            state = (seen.title, seen.body.text)
            states = self.states.setdefault(each, [])
            if not states:
                self.order.append(each)
            if not states or states[-1] != state:
                states.append(state)
            self.gone.discard(each)
            self.first_gone.pop(each, None)
        elif seen.outcome is Outcome.GONE:
            confirmed = now - self.first_gone.setdefault(each, now) >= HOUR
            self.gone |= {each} if confirmed and each in self.states else set()

    def root(self, each: str) -> str | None:
        """The earliest article with the same text; None for that one itself."""
        said = self.states[each][-1][1]
        group = [other for other in self.order if self.states[other][-1][1] == said]
        return None if group[0] == each else group[0]


class StoreMachine(RuleBasedStateMachine):
    template: Path

    @initialize()
    def open(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="newscrawler-model-"))
        shutil.copy(self.template, self.directory / "news.db")
        self.db: Database = open_database(f"sqlite:///{self.directory}/news.db")
        self.now = T0
        self.model = Model()
        self.announced: set[str] = set()
        self.run_id = start(self.db)
        self.touched: set[str] = set()

    @rule(minutes=st.sampled_from([1, 30, 61, 400, 2000]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(numbers=st.lists(ids, min_size=1, max_size=4), title=titles, poor=st.booleans())
    def announce(self, numbers: list[str], title: str, *, poor: bool) -> None:
        said = [announcement(each, title="" if poor else title) for each in numbers]
        with self.db.write() as conn:
            ledger.announce(conn, self.run_id, said, self.now)
        self.touched.update(numbers)
        self.announced.update(numbers)

    @rule()
    def adopt(self) -> None:
        with self.db.write() as conn:
            ledger.adopt(conn, self.run_id, "site", self.now, 100)
        self.touched.update(self._open())

    @rule(batch=st.lists(observations, min_size=1, max_size=5))
    def observe(self, batch: list[Article | Miss]) -> None:
        save(self.db, self.run_id, *batch, now=self.now, ages=AGES)
        for seen in batch:
            self.model.observe(seen, self.now)
            self.touched.add(seen.external_id)
            assert seen.external_id not in self._open()

    @rule(status=st.sampled_from(["finished", "interrupted"]))
    def end_run(self, status: str) -> None:
        left = self._open()
        with self.db.write() as conn:
            report = runs.finish(conn, self.run_id, status, self.now)
        assert report.adds_up
        assert report.discovered == len(self.touched)
        self.run_id = start(self.db, self.now)
        self.touched = set()
        with self.db.write() as conn:
            ledger.adopt(conn, self.run_id, "site", self.now, 100)
        self.touched.update(self._open())
        never_looked_at = left - set(self.model.states) - set(self.model.first_gone)
        assert {each for each in never_looked_at if self._state(each) == "due"} <= self._open()

    def _open(self) -> set[str]:
        with self.db.write() as conn:
            return {task.external_id for task in ledger.take(conn, self.run_id, 100)}

    def _state(self, external_id: str) -> str:
        with self.db.read() as conn:
            query = f"SELECT state FROM tasks WHERE external_id = '{external_id}'"
            return str(conn.exec_driver_sql(query).scalar())

    @invariant()
    def stored_is_what_was_observed(self) -> None:
        stored = news(self.db)
        assert set(stored) == set(self.model.states)
        names = {row["article_id"]: each for each, row in stored.items()}
        for each, row in stored.items():
            states = self.model.states[each]
            assert (row["title"], row["body"]) == states[-1]
            assert row["revision"] == len(states)
            assert names.get(row["duplicate_of"]) == self.model.root(each)
            assert (row["gone_at"] is not None) == (each in self.model.gone)

    @invariant()
    def the_feed_tells_each_revision_once(self) -> None:
        told = [line[:2] for line in feed(self.db) if line[2] == "revised" or line[1] == 1]
        for each, states in self.model.states.items():
            for revision in range(2, len(states) + 1):
                assert told.count((each, revision)) == 1

    def teardown(self) -> None:
        if hasattr(self, "db"):
            assert all(each["ok"] for each in check(self.db)), check(self.db)
            self.db.close()
            shutil.rmtree(self.directory)


def test_the_store_behaves_like_the_model(
    sqlite_template: Path, request: pytest.FixtureRequest
) -> None:
    StoreMachine.template = sqlite_template
    run: Callable[[], None] = StoreMachine.TestCase("runTest").runTest
    StoreMachine.TestCase.settings = settings(
        max_examples=20,
        stateful_step_count=20,
        deadline=None,
        phases=[Phase.reuse, Phase.generate, Phase.shrink],
    )
    run()
