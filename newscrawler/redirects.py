"""Redirects: Scrapy's, without the Referer header that we never send."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Response


class PlainRedirectMiddleware(RedirectMiddleware):
    """Follows at most REDIRECT_MAX_TIMES redirects."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send no Referer: where we come from is nobody's business."""

    def _engine_started(self) -> None:
        """Scrapy's warns that nothing sets a Referer, also where `handle_referer` says why."""
