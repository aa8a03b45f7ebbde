"""A real crawl past a canary: private addresses get no packet, what is listed is reached."""

import json
import os
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest


class Site(BaseHTTPRequestHandler):
    """/ok is a page; /to?u=URL redirects there."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if target := parse_qs(parts.query).get("u"):
            self.send_response(302)
            self.send_header("Location", target[0])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"page")

    def log_message(self, *_: object) -> None:
        pass


class Canary(socketserver.ThreadingTCPServer):
    """Listens on every address of this machine; counts who comes."""

    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
    daemon_threads = True
    hits = 0

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.hits += 1
        self.shutdown_request(request)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[int, Canary]]:
    """The port of a site on 127.0.0.1, and a canary."""
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), Site) as site,
        Canary(("", 0), socketserver.BaseRequestHandler) as canary,
    ):
        for server in (site, canary):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield site.server_address[1], canary
        site.shutdown()
        canary.shutdown()


HOSTS = [
    "127.0.0.1",
    "127.0.0.2",
    "localhost",
    "0",
    "127.1",
    "2130706433",
    "0x7f000001",
    "[::1]",
    "[::ffff:127.0.0.3]",
]


def crawl(mode: str, allowed: str, urls: Sequence[str]) -> dict[str, str]:
    root = Path(__file__).parents[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith("NEWSCRAWLER_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.guarded_crawl", mode, allowed, *urls],
        capture_output=True,
        cwd=root,
        env=env,
        text=True,
        check=True,
    )
    results: dict[str, str] = json.loads(done.stdout)
    return results


@pytest.mark.parametrize("mode", ["resolver", "hook", "both"])
def test_a_crawl_sends_nothing_to_private_addresses(mode: str, servers: tuple[int, Canary]) -> None:
    port, canary = servers
    trap = canary.server_address[1]
    direct = [f"http://{host}:{trap}/" for host in HOSTS] + [f"https://localhost:{trap}/"]
    redirected = [f"http://127.0.0.1:{port}/to?u=http://{host}:{trap}/" for host in HOSTS]
    before = canary.hits
    results = crawl(mode, f"127.0.0.1:{port}", [*direct, *redirected])
    assert canary.hits == before
    assert sorted(results) == sorted([*direct, *redirected])
    if mode == "both":
        for url, result in results.items():
            assert result.startswith("AddressRefusedError: refused by policy: "), url


def test_a_crawl_reaches_exactly_what_is_listed(servers: tuple[int, Canary]) -> None:
    port, canary = servers
    trap, before = canary.server_address[1], canary.hits
    page, by_name = f"http://127.0.0.1:{port}/ok", f"http://localhost:{port}/ok"
    results = crawl("both", f"127.0.0.1:{port}", [page, by_name, f"http://127.0.0.1:{trap}/"])
    assert results[page] == "fetched page"
    assert results[by_name].startswith("AddressRefusedError")
    assert canary.hits == before


def test_a_crawl_reaches_a_listed_name(servers: tuple[int, Canary]) -> None:
    url = f"http://localhost:{servers[0]}/ok"
    assert crawl("both", f"localhost:{servers[0]}", [url]) == {url: "fetched page"}


def test_the_canary_sings_without_a_guard(servers: tuple[int, Canary]) -> None:
    _, canary = servers
    before = canary.hits
    with closing(socket.create_connection(("127.0.0.1", canary.server_address[1]))) as sock:
        sock.recv(1)  # ends when the canary hangs up
    assert canary.hits == before + 1
