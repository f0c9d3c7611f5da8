"""Where a job goes when its chat does not take it. A picture that is made is not thrown away because of the place.

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
from shared.jobs.screens import screens_of
from shared.ports import Place, Ports, Screen
from shared.telegram.address import chat_of, fetch, follow_chat, forget_card, go_private, show_card
from shared.telegram.announce_jobs import card_place, draw_card

PLACE_LOST = (ChatMigratedError, PlaceRefusedError, BotBlockedError)
"""The chat does not take it; another may."""
FINAL = (*PLACE_LOST, MessageRejectedError, MessageGoneError)
"""Telegram will not show this there whatever we do."""
FETCH_PAYLOAD = "get_"
"""The payload of a /start that fetches a kept picture: this, then the job's id."""
START_ADDRESS = "https://t.me/{bot}?start={payload}{job_id}"

Posted = tuple[StoredJob, MessengerError | None]
"""The job as it now is, and why it has no card, where no place takes one."""


async def post_card(ports: Ports, held: StoredJob) -> Posted:
    """Post a card and write it down, here or where the job has to go; what went on with the last one is deleted.

    Only the owner of the lease may: a stalled worker must not post a second picture. Raises LeaseLostError,
    UnavailableError, and the MessengerErrors that are no matter of the place.
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
    """Take a job from the chat that gave this error to the next one, and post its card there.

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
    """Neither the group nor its owner's private chat takes the picture: a button in the group leads to it for a day.

    Raises LeaseLostError, UnavailableError, TooManyRequestsError, DeliveryUnknownError.
    """
    address = START_ADDRESS.format(bot=await ports.messenger.username(), payload=FETCH_PAYLOAD, job_id=held.job.id)
    # First let go, then show the button: whoever presses it at once must find the picture free to be fetched.
    # Pause it for the day only after that: if this worker is killed in between, the next one shows the button.
    kept = await pause_job(ports, held, retry_seconds(held.job))
    await tell_left(ports, kept.job, screens_of(ports, kept.job).kept(kept.job, address))
    until = held.job.created_at + timedelta(seconds=DELIVERY_SECONDS_MAX + 1)
    await change_held_job(ports, kept, lambda job: give_back(job, until))


async def tell_left(ports: Ports, job: Job, screen: Screen) -> None:
    """Edit the card that a job left behind in its group to say how it went on, if that can still be edited.

    Raises TooManyRequestsError, DeliveryUnknownError: it may be repeated.
    """
    left = chat_of(job).left
    if left is None or left.card_message_id is None:
        return
    with suppress(*FINAL):
        await ports.messenger.edit_text(Place(left.chat_id), left.card_message_id, screen)


async def bring_here(ports: Ports, user_id: int, chat_id: int, job_id: str) -> Job | None:
    """Have a kept picture delivered to its owner's private chat `chat_id`; the job as it now is.

    None where there is no such job of this person's. May be repeated. Raises UnavailableError.
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
