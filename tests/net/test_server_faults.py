"""What a server does wrong, row by row: what became of it, and that all else went well."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.net.conftest import Crawled
from tests.net.contents import ENDS
from tests.net.faults import FAULTS

EXPECTED = {
    "s01_header_drip": ("failed", "timeout"),
    "s02_body_drip": ("failed", "timeout"),
    "s03_silence": ("failed", "timeout"),
    "s04_hang_mid_body": ("failed", "timeout"),
    "s05_cut_gzip": ("failed", "truncated"),
    "s05_cut_deflate": ("failed", "truncated"),
    "s05_cut_br": ("failed", "truncated"),
    "s05_cut_zstd": ("failed", "truncated"),
    "s05_cut_gzip_once": ("new", ""),
    "s06_flipped_bits": ("failed", "corrupt"),
    "s07_says_gzip_is_plain": ("new", ""),
    "s07_says_gzip_is_noise": ("failed", "encoding"),
    "s08_bomb_gzip": ("rejected", "too_large"),
    "s08_bomb_br": ("rejected", "too_large"),
    "s08_bomb_zstd": ("rejected", "too_large"),
    "s09_endless_chunks": ("rejected", "too_large"),
    "s10_endless_headers": ("rejected", "too_large"),
    "s10_endless_continues": ("rejected", "too_large"),
    "s11_long_header": ("rejected", "too_large"),
    "s12_many_headers": ("rejected", "too_large"),
    "s13_cookies": ("new", ""),
    "s14_length_too_long": ("failed", "truncated"),
    "s14_cut_chunks": ("failed", "truncated"),
    "s14_bad_chunk": ("failed", "truncated"),
    "s15_length_too_short": ("failed", "not_json"),
    "s16_cut_without_length": ("failed", "truncated"),
    "s16_reset_without_length": ("failed", "reset"),
    "s16_whole_without_length": ("new", ""),
    "s17_bad_length": ("failed", "protocol"),
    "s17_negative_length": ("failed", "protocol"),
    "s17_http_0_9": ("failed", "protocol"),
    "s17_bad_status": ("failed", "protocol"),
    "s18_reset_before": ("failed", "reset"),
    "s18_reset_mid_body": ("failed", "reset"),
    "s18_reset_twice": ("new", ""),
    "s18_closed_before": ("failed", "connection_lost"),
    "s20_503_twice": ("new", ""),
    "s20_503": ("failed", "http_503"),
    "s21_loop": ("failed", "redirect_loop"),
    "s21_endless_chain": ("failed", "redirect_loop"),
    "s21_to_a_file": ("failed", "redirect_scheme"),
    "s22_error_json": ("failed", "upstream_error"),
    "s22_login_page": ("failed", "blocked"),
    "s22_captcha_page": ("failed", "blocked"),
    "s22_maintenance_page": ("failed", "blocked"),
    "s22_empty": ("pending", "empty_answer"),
    "s29_http_1_0": ("new", ""),
    "s29_garbage_after": ("failed", "not_json"),
    "s29_half_close": ("new", ""),
    "s29_closed_after": ("new", ""),
    "c01_gbk_declared_utf8": ("new", ""),
    "c02_utf8_declared_gbk": ("new", ""),
    "c01_neither": ("failed", "charset"),
    "c01_damaged_upstream": ("failed", "charset"),
    "c10_deep_json": ("failed", "not_json"),
    "c10_huge_integer": ("failed", "not_json"),
    "n04_to_a_private_address": ("rejected", "address_refused"),
    "n04_to_an_odd_form": ("rejected", "address_refused"),
    "n05_to_data": ("failed", "redirect_scheme"),
    "n05_to_ftp": ("failed", "redirect_scheme"),
    "n05_meta_refresh": ("failed", "html_page"),
    **{name: (outcome, reason) for name, (outcome, reason, _) in ENDS.items()},
}
ONCE = {"too_large", "redirect_loop", "redirect_scheme", "encoding", "upstream_error", "blocked"}
"""Reasons that no further try in the same run can mend."""


def test_every_fault_has_an_expected_end() -> None:
    assert set(EXPECTED) == set(FAULTS)


SLOW = {"s02_body_drip"}
"""Takes as long as a page may."""


@pytest.mark.parametrize(
    "fault",
    [pytest.param(name, marks=[pytest.mark.faults] if name in SLOW else []) for name in FAULTS],
)
def test_row(crawled_with: Callable[[str], Crawled], fault: str) -> None:
    faulty = crawled_with(fault)
    outcome, reason = faulty.ended(fault)
    assert (outcome.replace("duplicate", "new"), reason) == EXPECTED[fault]
    assert faulty.stored(fault) is (EXPECTED[fault][0] == "new")


@pytest.mark.parametrize("fault", [name for name, (_, why) in EXPECTED.items() if why in ONCE])
def test_what_no_further_try_can_mend_is_asked_once(faulty: Crawled, fault: str) -> None:
    assert faulty.tries(fault) == (2 if fault == "s21_loop" else 1)


@pytest.mark.parametrize(
    "why", ["timeout", "truncated", "corrupt", "protocol", "reset", "http_503"]
)
def test_what_may_pass_is_asked_three_times(
    crawled_with: Callable[[str], Crawled], why: str
) -> None:
    faults = [name for name, (_, reason) in EXPECTED.items() if reason == why]
    tries = {name: crawled_with(name).tries(name) for name in faults}
    assert {name for name, times in tries.items() if times < 3} == set()
    assert all(times <= 6 for times in tries.values()), tries  # Twisted may send one again itself


def test_every_other_article_is_stored(faulty: Crawled) -> None:
    world_size, faults = len(faulty.server._world.ids), set(faulty.ids) - {"none"}
    stored = sum(faulty.stored(name) for name in faults)
    [(all_stored,)] = faulty.rows("SELECT count(*) FROM news")
    assert all_stored - stored == world_size - len(faults)


def test_the_sums_add_up_and_the_exit_code_says_that_something_failed(faulty: Crawled) -> None:
    assert faulty.report["adds_up"]
    assert faulty.code == 1
    assert "Traceback" not in faulty.stderr


def test_faults_cost_little_memory(faulty: Crawled) -> None:
    assert faulty.peak_mb < 115 + 150


def test_waits_are_in_the_report(faulty: Crawled) -> None:
    assert any(note.startswith("waited") for note in faulty.report["notes"])


def test_s13_no_cookie_is_ever_sent(faulty: Crawled) -> None:
    assert not [asked for asked in faulty.server.log if "cookie" in asked.headers]


def test_s20_further_tries_come_later_and_later(faulty: Crawled) -> None:
    first, second, third = faulty.server.times(faulty.ids["s20_503"])
    assert second - first >= 0.0375
    assert third - second >= 0.075


def test_s21_a_chain_is_followed_five_times(faulty: Crawled) -> None:
    assert len(faulty.server.times("/chain/")) == 5
