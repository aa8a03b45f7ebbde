"""Near-duplicates: linked to the earliest, never in chains, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newscrawler.store import articles
from newscrawler.store.check import check
from newscrawler.store.engine import Database
from tests.store.make import T0, article, counts, feed, news, outcomes, save, start

STORY = (
    "国家能源局发布数据，1至10月全社会用电量累计68254亿千瓦时，同比增长12.2%。\n"
    "分产业看，第二产业用电量增速高于平均水平，第三产业继续保持恢复态势。\n"
    "有关负责人介绍，迎峰度冬期间电力供应总体平稳，重点地区保障有力。"
)
LEAD = f"财联社11月25日电，{STORY}"
CREDITED = f"{STORY}\n责任编辑：周文"
EXTENDED = f"{STORY}\n此前，多家机构对全年用电量作出预测，普遍认为增速将保持平稳。"
CUT = "\n".join(STORY.split("\n")[:2])
OTHER = STORY.replace("12.2%", "11.7%")
FOREIGN = (
    "商务部召开例行新闻发布会，介绍服务贸易发展情况，并就企业关心的问题作出回应，会议持续一小时。"
)


def link(db: Database, external_id: str) -> tuple[str | None, str | None]:
    """What an article is linked to, by external id, and why."""
    stored = news(db)
    names = {row["article_id"]: name for name, row in stored.items()}
    row = stored[external_id]
    return names.get(row["duplicate_of"]), row["duplicate_reason"]


def links(db: Database) -> dict[str, str]:
    """Every link, by external ids."""
    return {name: root for name in news(db) if (root := link(db, name)[0]) is not None}


def is_sound(db: Database) -> bool:
    return all(each["ok"] for each in check(db))


@pytest.mark.parametrize("said", [LEAD, CREDITED, EXTENDED, CUT])
def test_an_edited_copy_is_linked_with_its_similarity(db: Database, run_id: int, said: str) -> None:
    save(db, run_id, article("1", STORY))
    saved = save(db, run_id, article("2", said))
    root, reason = link(db, "2")
    assert root == "1"
    assert reason is not None
    assert reason.startswith("near_text ")
    assert 0.8 <= float(reason.removeprefix("near_text ")) <= 1
    assert outcomes(saved) == ["new"]
    assert feed(db)[-2:] == [("2", 1, "created"), ("2", 1, "duplicate")]
    assert counts(db, run_id) == {"discovered": 2, "new": 2}
    assert is_sound(db)


@pytest.mark.parametrize("said", [OTHER, FOREIGN])
def test_what_only_looks_alike_is_not_linked(db: Database, run_id: int, said: str) -> None:
    save(db, run_id, article("1", STORY), article("2", said))
    assert links(db) == {}


def test_copies_are_found_within_a_batch_and_across_sites(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD, site="other"), article("3", CUT))
    assert links(db) == {"2": "1", "3": "1"}
    assert is_sound(db)


def test_a_copy_of_a_copy_points_to_the_root(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY))
    save(db, run_id, article("2", LEAD))
    saved = save(db, run_id, article("3", LEAD))
    assert outcomes(saved) == ["duplicate"]
    assert link(db, "3") == link(db, "2")
    assert link(db, "2")[0] == "1"
    assert [line for line in feed(db) if line[0] == "3"] == [("3", 1, "duplicate")]
    assert is_sound(db)


def test_the_same_in_one_batch(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD), article("3", LEAD))
    assert links(db) == {"2": "1", "3": "1"}
    assert is_sound(db)


def test_articles_weeks_apart_are_not_linked(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY, published_at=T0 - timedelta(days=20)))
    save(db, run_id, article("2", LEAD))
    assert links(db) == {}


def test_articles_on_both_sides_of_a_period_are_linked(db: Database, run_id: int) -> None:
    for number in range(12):
        at = T0 + timedelta(days=13 * number)
        said = STORY.replace("68254", str(70_000 + number))
        save(db, run_id, article(f"a{number}", said, published_at=at))
        save(
            db,
            run_id,
            article(f"b{number}", f"{said}\n责任编辑：周文", published_at=at + timedelta(days=13)),
        )
    assert links(db) == {f"b{number}": f"a{number}" for number in range(12)}


def test_when_the_root_is_revised_its_copies_get_the_earliest_of_them(
    db: Database, run_id: int
) -> None:
    for number, said in enumerate([STORY, LEAD, CREDITED, EXTENDED, LEAD], 1):
        save(db, run_id, article(str(number), said))
    assert links(db) == dict.fromkeys("2345", "1")
    save(db, start(db), article("1", FOREIGN))
    assert links(db) == dict.fromkeys("345", "2")
    assert link(db, "5") == ("2", "same_text")
    assert is_sound(db)
    changed = {name for name, revision, kind in feed(db)[-5:] if kind == "duplicate"}
    assert changed == set("2345")


def test_a_revised_copy_leaves_and_comes_back(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD))
    save(db, start(db), article("2", FOREIGN))
    assert links(db) == {}
    save(db, start(db), article("2", CUT))
    assert links(db) == {"2": "1"}
    assert feed(db)[-1] == ("2", 3, "revised")
    assert is_sound(db)


def test_an_earlier_article_that_takes_a_text_becomes_its_root(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", FOREIGN), article("2", STORY), article("3", LEAD))
    save(db, run_id, article("4", STORY))
    assert links(db) == {"3": "2", "4": "2"}
    save(db, start(db), article("1", CREDITED))
    assert links(db) == dict.fromkeys("234", "1")
    assert is_sound(db)


def test_a_copy_whose_twin_leaves_stays_linked(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD), article("3", LEAD))
    save(db, start(db), article("2", FOREIGN))
    assert links(db) == {"3": "1"}
    save(db, start(db), article("4", LEAD))
    assert links(db) == {"3": "1", "4": "1"}
    assert is_sound(db)
    save(db, start(db), article("1", OTHER))
    assert links(db) == {"4": "3"}
    assert is_sound(db)


def test_a_batch_means_the_same_as_its_pieces(db: Database, run_id: int) -> None:
    pieces = [article(str(n), said) for n, said in enumerate([CUT, OTHER, STORY, LEAD, LEAD], 1)]
    for piece in pieces:
        save(db, run_id, piece)
    save(db, run_id, *(article(f"9{each.external_id}", each.body.text) for each in pieces))
    one, other = links(db), {}
    assert {name: root for name, root in one.items() if len(name) == 1} == {
        "3": "1",
        "4": "1",
        "5": "1",
    }
    other = {name: root for name, root in one.items() if len(name) == 2}
    assert other == {"91": "1", "92": "2", "93": "1", "94": "1", "95": "1"}
    assert is_sound(db)


def test_with_detection_off_only_equal_texts_are_linked(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD))
    with db.write() as conn:
        observed = [article("3", CREDITED), article("4", STORY), article("5", LEAD)]
        articles.save(conn, run_id, observed, T0, near_duplicates=False)
    assert links(db) == {"2": "1", "4": "1", "5": "1"}
    with db.write() as conn:
        articles.save(conn, run_id, [article("1", FOREIGN)], T0, near_duplicates=False)
    assert links(db) == {"5": "2"}
    assert is_sound(db)


def test_seeing_it_again_changes_nothing(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", STORY), article("2", LEAD))
    before = feed(db)
    save(db, start(db), article("1", STORY), article("2", LEAD))
    assert feed(db) == before
    assert links(db) == {"2": "1"}
