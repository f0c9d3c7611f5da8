"""Reading and writing drafts, and showing their cards."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.errors import ConflictError, DeliveryUnknownError, LaterError, MessengerError, TooManyRequestsError
from shared.jobs.accept_request import RECONSIDER_SECONDS
from shared.jobs.identity import album_intent, message_intent
from shared.jobs.job import SWEEP_AFTER_SECONDS
from shared.jobs.shards import create_sharded, update_sharded
from shared.people.accounts import OpenUser, log_gift, try_until_won
from shared.people.storage import kept_for
from shared.people.users import Waiting
from shared.pictures.cards import draft_card, draft_language
from shared.pictures.draft import KEPT, Draft, DraftState
from shared.pictures.draft_documents import decode_draft, draft_key, draft_lane
from shared.ports import Place, Ports, Record, Screen, Update
from shared.telegram.address import message_ref
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit, look_again

CREATING_TRIES = 5
"""Tries to store a draft while other processes change its person; then the message is deferred."""

SHOWN_WITHIN = timedelta(minutes=10)
"""For how long a question is sent again if it may not have arrived."""


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft and the record it was read from."""

    draft: Draft
    record: Record


def draft_id_of(ports: Ports, message: Message) -> str:
    """The id of a message's draft: its album's, or its own."""
    if message.media_group_id is None:
        return message_intent(ports.bot_id, message.chat.id, message.message_id)
    return album_intent(ports.bot_id, message.chat.id, message.media_group_id)


def begin_draft(visit: Visit, update: Message | Tap, draft_id: str, now: datetime) -> Draft:
    """An empty draft of a message or tap."""
    return Draft(
        id=draft_id,
        user_id=update.sender.id,
        chat_id=update.chat.id,
        thread_id=update.chat.thread_id,
        message_id=update.message_id,
        is_private=update.chat.is_private,
        language_code=update.sender.language_code,
        update_id=update.update_id,
        close_at=now,
        expire_at=now + kept_for(visit.opened.user.storage, visit.received_at, KEPT),
        received_at=visit.received_at,
        sent_at=update.sent_at if isinstance(update, Message) else None,
    )


def new_draft(ports: Ports, visit: Visit, message: Message) -> Draft:
    """A new, empty draft of a message, which `sweep` looks after."""
    now = ports.clock.now()
    ours = message.replied is not None and message.replied.sender_id == ports.bot_id
    return replace(
        begin_draft(visit, message, draft_id_of(ports, message), now),
        sweep_at=now + timedelta(seconds=SWEEP_AFTER_SECONDS),
        replied_to=message.replied.message_id if message.replied is not None and ours else None,
    )


async def open_draft(ports: Ports, draft_id: str) -> OpenDraft | None:
    """A draft, if it exists. Raises UnavailableError."""
    [record] = await ports.store.read([draft_key(draft_id)])
    return None if record is None else OpenDraft(decode_draft(record), record)


async def find_lane(ports: Ports, draft_id: str) -> int:
    """The lane of a draft's tasks, which is its chat's. Raises UnavailableError."""
    opened = await open_draft(ports, draft_id)
    return 0 if opened is None else draft_lane(opened.draft)


async def create_draft(ports: Ports, visit: Visit, draft: Draft) -> None:
    """Store a new draft and the mark that the person's next message belongs to it, in one commit.

    One that lacks credits is what a payment begins, though another question may be asked before it (`go_on.py`).

    Raises ConflictError if the draft exists already, UnavailableError, and LaterError if the person sent another
    message at the same moment: then this message is decided again, because the two may belong together.
    """
    waiting = Waiting(
        chat_id=draft.chat_id,
        thread_id=draft.thread_id,
        kind="draft",
        id=draft.id,
        asked_at=ports.clock.now(),
        message_id=draft.message_id,
        sent_at=draft.sent_at,
    )
    for _ in range(CREATING_TRIES):
        opened = visit.opened
        user = replace(opened.user, waiting=waiting)
        user = replace(user, unpaid_order=draft.id) if draft.lacks_credits else user
        try:
            await ports.store.commit([create_sharded(draft_key(draft.id), draft), *opened.writes(user)])
        except ConflictError:
            if await open_draft(ports, draft.id) is not None:
                raise
            await look_again(ports, visit)
        else:
            log_gift(opened)
            visit.opened = OpenUser(user, opened.record)  # stale, for reading only
            return
    raise LaterError(RECONSIDER_SECONDS)


def write_draft(draft: Draft, record: Record) -> Update:
    """The update of a draft, with a precondition on the version that was read."""
    return update_sharded(record, draft)


def close_of(draft: Draft, record: Record) -> Update:
    """The update that closes a draft, for the commit that accepts the request."""
    return write_draft(replace(draft, state=DraftState.CLOSED, sweep_at=None), record)


async def change_draft(ports: Ports, draft_id: str, change: Callable[[Draft], Draft]) -> tuple[Draft, Draft] | None:
    """Change a draft; returns the old and the new one, or None if it does not exist. Raises UnavailableError."""

    async def attempt() -> tuple[Draft, Draft] | None:
        opened = await open_draft(ports, draft_id)
        if opened is None:
            return None
        changed = change(opened.draft)
        if changed != opened.draft:
            await ports.store.commit([write_draft(changed, opened.record)])
        return opened.draft, changed

    return await try_until_won(ports, attempt)


async def post_card(ports: Ports, draft: Draft, screen: Screen | None = None) -> None:
    """Send a draft's first card and store its message id. Raises TooManyRequestsError, UnavailableError."""
    message_id = await show_draft(ports, draft, screen or draft_card(draft, draft_language(draft)))
    if message_id is not None and not await try_until_won(ports, lambda: _record_card(ports, draft.id, message_id)):
        with suppress(MessengerError):  # the draft continued without it
            await ports.messenger.delete_message(Place(draft.chat_id, draft.thread_id), message_id)


async def show_draft(ports: Ports, draft: Draft, screen: Screen) -> int | None:
    """Show this on the draft's card; returns the card's id if it is known.

    Raises TooManyRequestsError; DeliveryUnknownError for SHOWN_WITHIN, so that the question is sent again.
    """
    place = Place(draft.chat_id, draft.thread_id, draft.message_id)
    try:
        if draft.card_message_id is None:
            return await ports.messenger.send_text(place, screen)
        await ports.messenger.edit_text(place, draft.card_message_id, screen)
    except TooManyRequestsError:
        raise
    except DeliveryUnknownError:
        if ports.clock.now() < draft.close_at + SHOWN_WITHIN:
            raise
    except MessengerError:
        pass  # the person blocked the bot, or the chat refuses it
    return draft.card_message_id


def with_card(draft: Draft, message_id: int | None) -> Draft:
    """The draft with its card, if the message id is known."""
    if message_id is None:
        return draft
    return replace(draft, card_message_id=message_id, card=message_ref(draft.chat_id, message_id))


async def _record_card(ports: Ports, draft_id: str, message_id: int) -> bool:
    """Store the card; returns whether it is the draft's card. A press on it may have stored it before."""
    opened = await open_draft(ports, draft_id)
    if opened is not None and opened.draft.card_message_id == message_id:
        return True
    if opened is None or opened.draft.card_message_id is not None or opened.draft.state is DraftState.CLOSED:
        return False
    await ports.store.commit([write_draft(with_card(opened.draft, message_id), opened.record)])
    return True
