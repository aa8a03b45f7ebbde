"""The places where two versions of a passage differ, and what kind of change each is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from newscrawler.near import words
from newscrawler.near.normal import plain_figure

LONGEST = 400
"""Signs of a passage up to which it is aligned sign by sign; a longer one counts as another."""
_AROUND = 4
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_CREDIT = re.compile(
    r"(?:据|记者从|从|根据|援引|来自)?.{0,18}(?:获悉|消息|报道|了解到|了解|公告|披露|介绍|透露|显示|电|讯|发布|公布|数据|统计|监测)(?:称|说|显示|指出)?"
    r"|据.{0,14}(?:表示|指出|称|说)?|(?:记者|编辑|责编|校对|责任编辑|来源|文章来源).{0,12}|快讯|突发|最新"
)


@dataclass(frozen=True, slots=True)
class Edit:
    """One place: what one text says there, what the other says."""

    one: str
    other: str
    before: str = ""
    """The signs that both have before it."""
    after: str = ""
    shared: int = 0
    """Signs of the passage that both have; told by its first edit only."""
    is_whole: bool = False
    """Whether whole clauses stand here, on one side only."""

    @property
    def is_figure(self) -> bool:
        """Whether it puts a figure for another."""
        if not (self.one and self.other):
            return False
        here = [sorted(map(plain_figure, _FIGURE.findall(side))) for side in (self.one, self.other)]
        if here[0] and here[1]:
            return here[0] != here[1]
        return (
            words.has_numeral(self.one) and words.has_numeral(self.other) and not here[0] + here[1]
        )


def between(one: Sequence[str], other: Sequence[str]) -> list[Edit]:
    """The edits that lead from some clauses to others."""
    a, b = "".join(one), "".join(other)
    if not a or not b:
        return [Edit(a, b, is_whole=True)]
    if len(a) > LONGEST or len(b) > LONGEST:
        return [Edit(a, b)]
    edits, shared = _signs(a, b, _starts(one), _starts(other))
    if not edits:
        return [Edit("", "", shared=shared)]
    first = edits[0]
    return [
        Edit(first.one, first.other, first.before, first.after, shared, first.is_whole),
        *edits[1:],
    ]


def _starts(clauses: Sequence[str]) -> set[int]:
    ends, at = {0}, 0
    for clause in clauses:
        at += len(clause)
        ends.add(at)
    return ends


def _signs(a: str, b: str, starts_a: set[int], starts_b: set[int]) -> tuple[list[Edit], int]:
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    edits, shared = [], 0
    for tag, i, j, k, m in _joined(_whole_figures(a, b, matcher.get_opcodes())):
        if tag == "equal":
            shared += j - i
            continue
        whole = (i == j and {k, m} <= starts_b) or (k == m and {i, j} <= starts_a)
        before, after = a[max(0, i - _AROUND) : i], a[j : j + _AROUND]
        edits.append(Edit(a[i:j], b[k:m], before, after, is_whole=whole))
    return edits, shared


Code = tuple[str, int, int, int, int]


def _whole_figures(a: str, b: str, codes: Sequence[Code]) -> list[Code]:
    """No figure is half equal: the digits beside a change belong to it."""
    cut: list[Code] = []
    for tag, i, j, k, m in codes:
        if tag != "equal":
            cut.append((tag, i, j, k, m))
            continue
        head = tail = 0
        if i or k:
            while (
                head < j - i
                and _in_figure(a, i + head)
                and (_in_figure(a, i - 1) or _in_figure(b, k - 1))
            ):
                head += 1
        if j < len(a) or m < len(b):
            while (
                tail < j - i - head
                and _in_figure(a, j - 1 - tail)
                and (_in_figure(a, j) or _in_figure(b, m))
            ):
                tail += 1
        cut += [
            ("replace", i, i + head, k, k + head),
            ("equal", i + head, j - tail, k + head, m - tail),
            ("replace", j - tail, j, m - tail, m),
        ]
    return [code for code in cut if code[1] != code[2] or code[3] != code[4]]


def _in_figure(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isdigit() or text[at] == ".")


def _joined(codes: Sequence[Code]) -> list[Code]:
    """Changes that touch are one; so are an addition and a removal around one equal sign."""
    joined: list[Code] = []
    for code in codes:
        if joined and joined[-1][0] != "equal" and code[0] != "equal":
            joined[-1] = ("replace", joined[-1][1], code[2], joined[-1][3], code[4])
        elif len(joined) > 1 and code[0] != "equal" and _is_shift(joined[-2], joined[-1], code):
            joined[-2:] = [("replace", joined[-2][1], code[2], joined[-2][3], code[4])]
        else:
            joined.append(code)
    return joined


def _is_shift(first: Code, middle: Code, last: Code) -> bool:
    """Whether one sign has only moved between the two sides (江苏, 浙江)."""
    if first[0] == "equal" or middle[2] - middle[1] > 1:
        return False
    adds = [code[1] == code[2] for code in (first, last)]
    takes = [code[3] == code[4] for code in (first, last)]
    return adds == takes[::-1] and adds[0] != adds[1]


def is_substitution(edit: Edit) -> bool:
    """Whether other words stand in a place, that are not known to mean the same."""
    one, other = edit.one, edit.other
    if not one or not other:
        return not edit.is_whole and _makes_a_name(edit)
    if words.is_free(one) and words.is_free(other):
        return False
    return not (
        _synonyms_around(edit)
        or _is_same_sound(one, other)
        or (words.is_wording(one) and words.is_wording(other))
        or (_CREDIT.fullmatch(one) and _CREDIT.fullmatch(other))
        or one in other
        or other in one
    )


def _makes_a_name(edit: Edit) -> bool:
    """Whether what is put in may turn a name into another (中国银行, 中国建设银行)."""
    added = edit.one or edit.other
    if len(added) > 4 or words.is_wording(added):
        return False
    return edit.after.startswith(words.NAME_ENDS) and bool(edit.before)


def _synonyms_around(edit: Edit) -> bool:
    """Whether the words that the change is part of mean the same (上[涨], 上[升])."""
    for left in range(min(3, len(edit.before)) + 1):
        for right in range(min(3, len(edit.after)) + 1):
            head, tail = edit.before[len(edit.before) - left :], edit.after[:right]
            if words.are_synonyms(head + edit.one + tail, head + edit.other + tail):
                return True
    return False


def _is_same_sound(one: str, other: str) -> bool:
    """Whether a typing error may have made one of the other."""
    if len(one) != len(other) or len(one) > 2:
        return False
    from pypinyin import lazy_pinyin  # slow to import and seldom needed

    return lazy_pinyin(one) == lazy_pinyin(other)


def takes_back(edits: Sequence[Edit]) -> bool:
    """Whether one text says the opposite of the other somewhere."""
    for edit in edits:
        if edit.is_whole or _synonyms_around(edit):
            continue
        if words.negates(edit.one) != words.negates(edit.other):
            return True
        if edit.one and edit.other and words.are_opposite(edit.one, edit.other):
            return True
    return False
