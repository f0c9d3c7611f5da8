"""A ZIP file in pieces, as its contents come: no file is ever whole in memory.

Pictures and videos are compressed already, so they are stored as they are. The size of an entry is written behind it.
"""

import re
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

NAME_CHARACTERS_MAX = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the ZIP."""

    name: str
    at: datetime
    pieces: AsyncIterator[bytes]


class _Pipe:
    """Takes what is written, until it is asked for; it cannot go back."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, content: bytes) -> int:
        self._held += content
        return len(content)

    def flush(self) -> None:
        """Nothing is behind it."""

    close = flush

    def take(self) -> bytes:
        taken, self._held = bytes(self._held), bytearray()
        return taken


async def write_zip(entries: AsyncIterator[Entry]) -> AsyncIterator[bytes]:
    """The bytes of a ZIP. Raises what the entries and their pieces raise."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        async for entry in entries:
            with archive.open(_describe(entry), "w") as file:
                async for piece in entry.pieces:
                    file.write(piece)
                    yield pipe.take()
    yield pipe.take()


def name_entry(number: int, words: str, extension: str) -> str:
    """A name that every system takes: a number, so that they stay in order, and the first words."""
    safe = " ".join(re.sub(r"[^\w ]+", " ", words).split())[:NAME_CHARACTERS_MAX].strip()
    return f"{number:03d} {safe}.{extension}" if safe else f"{number:03d}.{extension}"


def _describe(entry: Entry) -> zipfile.ZipInfo:
    at = entry.at
    return zipfile.ZipInfo(entry.name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
