"""Mentions to securities: added up, in order of first appearance, each with its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newscrawler.body.drafts import Mention
from newscrawler.body.securities import INFOKEY, KEYTIP, kind_of
from newscrawler.items import Security, SecurityKind
from newscrawler.text import clean_line

MAX_EVIDENCE_CHARS = 200
MAX_NAME_CHARS = 100
LONG_NAME_CHARS = 4

_STOCK = SecurityKind.STOCK
_SENTENCE_END = re.compile("[。！？!?；\\n]")


def collect(mentions: Iterable[Mention]) -> tuple[Security, ...]:
    """One security for each that is mentioned in prose or shown in a chart."""
    grouped: dict[tuple[str, str], list[Mention]] = {}
    for mention in mentions:
        if mention.chart is not None or mention.counts:
            grouped.setdefault(mention.key, []).append(mention)
    return tuple(map(_security, grouped.values()))


def _security(group: list[Mention]) -> Security:
    prose = [mention for mention in group if mention.chart is None]
    first = prose[0] if prose else group[0]
    market, code = first.key
    kind = kind_of(market, code)
    return Security(
        market=market,
        code=code,
        name=first.name[:MAX_NAME_CHARS] if prose else None,
        kind=kind,
        mentions=len(prose),
        evidence=_evidence(first),
        confidence="low" if _only_in_longer_words(prose, kind) else "high",
    )


def _only_in_longer_words(prose: list[Mention], kind: SecurityKind) -> bool:
    for mention in prose:
        if mention.form == KEYTIP or not _in_longer_word(mention, kind):
            return False
    return bool(prose)


def _evidence(mention: Mention) -> str:
    """The sentence around a mention, the row of a table, or the label of a chart."""
    draft = mention.draft
    if mention.chart is not None or mention.row or draft is None:
        return clean_line(mention.chart or mention.row)[:MAX_EVIDENCE_CHARS]
    raw, start, end = mention.raw, mention.start, mention.end
    left = max(draft.start, start - MAX_EVIDENCE_CHARS)
    earlier = _SENTENCE_END.search(raw[left:start][::-1])
    if earlier:
        left = start - earlier.start()
    right = min(draft.end, end + MAX_EVIDENCE_CHARS)
    stop = _SENTENCE_END.search(raw, end, right)
    if stop:
        right = stop.end()
    if right - left > MAX_EVIDENCE_CHARS:
        left = max(left, min(start - MAX_EVIDENCE_CHARS // 4, right - MAX_EVIDENCE_CHARS))
    return clean_line(raw[left:right])[:MAX_EVIDENCE_CHARS].rstrip()


def _in_longer_word(mention: Mention, kind: SecurityKind) -> bool:
    """Whether a keyword hit without keytip is only a part of another word.

    Upstream marks every occurrence of a name, also inside words. A hit counts as the name itself
    if it is a keytip; if no letter, digit or Han character touches it; or if none stands before
    it and the name is a stock's or has four or more Han characters (`，贵州茅台表示`, but not
    `发展绿色经济。`). Latin names must stand free on both sides; infokeys need no more than that.
    """
    if mention.form == KEYTIP:
        return False
    raw = mention.raw
    name = raw[mention.start : mention.end].strip()
    before = _touches(raw[max(mention.start - 1, 0) : mention.start], name[0])
    after = _touches(raw[mention.end : mention.end + 1], name[-1])
    if mention.form == INFOKEY:
        return (before and name[0].isascii()) or (after and name[-1].isascii())
    stands_out = kind is _STOCK or len(name) >= LONG_NAME_CHARS
    return before or (after and (not stands_out or name[-1].isascii()))


def _touches(neighbour: str, edge: str) -> bool:
    """Whether a neighbouring character continues the word; Latin beside Han does not."""
    return neighbour.isalnum() and neighbour.isascii() == edge.isascii()
