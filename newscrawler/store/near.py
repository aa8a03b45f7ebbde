"""Links near-duplicates to the earliest article of their text, as the last step of a transaction.

Only articles that are no duplicate themselves can be linked to, so links never chain. The counter
of the change feed is locked before anything is looked up: of two writers that store a pair at the
same moment the second sees what the first has stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from sqlalchemy import Connection, select

from newscrawler.failpoints import hit
from newscrawler.near.compare import compare
from newscrawler.store import bulk, near_index, near_items, texts
from newscrawler.store.changes import Line
from newscrawler.store.decide import Change
from newscrawler.store.near_items import NO_LINK, Item, Link, Pending
from newscrawler.store.schema import change_counter
from newscrawler.store.texts import BY_HAND, NEAR_TEXT, SAME_TEXT, UNLINKED

_LINK = bulk.Update("articles", ("article_id",), ("duplicate_of", "duplicate_reason"))
_COUNTER = select(change_counter.c.last).where(change_counter.c.id == 1).with_for_update()


def settle(conn: Connection, pending: Pending, *, searches: bool = True) -> list[Line]:
    """Judge what was written; the lines that the change feed needs for links that changed.

    Without `searches` no new link is made; those that no longer hold are cut all the same.
    """
    if not pending.fresh and not pending.moved:
        return []
    if searches:
        pending.sketch()
    lock(conn)
    moved = near_items.load(conn, pending.moved)
    fresh = [item for item in pending.fresh if item.article_id not in moved]
    judge = Judge(
        conn,
        [*fresh, *moved.values()],
        fresh=(item.article_id for item in fresh),
        searches=searches,
    )
    if moved:
        judge.release(moved)
    told = pending.revised | {item.article_id for item in fresh if item.is_copy}
    lines = judge.run()
    hit("after_near")
    return [line for line in lines if line[0] not in told]


def lock(conn: Connection) -> None:
    """Let nobody else link or publish until this transaction ends; on SQLite nobody can anyway."""
    if conn.dialect.name != "sqlite":
        conn.execute(_COUNTER)


class Judge:
    """Judges articles in the order of their ids; writes links and index."""

    def __init__(
        self,
        conn: Connection,
        items: Iterable[Item],
        *,
        fresh: Iterable[int] = (),
        searches: bool = True,
    ) -> None:
        self._conn = conn
        self._searches = searches
        self._fresh = frozenset(fresh)
        """Nothing that was stored before is linked to these."""
        self._index = near_index.Index(conn)
        self._items = {item.article_id: item for item in items}
        self._before = {item.article_id: item.link for item in self._items.values()}
        self._others: dict[int, Item] = {}
        self._queue = list(self._items)
        self._done: set[int] = set()
        self._found: dict[int, list[int]] = {}
        heapify(self._queue)

    def release(self, roots: Iterable[int]) -> None:
        """Take what is linked to these as near text; it is judged anew."""
        found = near_items.linked_to(self._conn, roots, why=NEAR_TEXT)
        self.reopen([item for key, item in found.items() if key not in self._items])

    def reopen(self, items: Sequence[Item]) -> None:
        """Judge these anew, as if none was linked as near text; the same text is kept together."""
        latest_first = sorted(items, key=lambda item: -item.article_id)
        heads = texts.lead(self._conn, {item.text_hash: item.article_id for item in latest_first})
        for item in items:
            self._items[item.article_id] = item
            self._before.setdefault(item.article_id, item.link)
            head = heads.get(item.text_hash, item.article_id)
            if not item.is_by_hand:
                item.link = NO_LINK if head >= item.article_id else (head, SAME_TEXT)
            heappush(self._queue, item.article_id)

    def decide(self, item: Item, link: Link) -> None:
        """Link an article, or cut it loose, because somebody says so."""
        self._loosen(item)
        self._items[item.article_id] = item
        item.link = link
        if link[0] is None:
            heappush(self._queue, item.article_id)
        else:
            self._carry(item)

    def forget_decision(self, item: Item) -> None:
        """Judge an article anew, whatever somebody has said of it."""
        self._loosen(item)
        item.link = NO_LINK
        self.reopen([item])

    def _loosen(self, item: Item) -> None:
        self._before[item.article_id] = item.link
        self.release([item.article_id])

    def run(self) -> list[Line]:
        """Judge all; one line for each article whose link is another than before."""
        self._prepare([self._items[article_id] for article_id in self._queue])
        while self._queue:
            item = self._items[heappop(self._queue)]
            if item.article_id not in self._done:
                self._done.add(item.article_id)
                self._judge(item)
        self._index.write()
        return self._write()

    def _prepare(self, items: Iterable[Item]) -> None:
        items = list(items)
        roots = [item for item in items if item.link[0] is None and self._searches]
        self._index.prepare([item.probe for item in roots])
        for item in roots:
            self._found[item.article_id] = self._index.candidates(item.probe)
        wanted = {each for item in roots for each in self._found[item.article_id]}
        wanted |= {item.link[0] for item in items if item.is_copy and item.link[0]}
        self._others |= near_items.load(self._conn, wanted - set(self._items) - set(self._others))

    def _candidates(self, item: Item) -> list[int]:
        if item.article_id not in self._found:
            self._prepare([item])
        if self._index.has_news_for(item.probe):
            return self._index.candidates(item.probe)
        return self._found[item.article_id]

    def _get(self, article_id: int) -> Item:
        found = self._items.get(article_id) or self._others.get(article_id)
        if found is None:
            found = self._others[article_id] = near_items.load(self._conn, [article_id])[article_id]
        return found

    def _judge(self, item: Item) -> None:
        if item.is_copy and item.link[0] is not None:
            head = self._get(item.link[0])
            if head.link[0] is not None:
                item.link = head.link
        elif item.link[0] is None and self._searches:
            self._link(item)

    def _link(self, item: Item) -> None:
        matches = {} if item.link[1] == UNLINKED else self._matches(item)
        earliest = min(matches, default=item.article_id)
        if earliest < item.article_id:
            item.link = (earliest, matches[earliest])
            self._carry(item)
            return
        for later, reason in matches.items():
            self._turn(self._get(later), (item.article_id, reason))
        if item.article_id not in self._found:
            self._index.prepare([item.probe])
        self._index.add(item.probe)

    def _matches(self, item: Item) -> dict[int, str]:
        """The roots that this text is a copy of, or that are copies of it, with the reason."""
        found: dict[int, str] = {}
        for article_id in self._candidates(item):
            other = self._get(article_id)
            if other.link[0] is not None or (article_id > item.article_id and other.is_by_hand):
                continue
            likeness = compare(item.text, other.text)
            if likeness.is_same:
                found[article_id] = f"{NEAR_TEXT} {int(likeness.similarity * 100) / 100:.2f}"
        return found

    def _turn(self, root: Item, link: Link) -> None:
        """A root has turned out to be the later copy of another article."""
        self._items[root.article_id] = root
        self._before.setdefault(root.article_id, root.link)
        self._done.add(root.article_id)
        root.link = link
        self.release([root.article_id])
        self._carry(root)

    def _carry(self, item: Item) -> None:
        """Take those of the same text, and those linked by hand, along to the new root."""
        if item.article_id in self._fresh:
            return
        for why in (SAME_TEXT, BY_HAND):
            found = near_items.linked_to(self._conn, [item.article_id], why=why)
            for article_id, stored in found.items():
                copy = self._items.setdefault(article_id, stored)
                self._before.setdefault(article_id, stored.link)
                copy.link = item.link if why == SAME_TEXT else (item.link[0], BY_HAND)

    def _write(self) -> list[Line]:
        changed = [
            item
            for article_id, item in sorted(self._items.items())
            if item.link != self._before[article_id]
        ]
        bulk.update(self._conn, _LINK, [(item.article_id, *item.link) for item in changed])
        return [(item.article_id, item.revision, Change.DUPLICATE) for item in changed]
