"""What tests do to a world, its answers show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newscrawler.errors import ConfigError
from newscrawler.replica import World
from newscrawler.replica.records import LISTS

POST = "202202242287513337"
NIO = "202205262391921712"
EVERYWHERE = "202204212352227421"
MARKETS = "202609183878840472"


@pytest.fixture
def world() -> World:
    return World.recorded()


def rows(world: World, name: str) -> list[dict[str, Any]]:
    (listed,) = json.loads(world.encoded_list(name, 1000)).values()
    return list(listed)


def answer(world: World, code: str) -> Any:
    return json.loads(world.encoded_answer(code) or b"null")


def listed(world: World, code: str) -> list[str]:
    return [name for name in LISTS if any(code in str(row) for row in rows(world, name))]


def test_an_edited_title_shows_in_the_answer_and_in_every_list(world: World) -> None:
    world.edit(f"NW{EVERYWHERE}", title="更正")
    assert answer(world, EVERYWHERE)["Title"] == "更正"
    titles = [row["title"] for name in LISTS for row in rows(world, name) if EVERYWHERE in str(row)]
    assert titles == ["更正"] * 3


def test_an_edited_text_replaces_text_and_content(world: World) -> None:
    world.edit(EVERYWHERE, text="新的正文。")
    found = answer(world, EVERYWHERE)
    assert [found["text"], found["content"]] == ["<p>新的正文。</p>"] * 2


def test_an_edited_text_may_be_html(world: World) -> None:
    world.edit(POST, text="<p>一</p><p>二</p>")
    assert answer(world, POST)["text"] == "<p>一</p><p>二</p>"


def test_an_edited_time_keeps_the_article_apis_slashes(world: World) -> None:
    world.edit(MARKETS, showtime="2026-09-20 00:00:00")
    article = json.loads(world.encoded_article(MARKETS) or b"")
    assert article["data"]["Art_ShowTime"] == "2026/09/20 00:00:00"
    assert answer(world, MARKETS)["Date"] == "2026-09-20 00:00:00"


def test_an_edit_fills_nothing_that_upstream_left_empty(world: World) -> None:
    world.edit(NIO, title="更正")
    assert "Title" not in answer(world, NIO)
    assert [row["title"] for row in rows(world, "flash") if row["id"] == NIO] == ["", "更正"]


def test_an_edit_changes_no_other_world(world: World) -> None:
    world.edit(POST, title="更正")
    assert World.recorded().article(POST).title != "更正"


def test_a_fact_that_is_none_is_refused(world: World) -> None:
    with pytest.raises(ConfigError, match="colour"):
        world.edit(POST, colour="red")


@pytest.mark.parametrize("change", ["edit", "withdraw", "restore", "hide_from_lists", "article"])
def test_an_article_that_is_not_there_is_refused(world: World, change: str) -> None:
    with pytest.raises(ConfigError, match="202201010000000000"):
        getattr(world, change)("202201010000000000")


def test_a_withdrawn_article_leaves_the_lists(world: World) -> None:
    world.withdraw(EVERYWHERE)
    assert listed(world, EVERYWHERE) == []
    assert world.is_withdrawn(f"NW{EVERYWHERE}")
    assert EVERYWHERE not in world.ids


def test_a_restored_article_is_back_in_its_lists(world: World) -> None:
    before = [rows(world, name) for name in LISTS]
    world.withdraw(EVERYWHERE)
    world.restore(EVERYWHERE)
    assert [rows(world, name) for name in LISTS] == before
    assert not world.is_withdrawn(EVERYWHERE)


def test_a_hidden_article_is_still_served(world: World) -> None:
    world.hide_from_lists(EVERYWHERE)
    assert listed(world, EVERYWHERE) == []
    assert answer(world, EVERYWHERE)["Title"]


def test_an_announced_row_is_on_top_in_its_own_shape(world: World) -> None:
    world.announce("flash", {"infoCode": "NW202201010000000000", "odd": None})
    assert rows(world, "flash")[0] == {"infoCode": "NW202201010000000000", "odd": None}


def test_an_announced_row_follows_its_article(world: World) -> None:
    world.announce("market37", {"infoCode": f"NW{POST}", "title": "标题"})
    world.edit(POST, title="更正")
    assert rows(world, "market37")[0]["title"] == "更正"
    world.withdraw(POST)
    assert POST not in str(rows(world, "market37"))


def test_an_unknown_list_is_refused(world: World) -> None:
    with pytest.raises(ConfigError, match="flash, headlines"):
        world.announce("sports", {})


def test_an_added_article_is_served_and_announced(world: World) -> None:
    row = {"infoCode": "NW202201010000000001", "title": "新", "datetime": "2022-01-01 00:00:00"}
    code = world.add(
        {
            "info_code": "NW202201010000000001",
            "announced": {"market37": [row]},
            "answer": {"text": "<p>新</p>"},
        }
    )
    assert code == "202201010000000001"
    assert rows(world, "market37")[0] == row
    assert answer(world, code) == {"text": "<p>新</p>"}


def test_requests_kept_are_bounded(world: World) -> None:
    assert world.requests.maxlen is not None


def test_grown_articles_are_on_top_of_their_lists(world: World) -> None:
    codes = world.grow(10, lists=["flash"])
    assert [row["id"] for row in rows(world, "flash")[:10]] == codes[::-1]


def test_growing_again_goes_on_where_it_stopped(world: World) -> None:
    first, second = world.grow(10), world.grow(10)
    assert first + second == World.recorded().grow(20)


def test_a_grown_article_can_be_edited(world: World) -> None:
    (code,) = world.grow(1, lists=["headlines"])
    world.edit(code, title="更正", text="新的正文。")
    found = answer(world, code)
    assert (found["Title"], found["text"]) == ("更正", "<p>新的正文。</p>")
    assert rows(world, "headlines")[0]["title"] == "更正"


def test_a_grown_article_can_be_withdrawn_and_restored(world: World) -> None:
    (code,) = world.grow(1, lists=["flash"])
    world.withdraw(code)
    assert listed(world, code) == []
    world.restore(code)
    assert listed(world, code) == ["flash"]


def test_an_article_that_was_looked_at_is_not_changed_by_it(world: World) -> None:
    world.article(POST).answer["Title"] = "anything"
    assert answer(world, POST)["Title"] != "anything"
