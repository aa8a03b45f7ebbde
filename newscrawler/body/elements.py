"""What each HTML element means for the text; elements that are not named here are transparent."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from newscrawler.body.drafts import Picture
from newscrawler.body.images import is_chart, read_picture
from newscrawler.body.links import article_id, is_advert, safe_url
from newscrawler.body.page import Setting
from newscrawler.body.parse import Attributes
from newscrawler.body.securities import KEYTIP, Key, form_of, key_of, key_of_id
from newscrawler.body.state import End, State, Step
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


def step_of(tag: str, attrs: Attributes) -> Step | None:
    """What an element does where it begins; None if it does nothing."""
    if attrs and is_hidden(attrs):
        return State.skip
    read = _READ.get(tag)
    return read(attrs) if read else None


def _block(attrs: Attributes) -> Step:
    """A block, unless it is a promotion."""
    if attrs:
        if "class" in attrs and is_advert(attrs["class"], ""):
            return _skip_block
        centred, media = _centred(attrs), _is_media(attrs)
        if media or centred is not None:
            return partial(_enter, None, centred, media)
    return State.block


def _div(attrs: Attributes) -> Step:
    """A block, unless it is the abstract above the body."""
    return _skip_block if "abstract" in attrs.get("class", "").split() else _block(attrs)


def _skip_block(state: State) -> End:
    state.flush()
    return state.skip()


def _gone(attrs: Attributes) -> Step:
    return State.skip


def _centred(attrs: Attributes) -> bool | None:
    """Whether a block's own attributes centre its text; None if they do not say."""
    align = attrs.get("align", "").lower()
    found = _ALIGN.search(attrs["style"].lower()) if "style" in attrs else None
    if found:
        align = found[1]
    return align in ("center", "middle") if align else None


def _is_media(attrs: Attributes) -> bool:
    return "em_media" in attrs.get("class", "")


def _enter(kind: BlockKind | None, centred: bool | None, media: bool, state: State) -> End:
    """Begin a block, with what it adds to the setting around."""
    outer = state.setting
    if centred is None:
        centred = outer.centred
    return state.enter(Setting(kind or outer.kind, centred, media or outer.media, outer.pre))


def _center(attrs: Attributes) -> Step:
    return partial(_enter, None, True, False)


def _pre(attrs: Attributes) -> Step:
    return _enter_pre


def _enter_pre(state: State) -> End:
    return state.enter(state.setting._replace(pre=True))


def _of_kind(kind: BlockKind) -> Read:
    def read(attrs: Attributes) -> Step:
        return partial(_enter, kind, _centred(attrs), _is_media(attrs))

    return read


def _always(step: Step) -> Read:
    def read(attrs: Attributes) -> Step:
        return step

    return read


def _break(state: State) -> None:
    state.buffer.add("\n")


def _table(state: State) -> End:
    state.flush()
    if state.table:
        return state.flush
    state.table = Table()
    return state.end_table


def _row(state: State) -> End:
    state.flush()
    if state.table and not state.in_cell:
        state.table.begin_row()
    return state.flush


def _cell(header: bool) -> Read:
    def read(attrs: Attributes) -> Step:
        return partial(_begin_cell, header, attrs)

    return read


def _begin_cell(header: bool, attrs: Attributes, state: State) -> End:
    state.flush()
    if not state.table or state.in_cell:
        return state.flush
    state.table.begin_cell(attrs, header=header)
    state.in_cell = True
    return state.end_cell


def _link(attrs: Attributes) -> Step | None:
    """A link: keyword, quote picture, advert, article or anything else on the web."""
    classes = attrs.get("class", "")
    form = form_of(classes)
    key = key_of(attrs)
    if form:
        return partial(_mention, key, form) if key else partial(_mention_hinted, form)
    href = attrs.get("href", "")
    if "EmImageRemark" in classes:
        return partial(_begin_chart, key)
    if is_advert(classes, href):
        return partial(_mark, "advert", href)
    if key:
        return partial(_mention, key, KEYTIP)
    related, url = article_id(href), safe_url(href)
    return partial(_link_to, url, related) if url or related else None


def _link_to(url: str | None, related: str | None, state: State) -> End | None:
    if related:
        state.page.related[related] = None
    return state.mark("a", url) if url else None


def _mark(tag: str, href: str, state: State) -> End:
    return state.buffer.open(tag, href)


def _mention(key: Key, form: str, state: State) -> End:
    return state.mention(key, form)


def _mention_hinted(form: str, state: State) -> End | None:
    """A keyword link that does not say which: the element around it may."""
    key = key_of_id(state.hint)
    return state.mention(key, form) if key else None


def _begin_chart(key: Key | None, state: State) -> End:
    state.chart = (key, ".".join(key)) if key else None
    state.skip()
    return state.end_chart


def _span(attrs: Attributes) -> Step | None:
    """A keyword, the frame around a keyword link, its quote, an advert, or nothing special."""
    if not attrs:
        return None
    classes = attrs.get("class", "")
    form = form_of(classes)
    if form:
        key = key_of(attrs)
        return partial(_mention, key, form) if key else None
    element_id = attrs.get("id", "")
    if element_id.startswith(("quote_", "bkquote_")):
        return State.skip
    if element_id.startswith(("stock_", "bk_", "Info.")):
        return partial(_hinted, element_id)
    return partial(_mark, "advert", "") if is_advert(classes, "") else None


def _hinted(element_id: str, state: State) -> End:
    return state.hinted(element_id)


def _image(attrs: Attributes) -> Step | None:
    if is_chart(attrs):
        return partial(_show_chart, attrs)
    if "class" in attrs and is_advert(attrs["class"], ""):
        return partial(_mark_at, attrs.get("src", ""))
    picture = read_picture(attrs)
    return partial(_show, picture) if picture else None


def _show_chart(attrs: Attributes, state: State) -> None:
    state.show_chart(attrs)


def _mark_at(href: str, state: State) -> None:
    state.mark("advert", href)()


def _show(picture: Picture, state: State) -> None:
    if "advert" not in state.buffer.marks:
        state.buffer.picture(picture.anew())


def _video(attrs: Attributes) -> Step:
    return partial(_begin_video, safe_url(attrs.get("src")))


def _begin_video(url: str | None, state: State) -> End:
    state.video = url
    state.skip()
    return state.end_video


Read = Callable[[Attributes], "Step | None"]

_READ: dict[str, Read] = {
    **dict.fromkeys(GONE.split(), _gone),
    **dict.fromkeys(BLOCKS.split(), _block),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _of_kind(BlockKind.HEADING)),
    **dict.fromkeys(("li", "dt", "dd"), _of_kind(BlockKind.LIST_ITEM)),
    **dict.fromkeys(("figcaption", "caption"), _of_kind(BlockKind.CAPTION)),
    **dict.fromkeys(("strong", "b"), _always(partial(_mark, "strong", ""))),
    **dict.fromkeys(("em", "i"), _always(partial(_mark, "em", ""))),
    "blockquote": _of_kind(BlockKind.QUOTE),
    "div": _div,
    "center": _center,
    "pre": _pre,
    "br": _always(_break),
    "hr": _always(State.flush),
    "table": _always(_table),
    "tr": _always(_row),
    "td": _cell(False),
    "th": _cell(True),
    "a": _link,
    "span": _span,
    "img": _image,
    "video": _video,
}
"""How to read the attributes of each element that means something."""
