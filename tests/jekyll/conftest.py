"""Real posts of the old site, and databases to import them into."""

from __future__ import annotations

from pathlib import Path

from tests.store.conftest import (
    db as db,
)
from tests.store.conftest import (
    empty_url as empty_url,
)
from tests.store.conftest import (
    kind as kind,
)
from tests.store.conftest import (
    mariadb_server as mariadb_server,
)
from tests.store.conftest import (
    postgres_server as postgres_server,
)
from tests.store.conftest import (
    postgres_template as postgres_template,
)
from tests.store.conftest import (
    sqlite_db as sqlite_db,
)
from tests.store.conftest import (
    sqlite_template as sqlite_template,
)
from tests.store.conftest import (
    url as url,
)

ARCHIVE = Path(__file__).parent / "posts"
POSTS = sorted(ARCHIVE.rglob("*.md"))
HALF = "-202205262391921712.md"
"""The one real post without title and date."""
