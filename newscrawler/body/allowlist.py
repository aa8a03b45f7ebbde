"""What may stand in `Body.html`, and nothing else: tags, their attributes, schemes of addresses."""

from __future__ import annotations

TAGS = frozenset(
    {
        "p",
        "h3",
        "ul",
        "li",
        "blockquote",
        "figure",
        "img",
        "figcaption",
        "table",
        "tr",
        "td",
        "th",
        "strong",
        "em",
        "a",
        "br",
    }
)
ATTRIBUTES = {"a": frozenset({"href"}), "img": frozenset({"src", "alt", "width", "height"})}
SCHEMES = frozenset({"http", "https"})
