"""Bodies as upstream sent them, and short ways to look at what is read from one."""

from __future__ import annotations

from pathlib import Path

from newscrawler.body import read_body
from newscrawler.items import Security

HERE = Path(__file__).parent


def blocks(html: str) -> list[tuple[str, str]]:
    """Kind and text of each block."""
    return [(block.kind.value, block.text) for block in read_body(html).blocks]


def texts(html: str) -> list[str]:
    return [block.text for block in read_body(html).blocks]


def securities(html: str) -> dict[str, Security]:
    return {security.security: security for security in read_body(html).securities}


def only_security(html: str) -> Security:
    (security,) = read_body(html).securities
    return security
