"""The local Gemini paints nothing that a prompt excludes."""

import pytest
from PIL import ImageChops

from infra.local.gemini.exclusion import leave_out
from infra.local.gemini.scene import paint_landscape

RULE = "\n\nThe picture must not show any of the following: "


@pytest.mark.parametrize(
    ("prompt", "painted"),
    [
        (f"a cat in the city{RULE}cats, people.", "a in the city"),
        (f"кошка у озера{RULE}кошек.", "у озера"),
        (f"a lake{RULE}cars.", "a lake"),
        ("a lake without cars", "a lake without cars"),
    ],
)
def test_words(prompt: str, painted: str) -> None:
    """Words that begin like an excluded one are left out."""
    assert leave_out(prompt) == painted


def test_pixels() -> None:
    """The picture is the one without the city, not the one with it."""
    size = (160, 160)
    with_city, without = (paint_landscape(words, size, 1) for words in ("a city at night", "a at night"))
    excluded = paint_landscape(leave_out(f"a city at night{RULE}city."), size, 1)
    assert ImageChops.difference(excluded, without).getbbox() is None
    assert ImageChops.difference(excluded, with_city).getbbox() is not None
