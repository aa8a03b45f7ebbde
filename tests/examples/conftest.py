"""Databases of each kind, and stages of whole crawls."""

from __future__ import annotations

from tests.faults.conftest import server as server
from tests.faults.conftest import stage as stage
from tests.store.conftest import db as db
from tests.store.conftest import empty_url as empty_url
from tests.store.conftest import kind as kind
from tests.store.conftest import mariadb_server as mariadb_server
from tests.store.conftest import postgres_server as postgres_server
from tests.store.conftest import postgres_template as postgres_template
from tests.store.conftest import sqlite_db as sqlite_db
from tests.store.conftest import sqlite_template as sqlite_template
from tests.store.conftest import url as url
