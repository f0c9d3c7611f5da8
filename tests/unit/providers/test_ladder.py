"""Which models are known to be gone, and what a rung is given and costs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.credits.catalogue import NANO_BANANA, NANO_BANANA_PRO
from shared.providers.images import Image
from shared.providers.ladder import GONE_SECONDS, GoneModels, task_for
from shared.providers.outcomes import PictureTask, Turn

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
