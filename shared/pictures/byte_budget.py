"""How much one process takes on: jobs are let in by the bytes they will hold, not by their number.

    material ── ask the model ── its answer begins ── read, reduce, store ── show
    │                            └── ANSWERS_BYTES ────────────────────────┘    │
    └── MATERIAL_BYTES ────────────────────────────────────────────────────────┘

A job without material holds nothing while the model works, so a process waits for as many pictures at once as it is
given. When their answers come, a few are read and the others wait in their sockets. The budgets are apart: a job that
holds material and waits for the other budget never keeps others from finishing.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager

from shared.credits.catalogue import Size
from shared.errors import NoRoomError
from shared.jobs.limits import FILE_BYTES_MAX
from shared.jobs.time_limits import ROOM_SECONDS_MAX
from shared.pictures.picture import PictureRequest

MATERIAL_BYTES = 700_000_000
ANSWERS_BYTES = 140_000_000
"""The service has 2 GiB. The process itself (150 MB) and one picture being decoded and scaled (500 MB,
`shared/adapters/pixels.py`) are not part of these budgets."""
_ANSWER_BYTES: dict[Size, int] = {"1K": 12_000_000, "2K": 20_000_000, "4K": 45_000_000}
"""A picture, its answer in base64 while that is read, and the copies that libraries make on the way to the bucket. Of
the small ones more would fit, but eleven at once are more than a processor reduces meanwhile."""
_PARENT_BYTES = _ANSWER_BYTES["2K"]
_FACTOR = 4
"""What a reference takes while it is sent: itself, base64, and the request around it."""


class ByteBudget:
    """Bytes that are free to take; one per process. In turn: a large job is not overtaken by small ones for ever."""

    def __init__(self, material_bytes: int = MATERIAL_BYTES, answers_bytes: int = ANSWERS_BYTES) -> None:
        self._material = _Share(material_bytes)
        self._answers = _Share(answers_bytes)

    @asynccontextmanager
    async def reserve(self, wanted_bytes: int) -> AsyncIterator[None]:
        """Hold these bytes of material; the largest request is let in when nothing else is. Raises NoRoomError."""
        try:
            async with asyncio.timeout(ROOM_SECONDS_MAX):
                taken_bytes = await self._material.take(wanted_bytes)
        except TimeoutError:
            raise NoRoomError from None
        try:
            yield
        finally:
            self._material.give_back(taken_bytes)

    @asynccontextmanager
    async def expect(self, wanted_bytes: int) -> AsyncIterator[Callable[[], Awaitable[None]]]:
        """Gives what takes the bytes of an answer when it has begun; they are held until the end of the block.

        Taking them has no time limit of its own: the answer has been paid for.
        """
        with ExitStack() as stack:

            async def take() -> None:
                taken_bytes = await self._answers.take(wanted_bytes)
                stack.callback(self._answers.give_back, taken_bytes)

            yield take


class _Share:
    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._free = bytes_max
        self._freed = asyncio.Event()
        self._turn = asyncio.Lock()

    async def take(self, wanted_bytes: int) -> int:
        """How many were taken, once they are free: never more than there are."""
        wanted_bytes = min(wanted_bytes, self._bytes_max)
        if wanted_bytes:
            async with self._turn:
                while self._free < wanted_bytes:
                    self._freed.clear()
                    await self._freed.wait()
                self._free -= wanted_bytes
        return wanted_bytes

    def give_back(self, taken_bytes: int) -> None:
        self._free += taken_bytes
        self._freed.set()


def weigh_material(request: PictureRequest) -> int:
    """The bytes that asking for this picture holds at most, roughly. Telegram does not tell every file's size."""
    references = sum(min(reference.size_bytes or FILE_BYTES_MAX, FILE_BYTES_MAX) for reference in request.references)
    return _FACTOR * references + (_PARENT_BYTES if request.parent_id else 0)


def weigh_answer(request: PictureRequest) -> int:
    """The bytes that the picture holds at most, roughly, from the first byte of the answer until it is stored."""
    return _ANSWER_BYTES[request.size]
