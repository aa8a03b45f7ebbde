"""A body is stored once, as text. Here: what its lines do not say of its blocks and its HTML.

The views (migrations/views_0003.py) put both together again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from newscrawler.items import Block, BlockKind

MAX_LINES = 100
"""HTML of a body with more lines is stored as it is: a view looks for each line from the first."""
_SHORT = 8
"""A line shorter than this costs less where it stands than a reference to it."""


def layout(blocks: Sequence[Block]) -> str | None:
    """JSON of the blocks that are more than a paragraph of one line; None if there are none.

    `{"position": [kind, text or null, cells or null]}`; the text only if the page breaks its lines,
    `cells` (a table's) as a string of JSON.
    """
    found = {
        str(position): _entry(block)
        for position, block in enumerate(blocks, 1)
        if block.kind != BlockKind.PARAGRAPH or "\n" in block.text or block.rows
    }
    return _dump(found) if found else None


def _entry(block: Block) -> list[str | None]:
    text = block.text if "\n" in block.text else None
    cells = json.dumps(block.rows, ensure_ascii=False) if block.rows else None
    if cells is not None:
        return [block.kind, text, cells]
    return [block.kind] if text is None else [block.kind, text]


def html(html: str, text: str, count: int) -> str | None:
    """The HTML of a body of `count` blocks, without what its text says already.

    None: every line is a paragraph. Else HTML as it is, or a JSON list of pieces: a string is HTML,
    a number n line n as a paragraph, -n line n without a tag around it.
    """
    escaped = escape(text)
    if html == (f"<p>{escaped}</p>".replace("\n", "</p><p>") if count else ""):
        return None
    lines = escaped.split("\n")
    pieces = _pieces(html, lines) if len(lines) <= MAX_LINES else [html]
    packed = _dump(pieces)
    if len(packed) < len(html) and all(isinstance(each, int) or each[0] == "<" for each in pieces):
        return packed
    return f"&#91;{html[1:]}" if html.startswith("[") else html


def escape(text: str) -> str:
    """Text as it stands in HTML; the views do the same."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _pieces(html: str, lines: Sequence[str]) -> list[str | int]:
    pieces: list[str | int] = []
    at = 0
    for number, line in enumerate(lines, 1):
        begin = html.find(line, at) if len(line) >= _SHORT else -1
        if begin < 0:
            continue
        end = begin + len(line)
        if begin - 3 >= at and html.startswith("<p>", begin - 3) and html.startswith("</p>", end):
            begin, end = begin - 3, end + 4
            piece = number
        else:
            piece = -number
        if begin > at:
            pieces.append(html[at:begin])
        pieces.append(piece)
        at = end
    return [*pieces, html[at:]] if at < len(html) else pieces


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def place(quotation: str, text: str) -> tuple[int, int] | None:
    """Where a quotation stands in a text: first character (from 1) and length; None if nowhere."""
    at = text.find(quotation) if quotation else -1
    return None if at < 0 else (at + 1, len(quotation))
