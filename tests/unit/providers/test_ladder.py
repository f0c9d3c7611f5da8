"""Which models are known to be gone, and what a rung is given and costs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.credits.catalogue import NANO_BANANA, NANO_BANANA_PRO
from shared.providers.images import Image
from shared.providers.ladder import GONE_SECONDS, GoneModels, TextRung, TokenPrice, task_for
from shared.providers.outcomes import PictureTask, Turn
from shared.providers.talk import Tokens

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
BOTH = (NANO_BANANA, NANO_BANANA_PRO)


def test_a_gone_model_is_remembered_for_minutes() -> None:
    """A model that was gone is left out until its time is over; another provider's model of that id is not meant."""
    gone = GoneModels()
    gone.remember(NANO_BANANA, NOW)
    back_at = NOW + timedelta(seconds=GONE_SECONDS)
    assert gone.includes(NANO_BANANA, back_at - timedelta(seconds=1))
    assert not gone.includes(NANO_BANANA, back_at)
    assert not gone.includes(replace(NANO_BANANA, provider="other"), NOW)


def test_the_rung_that_would_be_asked() -> None:
    """The first that may be there; where none may, the wanted one."""
    gone = GoneModels()
    assert gone.next_of(BOTH, NOW) == NANO_BANANA
    gone.remember(NANO_BANANA, NOW)
    assert gone.next_of(BOTH, NOW) == NANO_BANANA_PRO
    gone.remember(NANO_BANANA_PRO, NOW)
    assert gone.next_of(BOTH, NOW) == NANO_BANANA


def test_a_signature_is_not_for_another_model() -> None:
    """A fallback gets the earlier version as a plain picture; what has no earlier version stays as it is."""
    plain = PictureTask("a red fox", "1:1", "1K")
    signed = replace(plain, parent=Turn("a fox", Image(b"old", "image/png"), b"signature"))
    assert [task_for(each, NANO_BANANA, plain) for each in BOTH] == [plain, plain]
    parents = [task_for(each, NANO_BANANA, signed).parent for each in BOTH]
    assert parents == [signed.parent, Turn("a fox", Image(b"old", "image/png"), b"")]


def test_a_cost_that_nobody_wrote_down() -> None:
    """A missing figure is no error: by then the picture is made."""
    assert replace(NANO_BANANA, costs_usd_micros={"1K": 1}).cost_of("4K") == 0


TEXT = TextRung(
    provider="gemini",
    id="text",
    shutdown_on=None,
    prices=(
        TokenPrice(date(2026, 1, 1), input_usd_micros=750_000, output_usd_micros=3_750_000),
        TokenPrice(date(2027, 1, 1), input_usd_micros=1_500_000, output_usd_micros=7_500_000),
    ),
)


@pytest.mark.parametrize(
    ("day", "input_usd_micros"),
    [
        (date(2025, 12, 31), 750_000),
        (date(2026, 12, 31), 750_000),
        (date(2027, 1, 1), 1_500_000),
        (date(2030, 1, 1), 1_500_000),
    ],
)
def test_a_price_counts_from_its_day(day: date, input_usd_micros: int) -> None:
    """The first counts for all days before it as well, the last for all days after."""
    assert TEXT.price_on(day).input_usd_micros == input_usd_micros


@pytest.mark.parametrize(
    ("tokens", "usd_micros"),
    [
        (Tokens(0, 0), 0),
        (Tokens(1, 0), 1),
        (Tokens(4, 0), 3),
        (Tokens(1_000_000, 0), 750_000),
        (Tokens(0, 1_000_000), 3_750_000),
        (Tokens(1000, 301), 1879),
    ],
)
def test_tokens_cost_rounded_up(tokens: Tokens, usd_micros: int) -> None:
    """Given and made have their own price, and a started millionth of a dollar counts, once for both together."""
    assert TEXT.cost_of(tokens, date(2026, 5, 1)) == usd_micros


def test_the_same_tokens_cost_more_later() -> None:
    """The day decides."""
    tokens = Tokens(1000, 300)
    assert TEXT.cost_of(tokens, date(2027, 5, 1)) == 2 * TEXT.cost_of(tokens, date(2026, 5, 1))
