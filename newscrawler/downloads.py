"""What a download came to, as stable reason words (docs/outcomes.md)."""

from __future__ import annotations

from collections.abc import Iterator

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
from twisted.internet.error import ConnectionAborted, ConnectionLost
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from newscrawler.captures import Fetched, check_status
from newscrawler.errors import AddressRefusedError, PageError
from newscrawler.items import Outcome

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (DownloadTimeoutError, "timeout"),
    (DownloadCancelledError, "too_large"),
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connection_refused"),
    (UnsupportedURLSchemeError, "scheme"),
    (ConnectionLost, "reset"),
    (ConnectionResetError, "reset"),
    (ConnectionAborted, "reset"),
    (ResponseDataLossError, "truncated"),
)
"""The first that any cause of a failure is an instance of."""
_PROTOCOL_REASON = "protocol"
_TLS_REASON = "tls"
_OTHER_REASON = "connection_lost"

_TLS_MODULES = ("OpenSSL", "service_identity")
_REJECTING = frozenset({"too_large", "robots", "address_refused"})
"""Reasons that another try will not mend: `rejected`, not `failed`."""
_DEPTH = 8


def explain_failure(error: BaseException) -> tuple[Outcome, PageError]:
    """What a failed download means for its task: outcome, reason and detail."""
    trouble = _trouble(error)
    outcome = Outcome.REJECTED if trouble.reason in _REJECTING else Outcome.FAILED
    return outcome, trouble


def _trouble(error: BaseException) -> PageError:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, AddressRefusedError):
            return PageError("address_refused", _say(cause))
        if isinstance(cause, PageError):
            return cause
    if isinstance(error, IgnoreRequest):
        return PageError("refused", _say(error))
    for kind, reason in _REASONS:
        for cause in causes:
            if isinstance(cause, kind):
                return PageError(reason, _say(cause))
    return _other_trouble(error, causes)


def _other_trouble(error: BaseException, causes: list[BaseException]) -> PageError:
    """What only shows in the innermost error: TLS, an answer that is no HTTP, a lost connection."""
    for cause in causes:
        if type(cause).__module__.startswith(_TLS_MODULES):
            return PageError(_TLS_REASON, _say_tls(cause))
        if isinstance(cause, (ValueError, LookupError)):  # what Twisted's parser raises
            return PageError(_PROTOCOL_REASON, f"no HTTP answer: {_say(cause)}")
    return PageError(_OTHER_REASON, _say(error))


def require_ok(response: Response | None) -> Response:
    """The response itself, if it is one with HTTP 200.

    Raises:
        PageError: `not_found` for 404 and 410, else `http_<status>`; `no_answer` for None.
    """
    if response is None:
        raise PageError("no_answer", "the request failed")
    check_status(response.status)
    return response


def fetched(response: Response | None) -> Fetched | None:
    """The response as those who read it want it; None for a failed download."""
    return None if response is None else Fetched(response.url, response.status, response.body)


def _causes(error: BaseException | None, depth: int = _DEPTH) -> Iterator[BaseException]:
    """The error and what led to it, through Twisted's lists of reasons too."""
    while error is not None and depth:
        yield error
        depth -= 1
        if isinstance(error, ResponseFailed):
            for failure in error.reasons:
                if isinstance(failure, Failure):
                    yield from _causes(failure.value, depth)
        error = error.__cause__ or error.__context__


def _say(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _say_tls(error: BaseException) -> str:
    """OpenSSL's errors hold lists of (library, function, reason)."""
    found = [str(part[-1]) for part in error.args[0] if part] if _is_listing(error) else []
    return "; ".join(found)[:200] or _say(error)


def _is_listing(error: BaseException) -> bool:
    return (
        bool(error.args) and isinstance(error.args[0], list) and isinstance(error.args[0][0], tuple)
    )
