"""Downloading and opening the files of a question, and those files of the last turns that fit.

own files ── all of them, or the question ends: the person is told why, and pays nothing
earlier ──── the newest few that are small; one that is gone is only named
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.conversations.attachment import (
    FILES_TOKENS_MAX,
    PAGES_MAX,
    Attachment,
    Gathered,
    Opened,
    bound_file,
    kind_of,
)
from shared.conversations.conversation import Turn
from shared.conversations.tokens import count_tokens, cut_to_tokens, estimate_tokens
from shared.errors import (
    FileAwayError,
    FileTooLargeError,
    FileTooManyPixelsError,
    FileUnreadableError,
    FileUnusableError,
    MessengerError,
)
from shared.ports import Ports, TalkStudio
from shared.providers.files import Document, FileTrouble
from shared.telegram.download_file import download_file

AGAIN_FILES_MAX = 2
AGAIN_TOKENS_MAX = 2_400
"""Two pictures, or a PDF of four pages: they displace earlier turns, within the cost that every answer may have."""
AGAIN_BYTES_MAX = 3_000_000
"""Each file is downloaded again before the first word of an answer, which should not wait long."""
AGAIN_FOR = timedelta(hours=1)
"""People rarely ask about an older file without sending it again."""
CUT_NOTE = "\n\n[Cut here: this is only the beginning of the file. Say so where the answer may lie in the rest.]"
CUT_TOKENS_MIN = 200
"""A shorter part of a file is not worth an answer."""
FILE_ERRORS = (FileTooLargeError, FileUnreadableError, FileTooManyPixelsError, FileAwayError)
_TROUBLES: dict[type[Exception], FileTrouble] = {
    FileTooLargeError: "size",
    FileTooManyPixelsError: "pixels",
    FileUnreadableError: "broken",
    FileAwayError: "gone",
}


async def gather_files(
    ports: Ports, studio: TalkStudio, own: Sequence[Attachment], turns: Sequence[Turn], now: datetime
) -> Gathered:
    """Open all of them concurrently. Raises FILE_ERRORS and MessengerErrors for the question's own files only."""
    chosen = choose_earlier(turns, {file.file_id for file in own}, now)
    try:
        async with asyncio.TaskGroup() as group:
            opening = [group.create_task(_open(ports, studio, file)) for file in own]
            again = [(turn, group.create_task(_open_again(ports, studio, file))) for turn, file in chosen]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    earlier: dict[str, tuple[Opened, ...]] = {}
    for turn, task in again:
        found = task.result()
        if found is not None:
            earlier[turn.job_id] = (*earlier.get(turn.job_id, ()), found)
    return Gathered(_fit([task.result() for task in opening]), earlier)


def trouble_of(error: Exception) -> str:
    """The trouble that one of FILE_ERRORS tells."""
    return error.trouble if isinstance(error, FileUnusableError) else _TROUBLES[type(error)]


def choose_earlier(turns: Sequence[Turn], own: set[str], now: datetime) -> list[tuple[Turn, Attachment]]:
    """The files of earlier turns to send again: the newest ones, within the limits of tokens and bytes."""
    chosen: list[tuple[Turn, Attachment]] = []
    seen, left = set(own), AGAIN_TOKENS_MAX
    for turn, file in [(each, file) for each in reversed(turns) for file in each.files]:
        is_fresh = now - turn.at <= AGAIN_FOR and file.file_id not in seen
        fits = 0 < file.tokens <= left and file.size_bytes <= AGAIN_BYTES_MAX
        if is_fresh and fits and len(chosen) < AGAIN_FILES_MAX:
            chosen.append((turn, file))
            seen.add(file.file_id)
            left -= file.tokens
    return chosen


async def _open(ports: Ports, studio: TalkStudio, file: Attachment) -> Opened:
    return await _read(studio, file, await download_file(ports, file.file_id))


async def _open_again(ports: Ports, studio: TalkStudio, file: Attachment) -> Opened | None:
    """Open an earlier file; None if that fails or there is no room now."""
    try:
        return await _read(studio, file, await ports.messenger.download(file.file_id))
    except (*FILE_ERRORS, MessengerError):
        return None


async def _read(studio: TalkStudio, file: Attachment, content: bytes) -> Opened:
    kind = kind_of(file)
    if kind is None:
        raise FileUnusableError("kind")
    found = await studio.reader.read(content, kind)
    tokens = count_tokens(found)
    if kind == "video" and tokens > bound_file(file):  # the hold was made for the length that its app said
        raise FileUnusableError("long")
    return Opened(replace(file, tokens=tokens), found)


def _fit(opened: list[Opened]) -> tuple[Opened, ...]:
    """Fit the question's files into their limit: pictures and pages must fit, then texts share what is left.

    Raises FileUnusableError.
    """
    left = FILES_TOKENS_MAX - sum(each.file.tokens for each in opened if not isinstance(each.content, str))
    pages = sum(each.content.pages for each in opened if isinstance(each.content, Document))
    if left < 0 or pages > PAGES_MAX:
        raise FileUnusableError("pages")
    texts = sorted((each for each in opened if isinstance(each.content, str)), key=lambda each: each.file.tokens)
    fitted = dict[int, Opened]()
    for number, each in enumerate(texts):  # the short ones first: what they leave is for the others, in equal shares
        assert isinstance(each.content, str)
        fitted[id(each)] = _shorten(each, each.content, left // (len(texts) - number))
        left -= fitted[id(each)].file.tokens
    return tuple(fitted.get(id(each), each) for each in opened)


def _shorten(opened: Opened, text: str, tokens_max: int) -> Opened:
    """A text cut to its limit, with a note for the model at the cut. Raises FileUnusableError if nothing fits.

    The readers of files stop far beyond this limit, so every long text is cut here.
    """
    if opened.file.tokens <= tokens_max:
        return opened
    room = tokens_max - estimate_tokens(CUT_NOTE)
    if room < CUT_TOKENS_MIN:
        raise FileUnusableError("pages")
    cut = cut_to_tokens(text, room) + CUT_NOTE
    return Opened(replace(opened.file, tokens=estimate_tokens(cut)), cut)
