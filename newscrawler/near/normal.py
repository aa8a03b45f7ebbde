"""A text as near-duplicates are judged: folded clauses, and the figures in them.

What outlets put around a copy stays out: the way they begin (财联社5月30日电), credits, editors,
disclaimers. Widths, spaces, quotes and the choice of punctuation do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

LONGEST = 20_000
"""Characters of a text that are looked at."""

_FLAG = r"\s*(?:[\[【(（](?:快讯|突发|最新|要闻|独家|收评|午评|异动)[^\])）】\n]{0,4}[\])）】]\s*)?"
_LEAD = re.compile(
    _FLAG + r"(?:快讯[:：，,]\s*|"
    r"(?!.{0,12}(?:官网|官微))[\w ]{0,10}?"
    r"(?:社|网|报|台|汇|氪|新闻|财经|财讯|公司|中证|每经(?:ai)?|app|客户端|之家|中国|通讯)"
    r"[一-鿿]{0,4}?(?:\d{4}年)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:记者)?(?:电|讯|快讯|消息|获悉|[丨|｜])"
    r"\s*(?:[(（][^)）\n]{0,24}[)）])?[\s,，:：丨|｜]*)?",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:"
    r"[(（\[](?:文章)?(?:来源|源自)?[:：]?[^()（）\[\]\n]{2,16}"
    r"(?:社|网|报|台|新闻|客户端|财经|公司|之家|中国)[)）\]]"
    r"|[(（\[](?:责任)?(?:编辑|责编|校对|记者|实习|来源|文章来源)[^()（）\[\]\n]{0,40}[)）\]]"
    r"|(?:^|\n)\s*(?:责任编辑|编辑|责编|校对|来源|文章来源|作者|记者)[:：/ ][^\n]{0,40}"
    r"|(?:^|\n)\s*(?:免责声明|风险提示|重要提示|特别提示|声明|郑重声明|版权声明)[:：\s][^\n]*"
    r"|(?:^|\n)[^\n]{0,60}(?:不构成(?:任何)?投资建议|据此操作|风险自担|投资需谨慎|未经授权)[^\n]{0,60}"
    r")\s*$"
)
_MAY_END_SO = (
    *("编辑", "责编", "校对", "来源", "声明", "风险提示", "重要提示", "特别提示"),
    *("作者", "记者：", "记者:", "投资建议", "投资需谨慎", "据此操作", "风险自担", "未经授权"),
)
_CLOSING = ")）]】"
_END = 200

_NOISE = (
    " \t\r\f\v\x1c\x1d\x1e\x1f\x85\xa0\u2002\u2003\u2004\u2005\u2006\u2009\u2028\u2029\u3000"
    "\"'“”‘’「」『』·/*#~_^=+●•■◆▲△★☆○※＂＇／＊＃～＿＾＝＋"
)
_WIDE = "０-９Ａ-Ｚａ-ｚ％．"
_FOLDED = re.compile(f"[{re.escape(_NOISE)}{_WIDE}]+")
_FOLD: dict[int, str | None] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **{ord(sign): None for sign in _NOISE},
}
_BREAK = re.compile(
    r"[。；！？：、\n()（）\[\]【】<>《》〈〉{}|丨…—–\-→↑↓;!?:,，︰﹐﹑［］＜＞｛｜｝－]+"
)
_STOP = re.compile(r"\.(?!\d)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_FIGURE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_WIDE_DIGITS = "０１２３４５６７８９"
_ITEM = re.compile(
    r"^\s*(?:\d{1,2}\s*[、.．)）](?!\d)|[一二三四五六七八九十]{1,2}、|[【●■◆])", re.MULTILINE
)
_COLLECTION = re.compile(
    r"要闻|早报|晚报|日报[|丨｜]|午报|汇总|一览|速递|早知道|早餐|盘点|周报|精选|复盘|集锦|头条|参考|早参|日历|播报"
)
_COLLECTED = 3


class Text:
    """One text, ready to be compared; the title only helps to tell names and collections.

    Most pairs differ in their figures: what else there is to say of a text is made when asked for.
    """

    def __init__(self, title: str, body: str) -> None:
        self._title = title
        self._said = trimmed(body)
        found = _figures(self._said)
        self.figures = _plain(found)
        """Every number, in plain notation (`1,200.50` is `1200.5`)."""
        self.digits = "".join(found).replace(".", "")
        """All of them in their order; those of equal clauses are equal."""

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """What stands between two signs, folded, without signs or spaces; none is empty."""
        return clauses_of(fold(self._said))

    @cached_property
    def is_collection(self) -> bool:
        """Whether it looks like several reports in one."""
        many = len(_ITEM.findall(self._said)) >= _COLLECTED
        return many or _COLLECTION.search(self._title) is not None

    @cached_property
    def title(self) -> str:
        """The title, folded."""
        return fold(self._title)

    @cached_property
    def chars(self) -> int:
        """How long the clauses are together."""
        return sum(map(len, self.clauses))


def trimmed(body: str) -> str:
    """A text without an outlet's beginning and end."""
    return _without_end(_LEAD.sub("", body[:LONGEST], count=1))


def fold(text: str) -> str:
    """A text in one width, lower case, without spaces and quotes; plain numbers."""
    text = _FOLDED.sub(lambda found: found[0].translate(_FOLD), text).lower()
    return _THOUSANDS.sub("", text) if "," in text else text


def clauses_of(folded: str) -> tuple[str, ...]:
    """What stands between the signs of a folded text."""
    if "." in folded:
        folded = _STOP.sub("\n", folded)
    return tuple(filter(None, _BREAK.split(folded)))


def _without_end(text: str) -> str:
    for _ in range(3):
        end = text[-_END:]
        if end.rstrip()[-1:] not in _CLOSING and not any(word in end for word in _MAY_END_SO):
            return text
        tail = _TAIL.search(text, max(0, len(text) - _END))
        if tail is None or tail.start() == 0:
            return text
        text = text[: tail.start()]
    return text


def figures_of(text: str) -> frozenset[str]:
    """The numbers in a trimmed text; `5.0` and `05` are `5`."""
    return _plain(_figures(text))


def _figures(text: str) -> list[str]:
    if "," in text:
        text = _THOUSANDS.sub("", text)
    if any(digit in text for digit in _WIDE_DIGITS):
        text = text.translate(_FOLD)
    return _FIGURE.findall(text)


def _plain(found: Iterable[str]) -> frozenset[str]:
    return frozenset(
        [plain_figure(each) if "." in each or each[0] == "0" else each for each in set(found)]
    )


def plain_figure(figure: str) -> str:
    """A number without zeros that say nothing."""
    if "." in figure:
        figure = figure.rstrip("0").rstrip(".")
    return figure.lstrip("0") or "0" if figure[:1] == "0" and "." not in figure else figure
