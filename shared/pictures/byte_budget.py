"""The memory budgets of a process: jobs are admitted by the bytes that they need, not by their number.

    material ── ask the model ── its answer begins ── read, reduce, store ── show
    │                            └── ANSWERS_BYTES ────────────────────────┘    │
    └── MATERIAL_BYTES ────────────────────────────────────────────────────────┘

A job without material needs no memory while the model works, so a process can wait for many pictures at once. When the
responses arrive, a few are read and the others wait in their sockets. The budgets are separate, so a job that holds
material and waits for the other budget never blocks others.
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
"""A picture, its response in base64 while it is read, and the copies that libraries make on the way to the bucket. More
small ones would fit, but eleven already keep the processor busy."""
_PARENT_BYTES = _ANSWER_BYTES["2K"]
_FACTOR = 4
"""The memory of a reference while it is sent, in multiples of its size: file, base64, and request."""


class ByteBudget:
    """A budget of bytes; one per process. It is fair: small jobs cannot overtake a large one for ever."""

    def __init__(self, material_bytes: int = MATERIAL_BYTES, answers_bytes: int = ANSWERS_BYTES) -> None:
        self._material = _Share(material_bytes)
        self._answers = _Share(answers_bytes)

    @asynccontextmanager
    async def reserve(self, wanted_bytes: int) -> AsyncIterator[None]:
        """Reserve these bytes for material; a request above the budget is admitted alone. Raises NoRoomError."""
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
        """Gives a function that reserves the bytes of a response when it begins; they are released after the block.

        Reserving has no time limit, because the response is already paid for.
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
        """Wait for the bytes and take them; returns how many were taken, at most the whole budget."""
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
    """A rough upper bound of the memory for this request's material. Telegram does not give the size of every file."""
    references = sum(min(reference.size_bytes or FILE_BYTES_MAX, FILE_BYTES_MAX) for reference in request.references)
    return _FACTOR * references + (_PARENT_BYTES if request.parent_id else 0)


def weigh_answer(request: PictureRequest) -> int:
    """A rough upper bound of the memory for the picture, from the first byte of the response until it is stored."""
    return _ANSWER_BYTES[request.size]
