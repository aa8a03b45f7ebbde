"""What the walk collects before it becomes a `Body`: runs of text, drafts of blocks, pictures."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from newscrawler.items import BlockKind
from newscrawler.text import clean_block, clean_line

MARKS = ("strong", "em", "a", "advert")
"""What can be open across a stretch of text."""


class Span(NamedTuple):
    """A stretch of a run between two markup borders: `tag` is a, strong, em or advert."""

    start: int
    end: int
    tag: str
    href: str = ""


class Draft:
    """A block in the making: `raw[start:end]` without `cuts`, which cleans to `text`."""

    spans: Sequence[Span] = ()
    cuts: tuple[tuple[int, int], ...] = ()
    media = False
    rows: tuple[tuple[str, ...], ...] = ()
    header_rows = 0
    dropped = False

    def __init__(self, raw: str, start: int, end: int, kind: BlockKind, text: str = "") -> None:
        self.raw = raw
        self.start = start
        self.end = end
        self.kind = kind
        self.text = text

    def visible(self, upto: int) -> str:
        """The raw text from the start up to a position, without the cuts."""
        if not self.cuts:
            return self.raw[self.start : upto]
        kept, position = [], self.start
        for begin, end in self.cuts:
            kept.append(self.raw[position : min(begin, upto)] if position < upto else "")
            position = max(position, end)
        kept.append(self.raw[position:upto])
        return "".join(kept)

    def shorten(self, end: int) -> None:
        """Let the block end earlier; its text follows."""
        self.end = end
        self.text = clean_block(self.visible(end))


class Mention:
    """One sighting of a security: a stretch of a run (`form`: its class), or a chart (its label).

    In a table, `row` is the text of the row it stands in.
    """

    raw = ""
    draft: Draft | None = None
    row = ""
    chart: str | None = None

    def __init__(self, key: tuple[str, str], start: int, end: int, form: str = "") -> None:
        self.key = key
        self.start = start
        self.end = end
        self.form = form

    @property
    def name(self) -> str:
        """The linked text."""
        return clean_line(self.raw[self.start : self.end])

    @property
    def counts(self) -> bool:
        """Whether it stands in the prose that is left, and can be seen."""
        draft = self.draft
        if draft is None or draft.dropped:
            return False
        if not (self.raw[self.start : self.end].isalnum() or self.name):
            return False
        if self.row:
            return True
        cuts = draft.cuts
        if self.start >= draft.end or not cuts:
            return self.start < draft.end
        before = bisect_right(cuts, (self.start, len(self.raw))) - 1
        return before < 0 or self.start >= cuts[before][1]


@dataclass(slots=True, eq=False)
class Picture:
    """An image in the making; `offset` is its place in the run, later its block index."""

    url: str
    alt: str
    width: int | None
    height: int | None
    offset: int = 0
    after_block: int = 0

    def anew(self) -> Picture:
        """The same picture without its place."""
        return Picture(self.url, self.alt, self.width, self.height)


@dataclass(slots=True, eq=False)
class Run:
    """The flattened text between two block borders, with all that stands in it."""

    raw: str
    spans: list[Span]
    mentions: list[Mention]
    pictures: deque[Picture]
    advert: bool = False
    """Whether an advert may stand in it."""


class Buffer:
    """Collects one run."""

    __slots__ = (
        "advert",
        "closers",
        "length",
        "marks",
        "mentions",
        "parts",
        "pictures",
        "plain",
        "serial",
        "spans",
    )

    def __init__(self) -> None:
        self.closers = {tag: partial(self.close, tag) for tag in MARKS}
        self.reset()

    def reset(self) -> None:
        """Begin a new page."""
        self.marks: dict[str, tuple[int, int, str]] = {}
        """Open markup by tag: where it began, how often it was opened, where it leads."""
        self.serial = 0
        """How many runs there have been."""
        self.parts: list[str] = []
        self.length = 0
        self.spans: list[Span] = []
        self.mentions: list[Mention] = []
        self.pictures: deque[Picture] = deque()
        self.advert = False
        """Whether an advert has been opened on this page."""
        self.plain = True
        """Whether there is nothing but text so far."""

    def add(self, text: str) -> None:
        """Append visible text; "\n" is a line break."""
        self.parts.append(text)
        self.length += len(text)

    def open(self, tag: str, href: str = "") -> Callable[[], None]:
        """Begin one of MARKS, the same inside itself changes nothing; returns how to end it."""
        marks = self.marks
        if tag in marks:
            start, depth, href = marks[tag]
            marks[tag] = start, depth + 1, href
        else:
            marks[tag] = self.length, 1, href
            self.plain = False
            if tag == "advert":
                self.advert = True
        return self.closers[tag]

    def close(self, tag: str) -> None:
        """End it again."""
        start, depth, href = self.marks[tag]
        if depth > 1:
            self.marks[tag] = start, depth - 1, href
        else:
            del self.marks[tag]
            self.spans.append(Span(start, self.length, tag, href))

    def mention(self, mention: Mention) -> None:
        """Note a security at its place in the run."""
        self.mentions.append(mention)
        self.plain = False

    def picture(self, picture: Picture) -> None:
        """Note an image at the current place."""
        picture.offset = self.length
        self.pictures.append(picture)
        self.plain = False

    def take(self) -> Run:
        """Hand out the run and begin the next; open marks go on in it."""
        for tag, (start, depth, href) in self.marks.items():  # values change, keys do not
            self.spans.append(Span(start, self.length, tag, href))
            self.marks[tag] = 0, depth, href
        run = Run(self.take_plain(), self.spans, self.mentions, self.pictures, self.advert)
        self.spans, self.mentions, self.pictures = [], [], deque()
        self.plain = not self.marks
        return run

    def take_plain(self) -> str:
        """Hand out a run that is nothing but text."""
        parts = self.parts
        self.length = 0
        self.serial += 1
        if len(parts) == 1:
            return parts.pop()
        self.parts = []
        return "".join(parts)
