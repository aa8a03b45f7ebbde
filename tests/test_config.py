"""One way to configure: layers, types, refusals that name the setting, and no secret shown."""

import pickle
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.config import SETTINGS, Config, load
from newscrawler.config_values import join_host, split_host
from newscrawler.errors import ConfigError, ExitCode

NOWHERE = Path("/nonexistent")


def configured(**overrides: str) -> Config:
    return load(overrides=overrides, env={}, cwd=NOWHERE)


def refusal(**overrides: str) -> str:
    with pytest.raises(ConfigError) as caught:
        configured(**overrides)
    return str(caught.value)


def test_defaults_are_what_the_documentation_promises() -> None:
    config = configured()
    assert config.database_url == "sqlite:///data/news.db"
    assert config.raw_archive == Path("data/raw")
    assert config.recheck == (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
    assert config.max_page_bytes == 8_388_608
    assert config.allowed_hosts == ()
    assert config.base_url("eastmoney") == ""


def test_each_layer_stands_above_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "newscrawler.toml").write_text("concurrency = 2\nIN_FLIGHT = 3\nRETRY_TIMES = 4\n")
    env = {"NEWSCRAWLER_IN_FLIGHT": "30", "NEWSCRAWLER_RETRY_TIMES": "40", "HOME": "/root"}
    config = load(overrides={"RETRY_TIMES": "400"}, env=env, cwd=tmp_path)
    assert (config.concurrency, config.in_flight, config.retry_times) == (2, 30, 400)
    origins = {name: origin for name, _, origin, _ in config.explain()}
    assert origins["CONTACT"] == "default"
    assert origins["CONCURRENCY"] == "newscrawler.toml"
    assert origins["IN_FLIGHT"] == "environment NEWSCRAWLER_IN_FLIGHT"
    assert origins["RETRY_TIMES"] == "-s"
    assert config.is_set("CONCURRENCY")
    assert not config.is_set("CONTACT")


def test_the_file_may_use_lists_numbers_false_and_scrapys_settings(tmp_path: Path) -> None:
    (tmp_path / "newscrawler.toml").write_text(
        'RECHECK = ["2h", "30m"]\nPAGE_DEADLINE_S = 7.5\nRAW_ARCHIVE = false\n'
        '[scrapy]\nLOG_LEVEL = "DEBUG"\n'
    )
    config = load(overrides={}, env={}, cwd=tmp_path)
    assert config.recheck == (timedelta(minutes=30), timedelta(hours=2))
    assert config.page_deadline_s == 7.5
    assert config.raw_archive is None
    assert config.scrapy == (("LOG_LEVEL", "DEBUG"),)


def test_the_environment_names_another_file(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text('CONTACT = "me@example.org"\n')
    config = load(overrides={}, env={"NEWSCRAWLER_CONFIG": "other.toml"}, cwd=tmp_path)
    assert config.contact == "me@example.org"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("CONCURENCY = 2", "CONCURRENCY?"),
        ("CONCURRENCY = true", "CONCURRENCY (newscrawler.toml)"),
        ("[eastmoney]\nx = 1", "EASTMONEY"),
        ("CONCURRENCY = ", "newscrawler.toml"),
        ("scrapy = 1", "[scrapy]"),
        ("[scrapy]\nlog_level = 1", "[scrapy]"),
    ],
)
def test_a_wrong_file_is_an_error_that_says_where(tmp_path: Path, content: str, named: str) -> None:
    (tmp_path / "newscrawler.toml").write_text(content)
    with pytest.raises(ConfigError) as caught:
        load(overrides={}, env={}, cwd=tmp_path)
    assert named in str(caught.value)


def test_a_file_that_is_named_but_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml"):
        load(overrides={}, env={"NEWSCRAWLER_CONFIG": "gone.toml"}, cwd=tmp_path)


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "newscrawler.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"newscrawler\.toml"):
        load(overrides={}, env={}, cwd=tmp_path)


def test_an_unknown_name_in_the_environment_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(ConfigError) as caught:
        load(overrides={}, env={"NEWSCRAWLER_DATABSE_URL": "x"}, cwd=NOWHERE)
    assert "DATABSE_URL (environment NEWSCRAWLER_DATABSE_URL)" in str(caught.value)
    assert "did you mean DATABASE_URL?" in str(caught.value)
    assert caught.value.exit_code == ExitCode.USAGE


def test_variables_that_kubernetes_sets_are_not_taken_for_settings() -> None:
    env = {
        "NEWSCRAWLER_SERVICE_HOST": "10.0.0.7",
        "NEWSCRAWLER_PORT": "tcp://10.0.0.7:8000",
        "NEWSCRAWLER_PORT_8000_TCP_ADDR": "10.0.0.7",
    }
    assert load(overrides={}, env=env, cwd=NOWHERE) == configured()


def test_an_unknown_name_on_the_command_line_is_an_error() -> None:
    assert "contact (-s); did you mean CONTACT?" in refusal(contact="x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONCURRENCY", "0"),
        ("CONCURRENCY", "eight"),
        ("CONCURRENCY", ""),
        ("CONCURRENCY", "１"),
        ("RETRY_TIMES", "-1"),
        ("MAX_PAGE_BYTES", "8e6"),
        ("PAGE_DEADLINE_S", "nan"),
        ("REQUEST_DELAY_S", "inf"),
        ("REQUEST_DELAY_S", "-0.5"),
        ("RECHECK", "1 fortnight"),
        ("RECHECK", "0h"),
        ("EASTMONEY_BASE_URL", "127.0.0.1:8899"),
        ("EASTMONEY_BASE_URL", "http://127.0.0.1:8899/path"),
        ("EASTMONEY_BASE_URL", "http://"),
        ("EASTMONEY_BASE_URL", "http://h:99999"),
        ("EASTMONEY_BASE_URL", "ftp://h"),
        ("EASTMONEY_BASE_URL", "http://a b"),
        ("EASTMONEY_SHARE_URL", "http://[::1"),
        ("EASTMONEY_ARTICLE_API_URL", "file:///{id}"),
        ("ALLOWED_PRIVATE_HOSTS", "http://127.0.0.1"),
        ("ALLOWED_PRIVATE_HOSTS", "10.0.0.0/8"),
        ("ALLOWED_PRIVATE_HOSTS", "127.0.0.1:0"),
        ("CONTACT", "a@b\r\nX-Evil: 1"),
        ("CONTACT", "联系"),
        ("RAW_ARCHIVE", ""),
        ("DATABASE_URL", "data/news.db"),
        ("DATABASE_URL", "sqlite://data/news.db"),
        ("DATABASE_URL", "mssql://u:p@h/d"),
        ("DATABASE_URL", "postgresql://u:p@ss@h/d"),
        ("DATABASE_URL", "postgresql://h:port/d"),
    ],
)
def test_an_unreadable_value_is_an_error_that_names_setting_and_layer(
    name: str, value: str
) -> None:
    assert refusal(**{name: value}).startswith(f"{name} (-s) takes ")


def test_refusals_do_not_show_secrets() -> None:
    assert "hunter2" not in refusal(DATABASE_URL="oracle://u:hunter2@h/d")
    assert "hunter2" not in refusal(EASTMONEY_BASE_URL="http://u:hunter2@h")
    assert "hunter2" not in refusal(ON_ALARM="https://h/?token=hunter2\nx")


@pytest.mark.parametrize(
    ("given_url", "effective"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql:///d?host=/run/pg", "postgresql+psycopg:///d?host=/run/pg"),
        ("mysql://u@h/d?charset=utf8mb4", "mariadb+pymysql://u@h/d?charset=utf8mb4"),
        ("mariadb+pymysql://u@h:3307/d", "mariadb+pymysql://u@h:3307/d"),
        ("sqlite:////var/lib/news.db", "sqlite:////var/lib/news.db"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_database_urls_get_the_driver_that_is_installed(given_url: str, effective: str) -> None:
    assert configured(DATABASE_URL=given_url).database_url == effective


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("sqlite:///data/news.db", None),
        ("postgresql:///d?host=/run/pg", None),
        ("postgresql://u:p%40s@DB.lan/d", "db.lan:5432"),
        ("mysql://u:p@127.0.0.1:3307/d", "127.0.0.1:3307"),
        ("mysql://[::1]/d", "[::1]:3306"),
    ],
)
def test_the_database_servers_address_is_known(url: str, host: str | None) -> None:
    assert configured(DATABASE_URL=url).database_host == host


def test_base_urls_lose_their_final_slash_and_pass_the_guard() -> None:
    config = configured(EASTMONEY_BASE_URL="http://Replica.lan/", ALLOWED_PRIVATE_HOSTS="a, B:1 ,a")
    assert config.base_url("eastmoney") == "http://replica.lan"
    assert config.allowed_private_hosts == ("a", "b:1")
    assert config.allowed_hosts == ("a", "b:1", "replica.lan:80")


def test_only_addresses_that_were_set_pass_the_guard() -> None:
    config = configured(EASTMONEY_SHARE_URL="https://[::1]:8899")
    assert config.allowed_hosts == ("[::1]:8899",)


def test_hosts_on_this_machine_are_known_for_what_they_are() -> None:
    config = configured(
        EASTMONEY_BASE_URL="http://127.0.0.2:1", ALLOWED_PRIVATE_HOSTS="10.0.0.1,x.localhost"
    )
    assert set(config.loopback_hosts) == {
        "localhost",
        "127.0.0.1",
        "::1",
        "127.0.0.2",
        "x.localhost",
    }


@pytest.mark.parametrize(
    ("value", "template"),
    [
        ("http://127.0.0.1:8899", "http://127.0.0.1:8899/kuaixun/v2/api/article/{id}"),
        ("http://127.0.0.1:8899/", "http://127.0.0.1:8899/kuaixun/v2/api/article/{id}"),
        ("http://h/api/article/", "http://h/api/article/{id}"),
        ("http://h/api?id={id}&x=1", "http://h/api?id={id}&x=1"),
    ],
)
def test_the_article_api_is_a_template_however_it_was_written(value: str, template: str) -> None:
    assert configured(EASTMONEY_ARTICLE_API_URL=value).eastmoney_article_api_url == template


@pytest.mark.parametrize("value", ["off", "OFF", ""])
def test_recheck_can_be_turned_off(value: str) -> None:
    assert configured(RECHECK=value).recheck == ()


def test_no_secret_is_shown_and_all_are_known() -> None:
    config = configured(
        DATABASE_URL="postgresql://news:s3cr%40t!@db/news?sslpassword=keyword",
        ON_RUN_END="https://bot:hunter22@hooks.example/T01/abcdefghijklmnopqrst?token=tok-en-1",
        ON_ALARM="/usr/bin/notify --password hunter33",
    )
    shown = repr(config) + str(config.explain())
    for secret in ("s3cr", "keyword", "hunter", "abcdefghij", "tok-en-1"):
        assert secret not in shown
    assert "postgresql://news:***@db/news?sslpassword=***" in shown
    assert "https://hooks.example/***" in shown
    assert set(config.secrets) == {
        "s3cr%40t!",
        "s3cr@t!",
        "keyword",
        "hunter22",
        "abcdefghijklmnopqrst",
        "tok-en-1",
    }


def test_a_configuration_survives_pickling() -> None:
    config = configured(RECHECK="5m", EASTMONEY_BASE_URL="http://127.0.0.1:1")
    assert pickle.loads(pickle.dumps(config)) == config  # noqa: S301


def test_every_setting_is_explained_and_has_the_type_it_says() -> None:
    config, hints = configured(), get_type_hints(Config)
    assert [name for name, *_ in config.explain()] == sorted(SETTINGS)
    for one in fields(Config):
        if one.metadata:
            value = getattr(config, one.name)
            assert type(value).__name__.removeprefix("Posix") in str(hints[one.name]), one.name
    assert all(setting.meaning.endswith(".") for setting in SETTINGS.values())


@given(st.sampled_from(sorted(SETTINGS)), st.text() | st.from_regex(r"[a-z]{2,6}://[^ ]{0,30}"))
def test_any_text_is_a_value_or_a_refusal(name: str, value: str) -> None:
    try:
        config = configured(**{name: value})
    except ConfigError:
        return
    assert config.is_set(name)
    config.explain()
    assert config.allowed_hosts is not None
    assert config.secrets is not None


@given(st.ip_addresses().map(str) | st.just("a.example"), st.none() | st.integers(1, 65_535))
def test_hosts_round_trip(host: str, port: int | None) -> None:
    assert split_host(join_host(host, port)) == (host, port)
