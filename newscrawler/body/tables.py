"""Tables: cells in the order of the markup to rows of equal meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from newscrawler.body.drafts import Draft, Mention, Run
from newscrawler.body.parse import Attributes
from newscrawler.items import BlockKind
from newscrawler.text import clean_line

MAX_SPAN = 50
"""colspan and rowspan are cut to this."""
MAX_CELLS = 20_000
"""In a table with more cells, spans are no longer expanded."""

CELL_SEPARATOR = " | "


@dataclass(slots=True, eq=False)
class Cell:
    """One cell as the markup has it."""

    header: bool
    columns: int
    rows: int
    text: str = ""
    mentions: list[Mention] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Table:
    """Collects the outermost table; tables inside it are flattened into its cells."""

    rows: list[list[Cell]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def begin_row(self) -> None:
        self.rows.append([])

    def begin_cell(self, attrs: Attributes, *, header: bool) -> None:
        """A cell in the current row, which markup may have forgotten to begin."""
        if not self.rows:
            self.begin_row()
        columns, rows = _span(attrs.get("colspan")), _span(attrs.get("rowspan"))
        self.rows[-1].append(Cell(header, columns, rows))

    def end_cell(self, run: Run) -> None:
        """Give the current cell its text."""
        cell = self.rows[-1][-1]
        cell.text = clean_line(run.raw)
        cell.mentions = run.mentions
        for mention in run.mentions:
            mention.raw = run.raw
        self.runs.append(run)

    @property
    def is_layout(self) -> bool:
        """Whether it only frames a text or a picture: no two cells say something."""
        return sum(bool(cell.text) for cells in self.rows for cell in cells) < 2

    @property
    def mentions(self) -> Iterator[Mention]:
        return (mention for run in self.runs for mention in run.mentions)

    def draft(self) -> Draft | None:
        """The table as one block; None if nothing in it is visible."""
        rows: list[tuple[str, ...]] = []
        header_rows = 0
        for cells, texts in zip(self.rows, self._expanded(), strict=True):
            if not any(texts):
                continue
            header_rows += header_rows == len(rows) and all(cell.header for cell in cells)
            rows.append(tuple(texts))
            for cell in cells:
                for mention in cell.mentions:
                    mention.row = CELL_SEPARATOR.join(filter(None, texts))
        if not rows:
            return None
        text = "\n".join(CELL_SEPARATOR.join(row) for row in rows)
        draft = Draft(text, 0, len(text), BlockKind.TABLE, text)
        draft.rows = tuple(rows)
        draft.header_rows = header_rows
        for mention in self.mentions:
            mention.draft = draft
        return draft

    def _expanded(self) -> Iterator[list[str]]:
        """Texts by row and column: a spanning cell stands in its first place, the rest is empty."""
        taken: dict[int, int] = {}
        budget = MAX_CELLS
        for cells in self.rows:
            texts: list[str] = []
            for cell in cells:
                _skip_taken(texts, taken)
                columns = cell.columns if len(texts) < budget else 1
                for column in range(len(texts), len(texts) + columns):
                    taken[column] = cell.rows
                texts += [cell.text] + [""] * (columns - 1)
            _skip_taken(texts, taken)
            budget -= len(texts)
            taken = {at: rows - 1 for at, rows in taken.items() if rows > 1} if budget > 0 else {}
            yield texts


def _skip_taken(texts: list[str], taken: dict[int, int]) -> None:
    """Leave the places empty that a cell of an earlier row reaches into."""
    while taken.get(len(texts), 0) > 0:
        texts.append("")


def _span(raw: str | None) -> int:
    digits = (raw or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return 1
    return min(max(int(digits[:9]), 1), MAX_SPAN)
