"""Any number of made-up articles, derived from recorded ones, all different from each other.

A made-up article is a lead that names a company and figures of its own, then paragraphs of
recorded bodies with other figures, then a source line. It is written when it is asked for:
`Synthesis` keeps the recorded paragraphs cut at their figures and encoded, so that writing one is
joining strings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from newscrawler.replica.records import Json, Record

_BLOCK = re.compile(r"<p>.*?</p>|<center>.*?</center>", re.DOTALL)
_FIGURE = re.compile(r"<[^>]*>|&#?\w+;|(\d+)")
_KEYWORD = re.compile(
    r'<span id="(?:bk)?quote_[^"]*"></span>'
    r'|<span id="[^"]*"><a [^>]*class="(?:keytip|infokey)"[^>]*>(.*?)</a></span>'
    r'|<span web="1"[^>]*>(.*?)</span>'
)
_FAMILY = "华中国东南西北新金银天地海江河山石林森光明德信泰安康宏远大通達盛昌隆兴旺丰"
_GIVEN = "科创联合汇智云电能源材化生医药环保机装钢铝铜锂硅芯航船汽轮矿建"
_BRANCH = (
    *("股份", "科技", "集团", "控股", "实业", "材料", "电子", "环境", "光电", "精工"),
    *("药业", "食品", "传媒", "物流", "重工", "高新", "软件", "通信", "水泥", "银行"),
)
_OUTLETS = ("证券时报", "中国基金报", "财联社", "上海证券报", "券商中国", "央视新闻客户端")
_FIRST_SHOWN = datetime(2022, 6, 1, 8, 0, 0)  # noqa: DTZ001 (wall clock of Asia/Shanghai)
_APART = timedelta(seconds=97)
_FIRST_SERIAL = 2_400_000_000


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text cut at its figures: literals, and between them the figures' lengths."""

    literals: tuple[str, ...]
    lengths: tuple[int, ...]

    def fill(self, seed: int) -> str:
        """Join again with other figures; the same seed gives the same figures."""
        pieces = [self.literals[0]]
        for literal, length in zip(self.literals[1:], self.lengths, strict=True):
            seed = _next(seed)
            lowest = 10 ** (length - 1)
            pieces += (str(lowest + (seed >> 8) % (9 * lowest)), literal)
        return "".join(pieces)


class Synthesis:
    """Writes made-up article number n, always the same for the same n and records."""

    def __init__(self, records: Iterable[Record]) -> None:
        records = list(records)
        self._titles = [_cut(_quoted(record.title)) for record in records]
        blocks = list(dict.fromkeys(_blocks(records)))
        self._content = [_cut(_quoted(block)) for block in blocks]
        self._text = [_cut(_quoted(without_keywords(block))) for block in blocks]

    def external_id(self, n: int) -> str:
        """Return the id of number n: its day and a serial of its own."""
        return f"{_shown(n):%Y%m%d}{_FIRST_SERIAL + n}"

    def row(self, n: int, name: str) -> Json:
        """Return the row with which a list announces number n."""
        code, shown = self.external_id(n), f"{_shown(n):%Y-%m-%d %H:%M:%S}"
        title, outlet = json.loads(f'"{self._title(n)}"'), _OUTLETS[n % len(_OUTLETS)]
        if name == "flash":
            url = f"http://finance.eastmoney.com/news/1345,{code}.html"
            row = {"digest": _lead(n), "id": code, "infoCode": f"NW{code}", "showtime": shown}
            return {**row, "title": title, "url_w": url}
        if name == "headlines":
            row = {"from": outlet, "infocode": f"NW{code}", "showtime": shown}
            return {**row, "simdigest": _lead(n), "simtitle": title, "title": title}
        return {"datetime": shown, "infoCode": f"NW{code}", "medianame": outlet, "title": title}

    def answer(self, n: int) -> bytes:
        """Return the encoded answer of GetNewsText.do for number n, in one of four dialects."""
        shown, title = f"{_shown(n):%Y-%m-%d %H:%M:%S}", self._title(n)
        outlet, kind = _OUTLETS[n % len(_OUTLETS)], n % 4
        if kind == 0:
            head = f'{{"Date":"{shown}","From":"{outlet}","Title":"{title}"'
            body = (
                f'"content":"{self._body(n, linked=True)}","text":"{self._body(n, linked=False)}"}}'
            )
        elif kind == 1:
            head = f'{{"date":"{shown}","from":"{outlet}"'
            body = f'"text":"{self._body(n, linked=False)}","title":"{title}"}}'
        elif kind == 2:
            head = f'{{"Date":"{shown}","Title":"{title}"'
            body = f'"content":"{self._body(n, linked=True)}","medianame":"{outlet}"}}'
        else:
            head = f'{{"Date":"{shown}","From":"{outlet}","Title":"{title}"'
            body = f'"text":"{self._body(n, linked=False)}"}}'
        return f"{head},{body}".encode()

    def record(self, n: int, lists: Iterable[str]) -> Record:
        """Return number n as a record that can be changed, announced in the given lists."""
        announced = {name: [self.row(n, name)] for name in lists}
        return Record(f"NW{self.external_id(n)}", announced, json.loads(self.answer(n)))

    def _title(self, n: int) -> str:
        return f"{company(n)}：{self._titles[n % len(self._titles)].fill(n)}"

    def _body(self, n: int, *, linked: bool) -> str:
        cuts = self._content if linked else self._text
        recorded = "".join(cuts[at].fill(n + at) for at in _choose(n, 2 + n % 7, len(cuts)))
        outlet = _OUTLETS[n % len(_OUTLETS)]
        lead = _lead(n).replace(company(n), _link(n)) if linked else _lead(n)
        return f'<p>{lead}</p>{recorded}<p class=\\"em_media\\">（文章来源：{outlet}）</p>'


def company(n: int) -> str:
    """Return a company name that no other number has."""
    rest, branch = divmod(n, len(_BRANCH))
    rest, given = divmod(rest, len(_GIVEN))
    cycle, family = divmod(rest, len(_FAMILY))
    return f"{_FAMILY[family]}{_GIVEN[given]}{_BRANCH[branch]}{cycle or ''}"


def without_keywords(content: str) -> str:
    """Return a body without its keyword links, as upstream's `text` has it."""
    return _KEYWORD.sub(lambda found: found[1] or found[2] or "", content)


def _lead(n: int) -> str:
    return (
        f"{company(n)}({_code(n)})公告，预计净利{n % 97 + 1}.{n % 89:02d}亿元，"
        f"同比增长{n % 83 + 3}.{n % 9}%，订单编号{n + 1}。"
    )


def _link(n: int) -> str:
    security = f"1.{_code(n)}"
    page = f"http://quote.eastmoney.com/unify/r/{security}"
    return _quoted(
        f'<span id="stock_{security}"><a href="{page}" class="keytip" '
        f'data-code="1,{_code(n)}">{company(n)}</a></span><span id="quote_{security}"></span>'
    )


def _code(n: int) -> int:
    return 600_000 + n % 9_000


def _shown(n: int) -> datetime:
    return _FIRST_SHOWN + n * _APART


def _next(seed: int) -> int:
    return (seed * 1_103_515_245 + 12_345) & 0x7FFFFFFF


def _choose(n: int, count: int, total: int) -> list[int]:
    chosen, seed = [], n * 2_654_435_761
    for _ in range(count):
        seed = _next(seed)
        chosen.append((seed >> 8) % total)
    return list(dict.fromkeys(chosen))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _blocks(records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        body = record.answer.get("content") or record.answer.get("text", "")
        yield from _BLOCK.findall(body)


def _cut(text: str) -> _Cut:
    literals, lengths, start = [], [], 0
    for figure in _FIGURE.finditer(text):
        if figure[1]:
            literals.append(text[start : figure.start()])
            lengths.append(len(figure[1]))
            start = figure.end()
    return _Cut((*literals, text[start:]), tuple(lengths))
