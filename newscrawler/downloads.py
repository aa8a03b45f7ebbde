"""What a download came to, as stable reason words (docs/outcomes.md)."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response

from newscrawler.errors import AddressRefusedError, PageError
from newscrawler.items import Outcome

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connection_refused"),
    (ResponseDataLossError, "truncated"),
    (DownloadCancelledError, "too_large"),
    (UnsupportedURLSchemeError, "scheme"),
)


def explain_failure(error: BaseException) -> tuple[Outcome, PageError]:
    """What a failed download means for its task: outcome, reason and detail."""
    for cause in _causes(error):
        if isinstance(cause, AddressRefusedError):
            return Outcome.REJECTED, PageError("address_refused", _say(cause))
    if isinstance(error, IgnoreRequest):
        if "robots.txt" in str(error):
            return Outcome.REJECTED, PageError("robots", "robots.txt disallows this address")
        if "redirect" in str(error).lower():
            return Outcome.FAILED, PageError("redirect_loop", "more redirects than allowed")
        return Outcome.FAILED, PageError("refused", _say(error))
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            outcome = Outcome.REJECTED if reason == "too_large" else Outcome.FAILED
            return outcome, PageError(reason, _say(error))
    return Outcome.FAILED, PageError("connection_lost", _say(error))


def require_ok(response: Response | None) -> Response:
    """The response itself, if it is one with HTTP 200.

    Raises:
        PageError: `not_found` for 404 and 410, else `http_<status>`; `no_answer` for None.
    """
    if response is None:
        raise PageError("no_answer", "the request failed")
    if response.status in (404, 410):
        raise PageError("not_found", f"HTTP {response.status}")
    if response.status != 200:
        raise PageError(f"http_{response.status}", f"HTTP {response.status}")
    return response


def _causes(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    while error is not None and len(chain) < 8:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain


def _say(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
