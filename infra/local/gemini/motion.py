"""From a task to a video whose frames show the prompt and the pictures that it was made of.

A scene, or a picture, over which the view moves slowly; a dot goes once round its border, so that time can be seen.
With a last frame the view ends there; references are prints on the scene; an extension goes on where its clip ended.
The prompt's first words stand at the foot of every frame.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from PIL import Image, ImageDraw, ImageOps

from infra.local.gemini.caption import paint_band
from infra.local.gemini.edit import paint_edit
from infra.local.gemini.mp4_writer import Film, encode, write_mp4
from infra.local.gemini.painter import seed_of
from infra.local.gemini.scene import paint_scene
from infra.local.gemini.sound import SAMPLES_PER_SECOND, speak, write_ogg

PIXELS: Final = {"360p": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}
_RATES: Final = {"360p": 8, "720p": 6, "1080p": 4, "4k": 2}
"""Frames a second; real videos have 24, which would take this machine minutes."""
_ZOOM: Final = 1.08
_FIGURE: Final = 30


@dataclass(frozen=True)
class Motion:
    """What a video shows. The pictures are as they came, encoded ones are compared by their bytes."""

    prompt: str
    work: str
    seconds: float
    ratio: str
    resolution: str
    seed: int = 0
    has_sound: bool = True
    before: str = ""
    """The prompt of the clip that it starts from."""
    before_seconds: float = 0.0
    is_even: bool = True
    """Whether all frames last equally long."""

    @property
    def size(self) -> tuple[int, int]:
        """In px."""
        width, height = PIXELS[self.resolution]
        return (width, height) if self.ratio == "16:9" else (height, width)

    @property
    def whole_seconds(self) -> float:
        """With what it goes on from."""
        return self.seconds + (self.before_seconds if self.work == "extend" else 0.0)


def make_video(
    motion: Motion, pictures: tuple[Image.Image, ...], digests: tuple[str, ...], *, plain: bool = False
) -> bytes:
    """The file; `digests` tell the pictures apart for the cache, and stand in it.

    `plain`: what is seen and heard is the same for all videos of this length and size, and so is ready at once.
    """
    seen, given = motion, _Pictures(pictures, digests)
    if plain:
        seen, given = Motion("", "text", motion.whole_seconds, motion.ratio, motion.resolution), _Pictures((), ())
    film = _film(seen, given)
    ogg = _sound(seen.prompt, motion.whole_seconds) if motion.has_sound else b""
    facts: dict[str, Any] = {
        "prompt": motion.prompt, "work": motion.work, "seconds": motion.whole_seconds, "pictures": list(digests),
        "before": motion.before, "ratio": motion.ratio, "resolution": motion.resolution,
    }  # fmt: skip
    return write_mp4(film, ogg, facts, is_even=motion.is_even)


class _Pictures:
    """Pictures that a cache can compare."""

    def __init__(self, pictures: tuple[Image.Image, ...], digests: tuple[str, ...]) -> None:
        self.pictures, self._digests = pictures, digests

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pictures) and self._digests == other._digests

    def __hash__(self) -> int:
        return hash(self._digests)


def digest_of(content: bytes) -> str:
    """Tells a picture from others."""
    return hashlib.sha256(content).hexdigest()[:16]


@lru_cache(maxsize=32)
def _film(motion: Motion, given: _Pictures) -> Film:
    per_second = _RATES[motion.resolution]
    count = max(2, round(motion.whole_seconds * per_second))
    return encode(list(_frames(motion, given.pictures, count)), per_second)


@lru_cache(maxsize=32)
def _sound(prompt: str, seconds: float) -> bytes:
    count = round(seconds * SAMPLES_PER_SECOND)
    said = speak((prompt[:200] + " ") * 4, "Kore")
    times = -(-2 * count // len(said))
    return write_ogg((said * times)[: 2 * count], prompt[:200])


def _frames(motion: Motion, pictures: tuple[Image.Image, ...], count: int) -> Iterator[Image.Image]:
    size = motion.size
    large = tuple(round(side * _ZOOM / 2) * 2 for side in size)
    stages = [ImageOps.fit(stage, (large[0], large[1])) for stage in _stages(motion, pictures)]
    band = paint_band(size, motion.prompt, _label(motion))
    for number in range(count):
        share = number / max(1, count - 1)
        frame = _blend(stages, share).crop(_view(size, (large[0], large[1]), share))
        frame.paste(band, (0, frame.height - band.height))
        _draw_time(frame, share)
        yield frame


def _stages(motion: Motion, pictures: tuple[Image.Image, ...]) -> list[Image.Image]:
    """What is shown one after another."""
    label, seed = _label(motion), seed_of(motion.prompt, motion.seed)
    if motion.work == "image" and pictures:
        return list(pictures)
    if motion.work == "reference" and pictures:
        return [paint_edit(list(pictures), motion.prompt, motion.size, seed, label)]
    scene = paint_scene(motion.prompt, motion.size, seed, label)
    if motion.work not in {"edit", "extend"}:
        return [scene]
    before = paint_scene(motion.before, motion.size, seed_of(motion.before, 0), label)
    if motion.work == "extend":
        return [before, scene]
    return [paint_edit([before, *pictures], motion.prompt, motion.size, seed, label)]


def _label(motion: Motion) -> str:
    return f"{motion.ratio} · {motion.resolution} · {motion.whole_seconds:g} s"


def _blend(stages: list[Image.Image], share: float) -> Image.Image:
    place = share * (len(stages) - 1)
    whole = min(int(place), len(stages) - 1)
    if whole == len(stages) - 1 or place == whole:
        return stages[whole].copy()
    return Image.blend(stages[whole], stages[whole + 1], place - whole)


def _view(size: tuple[int, int], large: tuple[int, int], share: float) -> tuple[int, int, int, int]:
    x, y = round((large[0] - size[0]) * share), round((large[1] - size[1]) * share)
    return x, y, x + size[0], y + size[1]


def _draw_time(frame: Image.Image, share: float) -> None:
    """A dot on its way round, once in the whole video."""
    radius = min(frame.size) / _FIGURE
    angle = 2 * math.pi * share - math.pi / 2
    x = frame.width / 2 + math.cos(angle) * (frame.width / 2 - 2 * radius)
    y = frame.height / 2 + math.sin(angle) * (frame.height / 2 - 2 * radius)
    ImageDraw.Draw(frame).ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 236, 120))
