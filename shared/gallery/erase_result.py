"""Deleting a result from the gallery: what *Delete* under it does. A picture can be brought back for a minute."""

from contextlib import suppress
from datetime import datetime

from shared.errors import MessengerError
from shared.gallery.send_again import fresh_count
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.pictures.delete_result import delete_result, hide_picture
from shared.pictures.picture import is_picture
from shared.ports import Place, Ports
from shared.telegram.address import chat_of, read_message_ref
from shared.videos.delete_video import delete_video


async def erase_result(ports: Ports, opened: StoredJob, at: datetime) -> None:
    """Delete a result with all its messages; idempotent. `at`: when it was pressed.

    Raises TooManyRequestsError, UnavailableError.
    """
    if is_picture(opened.job):
        await delete_result(ports, opened, fresh_count(at))
    else:
        await _remove_messages(ports, await delete_video(ports, opened))


async def hide_result(ports: Ports, opened: StoredJob) -> None:
    """Delete a result but for its messages, where there is no Telegram; idempotent. Raises UnavailableError."""
    await (hide_picture if is_picture(opened.job) else delete_video)(ports, opened)


async def _remove_messages(ports: Ports, job: Job) -> None:
    for chat_id, message_id in map(read_message_ref, chat_of(job).messages):
        with suppress(MessengerError):  # too old, or gone: its file is removed all the same
            await ports.messenger.delete_message(Place(chat_id), message_id)
