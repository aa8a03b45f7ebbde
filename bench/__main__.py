"""Run every benchmark: each module of this package that has a `main()`, by name."""

from __future__ import annotations

import importlib
import pkgutil
import platform
import sys

import bench


def main(wanted: list[str]) -> None:
    """Run the benchmarks named, else all; a heading over each."""
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__))
    unknown = sorted(set(wanted) - set(names))
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are: {', '.join(names)}")
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    for name in wanted or names:
        if name.startswith("_"):
            continue
        run = getattr(importlib.import_module(f"bench.{name}"), "main", None)
        if run is not None:
            print(f"\n== {name}", flush=True)
            run()


if __name__ == "__main__":
    main(sys.argv[1:])
