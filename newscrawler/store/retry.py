"""Runs a transaction again when the database says that this may help."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError

from newscrawler.store.dialect import is_race, is_transient
from newscrawler.store.engine import Database

T = TypeVar("T")

PATIENCE_S = 60.0
MAX_RACES = 5
_FIRST_DELAY_S = 0.05
_MAX_DELAY_S = 2.0


def transact(
    database: Database,
    work: Callable[[Connection], T],
    *,
    patience_s: float = PATIENCE_S,
    monotonic: Callable[[], float] = time.monotonic,
    wait: Callable[[float], object] = time.sleep,
    is_hurried: Callable[[], bool] = bool,
    more: Callable[[], str] = str,
) -> T:
    """Run `work` in one transaction; replay it while the trouble is transient.

    Locked database, lost connection, deadlock, serialization failure: for `patience_s` seconds
    (or until `is_hurried()`). A key that another writer took first: `MAX_RACES` times. What an
    operator must settle becomes a StoreError with `more()` at its end; a DataError and errors of
    the program pass as they are.
    """
    deadline = monotonic() + patience_s
    races = attempt = 0
    while True:
        try:
            with database.write() as conn:
                return work(conn)
        except DataError:
            raise
        except SQLAlchemyError as error:
            races += is_race(error)
            again = is_transient(error) and monotonic() < deadline and not is_hurried()
            if not again and not (is_race(error) and races <= MAX_RACES):
                raise _explained(database, error, more()) from error
        wait(delay_s(attempt))
        attempt += 1


def read_patiently(
    database: Database,
    work: Callable[[Connection], T],
    *,
    patience_s: float = PATIENCE_S,
    monotonic: Callable[[], float] = time.monotonic,
    wait: Callable[[float], object] = time.sleep,
) -> T:
    """Run `work` in one reading transaction; try again while the server is away.

    Raises StoreError when it has been away for `patience_s` seconds, or for other troubles at once.
    """
    deadline = monotonic() + patience_s
    attempt = 0
    while True:
        try:
            with database.read() as conn:
                return work(conn)
        except SQLAlchemyError as error:
            if not is_transient(error) or monotonic() >= deadline:
                raise _explained(database, error, "", "cannot read from") from error
        wait(delay_s(attempt))
        attempt += 1


def delay_s(attempt: int) -> float:
    """How long to wait before the next try, in seconds: doubling, capped, never in step."""
    longest = min(_FIRST_DELAY_S * 2.0 ** min(attempt, 10), _MAX_DELAY_S)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - only to get out of step


def _explained(
    database: Database, error: SQLAlchemyError, more: str, trouble: str = "cannot write to"
) -> Exception:
    if isinstance(error, DBAPIError):
        return database.error(error, trouble, more)
    return error
