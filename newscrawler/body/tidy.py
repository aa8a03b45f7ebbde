"""Tidy markup without a parser: what upstream sends is tidy nearly always.

Tidy is what has one reading only: known elements in lower case, each closed where it must be,
attributes in double quotes, complete character references. All else is the parser's, and what is
read here is what the parser would read (the tests compare).
"""

from __future__ import annotations

import re
from html.entities import html5

from newscrawler.body.elements import step_of
from newscrawler.body.parse import Attributes
from newscrawler.body.state import End, State, Step

MAX_TAGS = 4096
MAX_TAG_CHARS = 1000
"""So many tags, up to this length, are remembered: keywords and spacers come again and again."""

_OPEN = re.compile(
    r'([a-z][a-z0-9]*)((?:[ \t\n]+[a-z][a-z0-9-]*="[^"]*")*)[ \t\n]*(/?)', re.ASCII
)
_ATTRIBUTE = re.compile(r'([a-z][a-z0-9-]*)="([^"]*)"', re.ASCII)
_REFERENCE = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]*;)|#([0-9]{2,5});)?", re.ASCII)
_REFERENCE_IN_ATTRIBUTE = re.compile(r"&(?![A-Za-z0-9]+=)" + _REFERENCE.pattern[1:], re.ASCII)

_VOID = frozenset({"br", "img"})
_INLINE = frozenset("span strong b em i u font sup sub a br img".split())
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FLOW = _INLINE | {"p", "center", "div", "section", "blockquote", "figure", "table", "ul", "ol"}
_FLOW |= frozenset(_HEADINGS)
_IN_LINK = _INLINE - {"a"}
_INSIDE = {
    **dict.fromkeys(_INLINE, _INLINE),
    **dict.fromkeys(("p", "figcaption", *_HEADINGS), _INLINE),
    **dict.fromkeys(("center", "div", "section", "blockquote", "li", "td", "th"), _FLOW),
    **dict.fromkeys(("thead", "tbody", "tfoot"), frozenset({"tr"})),
    **dict.fromkeys(("ul", "ol"), frozenset({"li"})),
    "a": _IN_LINK,
    "figure": _FLOW | {"figcaption"},
    "table": frozenset({"thead", "tbody", "tfoot", "tr"}),
    "tr": frozenset({"td", "th"}),
}
"""What may stand in what, so that a parser has nothing to close by itself."""

_Tag = tuple[str, Attributes, "Step | None", str, frozenset[str]]
"""A start tag: name, attributes, what it does, its end tag ("" if none), what may stand in it."""
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
        return _walk(state, pieces)
    except _UntidyError:
        return False


def _walk(state: State, pieces: list[str]) -> bool:
    """Walk over pieces that begin with the inside of a tag and go on with text."""
    opened: list[_Open] = []
    here = closer, end, allowed = _BODY
    at, count = 0, len(pieces)
    while at < count:
        markup, bracket, text = pieces[at].partition(">")
        at += 1
        if markup == closer:
            if end:
                end()
            here = closer, end, allowed = opened.pop()
        elif markup == "p" and allowed is _FLOW and at < count and pieces[at][:3] == "/p>":
            if not state.skipping:
                state.plain_block(_decoded(text) if "&" in text or "\n" in text else text)
            text = pieces[at][3:]
            at += 1
        elif markup[:3] == "!--":
            state.comment(_comment(markup))
        else:
            name, attrs, step, its_closer, inside = _known.get(markup) or _read_tag(markup)
            if name not in allowed:
                return False
            its_end = None
            if state.skipping:
                state.look_at_skipped(name, attrs)
            elif step:
                its_end = step(state)
            if its_closer and at < count and pieces[at].startswith(its_closer):
                if text and not state.skipping:
                    state.buffer.add(_decoded(text) if "&" in text or "\n" in text else text)
                markup, bracket, text = pieces[at].partition(">")
                at += 1
                if markup != its_closer:
                    return False
            elif its_closer:
                opened.append(here)
                closer, end = its_closer, its_end
                if allowed is not _IN_LINK:
                    allowed = inside
                here = closer, end, allowed
                its_end = None
            if its_end:
                its_end()
        if not bracket:
            return False
        if text and not state.skipping:
            state.buffer.add(_decoded(text) if "&" in text or "\n" in text else text)
    state.flush()
    return not opened


def _decoded(text: str) -> str:
    return _REFERENCE.sub(_referred, text).replace("\n", " ")


def _read_tag(markup: str) -> _Tag:
    """Read a start tag that is not known."""
    found = _OPEN.fullmatch(markup)
    if not found:
        raise _UntidyError(markup)
    name, listed, slash = found.groups()
    if name not in _INSIDE or (slash and name not in _VOID):
        raise _UntidyError(markup)
    attrs = _attributes(listed) if listed else {}
    closer = "" if name in _VOID else f"/{name}"
    tag = name, attrs, step_of(name, attrs), closer, _INSIDE[name]
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


def _comment(markup: str) -> str:
    text = markup[3:-2]
    if len(markup) < 5 or not markup.startswith("!--") or not markup.endswith("--"):
        raise _UntidyError(markup)
    if text.startswith("-") or text.endswith("-") or "--" in text:
        raise _UntidyError(markup)
    return text


def _referred(found: re.Match[str]) -> str:
    name, number = found.groups()
    if name in html5:
        return html5[name]
    code = int(number or 0)
    if 0x20 <= code < 0x7F or 0xA0 <= code < 0xD800:
        return chr(code)
    raise _UntidyError(found[0])
