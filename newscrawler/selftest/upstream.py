"""An upstream that never rests, and that knows every state it has ever served."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from random import Random

from newscrawler.items import Article, Task
from newscrawler.replica import World
from newscrawler.replica.records import LISTS
from newscrawler.sites.eastmoney.answers import read_news_text
from newscrawler.sites.eastmoney.article import read_article
from pipelines.dedupe import DedupePipeline

FRESH, EDITED, REPEATED = 40, 5, 3
"""How many articles appear, are corrected and are announced a second time before each round."""
_RECENT = 5 * FRESH
"""Only so many newest articles are corrected or announced again: lists still show them."""
_WINDOW = 150


class Upstream:
    """Made-up articles that appear and change between rounds, never while a crawl is running."""

    def __init__(self, seed: int) -> None:
        self.world = World.recorded()
        for code in self.world.ids:
            self.world.hide_from_lists(code)
        self.world.window = _WINDOW
        self.states: dict[str, list[bytes]] = {}
        """Every announced article: its answers, in the order in which they were true."""
        self._random = Random(seed)  # noqa: S311 (repeatable, nothing secret)
        self._fetched: Counter[str] = Counter()
        self._fetched_states: set[tuple[str, int]] = set()
        self.repeated = 0
        """Requests for a state of an article that had been fetched before."""

    def advance(self) -> None:
        """Let articles appear, be corrected, and be announced again in another list's spelling."""
        recent = list(self.states)[-_RECENT:]
        for code in self.world.grow(FRESH):
            self.states[code] = [self._answer(code)]
        for code in self._some(recent, EDITED):
            self._edit(code)
        for code in self._some(recent, REPEATED):
            self._repeat(code)

    def fetched(self) -> Counter[str]:
        """How often each article was asked for since the last call; counts what is repeated."""
        now = Counter(dict(self.world.fetched))
        since = now - self._fetched
        self._fetched = now
        for code, times in since.items():
            state = (code, len(self.states[code]))
            self.repeated += times - (state not in self._fetched_states)
            self._fetched_states.add(state)
        return since

    def _some(self, codes: list[str], many: int) -> list[str]:
        return self._random.sample(codes, min(many, len(codes)))

    def _edit(self, code: str) -> None:
        record, number = self.world.article(code), len(self.states[code])
        title = f"{record.title.partition('（更正')[0]}（更正{number}）"
        text = f"{record.fact('text')}<p>编号{code}第{number}次更正。</p>"
        self.world.edit(code, title=title, text=text)
        self.states[code].append(self._answer(code))

    def _repeat(self, code: str) -> None:
        record = self.world.article(code)
        others = [name for name in LISTS if name not in record.announced]
        if others:
            spelled = self._random.choice([code, f"NW{code}"])
            row = {"infoCode": spelled, "title": record.title, "showtime": record.showtime}
            self.world.announce(self._random.choice(others), row)

    def _answer(self, code: str) -> bytes:
        return self.world.encoded_answer(code) or b""


@cache
def article_of(code: str, answer: bytes) -> Article:
    """What one served answer says, with its digests."""
    task = Task(task_id=0, site="eastmoney", external_id=code, announced_as=code)
    read = read_news_text(answer, code)
    if read is None:
        raise RuntimeError(f"the replica has no answer for {code}")
    article = read_article(read, task, url="http://127.0.0.1/", now=datetime.now(UTC))
    hashed = DedupePipeline().process_item(article)
    if not isinstance(hashed, Article):
        raise TypeError(f"{code} is no article")
    return hashed
