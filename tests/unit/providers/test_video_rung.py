"""What a model that makes videos can do, and what it costs."""

from dataclasses import replace
from typing import Any

import pytest

from shared.providers.images import Image
from shared.providers.ladder import VideoRung
from shared.providers.outcomes import Begun, name_outcome
from shared.providers.videos import VIDEO_WORKS, Clip, VideoTask

RUNG = VideoRung(
    provider="gemini",
    id="omni",
    shutdown_on=None,
    works=frozenset(VIDEO_WORKS),
    costs_usd_micros={"360p": 30_000, "720p": 100_000},
    clip_cost_usd_micros=9_000,
    picture_cost_usd_micros=400,
    seconds=tuple(range(3, 16)),
    ratios=("16:9", "9:16"),
    two_frames_seconds_max=10,
    references_max=2,
    clip_seconds=(3.0, 15.0),
    continued_seconds_max=25.0,
    added_seconds_max=10,
    whole_seconds_max=30.0,
)
TASK = VideoTask(work="text", prompt="a fox", seconds=8, ratio="16:9", resolution="720p", label="job")
PICTURE = Image(b"", "image/png")


@pytest.mark.parametrize(
    ("changes", "can"),
    [
        ({}, True),
        ({"resolution": "4k"}, False),
        ({"seconds": 2}, False),
        ({"seconds": 15}, True),
        ({"ratio": "1:1"}, False),
        ({"work": "image", "first_frame": PICTURE, "last_frame": PICTURE, "seconds": 10}, True),
        ({"work": "image", "first_frame": PICTURE, "last_frame": PICTURE, "seconds": 11}, False),
        ({"work": "reference", "references": (PICTURE,) * 2}, True),
        ({"work": "reference", "references": (PICTURE,) * 3}, False),
        ({"work": "edit", "clip": Clip("a.mp4", 8.0), "ratio": "1:1", "seconds": 0}, True),
        ({"work": "edit", "clip": Clip("a.mp4", 15.5)}, False),
        ({"work": "edit", "clip": Clip("a.mp4", 2.5)}, False),
        ({"work": "extend", "clip": Clip("a.mp4", 22.0)}, True),
        ({"work": "extend", "clip": Clip("a.mp4", 23.0)}, False),
        ({"work": "extend", "clip": Clip("a.mp4", 2.0)}, False),
        ({"work": "extend", "clip": Clip("a.mp4", 25.5), "seconds": 4}, False),
        ({"work": "extend", "clip": Clip("a.mp4", 8.0), "seconds": 11}, False),
        ({"work": "extend", "clip": Clip("a.mp4", 8.0), "seconds": 2}, False),
    ],
)
def test_can_make(changes: dict[str, Any], can: bool) -> None:  # noqa: FBT001
    """Resolution, ratio, length, pictures and clip have to be ones that the model takes."""
    assert RUNG.can_make(replace(TASK, **changes)) is can
    assert not replace(RUNG, works=frozenset()).can_make(replace(TASK, **changes))


@pytest.mark.parametrize(
    ("changes", "usd_micros"),
    [
        ({}, 800_000),
        ({"resolution": "360p", "seconds": 3}, 90_000),
        ({"resolution": "4k"}, 0),
        ({"work": "image", "first_frame": PICTURE, "last_frame": PICTURE}, 800_800),
        ({"work": "reference", "references": (PICTURE,)}, 800_400),
        ({"work": "edit", "clip": Clip("a.mp4", 7.1)}, 872_000),
        ({"work": "extend", "clip": Clip("a.mp4", 10.0), "seconds": 5}, 590_000),
    ],
)
def test_cost(changes: dict[str, Any], usd_micros: int) -> None:
    """Each second that is made, each that is read, each picture; an edit is as long as its clip."""
    assert RUNG.cost_of(replace(TASK, **changes)) == usd_micros


def test_begun_has_a_name() -> None:
    """A provider that has begun is written into the log as such."""
    assert name_outcome(Begun("operation")) == "begun"
