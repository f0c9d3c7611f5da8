"""Moving a job to another chat when its chat refuses it, so that a finished picture is not lost.

group ── ✗ has become a supergroup ── the new chat, with a new card
group ── ✗ no photos, topic closed, bot out ── private chat ✓ ── the group's card says where it is
                                               private chat ✗ ── a button under the group's card; kept for a day
                                                                 └── /start get_<job> ── private chat
"""

from contextlib import suppress
from datetime import timedelta

from shared.errors import (
    BotBlockedError,
    ChatMigratedError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
    PlaceRefusedError,
)
from shared.hash_ids import is_id
from shared.jobs.frame import is_known
from shared.jobs.job import Job, JobState, give_back, retry_seconds
from shared.jobs.next_step import DELIVERY_SECONDS_MAX
from shared.jobs.open_jobs import StoredJob, change_held_job, change_job, open_job
from shared.jobs.pause_job import pause_job
from shared.jobs.publish_jobs import publish_job
from shared.jobs.screens import draw_card, screens_of
from shared.ports import Place, Ports, Screen
from shared.telegram.address import chat_of, fetch, follow_chat, forget_card, go_private, show_card
from shared.telegram.announce_jobs import card_place

PLACE_LOST = (ChatMigratedError, PlaceRefusedError, BotBlockedError)
"""The chat refuses it; another may accept it."""
FINAL = (*PLACE_LOST, MessageRejectedError, MessageGoneError)
"""Errors after which a retry in the same place cannot succeed."""
FETCH_PAYLOAD = "get_"
"""The prefix of the payload of a /start that fetches a kept picture; the job's id follows."""
START_ADDRESS = "https://t.me/{bot}?start={payload}{job_id}"

Posted = tuple[StoredJob, MessengerError | None]
"""The changed job, and the error if no place accepts a card."""


async def post_card(ports: Ports, held: StoredJob) -> Posted:
    """Post a card and store it, here or in the next place; further messages of the last card are deleted.

    Only the holder of the lease may do this: a stalled worker must not post a second picture. Raises LeaseLostError,
    UnavailableError, and the MessengerErrors that do not depend on the place.
    """
    for message_id in chat_of(held.job).rest:
        with suppress(*FINAL):
            await ports.messenger.delete_message(card_place(held.job), message_id)
    held = await change_held_job(ports, held, forget_card)
    try:
        message_id = await ports.messenger.send_text(card_place(held.job), draw_card(ports, held.job))
    except PLACE_LOST as error:
        return await move_away(ports, held, error)
    return await change_held_job(ports, held, lambda job: show_card(job, message_id)), None


async def move_away(ports: Ports, held: StoredJob, error: MessengerError) -> Posted:
    """Move a job from the chat that gave this error to the next one, and post its card there.

    Raises like `post_card`.
    """
    if isinstance(error, ChatMigratedError) and error.new_chat_id != chat_of(held.job).chat_id:
        new_chat_id = error.new_chat_id
        held = await change_held_job(ports, held, lambda job: follow_chat(job, new_chat_id))
    elif not chat_of(held.job).is_private:
        held = await change_held_job(ports, held, lambda job: go_private(job, job.user_id))
    else:
        return held, error
    return await post_card(ports, held)


async def keep_picture(ports: Ports, held: StoredJob) -> None:
    """Keep a picture that neither the group nor its owner's private chat accepts: a button in the group offers it for a
    day.

    Raises LeaseLostError, UnavailableError, TooManyRequestsError, DeliveryUnknownError.
    """
    address = START_ADDRESS.format(bot=await ports.messenger.username(), payload=FETCH_PAYLOAD, job_id=held.job.id)
    # First release the job, then show the button: a press at once must be able to claim the picture.
    # Pause it for the day only afterwards: if this worker is killed in between, the next one shows the button.
    kept = await pause_job(ports, held, retry_seconds(held.job))
    await tell_left(ports, kept.job, screens_of(ports, kept.job).kept(kept.job, address))
    until = held.job.created_at + timedelta(seconds=DELIVERY_SECONDS_MAX + 1)
    await change_held_job(ports, kept, lambda job: give_back(job, until))


async def tell_left(ports: Ports, job: Job, screen: Screen) -> None:
    """Edit the card that a job left behind in its group to show its further course, if it can still be edited.

    Idempotent. Raises TooManyRequestsError, DeliveryUnknownError.
    """
    left = chat_of(job).left
    if left is None or left.card_message_id is None:
        return
    with suppress(*FINAL):
        await ports.messenger.edit_text(Place(left.chat_id), left.card_message_id, screen)


async def bring_here(ports: Ports, user_id: int, chat_id: int, job_id: str) -> Job | None:
    """Start the delivery of a kept picture to its owner's private chat `chat_id`; returns the changed job.

    Returns None if this person has no such job. Idempotent. Raises UnavailableError.
    """
    opened = await open_job(ports, job_id) if is_id(job_id) else None
    if opened is None or opened.job.user_id != user_id or not is_known(ports, opened.job):
        return None
    now = ports.clock.now()

    def bring(job: Job) -> Job | None:
        is_held = job.lease_until is not None and now < job.lease_until
        return None if job.state is not JobState.MADE or is_held else fetch(job, chat_id, now)

    job = (await change_job(ports, opened, bring)).job
    if job.state is JobState.MADE:
        await publish_job(ports, job, job.lease_until)
    return job
