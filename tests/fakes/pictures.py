"""Picture work without pixels: what starts like a PNG or a JPEG is a picture, anything else is broken."""

import asyncio
from dataclasses import dataclass, field
from hashlib import sha256

from shared.errors import FileUnreadableError

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"


@dataclass
class FakePictures:
    """`checked` and `previewed` count the calls."""

    checked: int = field(default=0)
    previewed: int = field(default=0)

    async def check(self, content: bytes) -> tuple[bytes, str]:
        self.checked += 1
        await asyncio.sleep(0)
        if content.startswith(PNG):
            return content, "image/png"
        if content.startswith(JPEG):
            return content, "image/jpeg"
        raise FileUnreadableError("not a picture")

    async def preview(self, content: bytes) -> tuple[bytes, int, int]:
        """The "JPEG" stands for the picture; sizes are read from a PNG, others count as 1024 x 1024."""
        self.previewed += 1
        await asyncio.sleep(0)
        if not content.startswith((PNG, JPEG)):
            raise FileUnreadableError("not a picture")
        width, height = 1024, 1024
        if content.startswith(PNG):
            width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
        return JPEG + sha256(content).digest(), width, height
