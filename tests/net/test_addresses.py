"""Private addresses, other schemes and other clients of the process: rows N04–N06, N10, N11."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawl.conftest import ROOT, Shell
from tests.crawl.conftest import shell as shell
from tests.crawl.test_main_job import SEED
from tests.net.conftest import Crawled, probe
from tests.net.fault_server import FaultServer
from tests.net.faults import Exchange
from tests.test_guard_crawl import HOSTS, Canary
from tests.test_guard_crawl import servers as servers

CLIENTS = """
import asyncio, http.client, json, sys, urllib.request
from newscrawler.config import load
from newscrawler.guard import AddressGuard, activate
from pathlib import Path

config = load(overrides={"ALLOWED_PRIVATE_HOSTS": sys.argv[1]}, env={}, cwd=Path("/"))
activate(AddressGuard.of(config))
host, port = sys.argv[2], int(sys.argv[3])
name = f"[{host}]" if ":" in host else host

def by_urllib():
    urllib.request.urlopen(f"http://{name}:{port}/ok", timeout=5).read()

def by_http_client():
    client = http.client.HTTPConnection(host, port, timeout=5)
    client.request("GET", "/ok")
    client.getresponse().read()

def by_asyncio():
    async def go():
        reader, writer = await asyncio.open_connection(host, port)
        writer.close()
    asyncio.run(go())

def by_aiohttp():
    import aiohttp
    async def go():
        url = f"http://{name}:{port}/ok"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            await answer.read()
    asyncio.run(go())

ends = {}
for client in (by_urllib, by_http_client, by_asyncio, by_aiohttp):
    try:
        client()
        ends[client.__name__] = "connected"
    except OSError as error:
        ends[client.__name__] = "refused" if "refused by policy" in str(error) else repr(error)
print(json.dumps(ends))
"""


def clients(allowed: str, host: str, port: int) -> dict[str, str]:
    """What becomes of each HTTP client in a process under the guard."""
    done = subprocess.run(
        [sys.executable, "-c", CLIENTS, allowed, host, str(port)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    ends: dict[str, str] = json.loads(done.stdout)
    return ends


def test_n11_every_client_of_the_process_is_under_the_guard(servers: tuple[int, Canary]) -> None:
    port, canary = servers
    trap, before = canary.server_address[1], canary.hits
    for host in ("127.0.0.1", "localhost", "::1"):
        assert set(clients(f"127.0.0.1:{port}", host, trap).values()) == {"refused"}
    assert canary.hits == before
    assert set(clients(f"127.0.0.1:{port}", "127.0.0.1", port).values()) == {"connected"}


def test_n11_robots_txt_is_under_the_guard_too(servers: tuple[int, Canary]) -> None:
    _, canary = servers
    trap, before = canary.server_address[1], canary.hits
    urls = [f"http://{host}:{trap}/page.html" for host in HOSTS]
    ends = probe(urls, ALLOWED_PRIVATE_HOSTS="mirror.lan")
    assert set(ends.values()) == {"rejected address_refused"}
    assert canary.hits == before


def test_n10_a_redirect_off_a_listed_host_does_not_pass(servers: tuple[int, Canary]) -> None:
    _, canary = servers
    trap, before = canary.server_address[1], canary.hits

    async def away(ask: Exchange) -> None:
        target = f"Location: http://127.0.0.2:{trap}/".encode()
        await ask.whole(b"", target, status=b"302 Found")

    with FaultServer({"/away": away}) as server:
        url = f"{server.origin}/away"
        assert probe([url], ALLOWED_PRIVATE_HOSTS="127.0.0.1") == {url: "rejected address_refused"}
    assert canary.hits == before


def test_n05_what_a_page_would_load_is_not_loaded(faulty: Crawled) -> None:
    asked = [each.target for each in faulty.server.log]
    assert not [target for target in asked if "refreshed" in target or "passwd" in target]


@pytest.mark.parametrize("where", ["argument", "file"])
@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", f"ftp://x.example/a/{SEED}.html", f"data:text/html,{SEED}"]
)
def test_n06_other_schemes_are_wrong_usage(shell: Shell, where: str, url: str) -> None:
    if where == "file":
        Path(shell.folder, "urls.txt").write_text(f"{url}\n", "utf-8")
        done = shell.newscrawler("fetch", "--from", "urls.txt")
    else:
        done = shell.newscrawler("fetch", url)
    assert done.returncode == 2, done.stderr
    assert "root:" not in done.stdout + done.stderr
    assert not shell.replica.world.requests
