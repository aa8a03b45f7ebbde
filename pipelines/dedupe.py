"""Step 2: give each article the two digests by which the store knows it again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from urllib.parse import urlsplit

from newscrawler.items import Article, Miss


class DedupePipeline:
    """Identity is `(site, external_id)`; sameness of content and of text is a SHA-256 each.

    The verdict itself (new, unchanged, revised, duplicate) falls in the store's transaction: only
    there it holds against other processes.
    """

    def process_item(self, item: Article | Miss) -> Article | Miss:
        if isinstance(item, Miss):
            return item
        text = item.body.text
        return replace(
            item, content_hash=content_hash(item), text_hash=_sha256(text) if text else ""
        )


def content_hash(article: Article) -> str:
    """SHA-256 (hex) of what a revision is about: title, time, source, blocks and pictures.

    Volatile parts stay out: picture hosts and queries, links, summary, securities, markup.
    """
    parts = [
        article.title,
        article.published_at.isoformat(),
        article.source,
        *(f"{block.kind}\x1f{block.text}" for block in article.body.blocks),
        *(f"image\x1f{urlsplit(image.url).path}" for image in article.body.images),
    ]
    return _sha256("\x1e".join(parts))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
