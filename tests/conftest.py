"""Fixtures that several parts of the suite share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from newscrawler.replica import Replica, World


@pytest.fixture
def replica() -> Iterator[Replica]:
    """A running replica of the upstream hosts with the recorded articles, for one test alone."""
    with Replica(World.recorded()) as running:
        yield running
