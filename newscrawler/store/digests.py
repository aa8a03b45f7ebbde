"""One digest of all that was read of an article: if it is equal, there is nothing to compare."""

from __future__ import annotations

import hashlib
import json

from newscrawler.items import Article

BYTES = 16


def digest(article: Article, content_hash: str = "") -> bytes:
    """SHA-256, the first `BYTES` of it, of all that reading an answer again could find otherwise.

    `content_hash`: the article's, if it has not got it yet; it stands for title, time, source and
    the blocks' text.
    """
    body = article.body
    facts = (
        content_hash or article.content_hash,
        article.url,
        article.published_local,
        article.published_from,
        article.summary,
        article.language,
        article.notes,
        body.editor,
        body.original_title,
        [each.rows for each in body.blocks if each.rows],
        [(x.url, x.caption, x.width, x.height, x.after_block) for x in body.images],
        [
            (x.security, x.name, x.kind, x.mentions, x.evidence, x.confidence)
            for x in body.securities
        ],
        body.related,
    )
    hashed = hashlib.sha256(json.dumps(facts).encode())
    hashed.update(body.html.encode("utf-8", "surrogatepass"))
    return hashed.digest()[:BYTES]
