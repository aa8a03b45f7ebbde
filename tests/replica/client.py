"""A plain HTTP client for the replica's tests."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class Answer(NamedTuple):
    """What came back."""

    status: int
    content_type: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def get(origin: str, target: str, *, method: str = "GET", timeout: float = 5.0) -> Answer:
    """Send one request on a connection of its own."""
    connection = HTTPConnection(urlsplit(origin).netloc, timeout=timeout)
    try:
        connection.request(method, target)
        response = connection.getresponse()
        return Answer(response.status, response.headers["Content-Type"], response.read())
    finally:
        connection.close()
