"""Reading one body beside parsing its HTML alone, on the real bodies of the tests.

Interleaved rounds; each figure is the median over the rounds. Wanted: at most four times the time
of `lxml.html.fragment_fromstring`; that of the bare `lxml.etree.HTML` is shown for comparison.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from newscrawler.body import read_body

ROUNDS = 300
PAGES = Path(__file__).resolve().parent.parent / "tests" / "body"

_lxml_html: Any = import_module("lxml.html")
_etree: Any = import_module("lxml.etree")


def main() -> None:
    """Print, for each body, the time of a read and its ratio to a parse."""
    ratios = []
    for page in sorted(PAGES.glob("*.html")):
        html = page.read_text(encoding="utf-8")
        read, fragment, document = medians(
            partial(read_body, html),
            partial(_lxml_html.fragment_fromstring, html, create_parent="div"),
            partial(_etree.HTML, html),
        )
        ratios.append(read / fragment)
        print(
            f"{page.stem}: {len(html.encode()) / 1000:4.1f} kB, read {read * 1e6:5.0f} µs ="
            f" {read / fragment:.1f} × fragment_fromstring = {read / document:.1f} × etree.HTML"
        )
    print(f"ratio: {statistics.median(ratios):.2f} (wanted: at most 4)")


def medians(*calls: Callable[[], object]) -> tuple[float, ...]:
    """Median seconds of each call, measured in turn."""
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, seen in zip(calls, seconds, strict=True):
            begun = time.perf_counter()
            call()
            seen.append(time.perf_counter() - begun)
    return tuple(map(statistics.median, seconds))


if __name__ == "__main__":
    main()
