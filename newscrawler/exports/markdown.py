"""Markdown (CommonMark with GFM's tables): what an article says, where it says it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from newscrawler.exports.formats import About, Format, Record, Sink

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~]|&(?=[#\w]|$)")
_MARKER = re.compile(r"^(?:([-+=#:])|(\d{1,9})([.)])(?=\s|$))")
_NOT_IN_URL = str.maketrans(
    {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C", "\n": "", "\r": ""}
)
_EDGE = r"((?:\\.|[^\w\s\\*<>]|\s)*)"
_EDGES = re.compile(f"{_EDGE}(.*?){_EDGE}", re.DOTALL)
_LONGEST = 10_000
"""Longer emphasis is a tag: looking for its edges would take quadratic time."""
_SECURITIES = "、"
_BREAK = "\\\n"
_TOP, _BELOW = "# ", "## "


def write(records: Iterator[Record], sink: Sink, _: About) -> None:
    """One article behind the other, a line between them."""
    for number, record in enumerate(records):
        rule = "\n---\n\n" if number else ""
        sink.write(f"{rule}{article(record)}".encode())


MARKDOWN = Format(name="markdown", write=write, parts=("securities",))


def article(record: Mapping[str, Any]) -> str:
    """One article: headline, outlet and time, its blocks with pictures and links, its page."""
    head = f"{record['source'] or record['site']} · {record['published_local']}"
    parts = [_TOP + _heading(escaped(record["title"])), escaped(head), *blocks(record["body_html"])]
    if record["securities"]:
        parts.append(_SECURITIES.join(map(_security, record["securities"])))
    parts.append(f"<{record['url'].translate(_NOT_IN_URL)}>")
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is; line breaks stay line breaks.

    >>> escaped("*ST康美 [公告]")
    '\\\\*ST康美 \\\\[公告\\\\]'
    """
    return _SPECIAL.sub(lambda found: "\\" + found[0], text).replace("\n", _BREAK)


def blocks(body_html: str) -> list[str]:
    """The blocks of a `body_html` in reading order, as Markdown."""
    reader = _Reader()
    reader.feed(body_html)
    reader.close()
    return reader.blocks


def _security(row: Mapping[str, Any]) -> str:
    return escaped(f"{row['name'] or row['code']} {row['security']}")


def _heading(text: str) -> str:
    """A heading is one line, and closing #s are not its text."""
    return text.replace(_BREAK, " ").replace("#", r"\#")


def _lines(text: str, indent: str = "") -> str:
    """A block's lines, none of which begins anything but a line."""
    return f"\n{indent}".join(_MARKER.sub(_quoted, line) for line in text.split("\n"))


def _quoted(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"


def _emphasis(mark: str, tag: str, text: str, before: str) -> str:
    """Marks around what begins and ends in letters, for only there CommonMark always sees them.

    Punctuation at the ends goes outside; where that is not enough, it is the tag.
    """
    edges = _EDGES.fullmatch(text) if len(text) <= _LONGEST else None
    lead, middle, tail = edges.groups() if edges else ("", text, "")
    if not middle:
        return text
    if middle[0].isalnum() and middle[-1].isalnum() and not (before + lead).endswith("*"):
        return f"{lead}{mark}{middle}{mark}{tail}"
    return f"<{tag}>{text}</{tag}>"


class _Reader(HTMLParser):
    """Reads the closed dialect in which `body_html` is written (docs/decisions/003)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._inline: list[str] = [""]
        """Text of the open block, then of each open piece of inline markup."""
        self._hrefs: list[str] = []
        self._group: list[str] = []
        self._quoting = False
        self._rows: list[list[str]] = []

    def handle_data(self, data: str) -> None:
        self._inline[-1] += escaped(data)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "br":
            self._inline[-1] += _BREAK
        elif tag == "img":
            self.blocks.append(_picture(given))
        elif tag in ("a", "strong", "em"):
            self._inline.append("")
            self._hrefs += [given.get("href", "")] if tag == "a" else []
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("ul", "blockquote"):
            self._quoting = tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("a", "strong", "em"):
            self._end_inline(tag)
        elif tag in ("td", "th"):
            self._rows[-1].append(self._taken().replace(_BREAK, "<br>"))
        elif tag in ("ul", "blockquote"):
            self.blocks.append(("\n" if tag == "ul" else "\n>\n").join(self._group))
            self._group, self._quoting = [], False
        elif tag == "table":
            self.blocks.append(_table(self._rows))
            self._rows = []
        elif tag in ("p", "h3", "li", "figcaption"):
            self._end_block(tag)

    def _end_inline(self, tag: str) -> None:
        text = self._inline.pop()
        if tag == "a":
            self._inline[-1] = re.sub("!$", r"\\!", self._inline[-1])  # else it is a picture
            text = f"[{text}]({_url(self._hrefs.pop())})" if text else ""
        elif text:
            text = _emphasis("**" if tag == "strong" else "*", tag, text, self._inline[-1])
        self._inline[-1] += text

    def _end_block(self, tag: str) -> None:
        text = self._taken()
        if tag == "li":
            self._group.append("- " + _lines(text, "  "))
        elif tag == "h3":
            self.blocks.append(_BELOW + _heading(text))
        elif tag == "figcaption":
            self.blocks.append(_emphasis("*", "em", text, ""))
        elif self._quoting:
            self._group.append("> " + _lines(text, "> "))
        else:
            self.blocks.append(_lines(text))

    def _taken(self) -> str:
        text, self._inline = self._inline[0], [""]
        return text


def _picture(given: Mapping[str, str]) -> str:
    return f"![{_heading(escaped(given.get('alt', '')))}]({_url(given.get('src', ''))})"


def _url(url: str) -> str:
    return re.sub(r"&(?=#?\w+;)", "&amp;", url.translate(_NOT_IN_URL))


def _table(rows: list[list[str]]) -> str:
    width = max(map(len, rows), default=0)
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
    return "\n".join([*lines[:1], "|" + " --- |" * width, *lines[1:]])
