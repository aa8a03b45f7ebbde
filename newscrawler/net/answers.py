"""Middleware that hands on whole answers only, decoded; of the others, what is wrong with them."""

from __future__ import annotations

from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response, TextResponse
from scrapy.responsetypes import responsetypes

from newscrawler.errors import PageError
from newscrawler.net.decoding import ACCEPTED, codings_of, decode

_ENDS = {b"{": b"}", b"[": b"]", b"<": b">"}
_MARKS = b" \t\r\n\xef\xbb\xbf"
_TAIL = b" \t\r\n\0;)"


class BrokenResponse(Response):
    """An answer whose body cannot be trusted; `trouble` says why. It is empty."""

    trouble: PageError


class DecodeMiddleware:
    """In place of Scrapy's HttpCompressionMiddleware, which keeps what a cut body still yields.

    Belongs between the downloader and the retry middleware, which deals with BrokenResponse.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Say which codings we read."""
        request.headers.setdefault("Accept-Encoding", ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """The same answer with its body decoded, or a BrokenResponse."""
        coded = response.headers.getlist("Content-Encoding")
        if not coded and not response.flags:
            return response
        codings = codings_of(coded)
        try:
            body = self._decoded(request, response, codings)
        except PageError as trouble:
            return _broken(response, trouble)
        if "partial" in response.flags and not codings and not _looks_whole(body):
            return _broken(response, PageError("truncated", "the body ends in the middle"))
        return _with_body(response, body) if coded else response

    def _decoded(self, request: Request, response: Response, codings: list[bytes]) -> bytes:
        if "dataloss" in response.flags:
            raise PageError("truncated", "the body is shorter than it said")
        if not codings or request.method == "HEAD":
            return response.body
        if not response.body and response.status != 200:
            return b""
        limit: int = request.meta.get("download_maxsize") or self._limit
        return decode(response.body, codings, limit)


def _looks_whole(body: bytes) -> bool:
    """Whether a body of unstated length ends as it begins; other text may end anywhere."""
    begin = body.lstrip(_MARKS)[:1]
    return begin not in _ENDS or body.rstrip(_TAIL).endswith(_ENDS[begin])


def _with_body(response: Response, body: bytes) -> Response:
    headers = response.headers
    del headers["Content-Encoding"]
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    renewed: dict[str, Any] = {"body": body}
    if issubclass(kind, TextResponse):
        renewed["encoding"] = None  # guessed anew, from the text itself
    return response.replace(cls=kind, **renewed)


def _broken(response: Response, trouble: PageError) -> BrokenResponse:
    broken = BrokenResponse(response.url, status=response.status, headers=response.headers)
    broken.trouble = trouble
    return broken
