"""What the frames of a video of the local Gemini show: decoded, not read from what the file says of itself.

Pillow decodes AV1 where it stands in an AVIF sequence. That is nearly the same file as an MP4: its brands and the
handler of its track are named otherwise.
"""

import io
import re

from PIL import Image, ImageChops, ImageStat

from infra.local.gemini.caption import paint_band

_BRANDS = b"avis" + bytes(4) + b"avismsf1miafiso6mp41"
_HANDLER = re.compile(rb"(hdlr.{8})vide", re.DOTALL)
NEAR = 40
"""How far each channel of two colours may differ that count as the same: encoding and blending change them."""


def decode_frames(content: bytes) -> list[Image.Image]:
    """All pictures of an MP4 with AV1, in their order."""
    head = int.from_bytes(content[:4])
    brands = _BRANDS.ljust(head - 8, b"\0")[: head - 8]
    sequence = content[:8] + brands + _HANDLER.sub(rb"\1pict", content[head:], count=1)
    frames = []
    with Image.open(io.BytesIO(sequence)) as film:
        for number in range(getattr(film, "n_frames", 1)):
            film.seek(number)
            frames.append(film.convert("RGB"))
    return frames


def read_prompt(frame: Image.Image, prompts: tuple[str, ...], label: str) -> str:
    """Which of these prompts the frame shows: the one whose painted words are most like those in it."""

    def difference(prompt: str) -> float:
        band = paint_band(frame.size, prompt, label)
        shown = frame.crop((0, frame.height - band.height, *frame.size))
        return sum(ImageStat.Stat(ImageChops.difference(band, shown)).mean)

    return min(prompts, key=difference)


def share_of(frame: Image.Image, colour: tuple[int, int, int]) -> float:
    """How much of a frame has this colour, from 0 to 1."""
    size = (64, 64)
    pixels = frame.resize(size, Image.Resampling.NEAREST).tobytes()
    near = sum(
        all(abs(pixels[start + channel] - colour[channel]) < NEAR for channel in range(3))
        for start in range(0, len(pixels), 3)
    )
    return near / (size[0] * size[1])
