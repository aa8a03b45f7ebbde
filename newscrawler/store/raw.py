"""The index of the raw archive: which answer is where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)

from newscrawler.captures import Capture, Subject
from newscrawler.store.dialect import insert_missing
from newscrawler.store.raw_tables import raw_files, raw_records
from newscrawler.store.schema import articles, revisions
from newscrawler.store.tasks import chunks

_r, _f = raw_records.c, raw_files.c
_JOINED = raw_records.join(raw_files, _f.file_id == _r.file_id)
_COLUMNS = (
    _r.record_id, _r.site, _r.external_id, _r.name, _r.kind, _r.url, _r.fetched_at, _r.status,
    _r.digest, _f.name.label("file"), _r.start, _r.size,
)  # fmt: skip


def add(conn: Connection, captures: Sequence[Capture]) -> None:
    """Enter answers; those that are there already stay as they are."""
    if not captures:
        return
    names = sorted({each.file for each in captures})
    insert_missing(conn, raw_files, [{"name": name} for name in names])
    ids = _file_ids(conn, names)
    insert_missing(conn, raw_records, [_row(each, ids[each.file]) for each in captures])


def _file_ids(conn: Connection, names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in chunks(names):
        query = select(_f.name, _f.file_id).where(_f.name.in_(chunk))
        found |= {row.name: row.file_id for row in conn.execute(query)}
    return found


def _row(capture: Capture, file_id: int) -> dict[str, Any]:
    subject = capture.subject
    return {
        "site": subject.site,
        "external_id": subject.external_id,
        "name": subject.name,
        "kind": capture.kind,
        "url": capture.url,
        "fetched_at": capture.fetched_at,
        "status": capture.status,
        "digest": capture.digest,
        "file_id": file_id,
        "start": capture.start,
        "size": capture.size,
    }


def capture_of(row: Sequence[Any]) -> Capture:
    """A row of `_COLUMNS`; by place, as names cost more than the capture."""
    _, site, external_id, name, kind, url, fetched_at, status, digest, file, start, size = row
    return Capture(
        subject=Subject(site, external_id, name),
        kind=kind,
        url=url,
        fetched_at=fetched_at,
        status=status,
        digest=digest,
        file=file,
        start=start,
        size=size,
    )


def of_ids(conn: Connection, site: str, external_ids: Iterable[str]) -> dict[str, list[Capture]]:
    """All answers about these ids ("" for lists), the earliest first."""
    found: dict[str, list[Capture]] = {}
    for chunk in chunks(sorted(set(external_ids))):
        query = (
            select(*_COLUMNS)
            .select_from(_JOINED)
            .where(_r.site == site, _r.external_id.in_(chunk))
            .order_by(_r.external_id, _r.fetched_at, _r.record_id)
        )
        for each in map(capture_of, conn.execute(query).all()):
            found.setdefault(each.subject.external_id, []).append(each)
    return found


def latest(conn: Connection, site: str, external_ids: Iterable[str]) -> dict[Subject, Capture]:
    """The last answer about each subject of these ids ("" for lists)."""
    found: dict[Subject, Capture] = {}
    for chunk in chunks(sorted(set(external_ids))):
        newest = (
            select(func.max(_r.record_id))
            .where(_r.site == site, _r.external_id.in_(chunk))
            .group_by(_r.external_id, _r.name)
        )
        query = select(*_COLUMNS).select_from(_JOINED).where(_r.record_id.in_(newest))
        found |= {each.subject: each for each in map(capture_of, conn.execute(query))}
    return found


def page(
    conn: Connection, site: str, after: str, limit: int, since: datetime | None = None
) -> list[str]:
    """The next ids of articles that have answers, in order, behind the id `after`."""
    query = select(_r.external_id).where(_r.site == site, _r.external_id > after)
    if since is not None:
        query = query.where(_r.fetched_at >= since)
    ordered = query.distinct().order_by(_r.external_id).limit(limit)
    return list(conn.scalars(ordered))


def sites(conn: Connection) -> list[str]:
    """The sites of which there are answers."""
    return sorted(conn.scalars(select(_r.site).distinct()))


def records(conn: Connection, where: Mapping[str, Any], limit: int) -> list[dict[str, Any]]:
    """Rows for people, newest first.

    `where`: record_id, site, external_id, name, kind, url, file, since.
    """
    query: Select[Any] = select(*_COLUMNS).select_from(_JOINED).where(*_conditions(where))
    ordered = query.order_by(_r.record_id.desc()).limit(limit)
    return [dict(row) for row in conn.execute(ordered).mappings()]


def find(conn: Connection, where: Mapping[str, Any]) -> list[Capture]:
    """Answers, newest first; `where` as for `records`."""
    query = select(*_COLUMNS).select_from(_JOINED).where(*_conditions(where))
    return list(map(capture_of, conn.execute(query.order_by(_r.fetched_at.desc(), _r.record_id))))


def original(conn: Connection, capture: Capture) -> Capture | None:
    """The record that holds the body of an answer: itself, or what a revisit stands for."""
    if capture.kind == "response":
        return capture
    subject = capture.subject
    query = (
        select(*_COLUMNS)
        .select_from(_JOINED)
        .where(
            _r.site == subject.site, _r.external_id == subject.external_id,
            _r.name == subject.name, _r.digest == capture.digest, _r.kind == "response",
        )
        .order_by(_r.record_id.desc())
        .limit(1)
    )  # fmt: skip
    row = conn.execute(query).first()
    return None if row is None else capture_of(row)


def _conditions(where: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    columns = {"record_id": _r.record_id, "site": _r.site, "external_id": _r.external_id,
               "name": _r.name, "url": _r.url, "file": _f.name, "kind": _r.kind}  # fmt: skip
    found = [columns[key] == value for key, value in where.items() if key in columns]
    if where.get("since") is not None:
        found.append(_r.fetched_at >= where["since"])
    return found


def of_file(conn: Connection, name: str) -> list[Capture]:
    """The answers of one file, in its order."""
    query = select(*_COLUMNS).select_from(_JOINED).where(_f.name == name)
    return list(map(capture_of, conn.execute(query.order_by(_r.start))))


def file_names(conn: Connection) -> list[str]:
    """Every file that the index knows."""
    return sorted(conn.scalars(select(_f.name)))


def forget_file(conn: Connection, name: str) -> int:
    """Take a file and its answers out of the index; return how many answers."""
    file_id = conn.scalar(select(_f.file_id).where(_f.name == name))
    if file_id is None:
        return 0
    gone = conn.execute(delete(raw_records).where(_r.file_id == file_id)).rowcount
    conn.execute(delete(raw_files).where(_f.file_id == file_id))
    return int(gone)


def move(conn: Connection, old: str, new: str, starts: Mapping[int, int]) -> None:
    """Some answers of a file are in a new one now (old → new offsets); the others are gone."""
    if starts:
        insert_missing(conn, raw_files, [{"name": new}])
        ids = _file_ids(conn, [old, new])
        conn.execute(
            _MOVE,
            [
                {"of_file": ids[old], "of_start": start, "to_file": ids[new], "to_start": to}
                for start, to in sorted(starts.items())
            ],
        )
    forget_file(conn, old)


_MOVE = (
    update(raw_records)
    .where(_r.file_id == bindparam("of_file"), _r.start == bindparam("of_start"))
    .values(file_id=bindparam("to_file"), start=bindparam("to_start"))
)


def current_seen_at(
    conn: Connection, site: str, external_ids: Iterable[str]
) -> dict[str, datetime]:
    """Of each stored article, when its current revision was fetched."""
    found: dict[str, datetime] = {}
    for chunk in chunks(sorted(set(external_ids))):
        query = (
            select(articles.c.external_id, revisions.c.seen_at)
            .join(
                revisions,
                (revisions.c.article_id == articles.c.article_id)
                & (revisions.c.revision == articles.c.revision),
            )
            .where(articles.c.site == site, articles.c.external_id.in_(chunk))
        )
        found |= {row.external_id: row.seen_at for row in conn.execute(query)}
    return found


def summary(conn: Connection) -> dict[str, dict[str, Any]]:
    """Of each file: `responses`, `revisits`, `first_at` and `last_at`."""
    query = (
        select(
            _f.name,
            func.sum(case((_r.kind == "response", 1), else_=0)).label("responses"),
            func.sum(case((_r.kind == "revisit", 1), else_=0)).label("revisits"),
            func.min(_r.fetched_at).label("first_at"),
            func.max(_r.fetched_at).label("last_at"),
        )
        .select_from(_JOINED)
        .group_by(_f.name)
    )
    return {
        row["name"]: {**row, "responses": int(row["responses"]), "revisits": int(row["revisits"])}
        for row in conn.execute(query).mappings()
    }
