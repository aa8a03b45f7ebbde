"""Slugs of outlets, as the archives of old know them."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawler.slugs import made, source_slug
from newscrawler.slugs_known import KNOWN


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("中国邮政快递报", "zhongguoyouzhengkuaidibao"),
        ("中国基金报", "zhongguojijinbao"),
        ("央视新闻客户端", "yangshixinwenkehuduan"),
        ("21财经", "21caijing"),
        ("每日经济新闻", "meirijingjixinwen"),
        ("财联社", "cailianshe"),
        ("重庆日报", "chongqingribao"),
        ("长江商报", "changjiangshangbao"),
        ("绿色财经", "lvsecaijing"),
        ("Career In 投行PEVC", "careerintouxingpevc"),
        ("安信国际证券(香港)", "anxinguojizhengquanxianggang"),
        ("安信国际证券（香港）", "anxinguojizhengquanxianggang"),
        ("证券时报·e公司", "zhengquanshibaoegongsi"),
        ("３６氪", "36ke"),
        ("Café Économique", "cafeeconomique"),
    ],
)
def test_names_become_pinyin_and_latin_without_separators(name: str, slug: str) -> None:
    assert source_slug(name) == slug


def test_the_slugs_that_come_with_us_are_those_that_would_be_made() -> None:
    assert len(KNOWN) > 100
    assert {name: made(name) for name in KNOWN} == KNOWN


def test_a_name_without_letters_still_has_a_slug_of_its_own() -> None:
    assert re.fullmatch(r"[0-9a-f]{10}", source_slug("《》"))
    assert source_slug("《》") != source_slug("？！")


@pytest.mark.parametrize("name", ["", " ", "\u3000"])
def test_no_name_has_no_slug(name: str) -> None:
    assert source_slug(name) == ""


def test_long_names_are_cut_but_stay_apart() -> None:
    one, other = source_slug("报" * 500), source_slug("报" * 501)
    assert len(one) == len(other) == 100
    assert one != other


def test_importing_the_module_does_not_load_the_dictionaries() -> None:
    script = "import sys, newscrawler.slugs; sys.exit('pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == 0


def test_remembered_slugs_are_taken_without_loading_the_dictionaries() -> None:
    script = """
import sys
from newscrawler.slugs import remember, source_slug
remember({"财联社": "cailianshe"})
sys.exit(source_slug("财联社") != "cailianshe" or "pypinyin" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == 0


@given(st.text(min_size=1))
def test_every_slug_is_short_ascii_and_never_empty_for_a_name(name: str) -> None:
    slug = source_slug(name)
    assert re.fullmatch(r"[a-z0-9]{0,100}", slug)
    assert slug or not name.strip()
