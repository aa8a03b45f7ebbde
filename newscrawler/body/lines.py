"""Lines of a body that are about the article, not of it: source, editor, original title, noise."""

from __future__ import annotations

import re

from newscrawler.body.drafts import Draft
from newscrawler.body.links import article_id
from newscrawler.body.page import Page, covered
from newscrawler.items import BlockKind
from newscrawler.text import clean_line

MAX_SOURCE_CHARS = 100
MAX_TITLE_CHARS = 200

_SOURCE = re.compile(r"[（(]\s*文章来源\s*[：:]\s*(.*?)\s*[）)]$")
_SOURCE_OF_CLASS = re.compile(r"^[（(]?\s*(?:文章)?来源\s*[：:]\s*(.*?)\s*[）)]?$")
_EDITOR = re.compile(r"[（(]\s*责任编辑\s*[：:]\s*(.*?)\s*[）)]$")
_BARE = re.compile(r"^[【\[]?\s*(文章来源|责任编辑)\s*[：:]\s*([^。！？\n]{0,40}?)\s*[】\]]?$")
"""A line of its own in other brackets, or in none."""
_ORIGINAL_TITLE = re.compile(r"^[（(]\s*原标题\s*[：:]\s*(.+?)\s*[）)]$")
_NOISE = re.compile(r"^(?:郑重声明\s*[：:]\s*东方财富|风险提示及免责条款)")
_NOISE_TEXT = re.compile(r"^市场有风险，投资需谨慎")
_RELATED = re.compile(r"^相关(?:报道|新闻|阅读|链接|文章)\s*(?:[>＞》]{2,}|[：:]$)")

_SUSPICIOUS = frozenset("（(郑风相")
"""First characters of the lines that may stand anywhere."""


def strip_lines(page: Page) -> None:
    """Drop these lines from a page's drafts and keep what they say in its fields."""
    suspects = [draft for draft in page.drafts if draft.text[0] in _SUSPICIOUS]
    if suspects:
        _strip_original_title(page, suspects)
        firsts = {draft.text[0] for draft in suspects}
        if not firsts.isdisjoint("郑风"):
            _strip_noise(page)
        if "相" in firsts:
            _strip_related(page)
    _strip_tail(page)
    marked = [draft for draft in page.drafts if draft.media]
    for draft in marked:
        _strip_marked_source(page, draft)


def _strip_tail(page: Page) -> None:
    """Source and editor stand at the end, in this or that order, once each."""
    for draft in reversed(page.drafts):
        while not draft.dropped and _strip_end(page, draft):
            pass
        if not draft.dropped:
            return


def _strip_end(page: Page, draft: Draft) -> bool:
    """Cut a source or editor line from the end of a block, or the whole block if it is one."""
    if draft.kind is BlockKind.TABLE:
        return False
    if not draft.text.endswith(("）", ")")):
        return _strip_bare(page, draft)
    if page.source is None:
        name = _cut(page, draft, _SOURCE, "文章来源", "source line")
        if name is not None:
            page.source = name or None
            return True
    if page.editor is None:
        name = _cut(page, draft, _EDITOR, "责任编辑", "editor line")
        if name is not None:
            page.editor = name or None
            return True
    return False


def _strip_bare(page: Page, draft: Draft) -> bool:
    """Drop a block that is a source or editor line without parentheses."""
    found = _BARE.match(draft.text)
    if not found:
        return False
    if found[1] == "文章来源":
        page.source = page.source or found[2] or None
        _drop(page, draft, "source line")
    else:
        page.editor = page.editor or found[2] or None
        _drop(page, draft, "editor line")
    return True


def _cut(page: Page, draft: Draft, form: re.Pattern[str], word: str, rule: str) -> str | None:
    """Shorten a draft by the last parenthesis that has the form; what it says."""
    at = draft.text.rfind(word)
    if at < 0:
        return None
    found = form.search(draft.text, max(at - 3, 0))
    if not found or len(found[1]) > MAX_SOURCE_CHARS:
        return None
    page.removed.append(f"{rule}: {found[0]}")
    at = draft.raw.rfind(word, draft.start, draft.end)
    at = max(draft.raw.rfind(bracket, draft.start, at) for bracket in "（(") if at >= 0 else -1
    if at >= 0:
        draft.shorten(at)
    else:  # invisible characters stand in between
        draft.text, draft.spans = draft.text[: found.start()].rstrip(), []
    draft.dropped = not draft.text
    return found[1]


def _strip_marked_source(page: Page, draft: Draft) -> None:
    """A paragraph of class em_media is the source line wherever it stands."""
    found = None if draft.dropped else _SOURCE_OF_CLASS.match(draft.text)
    if found and len(found[1]) <= MAX_SOURCE_CHARS:
        page.source = page.source or found[1] or None
        _drop(page, draft, "source line")


def _strip_original_title(page: Page, suspects: list[Draft]) -> None:
    """A block that is nothing but a parenthesis with the title it had elsewhere."""
    for draft in suspects:
        found = _ORIGINAL_TITLE.match(draft.text)
        if found and len(found[1]) <= MAX_TITLE_CHARS and draft.kind is not BlockKind.TABLE:
            page.original_title = page.original_title or clean_line(found[1])
            _drop(page, draft, "original title")


def _strip_noise(page: Page) -> None:
    """Disclaimers of the page, recognised by how the block begins."""
    after_noise = False
    for draft in page.drafts:
        if draft.dropped:
            continue
        known = _NOISE.match(draft.text) or (after_noise and _NOISE_TEXT.match(draft.text))
        if known:
            _drop(page, draft, "disclaimer")
        after_noise = bool(known)


def _strip_related(page: Page) -> None:
    """`相关报道>>>` and the blocks after it that are nothing but links to articles."""
    in_list = False
    for draft in page.drafts:
        if draft.dropped:
            continue
        in_list = bool(_RELATED.match(draft.text)) or (in_list and _only_links(draft))
        if in_list:
            _drop(page, draft, "related")


def _only_links(draft: Draft) -> bool:
    links = [span.href for span in draft.spans if span.tag == "a"]
    return bool(links) and all(map(article_id, links)) and covered(draft, "a")


def _drop(page: Page, draft: Draft, rule: str) -> None:
    draft.dropped = True
    page.removed.append(f"{rule}: {clean_line(draft.text)}")
