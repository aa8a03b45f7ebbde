"""What differs between a stored article, as the views show it, and one that was read anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from newscrawler.items import Article

Change = tuple[str, Any, Any]
"""Field, before, after."""

UNSEEN = frozenset({"related", "notes"})
"""Fields that no view for consumers has in the current state."""

_FACTS = (
    "title", "source", "published_at", "published_local", "published_from", "summary", "url",
    "language",
)  # fmt: skip
_PARTS = {
    "paragraphs": ("kind", "text", "cells"),
    "images": ("url", "caption", "width", "height", "after_block"),
    "securities": ("security", "name", "kind", "mentions", "evidence", "confidence"),
}


def differences(stored: Mapping[str, Any], article: Article) -> tuple[Change, ...]:
    """Field by field. `stored`: an article as `queries.article_by_key` gives it, with `notes`."""
    now = as_row(article)
    before = {
        **{name: stored[name] for name in now if name in stored},
        **{
            part: [{name: _plain(row[name]) for name in names} for row in stored[part]]
            for part, names in _PARTS.items()
        },
    }
    return tuple(
        (name, before.get(name), value) for name, value in now.items() if before.get(name) != value
    )


def as_row(article: Article) -> dict[str, Any]:
    """The article under the names of the views' columns."""
    body = article.body
    return {
        **{name: getattr(article, name) for name in _FACTS},
        "body": body.text,
        "body_html": body.html,
        "editor": body.editor,
        "original_title": body.original_title,
        "paragraphs": [
            {"kind": str(block.kind), "text": block.text,
             "cells": [list(row) for row in block.rows] or None}
            for block in body.blocks
        ],
        "images": [
            {name: getattr(image, name) for name in _PARTS["images"]} for image in body.images
        ],
        "securities": [
            {name: _plain(getattr(each, name)) for name in _PARTS["securities"]}
            for each in body.securities
        ],
        "related": list(body.related),
        "notes": list(article.notes),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value[:2] == "[[":
        return json.loads(value)
    return str(value) if isinstance(value, str) else value
