"""Sending a voice message, which no edit can create. Telegram's sends have no idempotency key, so it is sent once.

store *sending* ── send ✓ ── settle                                                  shown once, paid once
store *sending* ── send: refused, or flood control ── remove *sending* ── retry      shown once, paid once
store *sending* ── send ? (no response, or the worker died) ── never again, release  shown at most once, not paid
"""

from contextlib import suppress

from shared.errors import ChatMigratedError, DeliveryUnknownError, MessengerError, PlaceRefusedError
from shared.jobs.frame import Receipt, Voice
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.ports import Ports, Screen, Sent
from shared.telegram.address import chat_of, follow_chat, note_sending
from shared.telegram.announce_jobs import card_place

Sending = tuple[StoredJob, Receipt | MessengerError]
"""The changed job, and the receipt, or the error if it can never be shown."""


async def send_once(ports: Ports, held: StoredJob, voice: Voice, caption: Screen) -> Sending:
    """Send a held job's sound at most once.

    Raises LeaseLostError, UnavailableError, and the MessengerErrors after which the send may be retried.
    """
    if chat_of(held.job).sending_at is not None:
        return held, DeliveryUnknownError("an earlier worker was sending it")
    at = ports.clock.now()
    held = await change_held_job(ports, held, lambda job: note_sending(job, at))
    try:
        sent = await _send(ports, held.job, voice, caption)
    except DeliveryUnknownError as error:
        return held, error
    except ChatMigratedError as error:
        new_chat_id = error.new_chat_id
        held = await change_held_job(ports, held, lambda job: follow_chat(note_sending(job, None), new_chat_id))
        return await send_once(ports, held, voice, caption)
    except MessengerError:
        await change_held_job(ports, held, lambda job: note_sending(job, None))
        raise
    return held, Receipt(sent.file_id, sent.message_id)


async def _send(ports: Ports, job: Job, voice: Voice, caption: Screen) -> Sent:
    """Send it as a voice message, or as a file if the person or the group forbids voice messages."""
    with suppress(PlaceRefusedError):
        return await ports.messenger.send_voice(card_place(job), voice.file, voice.seconds, caption)
    return await ports.messenger.send_document(card_place(job), voice.file, caption)
