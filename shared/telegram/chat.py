"""The Telegram surface: a job is one message, which is edited from its status card to the picture or the failure."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from shared.errors import MessageGoneError, MessageRejectedError, MessengerError
from shared.jobs.frame import Document, Photo, Receipt, Shown, ShownCopy, Voice, Words
from shared.jobs.job import Address, Job, is_canceled
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.screens import draw_caption, draw_card, screens_of
from shared.people.users import User
from shared.ports import Media, Place, Ports, Screen, Video, Write
from shared.telegram.address import ChatAddress, add_rest, as_in_group, chat_of
from shared.telegram.announce_jobs import card_place, edit_card, redraw_end
from shared.telegram.batch_album import take_placeholder
from shared.telegram.finish_edit import finish_edit
from shared.telegram.move_place import FINAL, PLACE_LOST, keep_picture, move_away, post_card, tell_left
from shared.telegram.react import DONE, NONE, react
from shared.telegram.send_once import send_once
from shared.telegram.show_together import show_together
from shared.texts import html_text

PLACEHOLDER = Screen("…")
"""The placeholder message for the next part of a long text."""
PLACES_MAX = 4
"""The card, its replacement, the chat to which its group migrated, the private chat."""


class TelegramChat:
    """Implements Surface."""

    address: type[Address] = ChatAddress
    sends_files = True

    def has_place(self, job: Job) -> bool:
        return chat_of(job).card_message_id is not None

    def note_end(self, job: Job, user: User, now: datetime) -> tuple[Write, ...]:  # noqa: ARG002 — the port's
        return ()

    async def prepare(self, ports: Ports, held: StoredJob) -> tuple[StoredJob, MessengerError | None]:
        has_common_card = bool(chat_of(held.job).batch)
        return (held, None) if has_common_card or self.has_place(held.job) else await post_card(ports, held)

    async def show(self, ports: Ports, job: Job) -> None:
        await edit_card(ports, job)

    async def show_life(self, ports: Ports, job: Job, *, is_due: bool) -> bool:
        if chat_of(job).batch or not chat_of(job).is_private:  # each edit counts against a group's 20 a minute
            return False
        try:
            await ports.messenger.send_action(card_place(job), screens_of(ports, job).action)
            if is_due:
                await finish_edit(edit_card(ports, job))
        except MessengerError:  # optional: flood control or a deleted card ends it
            return False
        return True

    async def tell_end(self, ports: Ports, held: StoredJob) -> StoredJob:
        is_unseen = chat_of(held.job).card_message_id is None and screens_of(ports, held.job).is_text
        if held.job.is_joined and is_unseen:
            return held  # it goes on as part of another request
        if not (chat_of(held.job).batch and is_canceled(held.job)):
            held = await _show_end(ports, held)
        await show_together(ports, held.job)
        await react(ports, held.job, NONE)
        await tell_left(ports, held.job, draw_card(ports, as_in_group(held.job)))
        return held

    async def deliver(
        self, ports: Ports, held: StoredJob, shown: Shown, left: int
    ) -> tuple[StoredJob, Receipt | MessengerError | None]:
        if isinstance(shown, Voice):
            return await _send_voice(ports, held, shown, left)
        held, receipt = await _place_result(ports, await take_placeholder(ports, held), shown, left)
        if isinstance(receipt, Receipt):
            await show_together(ports, held.job)
            await tell_left(ports, held.job, screens_of(ports, held.job).left(held.job))
        elif chat_of(held.job).left is not None:
            await keep_picture(ports, held)
            return held, None
        return held, receipt

    async def tell_done(self, ports: Ports, job: Job) -> None:
        await react(ports, job, DONE)

    async def ring(self, ports: Ports, job: Job) -> None:
        if chat_of(job).is_private and not chat_of(job).batch:  # a group's 20 messages a minute are for results
            place = replace(card_place(job), reply_to=chat_of(job).card_message_id)
            await ports.messenger.send_text(place, Screen(html_text(job.language, screens_of(ports, job).ready)))

    async def redraw_end(self, ports: Ports, job_id: str) -> bool:
        return await redraw_end(ports, job_id)


async def _show_end(ports: Ports, held: StoredJob) -> StoredJob:
    """Show the end on the card or on a card in another place; give up if Telegram refuses it for good."""
    job = held.job
    if chat_of(job).card_message_id is None or chat_of(job).in_album:  # a photo cannot be edited into words
        with suppress(MessageRejectedError):
            held, _ = await post_card(ports, held)
        return held
    try:
        await edit_card(ports, job)
    except PLACE_LOST as error:
        held, _ = await move_away(ports, held, error)
    except (MessageRejectedError, MessageGoneError):
        pass
    return held


async def _send_voice(
    ports: Ports, held: StoredJob, voice: Voice, left: int
) -> tuple[StoredJob, Receipt | MessengerError]:
    """Send the sound as a new message. A card that explained a delay is deleted."""
    try:
        held, receipt = await send_once(ports, held, voice, draw_caption(ports, held.job, left))
    except (*PLACE_LOST, MessageGoneError) as error:
        return held, error
    card = chat_of(held.job).card_message_id
    if isinstance(receipt, Receipt) and card is not None:
        with suppress(MessengerError):
            await ports.messenger.delete_message(card_place(held.job), card)
    return held, receipt


async def _place_result(
    ports: Ports, held: StoredJob, shown: Photo | Words | Video | ShownCopy | Document, left: int
) -> tuple[StoredJob, Receipt | MessengerError]:
    """Edit the card into the result and send the further messages; if the chat refuses, use the next place.

    Returns Telegram's error if no place accepts the result. If the last place refuses only the further messages, the
    result counts as shown.
    """
    lost: MessengerError | None = None
    for _ in range(PLACES_MAX):
        try:
            receipt = await _edit_card(ports, held.job, shown, left)
            held, refused = await _send_rest(ports, held, shown)
            if refused is None:
                return held, receipt
            held, lost = await move_away(ports, held, refused)
            if lost is not None:
                return held, receipt
            gone: MessengerError = refused
        except (MessageGoneError, MessageRejectedError) as error:
            if isinstance(error, MessageRejectedError) and not chat_of(held.job).in_album:
                raise
            held, lost = await post_card(ports, held)
            gone = error
        except PLACE_LOST as error:
            if isinstance(shown, Photo | Video | ShownCopy) and await _is_shown(ports, held.job, left):
                return held, Receipt()
            held, lost = await move_away(ports, held, error)
            gone = error
        if lost is not None:
            break
    return held, lost or gone


async def _edit_card(ports: Ports, job: Job, shown: Photo | Words | Video | ShownCopy | Document, left: int) -> Receipt:
    message_id = chat_of(job).card_message_id
    if message_id is None:
        raise MessageGoneError("no card")
    if isinstance(shown, Words):
        await ports.messenger.edit_text(card_place(job), message_id, shown.screens[0])
        return Receipt()
    caption = draw_caption(ports, job, left)
    if isinstance(shown, Document):
        media = Media(shown.file, shown.filename)
        return Receipt(await ports.messenger.edit_document(card_place(job), message_id, media, caption))
    if isinstance(shown, Video | ShownCopy):
        film = shown.video if isinstance(shown, ShownCopy) else shown
        return Receipt((await ports.messenger.edit_video(card_place(job), message_id, film, caption)).file_id)
    return Receipt((await ports.messenger.edit_photo(card_place(job), message_id, shown.file, caption)).file_id)


async def _send_rest(ports: Ports, held: StoredJob, shown: Shown) -> tuple[StoredJob, MessengerError | None]:
    """Send the messages after the first. Each begins as a placeholder whose id is stored, so that it is sent once.

    In groups they reply to the first. A message that the person deleted meanwhile is not sent again. Returns the
    changed job, and the error if the place refuses more. Raises LeaseLostError, UnavailableError, and the
    MessengerErrors that do not depend on the place.
    """
    rest: tuple[Screen | Media, ...] = ()
    if isinstance(shown, Words):
        rest = (*shown.screens[1:], *shown.files)
    elif isinstance(shown, ShownCopy):
        rest = (shown.original,)
    for number, part in enumerate(rest):
        try:
            if number == len(chat_of(held.job).rest):
                message_id = await ports.messenger.send_text(_place_of_rest(held.job), PLACEHOLDER)
                held = await change_held_job(ports, held, partial(add_rest, message_id=message_id))
            with suppress(MessageGoneError):
                await _fill(ports, held.job, chat_of(held.job).rest[number], part)
        except PLACE_LOST as error:
            return held, error
    return held, None


def _place_of_rest(job: Job) -> Place:
    chat = chat_of(job)
    return replace(card_place(job), reply_to=None if chat.is_private else chat.card_message_id)


async def _fill(ports: Ports, job: Job, message_id: int, part: Screen | Media) -> None:
    """Replace the placeholder by a text or a file. Raises MessengerErrors."""
    if isinstance(part, Media):
        await ports.messenger.edit_document(card_place(job), message_id, part)
    else:
        await ports.messenger.edit_text(card_place(job), message_id, part)


async def _is_shown(ports: Ports, job: Job, left: int) -> bool:
    """Whether an edit whose response was lost had arrived before the group refused photos: then there is a caption.

    Raises TooManyRequestsError, DeliveryUnknownError: without certainty the result is not shown elsewhere.
    """
    chat = chat_of(job)
    if chat.is_private or chat.card_message_id is None:
        return False
    with suppress(*FINAL):
        caption = draw_caption(ports, job, left)
        await ports.messenger.edit_caption(card_place(job), chat.card_message_id, caption)
        return True
    return False
