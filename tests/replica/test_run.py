"""The replica starts and stops cleanly, on loopback only."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from newscrawler.errors import ConfigError
from newscrawler.replica import Replica, World, serve
from tests.replica.client import get

ROOT = Path(__file__).parents[2]
SERVE = """
from newscrawler.replica import World, serve
serve(World(), on_ready=lambda origin: print(origin, flush=True))
"""
FOREIGN = """
import sys, newscrawler.replica
print(sorted({"scrapy", "sqlalchemy", "newscrawler.store"} & set(sys.modules)))
"""


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "::", "example.com", ""])  # noqa: S104
def test_other_hosts_than_loopback_are_refused(host: str) -> None:
    with pytest.raises(ConfigError, match="loopback"):
        serve(World(), host)


def test_a_thread_that_cannot_start_says_why() -> None:
    with pytest.raises(ConfigError, match="loopback"), Replica(World(), host="0.0.0.0"):  # noqa: S104
        pass


def test_a_taken_port_is_named(replica: Replica) -> None:
    port = urlsplit(replica.origin).port or 0
    with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}"):
        serve(World(), port=port)


def test_two_replicas_run_side_by_side(replica: Replica) -> None:
    with Replica(World()) as other:
        assert other.origin != replica.origin
        assert get(other.origin, "/robots.txt").status == 200


def test_a_stopped_replica_does_not_answer() -> None:
    with Replica(World()) as replica:
        pass
    with pytest.raises(ConnectionRefusedError):
        get(replica.origin, "/")


def test_a_replica_stops_while_an_answer_is_late() -> None:
    with Replica(World()) as replica:
        replica.world.faults.add("delay60")
        with pytest.raises(TimeoutError):
            get(replica.origin, "/", timeout=0.05)


def test_a_replica_without_a_world_serves_the_recorded_one() -> None:
    assert len(Replica().world.ids) == 43


def test_serving_ends_well_when_interrupted() -> None:
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        origin = process.stdout.readline().strip()
        assert get(origin, "/robots.txt").status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_the_replica_needs_neither_crawler_nor_store() -> None:
    command = [sys.executable, "-c", FOREIGN]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
