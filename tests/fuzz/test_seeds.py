"""Every input of the corpus keeps the promises: what fuzzing has found once stays found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS, BrokenPromiseError, promise

CORPUS = Path(__file__).resolve().parent / "corpus"
SEEDS = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_an_input_of_the_corpus_keeps_the_promises(seed: Path) -> None:
    TARGETS[seed.parent.name](seed.read_bytes())


def test_every_target_has_inputs() -> None:
    assert {seed.parent.name for seed in SEEDS} == set(TARGETS)


def test_a_broken_promise_is_an_error() -> None:
    with pytest.raises(BrokenPromiseError, match="of this kind"):
        promise(None, "of this kind")
