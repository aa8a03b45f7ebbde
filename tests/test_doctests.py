"""The examples in docstrings are true."""

from __future__ import annotations

import doctest

from newscrawler import processors


def test_the_examples_of_the_processors_are_true() -> None:
    result = doctest.testmod(processors)
    assert result.attempted >= 5
    assert result.failed == 0
