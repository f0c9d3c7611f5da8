"""A ZIP is written as its contents come."""

import io
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from shared.gallery.zip_stream import Entry, write_zip

PIECE = bytes(1024 * 1024)
AT = datetime(2026, 11, 29, 12, 30, 20, tzinfo=UTC)


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield PIECE


async def entries(count: int, size: int) -> AsyncIterator[Entry]:
    for number in range(count):
        yield Entry(f"{number:03d} файл.bin", AT, pieces(size))


async def test_whole() -> None:
    """Every reader of ZIPs finds each file whole, with its name and its time."""
    content = b"".join([piece async for piece in write_zip(entries(3, 2))])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert [(info.filename, info.file_size) for info in archive.infolist()] == [
            (f"{number:03d} файл.bin", 2 * len(PIECE)) for number in range(3)
        ]
        assert archive.infolist()[0].date_time == (2026, 11, 29, 12, 30, 20)


async def test_memory_is_flat() -> None:
    """A hundred megabytes pass with a few in memory."""
    tracemalloc.start()
    size_bytes = 0
    async for piece in write_zip(entries(5, 20)):
        size_bytes += len(piece)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size_bytes > 100 * len(PIECE)
    assert peak_bytes < 8 * len(PIECE)


async def test_nothing() -> None:
    """A ZIP of nothing is one, too."""
    content = b"".join([piece async for piece in write_zip(entries(0, 0))])
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == []
