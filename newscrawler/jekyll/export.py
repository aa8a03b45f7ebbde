"""Writes the store as a Jekyll site, and brings a site that it wrote up to date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from newscrawler import __version__
from newscrawler.dates import SHANGHAI
from newscrawler.errors import ExportError
from newscrawler.jekyll import pages, state
from newscrawler.jekyll.folder import NEW, OLD, Folder
from newscrawler.jekyll.forms import Addresses
from newscrawler.jekyll.state import State
from newscrawler.jekyll.write import Facts, Post, key_of, posts_of
from newscrawler.store import Connection, posts, stream
from newscrawler.store.engine import Database
from newscrawler.store.filters import Filters
from newscrawler.store.posts import Record, Whole

Watch = Callable[[Iterator[Whole], int], Iterator[Whole]]
"""Shows progress: passes articles on, of which there are so many in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOrder:
    """What is to be written."""

    addresses: Addresses = field(default_factory=Addresses)
    title: str = "金融消息"
    exact: bool = False
    days: int | None = None
    """So many days, today included, stay in `_posts`; None: all."""
    filters: Filters = field(default_factory=Filters)
    full: bool = False
    """Look at every article and every file, whatever the last export did."""
    adopt: bool = False
    """Take over a directory with posts that no export of ours wrote."""

    def fingerprint(self) -> str:
        """The same for orders that want the same files."""
        wanted = asdict(replace(self, full=False, adopt=False))
        wanted["filters"] = {name: str(value) for name, value in self.filters.given().items()}
        text = json.dumps([__version__, wanted], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteReport:
    """What an export did."""

    posts: int
    """How many there are now, in `_posts` and `old_post`."""
    written: int
    moved: int
    removed: int
    categories: int
    full: bool
    """Whether every article was looked at."""
    yours: tuple[str, ...]
    """Files of the site that were left alone because somebody changed them."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def export_site(
    db: Database, directory: Path, order: SiteOrder, now: datetime, watch: Watch | None = None
) -> SiteReport:
    """Write the site, or what has changed in it since the last time.

    Every file is replaced as a whole; after a kill the next export goes on where this one stopped.

    Raises:
        ExportError: the directory cannot be written, or holds posts that are not ours.
        StoreError: the database cannot be read.
    """
    try:
        with state.locked(directory):
            return _export(db, directory, order, now, watch)
    except OSError as error:
        raise ExportError(f"cannot write {error.filename}: {error.strerror}") from error


def _export(
    db: Database, directory: Path, order: SiteOrder, now: datetime, watch: Watch | None
) -> SiteReport:
    folder = Folder(directory)
    last = state.load(directory) or _taken_over(directory, folder, order)
    wanted = order.fingerprint()
    full = order.full or not last.complete or last.order != wanted
    kept_from = _kept_from(order.days, now)
    with stream.one_moment(db) as conn:
        reached = State(
            order=wanted,
            feed_seq=stream.newest_change(conn),
            run_id=posts.newest_run(conn),
            complete=True,
        )
        update = _Update(folder, order, kept_from, {} if full else dict(last.categories))
        if full:
            update.all(conn, watch)
        else:
            update.changed(conn, last, watch)
    folder.age(kept_from)
    files = _write_pages(directory, order, last, update.categories)
    places = {NEW, OLD, pages.CATEGORIES, *(path.rpartition("/")[0] for path in files)}
    state.save(directory, replace(reached, categories=update.categories, files=files), places)
    own = pages.own_files(order.title, order.addresses.site)
    return SiteReport(
        posts=folder.count,
        written=folder.written,
        moved=folder.moved,
        removed=folder.removed,
        categories=len(update.categories),
        full=full,
        yours=tuple(pages.changed_by_hand(directory, own, files)),
    )


def _taken_over(directory: Path, folder: Folder, order: SiteOrder) -> State:
    """The state of a directory that is no export's yet."""
    if folder.count and not order.adopt:
        raise ExportError(
            f"{directory} holds {folder.count} posts that no export wrote; choose another"
            " directory, or let it have this one with --adopt (posts that the database does"
            " not know are removed)"
        )
    last = State()
    state.save(directory, last)
    return last


def _kept_from(days: int | None, now: datetime) -> str:
    """The first day whose posts stay where they are."""
    if days is None:
        return ""
    today: date = now.astimezone(SHANGHAI).date()
    return (today - timedelta(days=days - 1)).isoformat()


class _Update:
    """One pass over articles."""

    def __init__(
        self, folder: Folder, order: SiteOrder, kept_from: str, categories: dict[str, list[str]]
    ) -> None:
        self._folder = folder
        self._order = order
        self._kept_from = kept_from
        self.categories = categories

    def all(self, conn: Connection, watch: Watch | None) -> None:
        """Every article; then what is left over is removed."""
        articles = posts.every(conn, self._order.filters)
        if watch:
            articles = watch(articles, stream.count(conn, self._order.filters))
        self._folder.clear_others(self._settle(articles))

    def changed(self, conn: Connection, last: State, watch: Watch | None) -> None:
        """The articles of which something has happened since."""
        ids = posts.changed(conn, last.feed_seq, last.run_id)
        articles = posts.some(conn, self._order.filters, ids)
        there = self._settle(watch(articles, len(ids)) if watch else articles)
        for key in sorted({key_of(*each) for each in posts.keys(conn, ids)} - there):
            self._folder.settle(key, {})

    def _settle(self, articles: Iterable[Whole]) -> set[str]:
        """Write the posts of these articles; return their keys."""
        done = set()
        for record, postings in articles:
            made = posts_of(
                _facts(record), postings, self._order.addresses, exact=self._order.exact
            )
            key = key_of(record["site"], record["external_id"])
            self._folder.settle(key, {self._path(post): post.data for post in made})
            done.add(key)
            for post in made:
                self._enter(post)
        return done

    def _path(self, post: Post) -> str:
        return f"{OLD if post.date < self._kept_from else NEW}/{post.name}"

    def _enter(self, post: Post) -> None:
        if post.outlet:
            outlets = self.categories.setdefault(post.slug, [])
            if post.outlet not in outlets:
                outlets.append(post.outlet)
                outlets.sort()


def _facts(record: Record) -> Facts:
    names = ("site", "external_id", "title", "published_local", "source", "summary", "url")
    return Facts(
        **{name: record[name] for name in names},
        body_html=record["body_html"],
        first=record["revision"] == 1,
    )


def _write_pages(
    directory: Path, order: SiteOrder, last: State, categories: dict[str, list[str]]
) -> dict[str, str]:
    wanted = pages.own_files(order.title, order.addresses.site)
    for slug, outlets in categories.items():
        path = f"{pages.CATEGORIES}/{slug}.html"
        wanted[path] = pages.category_page(slug, outlets, exact=order.exact)
    files = pages.write_own(directory, wanted, last.files)
    for path in sorted(set(files) - set(wanted)):
        if path.startswith(f"{pages.CATEGORIES}/"):
            (directory / path).unlink(missing_ok=True)
        del files[path]
    return files
