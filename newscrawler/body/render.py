"""Drafts to HTML: every character is escaped, every tag is written here, none is copied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newscrawler.body.drafts import Draft, Picture, Span
from newscrawler.body.page import CAPTION, HEADING, PARAGRAPH
from newscrawler.items import BlockKind
from newscrawler.text import clean_block

MAX_INLINE_BORDERS = 64
"""A block with more markup borders than this, and gaps to close, is written as plain text."""
MAX_SPANS = 2000
"""A block with more links and emphasis than this is no prose; it is written as plain text."""

_OVERLAYS = re.compile(">\u0338+")
_NESTING = ("a", "strong", "em")
_FRAMES = {
    BlockKind.PARAGRAPH: ("", "p"),
    BlockKind.HEADING: ("", "h3"),
    BlockKind.CAPTION: ("", "p"),
    BlockKind.TABLE: ("", "table"),
    BlockKind.LIST_ITEM: ("ul", "li"),
    BlockKind.QUOTE: ("blockquote", "p"),
}


def render(drafts: Sequence[Draft], pictures: Sequence[Picture]) -> str:
    """The blocks and pictures in reading order, list items and quotes grouped."""
    parts: list[str] = []
    figures = _figures(pictures) if pictures else {}
    group = ""
    for index, draft in enumerate(drafts):
        kind = draft.kind
        inside = _inline(draft) if draft.spans or draft.rows else _text(draft.text)
        if kind is PARAGRAPH and not group and index not in figures:
            parts += "<p>", inside, "</p>"
            continue
        frame, tag = _FRAMES[kind]
        if group and (frame != group or index in figures):
            parts.append(f"</{group}>")
            group = ""
        if index in figures:
            parts.append(_close(figures[index], inside if kind is CAPTION else ""))
            if kind is CAPTION:
                continue
        if frame != group:
            parts.append(f"<{frame}>")
            group = frame
        parts.append(f"<{tag}>{inside}</{tag}>")
    parts.append(f"</{group}>" if group else "")
    parts.append(_close(figures.get(len(drafts), []), ""))
    html = "".join(parts)
    # U+0338 would join the ">" before it under NFC; without a base it says nothing.
    return _OVERLAYS.sub(">", html) if "\u0338" in html else html


def _figures(pictures: Sequence[Picture]) -> dict[int, list[str]]:
    """Open figures by the number of blocks before them."""
    figures: dict[int, list[str]] = {}
    for picture in pictures:
        figures.setdefault(picture.after_block, []).append(_figure(picture))
    return figures


def _figure(picture: Picture) -> str:
    """An open figure with its picture."""
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
    return f'<figure><img src="{_attribute(picture.url)}" alt="{_attribute(picture.alt)}"{size}>'


def _close(figures: list[str], caption: str) -> str:
    """Complete figures; the caption is the last one's."""
    if caption:
        caption = f"<figcaption>{caption}</figcaption>"
    return "</figure>".join(figures) + f"{caption}</figure>" if figures else ""


def _rows(draft: Draft) -> str:
    lines = []
    for at, row in enumerate(draft.rows):
        tag = "th" if at < draft.header_rows else "td"
        cells = (f"<{tag}>{_text(cell)}</{tag}>" for cell in row)
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return "".join(lines)


def _inline(draft: Draft) -> str:
    """A draft's text with its links and emphasis."""
    if draft.rows:
        return _rows(draft)
    text = draft.text
    placed = _placed(draft, ("a", "em") if draft.kind is HEADING else _NESTING)
    if not placed:
        return _text(text)
    start, end, tag, href = placed[0]
    if len(placed) == 1:
        inside = f"{_opening(tag, href)}{_text(text[start:end])}</{tag}>"
        return f"{_text(text[:start])}{inside}{_text(text[end:])}"
    return _nested(text, placed)


def _nested(text: str, placed: list[Span]) -> str:
    """The text with spans that begin and end anywhere, each tag closed where it must be."""
    parts: list[str] = []
    open_spans: list[Span] = []
    position = 0
    for border, active in _borders(placed):
        parts.append(_text(text[position:border]))
        position = border
        kept = 0
        while kept < min(len(open_spans), len(active)) and open_spans[kept] is active[kept]:
            kept += 1
        parts += [f"</{span.tag}>" for span in reversed(open_spans[kept:])]
        parts += [_opening(span.tag, span.href) for span in active[kept:]]
        open_spans = active
    parts.append(_text(text[position:]))
    return "".join(parts)


def _placed(draft: Draft, tags: tuple[str, ...]) -> list[Span]:
    """The spans with their borders in the cleaned text; empty if that would cost too much."""
    text, raw = draft.text, draft.raw[draft.start : draft.end]
    spans = [span for span in draft.spans if span[2] in tags and span[0] < span[1]]
    simple = not draft.cuts and raw.strip() == text
    if len(spans) > MAX_SPANS or (not simple and 2 * len(spans) > MAX_INLINE_BORDERS):
        return []
    length = len(text)
    shift = draft.start + (raw.find(text) if simple else 0)
    placed = []
    for start, end, tag, href in spans:
        if simple:
            start, end = max(start - shift, 0), min(end - shift, length)
        else:
            start, end = (min(len(clean_block(draft.visible(at))), length) for at in (start, end))
            start += len(text[start:end]) - len(text[start:end].lstrip())
        if start < end:
            placed.append(Span(start, end, tag, href))
    return placed


def _borders(spans: list[Span]) -> Iterator[tuple[int, list[Span]]]:
    """Each position where markup changes, and the spans that hold from there, outermost first."""
    changes: dict[int, list[tuple[Span, bool]]] = {}
    for span in spans:
        changes.setdefault(span.start, []).append((span, True))
        changes.setdefault(span.end, []).append((span, False))
    active: dict[str, Span] = {}
    for position in sorted(changes):
        for span, begins in sorted(changes[position], key=lambda change: change[1]):
            if begins:
                active[span.tag] = span
            elif active.get(span.tag) is span:
                del active[span.tag]
        yield position, [active[tag] for tag in _NESTING if tag in active]


def _opening(tag: str, href: str) -> str:
    return f'<a href="{_attribute(href)}">' if tag == "a" else f"<{tag}>"


def _text(text: str) -> str:
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\n", "<br>") if "\n" in text else text


def _attribute(value: str) -> str:
    return _text(value).replace('"', "&quot;")
