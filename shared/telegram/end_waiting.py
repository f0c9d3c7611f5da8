"""Deleting the card of a question that waited in a private chat, so that its answer appears below newer messages.

question 1 ── question 2 ── card 2 "waits" ── answer 1 ╳ card 2 is deleted ── answer 2, as if nothing had been before it
"""

from contextlib import suppress
from dataclasses import replace

from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.ports import Ports
from shared.telegram.address import chat_of, forget_card
from shared.telegram.announce_jobs import card_place, show_empty_draft
from shared.telegram.drafts import shows_draft
from shared.telegram.move_place import FINAL


async def end_waiting(ports: Ports, held: StoredJob) -> StoredJob:
    """Delete a held job's card that says that it waits. In a group the card stays, because it replies to its question.

    Idempotent. Raises LeaseLostError, UnavailableError, TooManyRequestsError, DeliveryUnknownError.
    """
    card = chat_of(held.job).card_message_id
    if not held.job.after or not chat_of(held.job).is_private:
        return held
    if card is not None:
        with suppress(*FINAL):
            await ports.messenger.delete_message(card_place(held.job), card)
    held = await change_held_job(ports, held, lambda job: replace(forget_card(job), after=""))
    if shows_draft(ports, held.job):
        await show_empty_draft(ports, held.job)
    return held
