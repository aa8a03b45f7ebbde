"""One walk over the events of a body: what is visible goes into a `Page`."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence

from newscrawler.body import tidy
from newscrawler.body.elements import step_of
from newscrawler.body.lines import strip_lines
from newscrawler.body.page import Page
from newscrawler.body.parse import Attributes, Feeder, prepared
from newscrawler.body.state import State
from newscrawler.errors import PageError

Items = Sequence[Mapping[str, object]]
"""What mobile placeholders stand for: the answer's `images` or `links`."""

MAX_DEPTH = 250
"""More elements than this inside each other are no article (upstream's deepest has 8)."""

_MAX_OPEN = MAX_DEPTH + 2  # html and body are always there
_PLACEHOLDER = re.compile(r"\s*(IMG|Link)#(\d{1,6})\s*", re.ASCII)


def read_page(html: str, images: Items = (), links: Items = ()) -> Page:
    """Read a body in one pass.

    Raises:
        PageError: `too_deep`, elements nested more than MAX_DEPTH deep.
    """
    walker = _walkers.mine
    page = walker.read(html, images, links)
    strip_lines(page)
    return page


class _Walker(State):
    """The parser's target, used again for every body of its thread: a parser is dear to make."""

    def __init__(self) -> None:
        super().__init__()
        self._feeder = Feeder(self)
        self._images: Items = ()
        self._links: Items = ()

    def read(self, html: str, images: Items, links: Items) -> Page:
        self.reset()
        self._images, self._links = images, links
        html = prepared(html)
        if not tidy.feed(self, html):
            self.reset()
            self._feeder.feed(html)
        return self.page

    def start(self, tag: str, attrs: Attributes) -> None:
        end = None
        if self.skipping:
            self.look_at_skipped(tag, attrs)
        else:
            step = step_of(tag, attrs)
            end = step(self) if step else None
        self.ends.append(end)
        if len(self.ends) > _MAX_OPEN:
            raise PageError("too_deep", f"more than {MAX_DEPTH} elements inside each other")

    def end(self, tag: str) -> None:
        end = self.ends.pop()
        if end:
            end()

    def data(self, text: str) -> None:
        if self.skipping:
            return
        if "\n" in text and not self.setting.pre:
            text = text.replace("\n", " ")
        buffer = self.buffer
        buffer.parts.append(text)
        buffer.length += len(text)

    def comment(self, text: str) -> None:
        """Mobile answers put their images and links into comments, by number."""
        found = _PLACEHOLDER.fullmatch(text) if "#" in text else None
        if not found or self.skipping:
            return
        items = self._images if found[1] == "IMG" else self._links
        number = int(found[2])
        entry = items[number] if number < len(items) else None
        if isinstance(entry, Mapping):
            self._put("img" if found[1] == "IMG" else "a", entry)

    def close(self) -> None:
        self.flush()

    def _put(self, tag: str, entry: Mapping[str, object]) -> None:
        attrs = {name: str(value) for name, value in entry.items() if value is not None}
        attrs["href"] = attrs.get("url_w") or attrs.get("url_m", "")
        self.start(tag, attrs)
        if tag == "a":
            self.data(attrs.get("text", ""))
        self.end(tag)


class _Walkers(threading.local):
    def __init__(self) -> None:
        self.mine = _Walker()


_walkers = _Walkers()
