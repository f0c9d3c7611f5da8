"""Downloading a file that a person sent."""

from contextlib import suppress

from shared.errors import FileAwayError
from shared.ports import Ports

FILE_PAUSES_SECONDS = (1.0, 4.0, 15.0)
"""The pauses between attempts to download a file that is temporarily unavailable."""


async def download_file(ports: Ports, file_id: str) -> bytes:
    """Download a file, with retries: one that Telegram cannot reach is often available a moment later.

    Raises FileAwayError if it stays unavailable, FileTooLargeError, FileUnreadableError, and the other MessengerErrors.
    """
    for seconds in FILE_PAUSES_SECONDS:
        with suppress(FileAwayError):
            return await ports.messenger.download(file_id)
        await ports.clock.sleep(seconds)
    return await ports.messenger.download(file_id)
