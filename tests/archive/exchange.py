"""Made-up exchanges for the archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from newscrawler.captures import TEXT, Exchange, Subject

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def exchange(number: int = 1, body: bytes = b'{"text":"x"}', **more: Any) -> Exchange:
    """The answer about article `number`."""
    made = Exchange(
        subject=Subject("eastmoney", f"2026010212345678{number:02}", TEXT),
        method="GET",
        url=f"http://news.example/NewsData/GetNewsText.do?id=NW2026010212345678{number:02}",
        request_headers=[(b"User-Agent", b"newscrawler"), (b"Accept", b"*/*")],
        status=200,
        headers=[(b"Content-Type", b"application/json"), (b"Content-Length", b"%d" % len(body))],
        body=body,
        ip="192.0.2.7",
    )
    return replace(made, **more)
