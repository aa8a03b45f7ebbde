"""Whether upstream's HTML may be shown as it is: known tags, known attributes, all closed. Pure."""

from __future__ import annotations

import re
from collections import Counter

_TAGS = (
    "a|b|big|blockquote|br|caption|center|dd|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|img"
    "|li|ol|p|q|s|section|small|span|strike|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|u|ul"
)
_PLAIN = (
    "abbr|align|alt|bgcolor|border|cellpadding|cellspacing|class|color|colspan|data-[a-z0-9-]+|dir"
    "|face|height|hspace|id|lang|noshade|rel|rowspan|size|start|target|textvalue|title|type|valign"
    "|vspace|web|width"
)
_URL = r"(?:https?:)?//[^\s\"'<>]*|/[^\s\"'<>]*|#[^\s\"'<>]*|"
_STYLE = r"(?:(?!url|expression|position|behavior|import|/\*)[^\"'<>\\&@])*"
_ATTRIBUTE = (
    rf"\s+(?:(?:{_PLAIN})=(?:\"[^\"<>]*\"|'[^'<>]*'|[\w.%#-]+)"
    rf"|(?:href|src)=(?:\"(?:{_URL})\"|'(?:{_URL})')"
    rf"|style=(?:\"{_STYLE}\"|'{_STYLE}'))"
)
_TOKEN = re.compile(
    rf"<(?P<end>/?)(?P<tag>{_TAGS})(?:{_ATTRIBUTE})*\s*(?P<void>/?)>|<!--(?:(?!--|[<>\[]).)*-->",
    re.IGNORECASE | re.DOTALL,
)
_UNCLOSED = frozenset({"br", "hr", "img", "p", "li", "dd", "dt"})
"""What needs no end tag."""


def is_tame(html: str) -> bool:
    """Whether it has only what belongs to an article, so that a page can hold it as it came.

    >>> is_tame('<p style="text-align:center;">A</p>'), is_tame("<script>x</script>")
    (True, False)
    """
    depth: Counter[str] = Counter()
    cursor = 0
    for token in _TOKEN.finditer(html):
        if "<" in html[cursor : token.start()]:
            return False
        cursor = token.end()
        name = (token["tag"] or "br").lower()
        if name in _UNCLOSED or token["void"]:
            continue
        depth[name] += -1 if token["end"] else 1
        if depth[name] < 0:
            return False
    return "<" not in html[cursor:] and not any(depth.values())
