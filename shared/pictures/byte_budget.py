"""How much one process takes on: jobs are let in by the bytes they will hold, not by their number.

A hundred small pictures wait for the model in one process; of the largest, a few fill its memory.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.credits.catalogue import Size
from shared.errors import NoRoomError
from shared.jobs.limits import FILE_BYTES_MAX
from shared.jobs.time_limits import ROOM_SECONDS_MAX
from shared.pictures.picture import PictureRequest

BUDGET_BYTES = 700_000_000
"""The service has 2 GiB. The process itself (150 MB) and one picture being decoded and scaled (500 MB,
`shared/adapters/pixels.py`) are not part of this budget."""
_ANSWER_BYTES: dict[Size, int] = {"1K": 4_000_000, "2K": 14_000_000, "4K": 45_000_000}
"""A picture, and its answer in base64 while that is read."""
_FACTOR = 4
"""What a reference takes while it is sent: itself, base64, and the request around it."""


class ByteBudget:
    """Bytes that are free to take; one per process. In turn: a large job is not overtaken by small ones for ever."""

    def __init__(self, bytes_max: int = BUDGET_BYTES) -> None:
        self._bytes_max = bytes_max
        self._free = bytes_max
        self._freed = asyncio.Condition()
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def reserve(self, wanted_bytes: int) -> AsyncIterator[None]:
        """Hold these bytes; the largest request is let in when nothing else is. Raises NoRoomError."""
        wanted_bytes = min(wanted_bytes, self._bytes_max)
        try:
            async with asyncio.timeout(ROOM_SECONDS_MAX), self._turn, self._freed:
                await self._freed.wait_for(lambda: self._free >= wanted_bytes)
                self._free -= wanted_bytes
        except TimeoutError:
            raise NoRoomError from None
        try:
            yield
        finally:
            async with self._freed:
                self._free += wanted_bytes
                self._freed.notify_all()


def weigh(request: PictureRequest) -> int:
    """The bytes that making this picture holds at most, roughly. Telegram does not tell every file's size."""
    references = sum(min(reference.size_bytes or FILE_BYTES_MAX, FILE_BYTES_MAX) for reference in request.references)
    earlier = _ANSWER_BYTES["2K"] if request.parent_id else 0
    return _ANSWER_BYTES[request.size] + _FACTOR * references + earlier
