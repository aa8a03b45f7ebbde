"""robots.txt by RFC 9309 (row S24): who forbids, who allows, and who cannot be asked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.net.conftest import ROOT, probe
from tests.net.fault_server import FaultServer
from tests.net.faults import Exchange, Fault, s03_silence, s20_503, s21_endless_chain
from tests.processes import run

TEXT = b"Content-Type: text/plain"
PAGE = "/page.html"


def says(body: bytes, status: bytes = b"200 OK", *headers: bytes) -> Fault:
    async def answer(ask: Exchange) -> None:
        await asyncio.sleep(0.05)
        await ask.whole(body, TEXT, *headers, status=status)

    return answer


async def endless(ask: Exchange) -> None:
    await ask.send(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /private\n")
    while True:
        await ask.send(b"# filler\n" * 1000)


DENY = b"User-agent: *\nDisallow: /\n"
ROBOTS: dict[str, tuple[Fault, str]] = {
    "deny": (says(DENY), "rejected robots"),
    "deny us": (says(b"User-agent: newscrawler\nDisallow: /"), "rejected robots"),
    "deny others": (says(b"User-agent: other\nDisallow: /"), "200"),
    "404": (says(DENY, b"404 Not Found"), "200"),
    "403": (says(DENY, b"403 Forbidden"), "200"),
    "429": (says(b"", b"429 Slow Down"), "failed robots_unreachable"),
    "503": (s20_503, "failed robots_unreachable"),
    "silence": (s03_silence, "failed robots_unreachable"),
    "loop": (s21_endless_chain, "failed robots_unreachable"),
    "moved": (says(b"", b"301 Moved", b"Location: /elsewhere.txt"), "rejected robots"),
    "HTML": (says(b"<html><body>\nUser-agent: *\nDisallow: /\n</body></html>"), "200"),
    "endless": (endless, "200"),
    "late rule": (says(b"# x\n" * 130_000 + DENY), "200"),
    "empty": (says(b""), "200"),
}


async def page(ask: Exchange) -> None:
    await ask.whole(b"<html></html>")


async def hop(ask: Exchange) -> None:
    await ask.whole(b"", b"Location: /chain/%d" % ask.nth, status=b"302 Found")


@pytest.fixture(scope="module")
def judged() -> Iterator[dict[str, tuple[FaultServer, list[str]]]]:
    """Server and ends of two pages, by name of its robots.txt."""
    with ExitStack() as stack:
        servers = {}
        for name, (robots, _) in ROBOTS.items():
            routes = {"/robots.txt": robots, PAGE: page, "/other.html": page}
            routes |= {"/elsewhere.txt": says(DENY)} | {f"/chain/{n}": hop for n in range(30)}
            servers[name] = stack.enter_context(FaultServer(routes))
        urls = [
            server.origin + path for server in servers.values() for path in (PAGE, "/other.html")
        ]
        ends = probe(urls, CONCURRENCY="40", PAGE_DEADLINE_S="2")
        yield {
            name: (server, [ends[server.origin + path] for path in (PAGE, "/other.html")])
            for name, server in servers.items()
        }


@pytest.mark.parametrize("name", ROBOTS)
def test_s24_robots(judged: dict[str, tuple[FaultServer, list[str]]], name: str) -> None:
    _, ends = judged[name]
    assert [end.partition(" http")[0] for end in ends] == [ROBOTS[name][1]] * 2


@pytest.mark.parametrize("name", ["deny", "404", "HTML", "endless"])
def test_s24_a_host_is_asked_once(
    judged: dict[str, tuple[FaultServer, list[str]]], name: str
) -> None:
    server, _ = judged[name]
    assert len(server.times("/robots.txt")) == 1


@pytest.mark.parametrize("name", ["deny", "503", "silence", "loop"])
def test_s24_what_is_not_allowed_is_not_asked_for(
    judged: dict[str, tuple[FaultServer, list[str]]], name: str
) -> None:
    server, _ = judged[name]
    assert not server.times(".html")


def test_s24_fetch_of_what_robots_txt_forbids_exits_4(tmp_path: Path) -> None:
    with FaultServer({"/robots.txt": says(DENY)}) as server:
        done = run(
            "newscrawler",
            ("fetch", "NW202202242287513337"),
            tmp_path,
            {
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "NEWSCRAWLER_EASTMONEY_BASE_URL": server.origin,
                "NEWSCRAWLER_DATABASE_URL": f"sqlite:///{tmp_path / 'news.db'}",
            },
        )
        assert done.returncode == 4, done.stderr
        assert "robots.txt disallows" in done.stderr
        assert [asked.target for asked in server.log] == ["/robots.txt"]
