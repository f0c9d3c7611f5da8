"""Fetching a file that somebody sent."""

from contextlib import suppress

from shared.errors import FileAwayError
from shared.ports import Ports

FILE_PAUSES_SECONDS = (1.0, 4.0, 15.0)
"""Between the attempts to download a file that is away."""


async def download_file(ports: Ports, file_id: str) -> bytes:
    """Its bytes. One that Telegram cannot reach is often there a moment later.

    Raises FileAwayError when it stays away, FileTooLargeError, FileUnreadableError, and the other MessengerErrors.
    """
    for seconds in FILE_PAUSES_SECONDS:
        with suppress(FileAwayError):
            return await ports.messenger.download(file_id)
        await ports.clock.sleep(seconds)
    return await ports.messenger.download(file_id)
