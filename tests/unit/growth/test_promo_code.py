"""The spelling of promo codes, and who may use them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.credits.ledger import Account
from shared.growth.promo_code import ALPHABET, CHARACTERS, PromoCode, derive_code, find_refusal, fold_code, show_code
from shared.people.perks import NextPurchase, Perks, count_wrong_try, next_try_at, wrong_tries_left

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=9)
GIFT = PromoCode("AB23CD45EF", "winter", LATER, credits=20)
BETTER = PromoCode("AB23CD45EF", "winter", LATER, percent=20)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("AB23C-D45EF", "AB23CD45EF"),
        ("  ab23c d45ef ", "AB23CD45EF"),
        ("АВ23С–D45ЕF", "AB23CD45EF"),
        ("Hello", "HE110"),
        ("he110", "HE110"),
        ("HEIlO", "HE110"),
        ("ab", ""),
        ("x" * 33, ""),
        ("Привет!", ""),
        ("", ""),
        ("🎁🎁🎁🎁", ""),
    ],
)
def test_spelling(typed: str, code: str) -> None:
    """Case, spaces and look-alike letters make no difference; what cannot be a code is none."""
    assert fold_code(typed) == code


def test_codes_of_our_making() -> None:
    """A batch's codes come again from its seed, are spelled in one way, and do not repeat."""
    codes = [derive_code("seed", number) for number in range(2_000)]
    assert codes == [derive_code("seed", number) for number in range(2_000)]
    assert len({*codes}) == len(codes)
    assert {len(code) for code in codes} == {CHARACTERS}
    assert all(fold_code(show_code(code).lower()) == code for code in codes)
    assert {*"".join(codes)} == {*ALPHABET}
    assert not {*"01OILU"} & {*ALPHABET}
    assert codes[0] != derive_code("another seed", 0)


@pytest.mark.parametrize(
    ("promo", "account", "perks", "is_used", "refusal"),
    [
        (GIFT, Account(), Perks(), False, None),
        (GIFT, Account(), Perks(), True, "promo-used"),
        (replace(GIFT, is_stopped=True), Account(), Perks(), False, "promo-ended"),
        (replace(GIFT, until=NOON), Account(), Perks(), False, "promo-ended"),
        (replace(GIFT, uses_max=3, used=2), Account(), Perks(), False, None),
        (replace(GIFT, uses_max=3, used=3), Account(), Perks(), False, "promo-used-up"),
        (replace(GIFT, used=3_000), Account(), Perks(), False, None),
        (replace(GIFT, is_for_first_purchase=True), Account(), Perks(), False, None),
        (replace(GIFT, is_for_first_purchase=True), Account(), Perks(purchases=1), False, "promo-not-first"),
        (GIFT, Account(available=-1), Perks(), False, "promo-debt"),
        (BETTER, Account(available=-1), Perks(), False, None),
        (BETTER, Account(), Perks(next_purchase=NextPurchase("X", 20, LATER)), False, "promo-has-better"),
        (BETTER, Account(), Perks(next_purchase=NextPurchase("X", 19, LATER)), False, None),
        (BETTER, Account(), Perks(next_purchase=NextPurchase("X", 50, NOON)), False, None),
        (GIFT, Account(), Perks(next_purchase=NextPurchase("X", 50, LATER)), False, None),
    ],
)
def test_who_may_use_a_code(
    promo: PromoCode, account: Account, perks: Perks, is_used: Any, refusal: str | None
) -> None:
    """Each limit of a code refuses by itself, with its reason."""
    assert find_refusal(promo, account, perks, NOON, is_used=is_used) == refusal


def test_guessing_is_slow() -> None:
    """Five wrong tries in one go, then one every 12 minutes, however long somebody goes on."""
    perks, now, tries = Perks(), NOON, 0
    while now < NOON + timedelta(hours=10):
        if wrong_tries_left(perks, now) > 0:
            perks, tries = count_wrong_try(perks, now), tries + 1
        now += timedelta(seconds=7)
    assert tries <= 5 + 10 * 5
    blocked = perks
    for _ in range(9):
        blocked = count_wrong_try(blocked, now)
    assert wrong_tries_left(blocked, next_try_at(blocked, now) - timedelta(seconds=1)) <= 0
    assert wrong_tries_left(blocked, next_try_at(blocked, now)) == 1
    assert wrong_tries_left(blocked, now + timedelta(days=1)) == 5
