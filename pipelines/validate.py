"""Step 1: rules across fields that no single field can judge."""

from __future__ import annotations

from newscrawler.dates import plausible
from newscrawler.items import Article, Miss, Outcome, Stage

Observation = Article | Miss

MAX_BODY_CHARS = 2_000_000
"""A body of more characters than this is no news article."""


class ValidatePipeline:
    """Turns an article that cannot be right into the outcome it deserves; passes all others."""

    def process_item(self, item: Observation) -> Observation:
        if isinstance(item, Miss):
            return item
        if len(item.body.text) > MAX_BODY_CHARS:
            return _refused(item, Outcome.REJECTED, "implausible", "body too long")
        if not plausible(item.published_at, now=item.fetched_at):
            return _refused(item, Outcome.PENDING, "implausible_date", item.published_local)
        if damaged := _damaged(item):
            return _refused(item, Outcome.FAILED, "charset", damaged)
        return item


def _damaged(article: Article) -> str:
    """Where the text holds U+FFFD, which stands for what could not be decoded; "" if nowhere."""
    texts = {
        "title": article.title,
        "body": article.body.text,
        "summary": article.summary,
        "source": article.source,
    }
    return next((f"U+FFFD in the {name}" for name, text in texts.items() if "\ufffd" in text), "")


def _refused(article: Article, outcome: Outcome, reason: str, detail: str) -> Miss:
    return Miss(
        site=article.site,
        external_id=article.external_id,
        url=article.fetched_url,
        outcome=outcome,
        stage=Stage.READ,
        reason=reason,
        detail=detail,
        seen_at=article.fetched_at,
    )
