"""Stages, and a PostgreSQL that tests may restart."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawler.replica import Replica
from newscrawler.selftest.upstream import Upstream
from tests import servers
from tests.crawl.conftest import shell as shell
from tests.faults.stage import Stage
from tests.store.conftest import on_server

_numbers = itertools.count(1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A hundred and twenty articles, some corrected already, and an empty SQLite database."""
    upstream = Upstream(seed=1)
    for _ in range(3):
        upstream.advance()
    with Replica(upstream.world) as replica:
        yield Stage(tmp_path, upstream, replica)


@pytest.fixture(scope="session")
def server() -> Iterator[servers.PostgresServer]:
    """A PostgreSQL of these tests alone."""
    with servers.postgres() as running:
        yield running


@pytest.fixture
def postgres_stage(stage: Stage, server: servers.PostgresServer) -> Stage:
    """The same stage, storing in a new PostgreSQL database."""
    name = f"stage_{next(_numbers)}"
    on_server(server.url(), f"CREATE DATABASE {name}")
    stage.use(server.url(name))
    return stage
