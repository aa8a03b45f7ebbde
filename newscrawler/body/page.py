"""Runs of text to drafts of blocks: paragraphs are split, judged and put in order."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from newscrawler.body.drafts import Draft, Mention, Picture, Run, Span
from newscrawler.body.tables import Table
from newscrawler.items import BlockKind
from newscrawler.text import clean_block, clean_line

MAX_HEADING_CHARS = 50
MAX_CAPTION_CHARS = 200
MIN_PROSE_CHARS = 30
"""A paragraph with so much text beside an advert is no advert: only the advert goes."""

# Looking a member up in its class takes longer than all that is done with it.
PARAGRAPH, HEADING, CAPTION = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.CAPTION

_PARAGRAPH_BREAK = re.compile(
    r"\n(?:[^\S\n]*\n)+|\n(?=[ \t]*(?:\u3000|[\xa0\u2002\u2003]{2}))"  # two breaks, or an indent
)
_NO_HEADING_END = ("：", ":", "，", ",", "；", ";", "、")


class Setting(NamedTuple):
    """What the open elements say about the text inside them."""

    kind: BlockKind = PARAGRAPH
    centred: bool = False
    media: bool = False
    pre: bool = False


@dataclass(slots=True, eq=False)
class Page:
    """Everything one walk over a body has found, in reading order."""

    drafts: list[Draft] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    related: dict[str, None] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    source: str | None = None
    editor: str | None = None
    original_title: str | None = None

    def add_plain(self, raw: str, setting: Setting) -> None:
        """Turn a run of nothing but text into its blocks."""
        if "\n" in raw:
            self.add(Run(raw, [], [], deque()), setting)
            return
        text = clean_line(raw)
        if text:
            draft = Draft(raw, 0, len(raw), setting.kind, text)
            if setting.media:
                draft.media = True
            if setting.centred and draft.kind is PARAGRAPH:
                draft.kind = self._kind(draft, centred=True)
            self.drafts.append(draft)

    def add(self, run: Run, setting: Setting) -> None:
        """Turn a run into the blocks it holds; blank stretches are none."""
        raw, mentions = run.raw, run.mentions
        if "\n" in raw:
            self._add_paragraphs(run, setting)
        elif raw or run.spans:
            draft = self._add_draft(run, 0, len(raw), run.spans, setting)
            for mention in mentions:
                mention.raw, mention.draft = raw, draft
        if mentions:
            self.mentions += mentions
        if run.pictures:
            self._place_pictures(run, len(raw))

    def _add_paragraphs(self, run: Run, setting: Setting) -> None:
        """Split a run at its blank lines and indents."""
        raw = run.raw
        segments = _segments(raw)
        owners = [
            self._add_draft(run, start, end, spans, setting)
            for (start, end), spans in zip(segments, _spread(run.spans, segments), strict=True)
        ]
        for mention in run.mentions:
            at = bisect_right(segments, mention.start, key=_start) - 1
            mention.raw, mention.draft = raw, owners[at]

    def add_table(self, table: Table, setting: Setting) -> None:
        """A table becomes one block; one that only frames a text or picture becomes that."""
        draft = None if table.is_layout else table.draft()
        if draft:
            self.drafts.append(draft)
        elif _frames_picture(table):
            setting = setting._replace(centred=True)
        for run in table.runs:
            if draft:
                self.mentions += run.mentions
                self._place_pictures(run, len(run.raw))
            else:
                self.add(run, setting)

    def _add_draft(
        self, run: Run, start: int, end: int, spans: list[Span], setting: Setting
    ) -> Draft | None:
        """Append a stretch of a run as a draft; None if it is blank or an advert."""
        raw = run.raw[start:end]
        text = clean_block(raw) if "\n" in raw else clean_line(raw)
        draft = Draft(run.raw, start, end, setting.kind, text)
        if spans:
            draft.spans = spans
            if run.advert and _has_advert(spans) and self._is_advert(draft, run):
                return None
        if not draft.text:
            return None
        if run.pictures:
            self._place_pictures(run, end - len(raw.lstrip()))
        if setting.kind is PARAGRAPH and (spans or setting.centred):
            draft.kind = self._kind(draft, centred=setting.centred)
        if setting.media:
            draft.media = True
        self.drafts.append(draft)
        return draft

    def _place_pictures(self, run: Run, upto: int) -> None:
        """Settle the place of the pictures that stand up to an offset of the run."""
        while run.pictures and run.pictures[0].offset <= upto:
            picture = run.pictures.popleft()
            picture.after_block = len(self.drafts)
            self.pictures.append(picture)

    def _kind(self, draft: Draft, *, centred: bool) -> BlockKind:
        text = draft.text
        if draft.spans and _reads_as_heading(text) and covered(draft, "strong"):
            return HEADING
        if not centred or not self.pictures or len(text) > MAX_CAPTION_CHARS:
            return PARAGRAPH
        after_picture = self.pictures[-1].after_block == len(self.drafts)
        return CAPTION if after_picture else PARAGRAPH

    def _is_advert(self, draft: Draft, run: Run) -> bool:
        """Drop an advert: with its whole paragraph, unless that says something of its own."""
        adverts = [span for span in draft.spans if span.tag == "advert"]
        for span in adverts:
            text = clean_line(draft.raw[span.start : span.end])
            self.removed.append(f"advert: {text or span.href}")
        draft.cuts = tuple((span.start, span.end) for span in adverts)
        draft.text = clean_block(draft.visible(draft.end))
        if len(draft.text) >= MIN_PROSE_CHARS:
            return False
        if draft.text:
            self.removed.append(f"advert: {draft.text}")
        self._place_pictures(run, draft.start - 1)
        while run.pictures and run.pictures[0].offset <= draft.end:
            run.pictures.popleft()
        return True


def _frames_picture(table: Table) -> bool:
    """Whether a table holds a picture and no more text than its caption."""
    chars = sum(len(run.raw) for run in table.runs)
    return chars <= MAX_CAPTION_CHARS and any(run.pictures for run in table.runs)


def covered(draft: Draft, tag: str) -> bool:
    """Whether all visible text of a draft stands inside spans of this tag."""
    position = draft.start
    for start, end, name, _ in draft.spans:
        if name == tag:
            if position < start and _shows(draft.raw[position:start]):
                return False
            position = end
    return position == draft.end or not _shows(draft.raw[position : draft.end])


def _shows(raw: str) -> bool:
    return not raw.isspace() and bool(clean_line(raw))


def _has_advert(spans: list[Span]) -> bool:
    return any(span.tag == "advert" for span in spans)


def _reads_as_heading(text: str) -> bool:
    if len(text) > MAX_HEADING_CHARS or "。" in text or "\n" in text:
        return False
    return not text.endswith(_NO_HEADING_END)


def _segments(raw: str) -> list[tuple[int, int]]:
    """Borders of the paragraphs in a run."""
    if "\n" not in raw:
        return [(0, len(raw))]
    borders = [0, *(found.end() for found in _PARAGRAPH_BREAK.finditer(raw))]
    return list(zip(borders, [*borders[1:], len(raw)], strict=True))


def _spread(spans: list[Span], segments: list[tuple[int, int]]) -> list[list[Span]]:
    """The spans of each paragraph, cut at its borders."""
    if len(segments) == 1:
        return [spans]
    spread: list[list[Span]] = [[] for _ in segments]
    for span in spans:
        at = bisect_right(segments, span.start, key=_start) - 1
        while at < len(segments) and (segments[at][0] < span.end or segments[at][0] <= span.start):
            start, end = segments[at]
            part = Span(max(span.start, start), min(span.end, end), span.tag, span.href)
            spread[at].append(part)
            at += 1
    return spread


def _start(segment: tuple[int, int]) -> int:
    return segment[0]
