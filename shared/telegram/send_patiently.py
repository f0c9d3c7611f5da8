"""Retrying a send after flood control."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.errors import TooManyRequestsError
from shared.ports import Ports

PATIENCE_SECONDS_MAX = 20.0
"""How long a message waits for flood control; the task has 60 s."""

T = TypeVar("T")


async def send_patiently(ports: Ports, send: Callable[[], Awaitable[T]]) -> T:
    """Send, and retry once after flood control, which guarantees that the first message was not sent.

    Raises the error of the retry.
    """
    try:
        return await send()
    except TooManyRequestsError as error:
        await ports.clock.sleep(min(error.retry_after_seconds, PATIENCE_SECONDS_MAX))
        return await send()
