"""From a request to a PNG: which picture is made, and how many at a time."""

import asyncio
import base64
import hashlib
import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, Literal

from PIL import Image

from infra.local.gemini.edit import paint_edit
from infra.local.gemini.errors import input_image_unusable
from infra.local.gemini.exclusion import leave_out
from infra.local.gemini.inputs import UnreadableError, open_picture
from infra.local.gemini.models import nearest_ratio, pixel_size
from infra.local.gemini.noise import noise_png
from infra.local.gemini.request import GenerateRequest
from infra.local.gemini.scene import paint_scene
from infra.local.gemini.signature import sign

Style = Literal["scene", "noise", "corrupt"]
_THREADS: Final = 2
_SOUND_FRACTION: Final = 0.3  # of a corrupt file: the header still says PNG and the size, decoding fails


@dataclass(frozen=True)
class Painted:
    """A picture ready for an answer; `size_bytes` is that of the PNG."""

    base64: bytes
    size_bytes: int
    signature: bytes


class Painter:
    """Draws in a small pool of threads, away from the event loop."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(_THREADS, "painter")
        self._asked: Counter[str] = Counter()

    async def paint(self, request: GenerateRequest, style: Style) -> Painted:
        """The picture; GoogleError when an inline picture cannot be read."""
        variation = request.seed if request.seed is not None else self._asked[request.prompt]
        self._asked[request.prompt] += 1
        work = partial(paint_request, request, variation, style)
        return await asyncio.get_running_loop().run_in_executor(self.pool, work)

    def close(self) -> None:
        """Let go of the threads; what they draw now is thrown away."""
        self.pool.shutdown(wait=False, cancel_futures=True)


def paint_request(request: GenerateRequest, variation: int, style: Style) -> Painted:
    """A scene for a prompt, the first picture changed for one input, a collage for several."""
    pictures = open_inputs(request)
    ratio = _choose_ratio(request, pictures)
    size = pixel_size(ratio, request.image_size)
    if style == "noise":
        return _noise(*size)
    label = f"{ratio} · {request.image_size}"
    seed = seed_of(request.prompt, variation)
    prompt = leave_out(request.prompt)
    if pictures:
        png = to_png(paint_edit(pictures, prompt, size, seed, label))
    else:
        png = to_png(paint_scene(prompt, size, seed, label))
    return pack(damage(png) if style == "corrupt" else png)


def open_inputs(request: GenerateRequest) -> list[Image.Image]:
    """The pictures to work on; every picture of the request is checked."""
    try:
        opened = {(picture.content, picture.part): open_picture(picture.data) for picture in request.pictures}
    except UnreadableError as error:
        raise input_image_unusable() from error
    return [opened[picture.content, picture.part] for picture in request.inputs]


def seed_of(prompt: str, variation: int) -> int:
    """The same prompt paints the same picture the first time, another one the second."""
    return int.from_bytes(hashlib.sha256(f"{variation}\n{prompt}".encode()).digest()[:8])


def to_png(picture: Image.Image) -> bytes:
    """Written fast rather than small."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()


def damage(png: bytes) -> bytes:
    """Looks like a PNG, cannot be decoded."""
    sound = int(len(png) * _SOUND_FRACTION)
    return png[:sound] + bytes(len(png) - sound)


def pack(png: bytes) -> Painted:
    """Encoded and signed for the answer."""
    return Painted(base64.b64encode(png), len(png), sign(png))


def _choose_ratio(request: GenerateRequest, pictures: list[Image.Image]) -> str:
    if request.aspect_ratio:
        return request.aspect_ratio
    return nearest_ratio(request.model, *pictures[0].size) if pictures else "1:1"


@cache
def _noise(width: int, height: int) -> Painted:
    return pack(noise_png(width, height))
