"""Opening the files of questions in a thread: one at a time, within limits of memory and work.

    picture ── decoded and reduced, without metadata
    pdf     ── unchanged: the model reads its pages; here they are counted
    video   ── left as it is as well; here its seconds are counted
    text    ── decoded
    office  ── the text in its archive

The files are untrusted. Name and type are not trusted either: the bytes must be of the claimed kind.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import TypeVar

from shared.errors import FileUnreadableError, FileUnusableError
from shared.providers.files import Document, FileContent, FileKind

T = TypeVar("T")

DECODING_BYTES_MAX = 120_000_000
"""For one picture, in a process with a quarter of the memory of `image`: enough for 30 megapixels of a PNG, 7 of WebP,
and more of a JPEG. A photo of Telegram has 7 at most."""


class FileReaders:
    """A `FileReader`. One per process."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="files")

    async def read(self, content: bytes, kind: FileKind) -> FileContent:
        return await self.run(lambda: read_file(content, kind))

    async def run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=False)


def read_file(content: bytes, kind: FileKind) -> FileContent:
    """See `FileReader.read`. The libraries are loaded by the first file that needs them."""
    if not content:
        raise FileUnusableError("empty")
    if kind == "picture":
        from shared.adapters.pictures import open_for_model

        return open_for_model(content, DECODING_BYTES_MAX)
    try:
        return _read(content, kind)
    except FileUnusableError:
        raise
    except Exception as error:
        raise FileUnreadableError(type(error).__name__) from error


def _read(content: bytes, kind: FileKind) -> Document | str:
    if kind == "pdf":
        from shared.adapters.pdf_pages import count_pages

        return Document(content, "application/pdf", count_pages(content))
    if kind == "video":
        from shared.voices.measure_sound import measure_seconds

        seconds = measure_seconds(content, "video/mp4")
        if seconds is None:
            raise FileUnusableError("broken")
        return Document(content, "video/mp4", 0, max(1, ceil(seconds)))
    if kind == "office":
        from shared.adapters.office_text import read_office

        return read_office(content)
    from shared.providers.plain_text import decode_text

    return decode_text(content)
