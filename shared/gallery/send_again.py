"""Sending a result again: as a new message with all its buttons, or as the file that was made.

claim (a minute) ── "…" ✓ ── its message is noted in the job ✓ ── edited into the result
                         ╳ died in between: a "…" stays; nothing else is lost, and nothing is paid
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from shared.errors import BlobMissingError, DeliveryUnknownError, MessengerError
from shared.gallery.request_archive import send_video_file
from shared.gallery.result import Result
from shared.gallery.show_file import show_file
from shared.jobs.job import Job, is_set
from shared.jobs.open_jobs import StoredJob, change_job
from shared.jobs.screens import draw_caption
from shared.pictures.cards import caption
from shared.pictures.claim_original import claim_original
from shared.pictures.keyboards import picture_buttons
from shared.pictures.picture import is_picture, note_original, result_of, with_result
from shared.pictures.show_picture import open_original
from shared.ports import Place, Ports, Screen
from shared.telegram.address import add_message, chat_of
from shared.telegram.callbacks import write_moment
from shared.telegram.chat import PLACEHOLDER
from shared.telegram.claim_sending import claim_sending
from shared.telegram.send_patiently import send_patiently
from shared.telegram.taps import toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text

SENT_ALREADY = timedelta(seconds=20)
"""A second press within this time is taken as impatience; later the message may have scrolled away."""


def fresh_count(at: datetime) -> str:
    """The press count of a keyboard that knows nothing of the presses on another one of the same job."""
    return f"g{write_moment(at)}"


async def send_again(ports: Ports, visit: Visit, opened: StoredJob) -> str:
    """Send a result as a new message in this chat, at most once in a while; returns the toast that says so.

    Raises TooManyRequestsError, DeliveryUnknownError, UnavailableError.
    """
    claimed = await claim_sending(
        ports,
        opened,
        ports.clock.now(),
        lambda job: chat_of(job).shown_again_at,
        lambda job, at: replace(job, address=replace(chat_of(job), shown_again_at=at)),
        SENT_ALREADY,
    )
    if claimed is None:
        return "toast-gallery-sent-already"
    place = Place(visit.update.chat.id, visit.update.chat.thread_id)
    message_id = await send_patiently(ports, lambda: ports.messenger.send_text(place, PLACEHOLDER))
    noted = await change_job(ports, claimed, lambda job: add_message(job, message_id, place.chat_id))
    try:
        await show_file(ports, place, message_id, Result(noted.job), _caption(ports, visit, noted.job))
    except (BlobMissingError, MessengerError):
        with suppress(MessengerError):
            await ports.messenger.delete_message(place, message_id)
        return "toast-gallery-no-file"
    return "toast-gallery-sent"


def _caption(ports: Ports, visit: Visit, job: Job) -> Screen:
    """The result's own caption; each picture of several gets the buttons of its own."""
    place = replace(chat_of(job), is_private=True, left=None, in_album=False)
    here = replace(job, address=place, language=visit.language)
    left, count = visit.opened.user.account.available, fresh_count(visit.received_at)
    if not is_picture(here):
        return draw_caption(ports, here, left)
    screen = caption(here, left, count)
    return Screen(screen.text, picture_buttons(here, count)) if is_set(here) else screen


async def send_file(ports: Ports, visit: Visit, tap: Tap, opened: StoredJob) -> None:
    """Send the file as it was made: of a picture at most once a minute, of a video by a task.

    Raises UnavailableError.
    """
    if not is_picture(opened.job):
        await send_video_file(ports, visit, tap, opened.job.id)
        return
    try:
        document = await open_original(ports, opened.job)
    except BlobMissingError:
        await toast(ports, visit, tap, "toast-gallery-no-file")
        return
    claimed = await claim_original(ports, opened, visit.received_at)
    if claimed is None:
        await toast(ports, visit, tap, "toast-sent-already")
        return
    await toast(ports, visit, tap, "toast-original")
    place, words = Place(tap.chat.id, tap.chat.thread_id), Screen(html_text(visit.language, "original-caption"))
    try:
        sent = await send_patiently(ports, lambda: ports.messenger.send_document(place, document, words))
    except DeliveryUnknownError:
        return
    except MessengerError:
        await change_job(ports, claimed, lambda job: note_original(job, None))
        return

    def note(job: Job) -> Job:
        known = replace(result_of(job), document_file_id=sent.file_id)
        return add_message(with_result(job, known), sent.message_id, tap.chat.id)

    await change_job(ports, claimed, note)
