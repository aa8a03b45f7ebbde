"""`newscrawler demo`: the main job on recorded articles, with nothing but this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newscrawler.demo import run_demo
from newscrawler.replica import World, serve


@click.command()
@click.option("--serve", "serve_only", is_flag=True, help="Only run the replica, until Ctrl-C.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Its port; 0 for any.")
@click.option("--fault", multiple=True, metavar="KIND[:PROBABILITY]", help="Faults it plays.")
@click.option(
    "--database",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("data/demo.db"),
    show_default=True,
    help="SQLite file for the demo; made anew.",
)
def demo(serve_only: bool, port: int, fault: tuple[str, ...], database: Path) -> None:
    """Crawl a replica of the upstream hosts that serves recorded articles, twice.

    \b
    Examples:
      newscrawler demo
      newscrawler demo --fault http429:0.1
      newscrawler demo --serve --port 8899
    """
    world = World.recorded()
    for one in fault:
        world.faults.add(one)
    if serve_only:
        serve(world, port=port, on_ready=_announce)
        return
    sys.exit(run_demo(world, database, port=port, say=click.echo))


def _announce(origin: str) -> None:
    click.echo(f"replica of the upstream hosts on {origin} (Ctrl-C stops it)")
    click.echo(f"  newscrawler crawl eastmoney -s EASTMONEY_BASE_URL={origin}")
    share = f"{origin}/html_News/NewsShare.html?infoCode=NW202202242287513337"
    click.echo(f"  newscrawler fetch '{share}' -s ALLOWED_PRIVATE_HOSTS=127.0.0.1")
