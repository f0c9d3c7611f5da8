"""The same picture once more, and what may change about it."""

from dataclasses import replace

import pytest

from shared.people.users import PictureSettings
from shared.pictures.picture import PictureRequest
from shared.pictures.prompts import parse_prompt
from shared.pictures.repeat import change, follow_settings, repeat

THEN = PictureSettings()
ASKED = PictureRequest("a fox", "fast", "1:1", "1K", price=4, settings=THEN)


@pytest.mark.parametrize(
    ("request_then", "today", "expected"),
    [
        (ASKED, THEN, ("fast", "1:1", "1K", 4)),
        (ASKED, PictureSettings(ratio="16:9", size="4K"), ("fast", "16:9", "4K", 10)),
        (ASKED, PictureSettings(model="best"), ("best", "1:1", "1K", 14)),
        (ASKED, PictureSettings(model="best", ratio="1:8"), ("best", "9:16", "1K", 14)),
        (replace(ASKED, ratio="3:4", size="2K"), PictureSettings(ratio="16:9", size="4K"), ("fast", "3:4", "2K", 6)),
        (replace(ASKED, model="best"), PictureSettings(ratio="16:9"), ("best", "16:9", "1K", 14)),
        (replace(ASKED, keeps_shape=True), PictureSettings(ratio="16:9"), ("fast", "1:1", "1K", 4)),
        (replace(ASKED, settings=None), PictureSettings(ratio="16:9"), ("fast", "1:1", "1K", 4)),
    ],
)
def test_todays_settings(
    request_then: PictureRequest, today: PictureSettings, expected: tuple[str, str, str, int]
) -> None:
    """Values from the settings follow them; values from the words stay; old documents record neither."""
    made = follow_settings(request_then, today)
    assert (made.model, made.ratio, made.size, made.price) == expected


def test_repeat_has_todays_price() -> None:
    """A repeat costs what it costs today, and remembers the settings of today."""
    today = PictureSettings(ratio="16:9")
    made = repeat(replace(ASKED, price=1), today)
    assert (made.price, made.settings, made.is_repeat, made.ratio) == (4, today, True, "1:1")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("9:16", ("9:16", "1K", 1)), ("4K", ("1:1", "4K", 1)), ("x2", ("1:1", "1K", 2)), ("x4", ("1:1", "1K", 4))],
)
def test_change(wanted: str, expected: tuple[str, str, int]) -> None:
    """One thing changes."""
    changed = change(replace(ASKED, keeps_shape=True), parse_prompt(wanted))
    assert changed.request.keeps_shape is (":" not in wanted)
    assert (changed.request.ratio, changed.request.size, changed.count, changed.missed) == (*expected, ())


@pytest.mark.parametrize("wanted", ["x9", "5:7", "8K", "1:8"])
def test_missed_change(wanted: str) -> None:
    """What is not sold is missed, and so is a format that the model of the picture does not paint."""
    assert change(replace(ASKED, model="best"), parse_prompt(wanted)).missed
