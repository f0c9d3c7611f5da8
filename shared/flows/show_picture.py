"""Delivering a stored picture: the card becomes the picture, then the hold becomes revenue.

edit ✓ ─ crash ─ (lease ends) ─ edit again: nothing changes ─ capture ✓        shown once, paid once
edit ✓ ─ capture ✓ ─ crash                                                     shown once, paid once
edit ? (no answer) ─ later: edit again ─ capture ✓                             shown once, paid once
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.bot.cards import caption, card
from shared.domain.jobs import Job, JobState, Result, settled, show_card
from shared.domain.ledger import capture_hold
from shared.domain.outcomes import FailureReason
from shared.errors import (
    BlobMissingError,
    BotBlockedError,
    FileUnreadableError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
)
from shared.flows.accounts import OpenUser, open_user
from shared.flows.announce_jobs import card_place
from shared.flows.job_events import end_facts
from shared.flows.open_jobs import OpenJob, change_held_job, change_job, settle_job
from shared.flows.refuse_job import refuse_job, try_later
from shared.logs import log_event
from shared.ports import Media, Ports, Screen, Sent, Studio
from shared.texts import html_text

LONG_SECONDS = 60
"""A job that took longer ends with a message of its own: edits do not make the phone ring."""
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


async def show_stored_picture(ports: Ports, studio: Studio, held: OpenJob) -> None:
    """Deliver a picture that an earlier worker stored."""
    assert held.job.result is not None
    try:
        original = await ports.blobs.get(held.job.result.blob)
        preview, _, _ = await studio.pictures.preview(original)
    except (BlobMissingError, FileUnreadableError):
        await refuse_job(ports, held, FailureReason.FILE_GONE)
    else:
        await show_picture(ports, held, preview, original)


async def show_picture(ports: Ports, held: OpenJob, preview: bytes, original: bytes) -> None:
    """Turn the card into the picture and take the money. Raises LeaseLostError, UnavailableError."""
    user = await open_user(ports, held.job.user_id)
    try:
        held, sent = await _edit_card(ports, held, user, preview)
    except (BotBlockedError, MessageRejectedError, MessageGoneError) as error:
        await refuse_job(ports, held, FailureReason.UNDELIVERABLE, cause=error)
    except MessengerError as error:
        await try_later(ports, held, error)
    else:
        delivered = await _settle(ports, held, user, sent)
        log_event("job_delivered", outcome="delivered", code="", **end_facts(delivered.job, ports.clock.now()))
        await _follow_up(ports, delivered, original)


async def _edit_card(ports: Ports, held: OpenJob, user: OpenUser, preview: bytes) -> tuple[OpenJob, Sent]:
    """Edit the card into the picture; when it was deleted, post one in its place, first as text."""
    photo = Media(preview, f"{held.job.id}.jpg")
    screen = caption(held.job, user.user.account.available)
    with suppress(MessageGoneError):
        return held, await _edit(ports, held.job, photo, screen)
    held = await _replace_card(ports, held)
    return held, await _edit(ports, held.job, photo, screen)


async def _edit(ports: Ports, job: Job, photo: Media, screen: Screen) -> Sent:
    if job.card_message_id is None:
        raise MessageGoneError("no card")
    return await ports.messenger.edit_photo(card_place(job), job.card_message_id, photo, screen)


async def _replace_card(ports: Ports, held: OpenJob) -> OpenJob:
    """Only the owner of the lease may: a stalled worker must not post a second picture."""
    held = await change_held_job(ports, held, lambda job: replace(job, card_message_id=None))
    message_id = await ports.messenger.send_text(card_place(held.job), card(held.job, ports.clock.now()))
    return await change_held_job(ports, held, lambda job: show_card(job, message_id))


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
        if seconds > LONG_SECONDS:
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
