"""What a run finds out about its database before its first request."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import insert

from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare
from newscrawler.store.schema import sources

SCRIPT = """
import sys
from newscrawler.slugs import source_slug
from newscrawler.store.ready import open_ready
open_ready(sys.argv[1]).close()
print(source_slug("财联社"), "pypinyin" in sys.modules)
"""


def test_stored_slugs_are_not_made_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    database = open_database(url)
    prepare(database)
    with database.write() as conn:
        row = {"name_hash": "0" * 64, "name": "财联社", "slug": "as-stored"}
        conn.execute(insert(sources), [row])
    database.close()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, url], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["as-stored", "False"]
