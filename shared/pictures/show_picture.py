"""Delivering a stored picture: the card becomes the picture, then the hold becomes revenue.

edit ✓ ─ crash ─ (lease ends) ─ edit again: nothing changes ─ capture ✓        shown once, paid once
edit ✓ ─ capture ✓ ─ crash                                                     shown once, paid once
edit ? (no answer) ─ later: edit again ─ capture ✓                             shown once, paid once
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.credits.ledger import capture_hold
from shared.errors import (
    BlobMissingError,
    FileTooManyPixelsError,
    FileUnreadableError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
)
from shared.jobs.job import Job, JobState, Result, retry_seconds, settled, show_card
from shared.jobs.job_events import end_facts
from shared.jobs.open_jobs import OpenJob, change_job, settle_job
from shared.jobs.pause_job import pause_job, try_later
from shared.jobs.refuse_job import refuse_job
from shared.logs import log_event
from shared.people.accounts import OpenUser, open_user
from shared.pictures.cards import caption, left_card
from shared.ports import Media, Ports, Screen, Sent, Studio
from shared.providers.outcomes import FailureReason
from shared.telegram.announce_jobs import card_place
from shared.telegram.move_place import FINAL, PLACE_LOST, keep_picture, move_away, post_card, tell_left
from shared.texts import html_text

PLACES_MAX = 4
"""The card, one in its place, the chat its group has moved to, the private chat."""
LONG_SECONDS = 60
"""A job that took longer ends with a message of its own: edits do not make the phone ring."""
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


async def keep_and_show(
    ports: Ports, studio: Studio, held: OpenJob, content: bytes, keep: Callable[[int, int], Awaitable[OpenJob]]
) -> bool:
    """Write a picture down with `keep`, given its width and height in px, and deliver it; False where it is none.

    Raises LeaseLostError, UnavailableError.
    """
    try:
        preview, width, height = await studio.pictures.preview(content)
    except FileUnreadableError:
        return False
    except FileTooManyPixelsError:  # no memory for it now: it is paid, so it is kept, and shown when there is
        held = await keep(0, 0)
        await pause_job(ports, held, retry_seconds(held.job))
    else:
        await show_picture(ports, await keep(width, height), preview, content)
    return True


async def show_stored_picture(ports: Ports, studio: Studio, held: OpenJob) -> None:
    """Deliver a picture that an earlier worker stored."""
    assert held.job.result is not None
    try:
        original = await ports.blobs.get(held.job.result.blob)
        preview, _, _ = await studio.pictures.preview(original)
    except (BlobMissingError, FileUnreadableError):
        await refuse_job(ports, held, FailureReason.FILE_GONE)
    except FileTooManyPixelsError:  # more than there is memory for now: the picture is kept, and tried again
        await pause_job(ports, held, retry_seconds(held.job))
    else:
        await show_picture(ports, held, preview, original)


async def show_picture(ports: Ports, held: OpenJob, preview: bytes, original: bytes) -> None:
    """Turn the card into the picture and take the money. Raises LeaseLostError, UnavailableError."""
    user = await open_user(ports, held.job.user_id)
    try:
        held, sent = await _place_picture(ports, held, user, preview)
        if isinstance(sent, Sent):
            await tell_left(ports, held.job, left_card(held.job))
        elif held.job.left is not None:
            await keep_picture(ports, held)
            return
    except MessageRejectedError as error:
        sent = error
    except MessengerError as error:
        await try_later(ports, held, error)
        return
    if isinstance(sent, MessengerError):
        await refuse_job(ports, held, FailureReason.UNDELIVERABLE, cause=sent)
        return
    delivered = await _settle(ports, held, user, sent)
    log_event("job_delivered", outcome="delivered", code="", **end_facts(delivered.job, ports.clock.now()))
    await _follow_up(ports, delivered, original)


async def _place_picture(
    ports: Ports, held: OpenJob, user: OpenUser, preview: bytes
) -> tuple[OpenJob, Sent | MessengerError]:
    """Edit the card into the picture; where that is gone, or its chat does not take it, a card elsewhere.

    With what Telegram said where there is no such place.
    """
    lost: MessengerError | None = None
    for _ in range(PLACES_MAX):
        try:
            return held, await _edit(ports, held.job, user, preview)
        except MessageGoneError as error:
            held, lost = await post_card(ports, held)
            gone: MessengerError = error
        except PLACE_LOST as error:
            if await _is_shown(ports, held.job, user):
                return held, Sent(0, "")
            held, lost = await move_away(ports, held, error)
            gone = error
        if lost is not None:
            break
    return held, lost or gone


async def _is_shown(ports: Ports, job: Job, user: OpenUser) -> bool:
    """Whether an edit without an answer had arrived before its group stopped taking photos: only a photo has a caption.

    Raises TooManyRequestsError, DeliveryUnknownError: without an answer it is not shown elsewhere.
    """
    if job.is_private or job.card_message_id is None:
        return False
    with suppress(*FINAL):
        await ports.messenger.edit_caption(card_place(job), job.card_message_id, _caption(job, user))
        return True
    return False


def _caption(job: Job, user: OpenUser) -> Screen:
    return caption(job, user.user.account.available)


async def _edit(ports: Ports, job: Job, user: OpenUser, preview: bytes) -> Sent:
    if job.card_message_id is None:
        raise MessageGoneError("no card")
    photo = Media(preview, f"{job.id}.jpg")
    return await ports.messenger.edit_photo(card_place(job), job.card_message_id, photo, _caption(job, user))


async def _settle(ports: Ports, held: OpenJob, user: OpenUser, sent: Sent) -> OpenJob:
    at = ports.clock.now()

    def deliver(job: Job) -> Job:
        assert job.result is not None
        result = replace(job.result, photo_file_id=sent.file_id or job.result.photo_file_id)
        return settled(replace(job, result=result), JobState.DELIVERED)

    return await settle_job(ports, held, user, deliver, lambda account, hold: capture_hold(account, hold, at))


async def _follow_up(ports: Ports, delivered: OpenJob, original: bytes) -> None:
    """What is sent at most once: only the worker whose settlement counted comes here."""
    job = delivered.job
    seconds = (ports.clock.now() - job.created_at).total_seconds()
    with suppress(MessengerError):
        if seconds > LONG_SECONDS and job.is_private:  # a group's 20 messages a minute are for the pictures
            place = replace(card_place(job), reply_to=job.card_message_id)
            await ports.messenger.send_text(place, Screen(html_text(job.language, "ready")))
        if job.request.original:
            await send_original(ports, delivered, _name_original(job, original))


async def open_original(ports: Ports, job: Job) -> Media:
    """The stored file, or its `file_id` where Telegram has it already. Raises BlobMissingError, UnavailableError."""
    assert job.result is not None
    return _name_original(job, job.result.document_file_id or await ports.blobs.get(job.result.blob))


def _name_original(job: Job, content: bytes | str) -> Media:
    assert job.result is not None
    return Media(content, f"nanobanana-{job.id}.{EXTENSIONS.get(job.result.mime_type, 'img')}")


async def send_original(ports: Ports, delivered: OpenJob, document: Media) -> None:
    """Send the file uncompressed. Not idempotent. Raises MessengerErrors, UnavailableError."""
    job = delivered.job
    place = replace(card_place(job), reply_to=job.card_message_id)
    sent = await ports.messenger.send_document(place, document, Screen(html_text(job.language, "original-caption")))
    now = ports.clock.now()
    await change_job(ports, delivered, lambda job: _with_document(job, sent, now))


def _with_document(job: Job, sent: Sent, now: datetime) -> Job:
    assert job.result is not None
    kept = job.card_message_id
    result: Result = replace(job.result, document_file_id=sent.file_id)
    return replace(show_card(job, sent.message_id), card_message_id=kept, result=result, original_sent_at=now)
