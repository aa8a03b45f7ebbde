"""Where a walk stands: the run it collects, the elements around it, what it skips."""

from __future__ import annotations

from collections.abc import Callable

from newscrawler.body.drafts import Buffer, Mention
from newscrawler.body.links import article_id, safe_url
from newscrawler.body.page import Page, Setting
from newscrawler.body.parse import Attributes
from newscrawler.body.securities import INFOKEY, KEYTIP, Key, key_of_id, key_of_picture
from newscrawler.body.tables import Table
from newscrawler.text import clean_line

End = Callable[[], None]
"""What is to be done at the end of an element."""

Step = Callable[["State"], End | None]
"""What an element does where it begins; returns what is to be done at its end."""


class State:
    """The walk's state, with the steps that every element's rule is made of."""

    def __init__(self) -> None:
        self.buffer = Buffer()
        self.reset()

    def reset(self) -> None:
        """Begin a new page."""
        self.page = Page()
        self.buffer.reset()
        self.setting = Setting()
        self.ends: list[End | None] = []
        self.skipping = False
        self.hint = ""
        """The id of an element around, which may name a security."""
        self.chart: tuple[Key, str] | None = None
        """Security and label of the quote picture being skipped."""
        self.video: str | None = None
        """Address of the video being skipped, as soon as it is known."""
        self.table: Table | None = None
        self.in_cell = False
        self.mentioned = 0

    def flush(self) -> None:
        """A block border: the run collected so far is complete."""
        buffer = self.buffer
        if buffer.plain and not buffer.parts:
            return
        if self.in_cell:
            buffer.add("\n\n")
        elif buffer.plain:
            self.page.add_plain(buffer.take_plain(), self.setting)
        else:
            self.page.add(buffer.take(), self.setting)

    def block(self) -> End:
        """Begin a block that stands on lines of its own."""
        self.flush()
        return self.flush

    def plain_block(self, text: str) -> None:
        """A whole block that is nothing but text."""
        buffer = self.buffer
        if buffer.parts or not buffer.plain:
            self.flush()
        if self.in_cell:
            buffer.add(text)
            self.flush()
        elif text:
            self.page.add_plain(text, self.setting)

    def enter(self, setting: Setting) -> End:
        """Begin a block whose text is set like this; returns how to end it."""
        self.flush()
        outer, self.setting = self.setting, setting
        return lambda: self._leave(outer)

    def skip(self) -> End:
        """Ignore the content of the element that begins; returns how to end that."""
        self.skipping = True
        return self._unskip

    def mark(self, tag: str, href: str = "") -> End:
        """Begin emphasis, a link or an advert; returns how to end it."""
        return self.buffer.open(tag, href)

    def mention(self, key: Key, form: str) -> End:
        """Begin the name of a security; returns how to end it."""
        start, serial = self.buffer.length, self.buffer.serial
        return lambda: self._end_mention(key, form, start, serial)

    def hinted(self, element_id: str) -> End:
        """Begin an element whose id names a security, whether a link inside says so or not."""
        outer, self.hint = self.hint, element_id
        mentioned, start, serial = self.mentioned, self.buffer.length, self.buffer.serial
        return lambda: self._end_hinted(outer, mentioned, start, serial)

    def show_chart(self, attrs: Attributes) -> None:
        """Note the security of a quote picture: that of the link around it, else its own."""
        chart, self.chart = self.chart, None
        key = chart[0] if chart else key_of_picture(attrs)
        if key:
            label = clean_line(attrs.get("alt", "")) or clean_line(attrs.get("src", ""))
            self._add_chart(key, label or (chart[1] if chart else ".".join(key)))

    def look_at_skipped(self, tag: str, attrs: Attributes) -> None:
        """What a skipped part still says: related articles, charts, the source of a video."""
        if tag == "a":
            self.note_related(attrs.get("href", ""))
        elif tag == "img" and self.chart:
            self.show_chart(attrs)
        elif tag == "source" and not self.video:
            self.video = safe_url(attrs.get("src"))

    def note_related(self, href: str) -> None:
        """Note the article that an address leads to."""
        external_id = article_id(href)
        if external_id:
            self.page.related[external_id] = None

    def end_cell(self) -> None:
        """Hand the run to the table's current cell."""
        self.in_cell = False
        if self.table:
            self.table.end_cell(self.buffer.take())

    def end_table(self) -> None:
        """The outermost table is complete."""
        self.flush()
        table, self.table = self.table, None
        if table:
            self.page.add_table(table, self.setting)

    def end_video(self) -> None:
        """A video stays as a paragraph with its address, if it has one."""
        self.skipping = False
        url, self.video = self.video, None
        if url:
            self.flush()
            end = self.mark("a", url)
            self.buffer.add(url)
            end()
            self.flush()

    def end_chart(self) -> None:
        """A quote picture that had no img of its own still shows its security."""
        self.skipping = False
        chart, self.chart = self.chart, None
        if chart:
            self._add_chart(*chart)

    def _add_chart(self, key: Key, label: str) -> None:
        mention = Mention(key, self.buffer.length, self.buffer.length)
        mention.chart = label
        self.buffer.mention(mention)

    def _leave(self, outer: Setting) -> None:
        self.flush()
        self.setting = outer

    def _unskip(self) -> None:
        self.skipping = False

    def _end_mention(self, key: Key, form: str, start: int, serial: int) -> None:
        buffer = self.buffer
        if serial != buffer.serial:
            start = 0
        last = buffer.mentions[-1] if buffer.mentions else None
        if last and last.start >= start and last.key == key and last.chart is None:
            return
        if buffer.length > start:
            buffer.mention(Mention(key, start, buffer.length, form))
            self.mentioned += 1

    def _end_hinted(self, outer: str, mentioned: int, start: int, serial: int) -> None:
        hint, self.hint = self.hint, outer
        key = key_of_id(hint) if mentioned == self.mentioned else None
        if key:
            self._end_mention(key, INFOKEY if hint[0] == "I" else KEYTIP, start, serial)
