"""One digest of all that was read of an article: if it is equal, there is nothing to compare."""

from __future__ import annotations

import hashlib
import json

from newscrawler.items import Article

BYTES = 16
_APART = "\0"
"""Stands in no text."""


def digest(article: Article, content_hash: str = "") -> bytes:
    """SHA-256, the first `BYTES` of it, of all that reading an answer again could find otherwise.

    `content_hash`: the article's, if it has not got it yet; it stands for title, time, source and
    the blocks' text.
    """
    body = article.body
    facts = [
        content_hash or article.content_hash,
        article.url,
        article.published_local,
        article.published_from,
        article.summary,
        article.language,
        _maybe(body.editor),
        _maybe(body.original_title),
        f"{len(body.images)} {len(body.securities)} {len(body.related)}",
    ]
    for image in body.images:
        size = f"{image.width} {image.height} {image.after_block}"
        facts += (image.url, _maybe(image.caption), size)
    for each in body.securities:
        about = f"{each.kind} {each.mentions} {each.confidence}"
        facts += (each.security, _maybe(each.name), each.evidence, about)
    facts += body.related
    rows = [each.rows for each in body.blocks if each.rows]
    if rows or article.notes:
        facts.append(json.dumps((rows, article.notes)))
    facts.append(body.html)
    said = _APART.join(facts)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()[:BYTES]


def _maybe(text: str | None) -> str:
    return "-" if text is None else f"+{text}"
