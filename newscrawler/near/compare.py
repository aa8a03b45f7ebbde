"""Judges two texts: one copy, edited, or two reports that look alike.

Equal clauses are set aside first, wherever they stand. Of what is left, each place where one text
says something else than the other is judged by itself (`differ`). docs/duplicates.md has the rules.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from newscrawler.near.differ import Edit, between, is_substitution, takes_back
from newscrawler.near.normal import Text

LEAST = 0.8
"""Share of the shorter text that has to stand in the longer."""
SHORTEST = 12
"""Signs of a text below which only the same text is the same."""
SHORTEST_PART = 24
"""Signs of a text below which it is not taken for the beginning of another."""
SHORT = 250
"""Signs of a text below which no word may stand for another that is not known to mean the same."""
OTHER_WORDS = 0.03
"""Share of a longer text that may be said in other words."""
HALF = 0.5
NEARLY_ALL = 0.7
BEGINNING = 100
"""Signs of a longer text in which a shorter one has to begin to be its beginning."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a comparison found."""

    similarity: float
    """Share of the shorter text's signs that stand in the longer, from 0 to 1."""
    objection: str | None
    """Why the two are not one copy; None if they are."""

    @property
    def is_same(self) -> bool:
        """Whether the two are one copy."""
        return self.objection is None


def compare(one: Text, other: Text, least: float = LEAST) -> Likeness:
    """Whether one text is the other, edited, cut or extended; the order does not matter."""
    conflicting = one.figures - other.figures and other.figures - one.figures
    if conflicting and one.digits != other.digits:
        return Likeness(0.0, "figures")
    short, long = sorted((one, other), key=lambda text: (text.chars, text.clauses))
    if short.clauses == long.clauses and short.clauses:
        return Likeness(1.0, None)
    if conflicting:
        return Likeness(0.0, "figures")
    if short.chars < SHORTEST:
        return Likeness(0.0, "too short")
    edits, shared = _align(short, long)
    shared += sum(edit.shared for edit in edits)
    similarity = min(1.0, shared / short.chars)
    return Likeness(similarity, _object(short, long, edits, similarity, least))


def _object(
    short: Text, long: Text, edits: list[Edit], similarity: float, least: float
) -> str | None:
    if similarity < least:
        return "too little in common"
    if any(edit.is_figure for edit in edits):
        return "figures"
    if takes_back(edits):
        return "sense"
    return _object_words(short, long, edits) or _object_size(short, long, edits)


def _object_words(short: Text, long: Text, edits: list[Edit]) -> str | None:
    """Whether other words stand where a name or a fact may have stood."""
    other = [edit for edit in edits if is_substitution(edit)]
    if any(_is_in_titles(edit, short, long) for edit in other):
        return "names"
    if max(Counter((edit.one, edit.other) for edit in other).values(), default=0) > 1:
        return "names"
    many = sum(max(len(edit.one), len(edit.other)) for edit in other)
    return "words" if many > (OTHER_WORDS * short.chars if short.chars >= SHORT else 0) else None


def _is_in_titles(edit: Edit, short: Text, long: Text) -> bool:
    return (
        len(edit.one) > 1
        and len(edit.other) > 1
        and edit.one in short.title
        and edit.other in long.title
        and edit.one not in long.title
        and edit.other not in short.title
    )


def _object_size(short: Text, long: Text, edits: list[Edit]) -> str | None:
    """Whether the shorter may be all of the longer, or its beginning."""
    ratio = short.chars / long.chars
    if ratio >= NEARLY_ALL or (ratio >= HALF and not long.is_collection):
        return None
    if long.is_collection:
        return "one of several"
    if short.chars < SHORTEST_PART:
        return "too short"
    return None if _begins(short, long, edits) else "not the beginning"


def _begins(short: Text, long: Text, edits: list[Edit]) -> bool:
    """Whether the shorter stands, in one piece, near the beginning of the longer."""
    first = next((clause for clause in short.clauses if clause in long.clauses), None)
    if first is None:
        return bool(edits)
    at = long.clauses.index(first)
    if sum(map(len, long.clauses[:at])) > BEGINNING:
        return False
    last = next(clause for clause in reversed(short.clauses) if clause in long.clauses)
    end = long.clauses.index(last)
    return sum(map(len, long.clauses[at : end + 1])) <= short.chars * 1.5 + BEGINNING


def _align(short: Text, long: Text) -> tuple[list[Edit], int]:
    """The places where the texts differ, and how many signs stand in equal clauses."""
    matcher = SequenceMatcher(None, short.clauses, long.clauses, autojunk=False)
    blocks: list[tuple[list[str], list[str]]] = []
    shared = 0
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            shared += sum(map(len, short.clauses[a:b]))
        else:
            blocks.append((list(short.clauses[a:b]), list(long.clauses[c:d])))
    shared += _set_moved_aside(blocks)
    edits = [edit for one, other in blocks if one or other for edit in between(one, other)]
    return edits, shared


def _set_moved_aside(blocks: list[tuple[list[str], list[str]]]) -> int:
    """Take clauses out that only stand elsewhere; how many signs they have."""
    left = Counter(clause for one, _ in blocks for clause in one)
    moved = left & Counter(clause for _, other in blocks for clause in other)
    if not moved:
        return 0
    for side in (0, 1):
        rest = Counter(moved)
        for block in blocks:
            for clause in list(block[side]):
                if rest[clause] > 0:
                    rest[clause] -= 1
                    block[side].remove(clause)
    return sum(len(clause) * many for clause, many in moved.items())
