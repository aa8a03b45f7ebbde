"""Redirects: few, to http and https only, and without carrying anything of ours elsewhere."""

from __future__ import annotations

from typing import Self
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.httpobj import urlparse_cached

from newscrawler.addon import config_of
from newscrawler.config_values import split_host
from newscrawler.errors import PageError
from newscrawler.guard import canonical

_STATUSES = frozenset({301, 302, 303, 307, 308})
_PLAIN_HEADERS = (b"Accept", b"Accept-Encoding", b"Accept-Language", b"User-Agent")
_PORTS = {"http": 80, "https": 443}


class PlainRedirectMiddleware:
    """In place of Scrapy's, which gives up without a word and sends a Referer.

    At most REDIRECT_MAX_TIMES hops, none twice (`redirect_loop`); from https only to https, save
    to a host that may be private (`redirect_scheme`); another origin gets no header of ours but
    the four that every host gets.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._most = crawler.settings.getint("REDIRECT_MAX_TIMES")
        allowed = config_of(crawler.settings).allowed_hosts
        self._private = frozenset(canonical(split_host(host)[0]) for host in allowed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """The response, or the request that a redirect leads to.

        Raises:
            PageError: `redirect_loop` or `redirect_scheme`.
        """
        location = response.headers.get("Location")
        if location is None or response.status not in _STATUSES or "dont_redirect" in request.meta:
            return response
        url = self._target(request, location)
        been = [*request.meta.get("redirect_urls", ()), request.url]
        if urldefrag(url)[0] in {urldefrag(visited)[0] for visited in been}:
            raise PageError("redirect_loop", f"leads back to {url[:200]}")
        if len(been) > self._most:
            raise PageError("redirect_loop", f"more than {self._most} redirects")
        return _follow(request, url, been)

    def _target(self, request: Request, location: bytes) -> str:
        url = ""
        try:
            url = urljoin(request.url, location.decode("utf-8", "replace").strip())
            target = urlsplit(url)
            host = canonical(target.hostname or "")
        except ValueError as error:
            raise PageError("redirect_scheme", f"leads to no URL: {location[:200]!r}") from error
        if target.scheme not in _PORTS or not host:
            raise PageError("redirect_scheme", f"leads to {url[:200]}: neither http nor https")
        downgrade = target.scheme == "http" and urlparse_cached(request).scheme == "https"
        if downgrade and host not in self._private:
            raise PageError("redirect_scheme", f"leads from https to http: {url[:200]}")
        bare = target._replace(netloc=target.netloc.rpartition("@")[2])  # a password is no address
        return Request(bare.geturl()).url  # as Scrapy escapes it


def _follow(request: Request, url: str, been: list[str]) -> Request:
    following = request.replace(url=url, meta={**request.meta, "redirect_urls": been})
    # A Scrapy download slot is a host's; the next host has its own.
    following.meta.pop("download_slot", None)
    if _origin(urlsplit(request.url)) != _origin(urlsplit(url)):
        for name in list(following.headers):
            if name not in _PLAIN_HEADERS:
                del following.headers[name]
    return following


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    port = parts.port or _PORTS.get(parts.scheme, 0)
    return parts.scheme, parts.hostname or "", port
