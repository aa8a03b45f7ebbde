"""A small server that answers as the upstream hosts do, with recorded articles.

For newcomers (`newscrawler demo`), tests and benchmarks; it binds loopback addresses only.
"""

from newscrawler.replica.run import Replica, serve
from newscrawler.replica.world import World

__all__ = ["Replica", "World", "serve"]
