"""Stored HTML in a real browser, with a strict CSP and without: it asks nobody, runs nothing.

Row C12. Needs Debian's chromium (make system-packages); `make test-browser` runs it.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newscrawler.body import read_body
from tests.test_body_html import VECTORS

pytestmark = pytest.mark.browser

STRICT = "default-src 'none'; img-src http: https:; base-uri 'none'; form-action 'none'"
CANARY = '<script>document.title="ran";new Image().src="/canary"</script>'


class Site(ThreadingHTTPServer):
    """Serves pages by path, and notes every path that is asked for."""

    daemon_threads = True

    def __init__(self, pages: dict[str, tuple[str, str]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages = pages
        """(body, Content-Security-Policy or "") by path."""
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body, policy = self.server.pages.get(self.path, ("", ""))
        page = f"<!DOCTYPE html><meta charset=utf-8><title>still</title><article>{body}</article>"
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if policy:
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        pass


def stored(number: int) -> str:
    """What is stored of an article with this vector; its pictures point at this machine."""
    vector = VECTORS[number].replace("x.cn", "127.0.0.1:9").replace("evil.example", "127.0.0.1:9")
    return read_body(f"<p>前</p>{vector}<p>后</p>").html


def inside(dom: str) -> str:
    """What the browser made of the article."""
    return dom.partition("<article>")[2].rpartition("</article>")[0]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    every = "".join(map(stored, range(len(VECTORS))))
    pages = {f"/{number}": (stored(number), "") for number in range(len(VECTORS))}
    pages |= {"/every": (every, ""), "/strict": (every, STRICT), "/canary-page": (CANARY, "")}
    pages["/canary-strict"] = (CANARY, STRICT)
    with Site(pages) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def shown(site: Site, path: str, folder: Path) -> tuple[str, list[str]]:
    """The page as the browser has it after its scripts ran, and what it asked for besides."""
    program = shutil.which("chromium")
    assert program, "there is no chromium: make system-packages installs it, or says how"
    del site.asked[:]
    done = subprocess.run(
        [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", f"--user-data-dir={folder}",
         "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
         "--virtual-time-budget=3000", "--dump-dom",
         f"http://127.0.0.1:{site.server_address[1]}{path}"],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )  # fmt: skip
    others = [asked for asked in site.asked if asked not in (path, "/favicon.ico")]
    return done.stdout, others


@pytest.mark.parametrize("path", ["/every", "/strict"])
def test_c12_nothing_that_is_stored_runs_or_asks(site: Site, path: str, tmp_path: Path) -> None:
    dom, others = shown(site, path, tmp_path)
    assert others == []
    assert "<title>still</title>" in dom
    assert inside(dom) == "".join(map(stored, range(len(VECTORS))))


@pytest.mark.parametrize("number", range(len(VECTORS)))
def test_c12_each_vector_alone_keeps_the_page_as_it_is(
    site: Site, number: int, tmp_path: Path
) -> None:
    dom, others = shown(site, f"/{number}", tmp_path)
    assert others == []
    assert "<title>still</title>" in dom
    assert inside(dom) == stored(number)


def test_the_browser_would_tell(site: Site, tmp_path: Path) -> None:
    dom, others = shown(site, "/canary-page", tmp_path)
    assert "<title>ran</title>" in dom
    assert others == ["/canary"]


def test_the_policy_alone_would_stop_a_script(site: Site, tmp_path: Path) -> None:
    dom, others = shown(site, "/canary-strict", tmp_path)
    assert "<title>still</title>" in dom
    assert others == []
