"""What each HTML element means for the text; elements that are not named here are transparent."""

from __future__ import annotations

import re
from collections.abc import Callable

from newscrawler.body.images import is_chart, read_picture
from newscrawler.body.links import is_advert, safe_url
from newscrawler.body.page import Setting
from newscrawler.body.parse import Attributes
from newscrawler.body.securities import KEYTIP, form_of, key_of, key_of_id
from newscrawler.body.state import End, State
from newscrawler.body.tables import Table
from newscrawler.items import BlockKind

GONE = """script style iframe noscript template svg math object embed form title select textarea
    button input audio canvas applet frameset noframes noembed datalist rp"""
"""Elements that show nothing a reader would read."""

BLOCKS = """p section article header footer main aside nav address details summary fieldset figure
    ul ol dl hgroup menu thead tbody tfoot colgroup xmp plaintext option"""
"""Elements that stand on lines of their own."""

_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_ALIGN = re.compile(r"text-align\s*:\s*(\w+)")


def is_hidden(attrs: Attributes) -> bool:
    """Whether an element is not shown (upstream's spacers)."""
    if "style" in attrs:
        style = attrs["style"].lower()
        if ("none" in style or "hidden" in style) and _HIDDEN.search(style):
            return True
    return "hidden" in attrs


def _block(state: State, attrs: Attributes) -> End:
    state.flush()
    if attrs:
        setting = _set_by(attrs, state.setting)
        if setting is not state.setting:
            return state.enter(setting)
    return state.flush


def _div(state: State, attrs: Attributes) -> End:
    """A block, unless it is the abstract above the body or a promotion."""
    classes = attrs.get("class", "")
    if classes and ("abstract" in classes.split() or is_advert(classes, "")):
        state.flush()
        return state.skip()
    return _block(state, attrs)


def _gone(state: State, attrs: Attributes) -> End:
    return state.skip()


def _set_by(attrs: Attributes, setting: Setting) -> Setting:
    """The setting with what a block's own attributes add."""
    align = attrs.get("align", "").lower()
    found = _ALIGN.search(attrs["style"].lower()) if "style" in attrs else None
    if found:
        align = found[1]
    if align:
        centred = align in ("center", "middle")
        setting = Setting(setting.kind, centred, setting.media, setting.pre)
    if "em_media" in attrs.get("class", ""):
        setting = setting._replace(media=True)
    return setting


def _center(state: State, attrs: Attributes) -> End:
    setting = state.setting
    return state.enter(Setting(setting.kind, True, setting.media, setting.pre))


def _pre(state: State, attrs: Attributes) -> End:
    return state.enter(state.setting._replace(pre=True))


def _of_kind(kind: BlockKind) -> Begin:
    def begin(state: State, attrs: Attributes) -> End:
        return state.enter(_set_by(attrs, state.setting._replace(kind=kind)))

    return begin


def _marked(tag: str) -> Begin:
    def begin(state: State, attrs: Attributes) -> End:
        return state.mark(tag)

    return begin


def _break(state: State, attrs: Attributes) -> None:
    state.buffer.add("\n")


def _rule(state: State, attrs: Attributes) -> None:
    state.flush()


def _table(state: State, attrs: Attributes) -> End:
    state.flush()
    if state.table:
        return state.flush
    state.table = Table()
    return state.end_table


def _row(state: State, attrs: Attributes) -> End:
    state.flush()
    if state.table and not state.in_cell:
        state.table.begin_row()
    return state.flush


def _cell(state: State, attrs: Attributes, *, header: bool = False) -> End:
    state.flush()
    if not state.table or state.in_cell:
        return state.flush
    state.table.begin_cell(attrs, header=header)
    state.in_cell = True
    return state.end_cell


def _header_cell(state: State, attrs: Attributes) -> End:
    return _cell(state, attrs, header=True)


def _link(state: State, attrs: Attributes) -> End | None:
    """A link: keyword, quote picture, advert, article or anything else on the web."""
    classes = attrs.get("class", "")
    form = form_of(classes)
    key = key_of(attrs)
    if form:
        key = key or key_of_id(state.hint)
        return state.mention(key, form) if key else None
    href = attrs.get("href", "")
    if "EmImageRemark" in classes:
        state.chart = (key, ".".join(key)) if key else None
        state.skip()
        return state.end_chart
    if is_advert(classes, href):
        return state.mark("advert", href)
    if key:
        return state.mention(key, KEYTIP)
    state.note_related(href)
    url = safe_url(href)
    return state.mark("a", url) if url else None


def _span(state: State, attrs: Attributes) -> End | None:
    """A keyword, the frame around a keyword link, its quote, an advert, or nothing special."""
    if not attrs:
        return None
    classes = attrs.get("class", "")
    form = form_of(classes)
    if form:
        key = key_of(attrs)
        return state.mention(key, form) if key else None
    element_id = attrs.get("id", "")
    if element_id.startswith(("quote_", "bkquote_")):
        return state.skip()
    if element_id.startswith(("stock_", "bk_", "Info.")):
        return state.hinted(element_id)
    return state.mark("advert") if is_advert(classes, "") else None


def _image(state: State, attrs: Attributes) -> None:
    if is_chart(attrs):
        state.show_chart(attrs)
    elif "class" in attrs and is_advert(attrs["class"], ""):
        state.mark("advert", attrs.get("src", ""))()
    elif "advert" not in state.buffer.marks:
        picture = read_picture(attrs)
        if picture:
            state.buffer.picture(picture)


def _video(state: State, attrs: Attributes) -> End:
    state.video = safe_url(attrs.get("src"))
    state.skip()
    return state.end_video


Begin = Callable[[State, Attributes], "End | None"]
"""What to do at the start of an element; returns what to do at its end."""

BEGIN: dict[str, Begin] = {
    **dict.fromkeys(GONE.split(), _gone),
    **dict.fromkeys(BLOCKS.split(), _block),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _of_kind(BlockKind.HEADING)),
    **dict.fromkeys(("li", "dt", "dd"), _of_kind(BlockKind.LIST_ITEM)),
    **dict.fromkeys(("figcaption", "caption"), _of_kind(BlockKind.CAPTION)),
    **dict.fromkeys(("strong", "b"), _marked("strong")),
    **dict.fromkeys(("em", "i"), _marked("em")),
    "blockquote": _of_kind(BlockKind.QUOTE),
    "div": _div,
    "center": _center,
    "pre": _pre,
    "br": _break,
    "hr": _rule,
    "table": _table,
    "tr": _row,
    "td": _cell,
    "th": _header_cell,
    "a": _link,
    "span": _span,
    "img": _image,
    "video": _video,
}
