"""What a query means: which words it has, which texts hold them, which piece of a text to show.

A word is found wherever it stands, inside longer words, too: Chinese has no spaces. Latin letters
are alike in upper and lower case, letters and digits in full and half width.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ％＋－．]")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if _WIDE.match(chr(code))}
_BENT = re.compile("[a-z0-9%+.\\-\n\ud800-\udfff]+")
"""What a folded text may have in place of other characters; and what parts title and text, or is
no text."""
_NO_TEXT = re.compile("[\n\ud800-\udfff]+")
_ENDS = "。！？；\n"


def fold(text: str) -> str:
    """The text as it is compared; every character stays one, in its place.

    >>> fold("ＥＴ７ 和 Et7")
    'et7 和 et7'
    """
    if _WIDE.search(text):
        text = text.translate(_NARROW)
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Words:
    """A query: folded words, of which a text must hold every one."""

    words: tuple[str, ...] = ()

    @classmethod
    def parse(cls, query: str) -> Words:
        """Words are separated by spaces; in quotes a space is part of the word.

        >>> Words.parse('茅台 "ET 7" 茅台').words
        ('茅台', 'et 7')
        """
        found = (fold("".join(match.groups(""))).strip() for match in _WORD.finditer(query))
        return cls(tuple(dict.fromkeys(filter(None, found))))

    def match(self, title: str, summary: str, body: str) -> bool:
        """Whether each word stands in the title, the summary or the body."""
        text = fold(f"{title}\n{summary}\n{body}")
        return all(word in text for word in self.words)

    def pieces(self) -> dict[str, str]:
        """Of each word the longest piece that folding leaves as it is, wherever it may stand.

        >>> Words(("et7新能源", "et")).pieces()
        {'et7新能源': '新能源', 'et': ''}
        """
        return {word: max(_BENT.split(word), key=len) for word in self.words}

    def patterns(self) -> dict[str, str]:
        """Of each word that has no such piece a regular expression for it before it is folded.

        >>> Words(("et7新能源", "et", "6%")).patterns()
        {'et': '[eEｅＥ][tTｔＴ]', '6%': '[6６][%％]'}
        """
        pieces = self.pieces()
        return {
            word: "".join(f"[{_ways(sign)}]" for sign in word)
            for word, piece in pieces.items()
            if not piece and not _NO_TEXT.search(word)
        }

    def any_in(self, text: str) -> bool:
        """Whether the text holds at least one of the words."""
        text = fold(text)
        return any(word in text for word in self.words)

    def title_match(self, title: str) -> bool:
        """Whether the title holds every word."""
        text = fold(title)
        return all(word in text for word in self.words)


def _ways(sign: str) -> str:
    """The signs that are folded to this one."""
    narrow = dict.fromkeys((sign, sign.upper()))
    wide = (chr(ord(each) + 0xFEE0) for each in narrow)
    return "".join([*narrow, *filter(_WIDE.match, wide)])


def marked(text: str, words: Words, before: str, after: str) -> str:
    """The text with every hit between `before` and `after`; hits that overlap become one.

    >>> marked("贵州茅台涨", Words(("贵州茅", "茅台")), "«", "»")
    '«贵州茅台»涨'
    """
    spans = _spans(fold(text), words)
    pieces, at = [], 0
    for begin, end in spans:
        pieces += [text[at:begin], before, text[begin:end], after]
        at = end
    return "".join([*pieces, text[at:]])


def _spans(text: str, words: Words) -> list[tuple[int, int]]:
    found = sorted(
        (match.start(), match.end())
        for word in words.words
        for match in re.finditer(re.escape(word), text)
    )
    spans: list[tuple[int, int]] = []
    for begin, end in found:
        if spans and begin <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((begin, end))
    return spans


def snippet(text: str, words: Words, length: int = 80) -> str:
    """About `length` characters of the text around the first place with most of the words.

    A piece that begins or ends inside a sentence has "…" there; lines are joined by spaces. Without
    a hit the text's beginning.

    >>> snippet("第一句。第二句说了很多关于茅台的事。", Words(("茅台",)), 12)
    '…很多关于茅台的事。'
    """
    begin = _sentence(text, _best(fold(text), words, length), length)
    end = min(len(text), begin + length)
    piece = " ".join(text[begin:end].split("\n"))
    head = "…" if begin and text[begin - 1] not in _ENDS else ""
    tail = "…" if end < len(text) and text[end] not in _ENDS and text[end - 1] not in _ENDS else ""
    return f"{head}{piece.strip()}{tail}"


def _best(text: str, words: Words, length: int) -> int:
    """Where the piece of `length` characters begins that holds most of the words."""
    hits = sorted(
        (match.start(), word)
        for word in words.words
        for match in re.finditer(re.escape(word), text)
    )
    best, most = 0, 0
    for number, (begin, _) in enumerate(hits[:200]):
        near = {word for at, word in hits[number : number + 50] if at + len(word) <= begin + length}
        if len(near) > most:
            best, most = begin, len(near)
    return best


def _sentence(text: str, hit: int, length: int) -> int:
    """Go back from a hit by a third of the length (more if little follows), to where a sentence
    begins if one does."""
    earliest = min(hit - length // 3, len(text) - length)
    if earliest <= 0:
        return 0
    starts = [place + 1 for end in _ENDS if (place := text.find(end, earliest - 1, hit)) >= 0]
    return min(starts, default=earliest)
