"""One article from the bytes of its answer to an `Article` with its hashes, step by step.

All recorded articles in turn; CPU time of this thread, the median over the rounds of the mean per
article. What remains of the article's time beside its body is the loader's.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from newscrawler.body import read_body
from newscrawler.items import Announcement, Article, Miss, Task
from newscrawler.replica.records import Record, load_records
from newscrawler.sites.eastmoney.answers import Answer, read_news_text
from newscrawler.sites.eastmoney.article import read_article
from pipelines.dedupe import DedupePipeline
from pipelines.validate import ValidatePipeline

ROUNDS = 60
SITE = "eastmoney"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
"""Later than everything recorded."""


class Case:
    """One recorded article on its way through the steps."""

    def __init__(self, record: Record) -> None:
        self.raw = json.dumps(record.answer, ensure_ascii=False).encode()
        self.task = Task(
            task_id=1,
            site=SITE,
            external_id=record.external_id,
            announced_as=record.info_code,
            announcements=(
                Announcement(
                    site=SITE,
                    list="flash",
                    external_id=record.external_id,
                    announced_as=record.info_code,
                    title=record.title,
                    published_raw=record.showtime,
                ),
            ),
        )
        self.answer = Answer()
        self.item: Article | Miss | None = None

    def take_answer(self) -> None:
        self.answer = read_news_text(self.raw, self.task.external_id) or Answer()

    def take_body(self) -> None:
        read_body(self.answer.prose, securities_html=self.answer.content or None)

    def take_article(self) -> None:
        self.item = read_article(self.answer, self.task, url="http://127.0.0.1/", now=NOW)

    def take_hashes(self) -> None:
        if self.item:
            DedupePipeline().process_item(ValidatePipeline().process_item(self.item))


STEPS: dict[str, Callable[[Case], None]] = {
    "JSON to answer": Case.take_answer,
    "body alone": Case.take_body,
    "article with its body": Case.take_article,
    "validate and hash": Case.take_hashes,
}


def main() -> None:
    """Print microseconds per article for each step, and for all of them."""
    cases = list(map(Case, load_records()))
    seconds: dict[str, list[float]] = {name: [] for name in STEPS}
    for _ in range(ROUNDS):
        for name, step in STEPS.items():
            begun = time.thread_time()
            for case in cases:
                step(case)
            seconds[name].append((time.thread_time() - begun) / len(cases))
    micros = {name: statistics.median(seen) * 1e6 for name, seen in seconds.items()}
    whole = sum(micros.values()) - micros["body alone"]
    for name, spent in micros.items():
        print(f"{name}: {spent:.0f} µs, {spent / whole:.0%}")
    size = statistics.mean(len(case.raw) for case in cases) / 1000
    print(f"whole: {whole:.0f} µs for each of {len(cases)} articles of {size:.1f} kB on average")
