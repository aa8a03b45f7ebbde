"""Fixtures that several parts of the suite share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from newscrawler.replica import Replica, World

# Started in the background, as servers do, we would ignore Ctrl-C, and so would all that we start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no failure: what takes too long is for pytest-timeout and the benchmarks. In CI
# Hypothesis's own profile makes the examples the same every time.
settings.register_profile("patient", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "patient")


@pytest.fixture
def replica() -> Iterator[Replica]:
    """A running replica of the upstream hosts with the recorded articles, for one test alone."""
    with Replica(World.recorded()) as running:
        yield running
