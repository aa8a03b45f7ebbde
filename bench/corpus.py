"""Synthetic articles made from the recorded real ones: as many as you like, always the same.

Pieces of recorded sentences are joined where they fit, with other companies, people, products,
figures and dates, so that texts differ while characters and words are about as frequent as in real
news: some words stand in every third article, others in a handful of a million.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from newscrawler.dates import SHANGHAI
from newscrawler.items import Article, Block, BlockKind, Body, Security, SecurityKind
from newscrawler.slugs import source_slug

RECORDED = Path(__file__).parents[1] / "data" / "recorded"
START = datetime(2025, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
NAMES = 20_000
"""How many companies there are; each also stands for a person and a product of its own."""
SOURCES = 200
RARE = 0.06
"""The share of pieces that get a rare word."""
_PIECE = re.compile(
    r"[^，。；：、！？的和在与及对为将是了中上等并]*[，。；：、！？的和在与及对为将是了中上等并]"
)
_STOPS = "。！？；"
_FIGURE = re.compile(r"\d+")
_NAME = "\x01"
_FAMILY = "华中国东南西北新金银天地海江河山石林森光明德信泰安康宏远大通达盛昌隆兴旺丰"
_GIVEN = "科创联合汇智云电能源材化生医药环保机装钢铝铜锂硅芯航船汽轮矿建"
_BRANCH = (
    *("股份", "科技", "集团", "控股", "实业", "材料", "电子", "环境", "光电", "精工"),
    *("药业", "食品", "传媒", "物流", "重工", "高新", "软件", "通信", "水泥", "银行"),
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_PERSONAL = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英鹏飞宇晨曦璐瑶琪"
_PLACES = ("早报", "晚报", "日报", "时报", "财经", "证券报", "新闻网", "经济观察", "资讯", "快讯")


@dataclass(frozen=True, slots=True)
class _Cut:
    """A recorded piece, cut where a figure (its number of digits) or a name (0) stood."""

    literals: tuple[str, ...]
    slots: tuple[int, ...]


class Corpus:
    """Article number n of `count`, for any n from 0 on; equal arguments make equal articles.

    A `repeats` share of the articles takes over the text of one of the hundred before it
    (`origin`): half of them word for word, half of them lightly edited; under another outlet.
    """

    def __init__(self, count: int = 1_000_000, *, seed: int = 1, repeats: float = 0.04) -> None:
        self.count, self.seed, self.repeats = count, seed, repeats
        self._apart = YEAR / count
        self._following, self._titles = _learn()
        pieces = (piece for each in self._following.values() for piece in each)
        self._signs = sorted(
            {
                sign
                for each in pieces
                if isinstance(each, str)
                for sign in each
                if "一" <= sign <= "龥"
            }
        )
        self._weights = list(accumulate(1 / (rank + 8) for rank in range(NAMES)))
        self._sources = [_source(number) for number in range(SOURCES)]

    def __iter__(self) -> Iterator[Article]:
        return map(self.article, range(self.count))

    def published_at(self, n: int) -> datetime:
        """When number n was published: in the order of the numbers, give or take an hour."""
        late = self._dice(n, 1).random() * 3600
        return START + n * self._apart - timedelta(seconds=int(late))

    def origin(self, n: int) -> int | None:
        """The article whose text number n repeats, never one that is a repeat itself."""
        dice = self._dice(n, 2)
        if n < 1 or dice.random() >= self.repeats:
            return None
        origin = n - 1 - int(dice.random() * min(n, 100))
        return origin if self.origin(origin) is None else None

    def _dice(self, n: int, purpose: int) -> random.Random:
        return random.Random((n * 16 + purpose) * 65_536 + self.seed)

    def article(self, n: int) -> Article:
        """Article number n, as the pipelines hand it to the store."""
        dice = self._dice(n, 3)
        source = self._sources[int(dice.random() ** 2 * SOURCES)]
        origin = self.origin(n)
        if origin is None:
            names = [self._name(dice) for _ in range(1 + int(dice.random() * 3))]
            title, lines = self._title(dice, names), self._lines(dice, names)
        else:
            first = self.article(origin)
            title, lines = first.title, [block.text for block in first.body.blocks]
            names = [_number(each.code) for each in first.body.securities]
            if dice.random() < 0.5:
                lines = self._edited(dice, lines)
        return self._build(n, source, title, lines, names)

    def _edited(self, dice: random.Random, lines: list[str]) -> list[str]:
        """One paragraph more, or the last one less."""
        if len(lines) > 4 and dice.random() < 0.5:
            return lines[:-1]
        return [*lines, f"（编辑：{_person(self._name(dice))}）"]

    def _name(self, dice: random.Random) -> int:
        return min(bisect(self._weights, dice.random() * self._weights[-1]), NAMES - 1)

    def _title(self, dice: random.Random, names: list[int]) -> str:
        cut = self._titles[int(dice.random() * len(self._titles))]
        return f"{company(names[0])}：{self._fill(dice, cut, names)}"

    def _lines(self, dice: random.Random, names: list[int]) -> list[str]:
        """Paragraphs: a third of the articles is a flash of one, the others average 1,200 signs."""
        head = f"{company(names[0])}（{code(names[0])}）"
        if dice.random() < 0.33:
            return [head + self._text(dice, names, 40 + int(dice.random() * 120))]
        left = min(12_000, int(dice.lognormvariate(6.85, 0.6)))
        lines = []
        while left > 0:
            lines.append(self._text(dice, names, 60 + int(dice.random() * 160)))
            left -= len(lines[-1])
        return [head + lines[0], *lines[1:]]

    def _text(self, dice: random.Random, names: list[int], length: int) -> str:
        pieces, size, end = [], 0, "。"
        roll, following = dice.random, self._following
        while size < length or end not in _STOPS:
            choice = following[end]
            piece = choice[int(roll() * len(choice))]
            if not isinstance(piece, str):
                piece = self._fill(dice, piece, names)
            end = piece[-1]
            if size > length + 60:
                end = "。"
                piece = f"{piece[:-1]}。"
            elif roll() < RARE:
                piece = f"{piece[:-1]}{self._rare(dice)}{end}"
            pieces.append(piece)
            size += len(piece)
        return "".join(pieces)

    def _rare(self, dice: random.Random) -> str:
        """A word of two signs that hardly any other article has."""
        signs = self._signs
        return signs[int(dice.random() * len(signs))] + signs[int(dice.random() * len(signs))]

    def _fill(self, dice: random.Random, cut: _Cut, names: list[int]) -> str:
        pieces = [cut.literals[0]]
        for literal, digits in zip(cut.literals[1:], cut.slots, strict=True):
            if digits:
                filler = str(int((0.1 + 0.9 * dice.random()) * 10**digits))
            else:
                filler = self._actor(dice, names)
            pieces += (filler, literal)
        return "".join(pieces)

    def _actor(self, dice: random.Random, names: list[int]) -> str:
        kind = dice.random()
        if kind < 0.6:
            return company(names[int(dice.random() * len(names))])
        other = self._name(dice)
        return company(other) if kind < 0.75 else _person(other) if kind < 0.9 else product(other)

    def _build(
        self, n: int, source: tuple[str, str], title: str, lines: list[str], names: list[int]
    ) -> Article:
        text = "\n".join(lines)
        at = self.published_at(n)
        local = at.astimezone(SHANGHAI)
        external_id = f"{local:%Y%m%d}{3_000_000_000 + n}"
        parts = (title, at.isoformat(), source[0], text)
        return Article(
            site="eastmoney",
            external_id=external_id,
            url=f"https://finance.eastmoney.com/a/{external_id}.html",
            title=title,
            published_at=at,
            published_local=local.isoformat(),
            published_from="article.date",
            source=source[0],
            source_slug=source[1],
            summary=lines[0][:100],
            body=Body(
                blocks=tuple(Block(kind=BlockKind.PARAGRAPH, text=line) for line in lines),
                securities=tuple(_security(number, lines[0]) for number in dict.fromkeys(names)),
                html=f"<p>{text}</p>".replace("\n", "</p><p>"),
            ),
            fetched_at=at + timedelta(minutes=3),
            fetched_url=f"https://np-listapi.eastmoney.com/NewsData/GetNewsText.do?newsid={external_id}",
            parser_version=1,
            content_hash=_sha256("\x1e".join(parts)),
            text_hash=_sha256(text),
        )


def company(number: int) -> str:
    """The name of a company, e.g. 华科股份; no other number has it."""
    rest, branch = divmod(number, len(_BRANCH))
    rest, given = divmod(rest, len(_GIVEN))
    return f"{_FAMILY[rest % len(_FAMILY)]}{_GIVEN[given]}{_BRANCH[branch]}"


def code(number: int) -> str:
    """Its stock code, six digits."""
    return f"{600_000 + number:06d}"


def product(number: int) -> str:
    """A product's name, letters and digits, e.g. ET7."""
    return f"{chr(65 + number % 26)}{chr(65 + number // 26 % 26)}{number // 676}"


def _person(number: int) -> str:
    rest, surname = divmod(number * 7919, len(_SURNAMES))
    rest, first = divmod(rest, len(_PERSONAL))
    return _SURNAMES[surname] + _PERSONAL[first] + _PERSONAL[rest % len(_PERSONAL)]


def _source(number: int) -> tuple[str, str]:
    name = f"{_FAMILY[number % 20]}{_GIVEN[number // 10]}{_PLACES[number % 10]}"
    return name, source_slug(name)


def _security(number: int, sentence: str) -> Security:
    return Security(
        market="1", code=code(number), name=company(number), kind=SecurityKind.STOCK,
        mentions=1, evidence=sentence[:80],
    )  # fmt: skip


def _number(stock: str) -> int:
    return int(stock) - 600_000


def _learn() -> tuple[Mapping[str, list[str | _Cut]], list[_Cut]]:
    """Recorded pieces by what stands before them, and recorded titles."""
    following: defaultdict[str, list[str | _Cut]] = defaultdict(list)
    titles = []
    for path in sorted(RECORDED.glob("*.expected.json")):
        article = json.loads(path.read_text(encoding="utf-8"))
        named = {each["name"] for each in article["securities"] if each["kind"] == "stock"}
        names = sorted(filter(None, named), key=len, reverse=True)
        titles.append(_cut(article["title"], names))
        end = "。"
        for piece in _PIECE.findall(article["body"].replace("\n", "")):
            cut = _cut(piece, names)
            following[end].append(cut if cut.slots else piece)
            end = piece[-1]
    return following, titles


def _cut(text: str, names: list[str]) -> _Cut:
    for name in names:
        text = text.replace(name, _NAME)
    spots = list(re.finditer(f"{_FIGURE.pattern}|{_NAME}", text))
    bounds = [0, *(edge for spot in spots for edge in spot.span()), len(text)]
    literals = tuple(text[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
    return _Cut(literals, tuple(0 if spot[0] == _NAME else len(spot[0]) for spot in spots))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
