"""What a revision changed, for a terminal, as plain text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import click

from newscrawler.diff import Difference, Op, Passage, Segment

_NAMES = {
    "title": "headline changed",
    "source": "source",
    "published_local": "published",
    "summary": "summary",
}


def as_lines(found: Difference, *, colour: bool) -> Iterator[str]:
    """Changed fields and paragraphs with their words marked; what stayed is folded.

    Without colour a removed piece is [-…-] and an added one {+…+}.
    """
    for name, segments in found.fields.items():
        yield f"{_NAMES[name]}: {_marked(segments, colour=colour)}"
    if not found.text:
        yield "same text" if found.fields else "same text: pictures or the kinds of blocks changed"
        return
    for is_changed, group in groupby(found.passages, key=lambda each: each.is_changed):
        passages = list(group)
        if not is_changed:
            many = "paragraph" if len(passages) == 1 else "paragraphs"
            yield _dim(f"… {len(passages)} {many} unchanged", colour=colour)
            continue
        for each in passages:
            yield f"{_place(each)}: {_marked(each.segments, colour=colour)}"


def as_record(found: Difference) -> dict[str, Any]:
    """For JSON: `fields` and `passages` with their segments; unchanged passages are counted."""
    passages: list[dict[str, Any]] = []
    for is_changed, group in groupby(found.passages, key=lambda each: each.is_changed):
        every = list(group)
        if not is_changed:
            passages.append({"op": Op.EQUAL, "count": len(every)})
            continue
        passages += [
            {
                "op": _op(each),
                "before": each.before,
                "after": each.after,
                "segments": _segments(each.segments),
            }
            for each in every
        ]
    return {
        "before": found.before,
        "after": found.after,
        "headline_changed": found.headline,
        "text_changed": found.text,
        "fields": {name: _segments(segments) for name, segments in found.fields.items()},
        "passages": passages,
    }


def _segments(segments: Iterable[Segment]) -> list[Mapping[str, str]]:
    return [{"op": each.op, "text": each.text} for each in segments]


def _op(passage: Passage) -> str:
    if passage.before is None:
        return Op.ADDED
    return Op.REMOVED if passage.after is None else "changed"


def _place(passage: Passage) -> str:
    if passage.before is None:
        return f"paragraph {passage.after} is new"
    if passage.after is None:
        return f"paragraph {passage.before} is gone"
    return f"paragraph {passage.after}"


def _marked(segments: Iterable[Segment], *, colour: bool) -> str:
    return "".join((_coloured if colour else _plain)(segment) for segment in segments)


def _plain(segment: Segment) -> str:
    marks = {Op.REMOVED: "[-{}-]", Op.ADDED: "{{+{}+}}", Op.EQUAL: "{}"}
    return marks[segment.op].format(segment.text)


def _coloured(segment: Segment) -> str:
    if segment.op is Op.REMOVED:
        return click.style(segment.text, fg="red", strikethrough=True)
    if segment.op is Op.ADDED:
        return click.style(segment.text, fg="green", bold=True)
    return segment.text


def _dim(text: str, *, colour: bool) -> str:
    return click.style(text, dim=True) if colour else text
