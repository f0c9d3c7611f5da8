"""What a process has of its own: time, randomness, memory; and the caps that it shares."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from shared.credits.switches import Switches


class Clock(Protocol):
    """Time."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Ids(Protocol):
    """Randomness. Not used for document ids, which are hashes of their causes (`shared/jobs/identity.py`)."""

    def jitter(self) -> float:
        """Uniform in [0, 1)."""
        ...

    def token(self) -> str:
        """A secret of 22 characters of [A-Za-z0-9_-]: 128 bits."""
        ...


class Spending(Protocol):
    """What may be bought now: the caps on our spending for models, stops, and operators' switches."""

    async def rest_until(self) -> datetime | None:
        """Until when spending is stopped; None if it is not. Raises UnavailableError."""
        ...

    def rests_for_books(self) -> bool:
        """Whether the books are wrong, as `rest_until` has last found: then nothing is sold either."""
        ...

    async def switches(self) -> "Switches":
        """What operators have switched off, not older than some seconds. Raises UnavailableError."""
        ...

    async def book(self, usd_micros: int) -> None:
        """Count the cost of the next call of a model. After an UnavailableError it may be counted too."""
        ...

    async def give_back(self) -> None:
        """Count no longer what was counted for calls that do not come. Never raises."""
        ...


class Budget(Protocol):
    """The memory budget of this process."""

    def reserve(self, wanted_bytes: int) -> AbstractAsyncContextManager[None]:
        """Reserve so many bytes for material during the block, waiting if necessary. Raises NoRoomError."""
        ...

    def expect(self, wanted_bytes: int) -> AbstractAsyncContextManager[Callable[[], Awaitable[None]]]:
        """A function that reserves so many bytes when a response begins; they are released at the end of the block."""
        ...
