"""The replica shows the faults it is told to show, and no others."""

from __future__ import annotations

import json
from http.client import IncompleteRead, RemoteDisconnected
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.errors import ConfigError
from newscrawler.replica import Replica
from newscrawler.replica.faults import Fault, Faults
from tests.replica.client import get

TEXT = "/NewsData/GetNewsText.do?id=NW202202242287513337"
OTHER = "/NewsData/GetNewsText.do?id=NW202112082206672930"
FLASH = "/web/webapi?type=102&count=100&newsid=1"
KINDS = ["http429", "json", "html", "empty", "null", "wrong", "truncated", "reset", "delay1.5"]


@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_a_status_is_shown_with_an_html_page(replica: Replica, status: int) -> None:
    replica.world.faults.add(f"http{status}")
    answer = get(replica.origin, TEXT)
    assert answer.status == status
    assert answer.content_type.startswith("text/html")


def test_broken_json_is_complete_http(replica: Replica) -> None:
    replica.world.faults.add("json")
    answer = get(replica.origin, TEXT)
    assert answer.status == 200
    with pytest.raises(ValueError, match=r"."):
        json.loads(answer.body)


def test_html_stands_in_place_of_json(replica: Replica) -> None:
    replica.world.faults.add("html")
    assert get(replica.origin, FLASH).content_type.startswith("text/html")


@pytest.mark.parametrize(("fault", "body"), [("empty", b""), ("null", b"null")])
def test_an_answer_may_say_nothing(replica: Replica, fault: str, body: bytes) -> None:
    replica.world.faults.add(fault)
    answer = get(replica.origin, TEXT)
    assert (answer.status, answer.body) == (200, body)


def test_a_wrong_article_is_a_whole_one(replica: Replica) -> None:
    replica.world.faults.add("wrong")
    found = get(replica.origin, TEXT).json
    assert (found.get("Title") or found["title"]) != "中国邮政亮出服务乡村振兴战略年度成绩单"
    assert found.get("text") or found["content"]


def test_a_wrong_article_does_not_touch_lists(replica: Replica) -> None:
    replica.world.faults.add("wrong")
    assert get(replica.origin, FLASH).json["records"]


def test_a_truncated_answer_ends_before_its_length(replica: Replica) -> None:
    replica.world.faults.add("truncated")
    with pytest.raises(IncompleteRead):
        get(replica.origin, TEXT)


def test_a_reset_answers_nothing(replica: Replica) -> None:
    replica.world.faults.add("reset")
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        get(replica.origin, TEXT)


def test_a_delayed_answer_is_the_right_one(replica: Replica) -> None:
    replica.world.faults.add("delay0.1")
    start = monotonic()
    assert get(replica.origin, TEXT).json["Title"].startswith("中国邮政")
    assert monotonic() - start >= 0.1


def test_a_path_selects_what_fails(replica: Replica) -> None:
    replica.world.faults.add("http500@/web/webapi?type=102")
    assert get(replica.origin, FLASH).status == 500
    assert get(replica.origin, "/web/webapi?type=45&count=1").status == 200


@pytest.mark.parametrize("code", ["202202242287513337", "NW202202242287513337"])
def test_an_id_selects_what_fails(replica: Replica, code: str) -> None:
    replica.world.faults.add(f"http500@{code}")
    assert [get(replica.origin, target).status for target in (TEXT, OTHER)] == [500, 200]


def test_a_list_selects_what_fails(replica: Replica) -> None:
    replica.world.faults.add("http500@flash")
    assert [get(replica.origin, target).status for target in (FLASH, TEXT)] == [500, 200]


def test_a_fault_may_strike_a_number_of_times(replica: Replica) -> None:
    replica.world.faults.add("http503*2")
    assert [get(replica.origin, TEXT).status for _ in range(3)] == [503, 503, 200]


def test_cleared_faults_are_gone(replica: Replica) -> None:
    replica.world.faults.add("http503")
    replica.world.faults.clear()
    assert get(replica.origin, TEXT).status == 200


def test_faulty_requests_are_noted_too(replica: Replica) -> None:
    replica.world.faults.add("http503")
    get(replica.origin, TEXT)
    assert replica.world.fetched["202202242287513337"] == 1
    assert replica.world.faults.struck == {"http503": 1}


def test_the_first_of_several_faults_wins() -> None:
    faults = Faults()
    faults.add("http500*1, http503")
    struck = [faults.strike("/", "") for _ in range(2)]
    assert [fault.status for fault in struck if fault] == [500, 503]


def test_a_probability_strikes_about_as_often() -> None:
    faults = Faults(seed=1)
    faults.add("http429:0.1")
    for _ in range(2000):
        faults.strike("/", "")
    assert 150 < faults.struck["http429:0.1"] < 250


def test_the_same_seed_strikes_the_same_requests() -> None:
    def pattern(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add("html:0.3")
        return [faults.strike("/", "") is not None for _ in range(100)]

    assert pattern(5) == pattern(5) != pattern(6)


@given(
    st.sampled_from(KINDS),
    st.none() | st.integers(0, 99),
    st.none() | st.integers(0, 100).map(lambda hundredths: hundredths / 100),
    st.sampled_from(["", "/web/webapi?type=102", "flash", "202202242287513337"]),
)
def test_every_spelling_of_the_grammar_is_read(
    kind: str, times: int | None, probability: float | None, selector: str
) -> None:
    spec = kind
    spec += "" if times is None else f"*{times}"
    spec += "" if probability is None else f":{probability}"
    spec += f"@{selector}" if selector else ""
    fault = Fault.parse(spec)
    assert kind.startswith(fault.kind)
    assert (fault.left, fault.selector) == (times, selector)
    assert fault.probability == (1.0 if probability is None else probability)


@pytest.mark.parametrize("spec", ["", "slow", "http200", "http", "html:2", "html*", "delay", "@x"])
def test_text_that_is_no_fault_is_refused(spec: str) -> None:
    with pytest.raises(ConfigError, match="no such fault"):
        Faults().add(spec)
