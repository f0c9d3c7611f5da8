"""Picture work without pixels: what starts like a PNG or a JPEG is a picture, anything else is broken."""

import asyncio
from dataclasses import dataclass, field
from hashlib import sha256

from shared.errors import FileUnreadableError
from shared.providers.images import Image

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"


@dataclass
class FakePictures:
    """`checked` and `previewed` count the calls."""

    checked: int = field(default=0)
    previewed: int = field(default=0)

    async def check(self, content: bytes) -> Image:
        """The same bytes; a size only where a PNG has a header to read it from."""
        self.checked += 1
        await asyncio.sleep(0)
        if content.startswith(PNG):
            return Image(content, "image/png", *_read_size(content))
        if content.startswith(JPEG):
            return Image(content, "image/jpeg")
        raise FileUnreadableError("not a picture")

    async def preview(self, content: bytes) -> tuple[bytes, int, int]:
        """The "JPEG" stands for the picture; sizes are read from a PNG, others count as 1024 x 1024."""
        self.previewed += 1
        await asyncio.sleep(0)
        if not content.startswith((PNG, JPEG)):
            raise FileUnreadableError("not a picture")
        width, height = _read_size(content) if content.startswith(PNG) else (1024, 1024)
        return JPEG + sha256(content).digest(), width, height

    async def thumbnail(self, content: bytes) -> bytes:
        """A "JPEG" that stands for the picture."""
        await asyncio.sleep(0)
        if not content.startswith((PNG, JPEG)):
            raise FileUnreadableError("not a picture")
        return JPEG + b"small" + sha256(content).digest()


def _read_size(png: bytes) -> tuple[int, int]:
    if png[12:16] != b"IHDR":
        return 0, 0
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
