"""Articles with the same text: the earliest is the root, on every database."""

from __future__ import annotations

from newscrawler.store.engine import Database
from tests.store.make import (
    article,
    counts,
    feed,
    news,
    outcomes,
    rows,
    save,
    start,
)


def test_another_article_with_the_same_text_is_a_duplicate(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", "A"))
    assert outcomes(save(db, run_id, article("2", "A"))) == ["duplicate"]
    first, second = news(db)["1"], news(db)["2"]
    assert (second["duplicate_of"], second["duplicate_reason"]) == (
        first["article_id"],
        "same_text",
    )
    assert feed(db)[-1] == ("2", 1, "duplicate")
    assert counts(db, run_id) == {"discovered": 2, "new": 1, "duplicate": 1}


def test_duplicates_are_found_within_a_batch_and_across_sites(db: Database, run_id: int) -> None:
    copy = article("1", "A", site="other")
    saved = save(db, run_id, article("1", "A"), copy, article("3", "A"), article("4", "B"))
    assert outcomes(saved) == ["new", "duplicate", "duplicate", "new"]
    root = saved[0].article_id
    links = [row["duplicate_of"] for row in rows(db, "news")]
    assert links.count(root) == 2
    assert links.count(None) == 2


def test_a_duplicate_of_a_duplicate_points_to_the_root(db: Database, run_id: int) -> None:
    for number in "123":
        save(db, run_id, article(number, "A"))
    assert news(db)["3"]["duplicate_of"] == news(db)["1"]["article_id"]


def test_articles_without_a_text_hash_are_never_duplicates(db: Database, run_id: int) -> None:
    saved = save(db, run_id, *(article(each, "A", text_hash="") for each in "12"))
    assert outcomes(saved) == ["new", "new"]


def test_when_the_root_leaves_its_dependents_get_the_earliest_of_them(
    db: Database, run_id: int
) -> None:
    for number in "1234":
        save(db, run_id, article(number, "A"))
    assert outcomes(save(db, start(db), article("1", "B"))) == ["revised"]
    stored = news(db)
    assert stored["1"]["duplicate_of"] is None
    assert (stored["2"]["duplicate_of"], stored["2"]["duplicate_reason"]) == (None, None)
    assert stored["3"]["duplicate_of"] == stored["4"]["duplicate_of"] == stored["2"]["article_id"]
    assert feed(db)[-4:] == [
        ("1", 2, "revised"),
        ("2", 1, "duplicate"),
        ("3", 1, "duplicate"),
        ("4", 1, "duplicate"),
    ]


def test_an_earlier_article_that_takes_a_text_becomes_its_root(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", "A"), article("2", "B"))
    save(db, start(db), article("1", "B"))
    assert news(db)["1"]["duplicate_of"] is None
    assert news(db)["2"]["duplicate_of"] == news(db)["1"]["article_id"]


def test_a_revised_article_is_revised_even_as_a_duplicate(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", "A"), article("2", "B"))
    assert outcomes(save(db, start(db), article("2", "A"))) == ["revised"]
    assert news(db)["2"]["duplicate_of"] == news(db)["1"]["article_id"]
    assert feed(db)[-1] == ("2", 2, "revised")


def test_a_batch_means_the_same_as_its_pieces(db: Database, run_id: int) -> None:
    save(db, run_id, article("1", "A"))
    batch = [article("1", "B"), article("2", "A"), article("3", "B"), article("1", "A")]
    assert outcomes(save(db, start(db), *batch)) == ["revised", "new", "duplicate", "revised"]
    stored = news(db)
    assert stored["3"]["duplicate_of"] is None
    assert stored["2"]["duplicate_of"] == stored["1"]["article_id"]
