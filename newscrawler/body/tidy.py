"""Tidy markup without a parser: what upstream sends is tidy nearly always.

Tidy is what has one reading only: known elements in lower case, each closed where it must be,
attributes in double quotes, complete character references. All else is the parser's, and what is
read here is what the parser would read (the tests compare).
"""

from __future__ import annotations

import re
from html.entities import html5
from itertools import repeat

from newscrawler.body.elements import step_of
from newscrawler.body.parse import Attributes
from newscrawler.body.state import End, State, Step

MAX_TAGS = 4096
MAX_TAG_CHARS = 1000
"""So many tags, up to this length, are remembered: keywords and spacers come again and again."""

_OPEN = re.compile(r'([a-z][a-z0-9]*)((?:[ \t\n]+[a-z][a-z0-9-]*="[^"]*")*)[ \t\n]*(/?)', re.ASCII)
_ATTRIBUTE = re.compile(r'([a-z][a-z0-9-]*)="([^"]*)"', re.ASCII)
_REFERENCE = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]*;)|#([0-9]{2,5});)?", re.ASCII)
_REFERENCE_IN_ATTRIBUTE = re.compile(r"&(?![A-Za-z0-9]+=)" + _REFERENCE.pattern[1:], re.ASCII)

_VOID = frozenset({"br", "img"})
_INLINE = frozenset(["", "span", "strong", "b", "em", "i", "u", "font", "sup", "sub", "a", *_VOID])
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FLOW = _INLINE | {"p", "center", "div", "section", "blockquote", "figure", "table", "ul", "ol"}
_FLOW |= frozenset(_HEADINGS)
_IN_LINK = _INLINE - {"a"}
_INSIDE = {
    **dict.fromkeys(_INLINE - {""}, _INLINE),
    **dict.fromkeys(("p", "figcaption", *_HEADINGS), _INLINE),
    **dict.fromkeys(("center", "div", "section", "blockquote", "li", "td", "th"), _FLOW),
    **dict.fromkeys(("thead", "tbody", "tfoot"), frozenset({"", "tr"})),
    **dict.fromkeys(("ul", "ol"), frozenset({"", "li"})),
    "a": _IN_LINK,
    "figure": _FLOW | {"figcaption"},
    "table": frozenset({"", "thead", "tbody", "tfoot", "tr"}),
    "tr": frozenset({"", "td", "th"}),
}
"""What may stand in what, so that a parser has nothing to close by itself; "" is a comment."""

_Piece = tuple[str, str, str]
"""The inside of a tag, its closing bracket, the text after it."""
_Tag = tuple[str, "Step | None", str, frozenset[str], Attributes]
"""A start tag: name, what it does, its end tag ("" if none), what may stand in it, attributes."""
_known: dict[str, _Tag] = {}

_Open = tuple[str, "End | None", frozenset[str]]
"""An open element: its end tag, what to do there, what may stand in it."""
_BODY: _Open = (">", None, _FLOW)  # an end tag that cannot come


class _UntidyError(ValueError):
    """There may be more than one reading."""


def feed(state: State, html: str) -> bool:
    """Let the state see a whole body; False if it is not tidy (and the state is of no more use)."""
    text, *pieces = html.split("<")
    try:
        if text:
            state.buffer.add(_decoded(text))
        tags = list(map(str.partition, pieces, repeat(">")))
        return _walk(state, tags, "&" in html or "\n" in html)
    except _UntidyError:
        return False


def _walk(state: State, tags: list[_Piece], decode: bool) -> bool:  # noqa: C901 - a call costs more than a tag
    """Walk over tags, each with the text after it; False if the elements are not nested."""
    buffer, known = state.buffer, _known
    opened: list[_Open] = []
    closer, end, allowed = _BODY
    at, count = 0, len(tags)
    while at < count:
        markup, bracket, text = tags[at]
        at += 1
        if markup == closer:
            if end:
                end()
            closer, end, allowed = opened.pop()
        elif markup == "p" and allowed is _FLOW and at < count and tags[at][0] == "/p":
            state.plain_block(_decoded(text) if decode else text)
            _, bracket, text = tags[at]
            at += 1
        else:
            name, step, its_closer, inside, _ = known.get(markup) or _read(markup)
            if name not in allowed:
                return False
            its_end = step(state) if step else None
            if state.skipping and its_closer:
                at = _skip(state, tags, at, its_closer, inside)
                _, bracket, text = tags[at - 1]
                its_closer = ""
            if its_closer:
                opened.append((closer, end, allowed))
                closer, end = its_closer, its_end
                if allowed is not _IN_LINK:
                    allowed = inside
            elif its_end:
                its_end()
        if text:
            if decode:
                text = _decoded(text)
            buffer.parts.append(text)
            buffer.length += len(text)
        elif not bracket:
            return False
    state.flush()
    return not opened


def _skip(state: State, tags: list[_Piece], at: int, closer: str, allowed: frozenset[str]) -> int:
    """Where an element that is skipped has ended."""
    opened: list[tuple[str, frozenset[str]]] = []
    while at < len(tags):
        markup, bracket, _ = tags[at]
        at += 1
        if not bracket:
            break
        if markup == closer:
            if not opened:
                return at
            closer, allowed = opened.pop()
            continue
        name, _, its_closer, inside, attrs = _known.get(markup) or _read(markup)
        if name not in allowed:
            break
        state.look_at_skipped(name, attrs)
        if its_closer:
            opened.append((closer, allowed))
            closer = its_closer
            if allowed is not _IN_LINK:
                allowed = inside
    raise _UntidyError(closer)


def _decoded(text: str) -> str:
    if "&" in text:
        text = _REFERENCE.sub(_referred, text)
    return text.replace("\n", " ") if "\n" in text else text


def _read(markup: str) -> _Tag:
    """Read a start tag or a comment that is not known."""
    found = _OPEN.fullmatch(markup)
    if not found:
        return _read_comment(markup)
    name, listed, slash = found.groups()
    if name not in _INSIDE or (slash and name not in _VOID):
        raise _UntidyError(markup)
    attrs = _attributes(listed) if listed else {}
    closer = "" if name in _VOID else f"/{name}"
    return _remember(markup, (name, step_of(name, attrs), closer, _INSIDE[name], attrs))


def _read_comment(markup: str) -> _Tag:
    """A comment is a tag without a name that does nothing; those of mobile answers do more."""
    text = markup[3:-2]
    if len(markup) < 5 or not markup.startswith("!--") or not markup.endswith("--"):
        raise _UntidyError(markup)
    if text.startswith("-") or text.endswith("-") or "--" in text or "#" in text:
        raise _UntidyError(markup)
    return _remember(markup, ("", None, "", frozenset(), {}))


def _remember(markup: str, tag: _Tag) -> _Tag:
    if len(markup) <= MAX_TAG_CHARS:
        if len(_known) >= MAX_TAGS:
            _known.clear()
        _known[markup] = tag
    return tag


def forget_tags() -> None:
    """Read every tag anew, as at the start of a process."""
    _known.clear()


def _attributes(listed: str) -> dict[str, str]:
    pairs = _ATTRIBUTE.findall(listed)
    attrs = dict(pairs)
    if len(attrs) < len(pairs):
        raise _UntidyError(listed)
    if "&" in listed:
        for key, value in pairs:
            attrs[key] = _REFERENCE_IN_ATTRIBUTE.sub(_referred, value)
    return attrs


def _referred(found: re.Match[str]) -> str:
    name, number = found.groups()
    if name in html5:
        return html5[name]
    code = int(number or 0)
    if 0x20 <= code < 0x7F or 0xA0 <= code < 0xD800:
        return chr(code)
    raise _UntidyError(found[0])
