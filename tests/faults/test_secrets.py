"""No secret of the configuration, and no password of a URL, in anything that stays: N07, N09."""

from __future__ import annotations

import logging
import stat
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler import redaction
from newscrawler.redaction import HIDDEN, SafeRecord, forms, hide, redact
from newscrawler.store.engine import open_database
from newscrawler.store.schema import metadata
from newscrawler.store.views import VIEWS
from tests.faults.stage import Stage
from tests.faults.test_processes import in_shell
from tests.processes import Result

PASSWORD = "Xq7ß Yw8z@ 100%Zk9v 'Qj6h"
TOKEN = "webhook-token-0123456789abcdef"
SCRAPY = {
    name: f"scrapy-own-{name.lower()}"
    for name in ("HTTPAUTH_PASS", "MAIL_PASS", "FTP_PASSWORD", "AWS_SECRET_ACCESS_KEY",
                 "AWS_SESSION_TOKEN", "TELNETCONSOLE_PASSWORD")
}  # fmt: skip
SECRETS = [PASSWORD, TOKEN, *SCRAPY.values()]
URL_PASSWORD = "pw-of-a-url"


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test hides is no secret of the next."""
    monkeypatch.setattr(redaction, "_hidden", set())
    monkeypatch.setattr(redaction, "_pattern", None)


def spellings() -> set[str]:
    return {form for secret in SECRETS for form in forms(secret)} | {URL_PASSWORD}


def said(*done: Result) -> str:
    return "\n".join(each.stdout + each.stderr for each in done)


def leaks(text: str) -> set[str]:
    return {each for each in spellings() if each in text}


def dump(url: str) -> str:
    """Every row of every table, as text."""
    database = open_database(url)
    with database.read() as conn:
        tables = [*metadata.tables.values(), *VIEWS.values()]
        rows = [str(tuple(row)) for table in tables for row in conn.execute(table.select())]
    database.close()
    return "\n".join(rows)


@pytest.mark.faults
def test_n09_no_secret_is_in_logs_rows_reports_or_files(postgres_stage: Stage) -> None:
    stage, shell = postgres_stage, postgres_stage.shell
    plain_url = stage.url
    secret_url = plain_url.replace(":@", f":{quote(PASSWORD, safe='')}@", 1)
    assert secret_url != plain_url
    stage.use(secret_url)
    shell.environment["NEWSCRAWLER_ON_RUN_END"] = f"https://hooks.example/{TOKEN}"
    stage.world.faults.add("http404@/web/webapi?type=45,reset:0.2,wrong:0.1")
    given = [f"{name}={value}" for name, value in SCRAPY.items()]
    options = [part for each in given for part in ("-s", each)]
    crawl = shell.scrapy("crawl", "eastmoney", "-L", "DEBUG", *options)
    assert "Overridden settings" in crawl.stderr
    assert "MAIL_PASS" in crawl.stderr
    others = [
        shell.newscrawler(*command)
        for command in (
            ("runs", "--json"), ("runs", "1", "--json"), ("failures", "--all", "--json"),
            ("sites", "--json"), ("config", "--json"), ("changes",), ("db", "check"),
            ("export", "jsonl", "--out", "out.jsonl"),
        )
    ]  # fmt: skip
    down = shell.newscrawler(
        "runs", NEWSCRAWLER_DATABASE_URL=f"mariadb://u:{quote(PASSWORD, safe='')}@127.0.0.1:9/x"
    )
    assert down.returncode == 1
    assert leaks(said(crawl, *others, down)) == set()
    assert leaks(dump(plain_url)) == set()
    for path in shell.folder.rglob("*"):
        if path.is_file():
            assert leaks(path.read_bytes().decode("utf-8", "replace")) == set(), path


@pytest.mark.faults
def test_n07_a_password_in_a_url_is_never_kept(stage: Stage) -> None:
    shell = stage.shell
    origin = shell.replica.origin.replace("http://", f"http://user:{URL_PASSWORD}@")
    environment = {
        "NEWSCRAWLER_EASTMONEY_BASE_URL": "",
        "NEWSCRAWLER_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
    }
    [code] = stage.world.grow(1)
    share = f"{origin}/html_News/NewsShare.html?infoCode=NW{code}"
    fetched = shell.newscrawler("fetch", share, "-s", "LOG_LEVEL=DEBUG", **environment)
    assert fetched.returncode == 0, fetched.stderr
    settings = ("-s", "ALLOWED_PRIVATE_HOSTS=127.0.0.1", "-s", "EASTMONEY_BASE_URL=")
    again = shell.scrapy("crawl", "share", "-a", f"url={share}", "-a", "refresh=1", *settings)
    bad = shell.newscrawler("fetch", f"{origin}/nothing.html", **environment)
    assert bad.returncode == 2
    told = [shell.newscrawler(*each) for each in (("explain", code, "--json"), ("changes",))]
    assert URL_PASSWORD not in said(fetched, again, bad, *told)
    for path in shell.folder.rglob("*"):
        assert path.is_dir() or URL_PASSWORD.encode() not in path.read_bytes(), path


@pytest.mark.faults
def test_n09_files_are_for_their_owner_and_group_at_most(stage: Stage) -> None:
    shell = stage.shell
    (shell.folder / "data").mkdir()
    for command in (
        "crawl eastmoney", "db backup data/saved.db", "export jsonl --out data/out.jsonl",
    ):  # fmt: skip
        done = in_shell(stage, f"umask 000; newscrawler {command}")
        assert done.returncode == 0, done.stderr
    made = [path for path in shell.folder.rglob("*") if path.is_file()]
    assert len(made) >= 3
    for path in made:
        assert not path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP), path


@given(st.text(min_size=4, max_size=30))
def test_a_secret_is_hidden_in_every_spelling(secret: str) -> None:
    hide([secret])
    for form in forms(secret):
        assert form not in redact(f"a {form} b {form}{form}").replace(HIDDEN, "\0")


def test_a_record_hides_arguments_and_tracebacks() -> None:
    hide(["hush-hush now"])
    record = SafeRecord("a", logging.INFO, "a.py", 1, "%s and %r", ("hush-hush now", "now"), None)
    assert "hush" not in record.getMessage()
    try:
        raise ValueError("password is hush-hush now")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = SafeRecord("a", logging.INFO, "a.py", 1, "failed", (), info)
    assert "hush" not in logging.Formatter().format(record)
    assert "ValueError: password is ***" in logging.Formatter().format(record)


def test_a_piece_that_a_driver_quotes_is_hidden() -> None:
    hide(["pass with spaces'and quotes"])
    assert "spaces" not in redact("""missing "=" after "spaces'and" in connection info string""")


def test_user_and_password_of_any_url_are_hidden() -> None:
    assert redact("from http://a:b@x.example/c@d to ftp://e@f/") == (
        "from http://***@x.example/c@d to ftp://***@f/"
    )
    assert redact("mail to a@b.example, see http://b.example/@x") == (
        "mail to a@b.example, see http://b.example/@x"
    )
