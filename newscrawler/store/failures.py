"""What could not be fetched, read or stored: one open row per thing, resolved by a success."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from newscrawler.redaction import redact
from newscrawler.store import tasks
from newscrawler.store.schema import failures

_MAX_ID = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that went wrong."""

    site: str
    url: str
    stage: str
    reason: str
    detail: str = ""
    external_id: str | None = None
    """None if it is a list that failed."""
    task_id: int | None = None
    list: str | None = None

    @property
    def key(self) -> str:
        """The same for every failure of the same thing."""
        return _key(self.site, self.external_id, self.url)


def _key(site: str, external_id: str | None, url: str) -> str:
    thing = f"list\n{url}" if external_id is None else f"id\n{external_id}"
    return hashlib.sha256(f"{site}\n{thing}".encode("utf-8", "replace")).hexdigest()


def key_of_id(site: str, external_id: str) -> str:
    """The open_key of an article's failures."""
    return _key(site, external_id, "")


_NAMES = ("url", "stage", "reason", "detail")
_AGAIN = (
    update(failures)
    .where(failures.c.open_key == bindparam("of_key"))
    .values(
        {
            "attempts": failures.c.attempts + 1,
            "last_at": bindparam("to_last_at"),
            "run_id": bindparam("to_run_id"),
            **{name: bindparam(f"to_{name}") for name in _NAMES},
        }
    )
)


def open_keys(conn: Connection, keys: Iterable[str]) -> set[str]:
    """Which of these keys have an open failure."""
    found: set[str] = set()
    for chunk in tasks.chunks(sorted(keys)):
        found.update(
            conn.scalars(select(failures.c.open_key).where(failures.c.open_key.in_(chunk)))
        )
    return found


def note(conn: Connection, run_id: int, troubles: Sequence[Trouble], now: datetime) -> None:
    """Open a failure for each thing, or count one more attempt on the one that is open."""
    latest = {trouble.key: _storable(trouble) for trouble in troubles}
    if not latest:
        return
    known = open_keys(conn, latest)
    again = [
        {"of_key": key, "to_last_at": now, "to_run_id": run_id}
        | {f"to_{name}": getattr(trouble, name) for name in _NAMES}
        for key, trouble in latest.items()
        if key in known
    ]
    fresh = [
        {
            "open_key": key, "run_id": run_id, "task_id": each.task_id, "site": each.site,
            "external_id": each.external_id, "list": each.list, "url": each.url,
            "stage": each.stage, "reason": each.reason, "detail": each.detail,
            "attempts": 1, "first_at": now, "last_at": now,
        }
        for key, each in latest.items()
        if key not in known
    ]  # fmt: skip
    if again:
        conn.execute(_AGAIN, again)
    if fresh:
        conn.execute(insert(failures), fresh)


def _storable(trouble: Trouble) -> Trouble:
    """What an attacker sent stands in here as it is: make it text that every database takes."""
    name = trouble.external_id
    return replace(
        trouble,
        url=_clean(trouble.url),
        detail=_clean(trouble.detail),
        external_id=None if name is None else _clean(name)[:_MAX_ID],
    )


def _clean(text: str) -> str:
    return redact(text.replace("\0", "").encode("utf-8", "replace").decode())


def resolve(conn: Connection, keys: Iterable[str], now: datetime) -> None:
    """Close the open failures of these things."""
    for chunk in tasks.chunks(sorted(keys)):
        conn.execute(
            update(failures)
            .where(failures.c.open_key.in_(chunk))
            .values(resolved_at=now, open_key=None)
        )


def note_list(
    conn: Connection,
    run_id: int,
    site: str,
    name: str,
    url: str,
    reason: str,
    detail: str,
    now: datetime,
) -> None:
    """A list could not be fetched or read; the failure's key is the site and the list's URL."""
    trouble = Trouble(site=site, url=url, stage="list", reason=reason, detail=detail, list=name)
    note(conn, run_id, [trouble], now)


def note_archive(
    conn: Connection, run_id: int, site: str, place: str, detail: str, now: datetime
) -> None:
    """The raw archive could not take every answer; the failure's key is its directory."""
    trouble = Trouble(site=site, url=place, stage="store", reason="raw_archive", detail=detail)
    note(conn, run_id, [trouble], now)


def resolve_list(conn: Connection, site: str, url: str, now: datetime) -> None:
    """The list at this URL could be read again."""
    resolve(conn, [_key(site, None, url)], now)


def retry(conn: Connection, failure_ids: Sequence[int] | None, now: datetime) -> int:
    """Make the ids of these open failures (None: of all) due now; return how many.

    Rejected and gone ones are included: who retries by hand has a reason.
    """
    query = select(failures.c.task_id).where(
        failures.c.resolved_at.is_(None), failures.c.task_id.is_not(None)
    )
    if failure_ids is not None:
        query = query.where(failures.c.failure_id.in_(failure_ids))
    task_ids = [int(task_id) for task_id in conn.scalars(query.distinct())]
    tasks.make_due(conn, task_ids, now)
    return len(task_ids)
