"""Middleware that notes answers as they came, for the raw archive: coded, with their headers."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, Response

from newscrawler.addon import config_of
from newscrawler.captures import Exchange, Header, Subject

SUBJECT = "newscrawler_subject"
"""Key of `Request.meta`: what the answer is about; without it an answer is not kept."""
_EXCHANGE = "newscrawler_exchange"


class CaptureMiddleware:
    """Belongs next to the downloader: what comes later decodes bodies and follows redirects."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if config_of(crawler.settings).raw_archive is None:
            raise NotConfigured
        return cls()

    def process_response(self, request: Request, response: Response) -> Response:
        """The response; a whole one is noted in the request's meta, a torn one is not."""
        subject: Subject | None = request.meta.get(SUBJECT)
        if subject is None:
            return response
        if "dataloss" in response.flags:
            request.meta.pop(_EXCHANGE, None)
            return response
        request.meta[_EXCHANGE] = Exchange(
            subject=subject,
            method=request.method,
            url=response.url,
            request_headers=_pairs(request.headers),
            status=response.status,
            headers=_pairs(response.headers),
            body=response.body,
            ip=str(response.ip_address or ""),
        )
        return response


def list_request(url: str, site: str, name: str) -> Request:
    """A request for a list, whose answer is to be kept."""
    return Request(url, dont_filter=True, meta={SUBJECT: Subject(site, "", name)})


def exchanges_of(request: Request | None) -> list[Exchange]:
    """The answer that a request got, if it is to be kept."""
    exchange: Exchange | None = request.meta.get(_EXCHANGE) if request else None
    return [] if exchange is None else [exchange]


def _pairs(headers: Headers) -> list[Header]:
    return [(name, value) for name in headers for value in headers.getlist(name)]
