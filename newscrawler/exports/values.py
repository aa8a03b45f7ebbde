"""Values of the store in the forms that files have for them."""

from __future__ import annotations

import json
from datetime import datetime

from newscrawler.exports.formats import Record


def decoded(record: Record) -> Record:
    """The record with lists in place of JSON text (`cells` of its paragraphs, `notes`)."""
    if record.get("notes") is not None:
        record = record | {"notes": json.loads(record["notes"])}
    if paragraphs := record.get("paragraphs"):
        record = record | {"paragraphs": [*map(_decoded_block, paragraphs)]}
    return record


def _decoded_block(block: Record) -> Record:
    cells = block["cells"]
    return block if cells is None else block | {"cells": json.loads(cells)}


def to_json(value: object) -> str:
    """JSON text on one line, Chinese as itself, times as ISO 8601 with offset."""
    return _encoder.encode(value)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


_encoder = json.JSONEncoder(ensure_ascii=False, default=_plain, separators=(",", ":"))
