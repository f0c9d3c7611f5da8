"""Storing a file that was paid for and exists only in this process."""

from datetime import datetime, timedelta
from itertools import chain, repeat

from shared.errors import UnavailableError
from shared.ports import Ports, StoredBlob

PUT_PAUSES_SECONDS = (1.0, 2.0, 3.0, 5.0, 8.0, 13.0)
"""The pauses between attempts to store a file; the last one repeats."""


async def put_patiently(ports: Ports, name: str, file: StoredBlob, until: datetime) -> None:
    """Store a file with retries until the given time. Raises UnavailableError."""
    pauses = chain(PUT_PAUSES_SECONDS, repeat(PUT_PAUSES_SECONDS[-1]))
    while True:
        try:
            await ports.blobs.put(name, file.content, file.mime_type, file.facts)
        except UnavailableError:
            seconds = next(pauses)
            if ports.clock.now() + timedelta(seconds=seconds) >= until:
                raise
            await ports.clock.sleep(seconds)
        else:
            return
