"""Reading one body beside parsing its HTML alone: the real bodies of the tests, and one of 10 kB.

The body of 10 kB is made of the paragraphs of the real ones, one of each in turn. Interleaved
rounds; each figure is the median over the rounds of the CPU time that this thread took, so that
other programs on the machine hardly count. Wanted: at most four times the time of
`lxml.html.fragment_fromstring`; that of the bare `lxml.etree.HTML` is shown for comparison. "at
first sight" is the same with no start tag remembered from a body before.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from typing import Any

from newscrawler.body import read_body, tidy

ROUNDS = 300
PAGES = Path(__file__).resolve().parent.parent / "tests" / "body"

_lxml_html: Any = import_module("lxml.html")
_etree: Any = import_module("lxml.etree")


def main() -> None:
    """Print, for each body, the time of a read and its ratio to a parse."""
    pages = {page.stem: page.read_text(encoding="utf-8") for page in sorted(PAGES.glob("*.html"))}
    pages["of 10 kB"] = mixture(list(pages.values()), 10_000)
    ratios = [_compare(name, html) for name, html in pages.items()]
    print(f"ratio: {statistics.median(ratios):.2f} (wanted: at most 4)")
    print(f"ratio for the body of 10 kB: {ratios[-1]:.2f} (wanted: at most 4)")


def mixture(bodies: list[str], size: int) -> str:
    """A body of about `size` bytes from the paragraphs of others, one of each in turn."""
    paragraphs = [[part + "</p>" for part in body.split("</p>")[:-1]] for body in bodies]
    mixed = ""
    for turn in zip_longest(*paragraphs, fillvalue=""):
        for paragraph in turn:
            if len(mixed.encode()) + len(paragraph.encode()) <= size:
                mixed += paragraph
    return mixed


def medians(*calls: Callable[[], object]) -> tuple[float, ...]:
    """Median seconds of each call, measured in turn."""
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, seen in zip(calls, seconds, strict=True):
            begun = time.thread_time()
            call()
            seen.append(time.thread_time() - begun)
    return tuple(map(statistics.median, seconds))


def _compare(name: str, html: str) -> float:
    read, anew, fragment, document = medians(
        partial(read_body, html),
        partial(_read_anew, html),
        partial(_lxml_html.fragment_fromstring, html, create_parent="div"),
        partial(_etree.HTML, html),
    )
    print(
        f"{name}: {len(html.encode()) / 1000:4.1f} kB, read {read * 1e6:5.0f} µs ="
        f" {read / fragment:.1f} × fragment_fromstring = {read / document:.1f} × etree.HTML;"
        f" at first sight {anew / fragment:.1f} ×"
    )
    return read / fragment


def _read_anew(html: str) -> None:
    tidy.forget_tags()
    read_body(html)


if __name__ == "__main__":
    main()
