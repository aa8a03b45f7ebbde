"""How lists spell the few fields that tidying changed; the rest stands in `announcements`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from newscrawler.items import Announcement
from newscrawler.store.schema_originals import spellings
from newscrawler.store.tasks import chunks

Key = tuple[int, str]
"""task_id and list."""


def read(conn: Connection, task_ids: Sequence[int]) -> dict[Key, tuple[tuple[str, str], ...]]:
    """What is kept of the announcements of these tasks."""
    found = {}
    for chunk in chunks(task_ids):
        for row in conn.execute(select(spellings).where(spellings.c.task_id.in_(chunk))):
            fields = tuple((name, text) for name, text in json.loads(row.fields))
            found[row.task_id, row.list] = fields
    return found


def store(conn: Connection, records: Mapping[Key, Announcement], known: Collection[Key]) -> None:
    """Keep these records' spellings, in place of what is kept of those that were known."""
    for key in sorted(set(records) & set(known)):
        conn.execute(
            delete(spellings).where(spellings.c.task_id == key[0], spellings.c.list == key[1])
        )
    rows = [
        {"task_id": key[0], "list": key[1], "fields": json.dumps(record.spelled)}
        for key, record in records.items()
        if record.spelled
    ]
    if rows:
        conn.execute(insert(spellings), rows)
