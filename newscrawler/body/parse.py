"""HTML text to a stream of events, by lxml's forgiving parser; no tree is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol

from newscrawler.text import mend_surrogates

Attributes = Mapping[str, str]
"""Attributes of one element, names in lower case."""

_WBR = re.compile(r"</?wbr\b[^<>]*>", re.IGNORECASE)

# lxml ships no type information, so it is bound as Any instead of imported by name.
_etree: Any = import_module("lxml.etree")
_fromstring: Callable[[bytes, Any], object] = _etree.fromstring


class Events(Protocol):
    """What the parser calls, in document order; every start has its end."""

    def start(self, tag: str, attrs: Attributes) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...
    def comment(self, text: str) -> None: ...
    def close(self) -> None: ...


class Feeder:
    """A parser bound to one target, to be used by one thread, for any number of bodies."""

    def __init__(self, target: Events) -> None:
        # huge_tree: else libxml2 drops content that is deep or long, without a word.
        self._parser = _etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True)

    def feed(self, html: str) -> None:
        """Parse a prepared piece of a page body; what the target raises comes through."""
        if "wbr" in html or "WBR" in html:
            html = _WBR.sub("", html)  # libxml2 would nest what follows each of them
        # Never empty, which lxml would refuse.
        _fromstring(b"<body>" + html.encode(), self._parser)


def prepared(html: str) -> str:
    """Any string as markup that can be encoded, with the line ends of HTML."""
    if "\r" in html:
        html = html.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in html:
        html = html.replace("\x00", "")
    try:
        html.encode()
    except UnicodeEncodeError:
        return mend_surrogates(html)
    return html
