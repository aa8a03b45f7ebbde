"""The article answers of eastmoney: GetNewsText.do and the article API, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from newscrawler.errors import BadIdError, PageError
from newscrawler.processors import alike
from newscrawler.sites.eastmoney.ids import parse_id
from newscrawler.sites.eastmoney.wire import first_text, fold, read_json

_ALIKE = 0.3
"""Less of the characters in common, and two titles are of two articles (a corrected headline keeps
names and figures)."""
_ERROR_KEYS = frozenset({"code", "errorcode", "error", "message", "msg", "success", "rc", "me"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one call says of one article, as served; "" where it says nothing."""

    title: str = ""
    published: str = ""
    source: str = ""
    digest: str = ""
    url: str = ""
    text: str = ""
    """Body HTML without keyword links (prose)."""
    content: str = ""
    """Body HTML with keyword links (securities)."""
    names_itself: bool = False
    """Whether the answer carries the id that was asked for."""

    @property
    def prose(self) -> str:
        """The body to read: `text`, else `content`."""
        return self.text if self.text.strip() else self.content


def read_news_text(raw: bytes, external_id: str) -> Answer | None:
    """Read the answer of `NewsData/GetNewsText.do` for the article `external_id`.

    Returns None if upstream says that it has no such article (`null`, `{}`, empty answer).

    Raises:
        PageError: `not_json`, `html_page`, `unexpected_shape`, `upstream_error` (an error object)
            or `wrong_article` (the answer is another article's).
    """
    if not raw.strip():
        return None
    answer = read_json(raw)
    if answer in (None, {}, [], ""):
        return None
    if not isinstance(answer, dict):
        raise PageError("unexpected_shape", f"a JSON object expected, got {type(answer).__name__}")
    record = fold(answer)
    inner = record.get("data")
    if isinstance(inner, dict) and "text" not in record and "content" not in record:
        record = fold(inner)
    _refuse_error(record)
    names_itself = _check_identity(record, external_id, "infocode", "newsid", "id")
    return Answer(
        names_itself=names_itself,
        title=first_text(record, "title", "simtitle"),
        published=first_text(record, "date", "showtime", "datetime"),
        source=first_text(record, "medianame", "from", "source"),
        digest=first_text(record, "digest", "docreader", "simdigest"),
        url=first_text(record, "url", "url_w", "uniqueurl"),
        text=first_text(record, "text"),
        content=first_text(record, "content"),
    )


def read_article_api(raw: bytes, external_id: str) -> Answer | None:
    """Read the answer of the article API (`kuaixun/v2/api/article/<id>`), `Art_…` keys.

    Returns None if it has no such article.

    Raises:
        PageError: as `read_news_text`.
    """
    answer = read_json(raw)
    if not isinstance(answer, dict):
        return None
    record = answer.get("data")
    if not isinstance(record, dict) or not record:
        return None
    record = fold(record)
    _check_identity(record, external_id, "art_code")
    return Answer(
        title=first_text(record, "art_title", "art_simtitle"),
        published=first_text(record, "art_showtime", "art_ordertime"),
        source=first_text(record, "art_media_name"),
        digest=first_text(record, "art_digest", "art_guidance", "art_description"),
        url=first_text(record, "art_uniqueurl", "art_url"),
        content=first_text(record, "art_content"),
    )


def _refuse_error(record: dict[str, object]) -> None:
    """Tell an error object from an article that has no text yet."""
    if record.keys() & {"text", "content", "title"}:
        return
    if record.keys() & _ERROR_KEYS:
        said = first_text(record, "message", "msg", "error", "me", "code", "errorcode")
        raise PageError("upstream_error", f"the host answered an error: {said[:80]!r}")


def check_title(answer: Answer, announced: Iterable[str]) -> None:
    """Refuse an answer that names no id and whose title is nothing like any announced one.

    Raises:
        PageError: `wrong_article`.
    """
    titles = [title for title in announced if title]
    if answer.names_itself or not answer.title or not titles:
        return
    if not any(alike(answer.title, title) >= _ALIKE for title in titles):
        raise PageError("wrong_article", f"announced {titles[0]!r}, got {answer.title!r}")


def _check_identity(record: dict[str, object], external_id: str, *keys: str) -> bool:
    """Whether the record names the id asked for; an answer to another id is refused."""
    named = False
    for key in keys:
        try:
            answered = parse_id(first_text(record, key)).external_id
        except BadIdError:
            continue
        if answered != external_id:
            raise PageError("wrong_article", f"asked for {external_id}, got {answered}")
        named = True
    return named
