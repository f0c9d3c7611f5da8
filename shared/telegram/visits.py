"""The state of handling one update: person, place, language, inbox mark, access to a model."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from shared.errors import ConflictError, LaterError
from shared.jobs.accept_request import RECONSIDER_SECONDS, Origin
from shared.jobs.job_documents import create_inbox, inbox_key
from shared.people.accounts import OpenUser, log_gift, open_record, open_user, try_until_won
from shared.people.talk import Mode, mode_in, place_of
from shared.people.user_documents import user_key
from shared.people.users import Language, User, language_of
from shared.ports import Place, Ports, TalkStudio
from shared.telegram.address import TELEGRAM, ChatAddress, asked_at, wait_for_pieces, wallet_at
from shared.telegram.updates import Message, Tap


@dataclass(slots=True)
class Visit:
    """The state of one update's handling; lives as long as the request."""

    update: Message | Tap
    opened: OpenUser
    inbox_id: str
    received_at: datetime
    """When the webhook received the update."""
    studio: TalkStudio | None = None
    """The access to models; None in a function without one."""
    recorded: bool = False
    """The inbox mark was written, in the same commit as the results of the update."""

    @property
    def brings_person(self) -> bool:
        """Whether the person is stored whatever comes of the update: with free credits, or as one who comes back.

        A press says nothing of when it was made, so it makes no profile again of somebody who was erased; nor does a
        payment by itself.
        """
        is_back = self.opened.record is None and isinstance(self.update, Message) and self.update.payment is None
        return self.opened.gift is not None or is_back

    @property
    def language(self) -> Language:
        return language_of(self.opened.user, self.update.sender.language_code)

    @property
    def place(self) -> Place:
        """Where an answer goes: as a reply, except for commands in private chats."""
        update = self.update
        is_plain = update.chat.is_private and isinstance(update, Message) and update.command is not None
        return Place(update.chat.id, update.chat.thread_id, None if is_plain else update.message_id)


async def look_again(ports: Ports, visit: Visit) -> None:
    """Read the person again, after another process changed them or a model took time.

    Raises UnavailableError, and LaterError if the person has sent something meanwhile that may belong to this message:
    then the whole decision is repeated.
    """
    before, fresh = visit.opened.user, await open_user(ports, visit.update.sender.id)
    is_commented = isinstance(visit.update, Message) and visit.update.is_foreign and before.talk != fresh.user.talk
    if is_commented or (fresh.user.waiting, fresh.user.joined) != (before.waiting, before.joined):
        raise LaterError(RECONSIDER_SECONDS)
    visit.opened = fresh


async def change_visitor(ports: Ports, visit: Visit, change: Callable[[User], User]) -> None:
    """Commit an update's change of its person together with the inbox mark, so that a repetition changes nothing.

    Raises UnavailableError.
    """
    mark = create_inbox(visit.inbox_id, (), ports.clock.now())

    async def attempt() -> None:
        opened = visit.opened
        try:
            await ports.store.commit([mark, *opened.writes(change(opened.user))])
        except ConflictError:
            seen, user = await ports.store.read([inbox_key(visit.inbox_id), user_key(opened.user.id)])
            visit.opened = await open_record(ports, opened.user.id, user)
            if seen is None:
                raise
        else:
            log_gift(opened)
        visit.recorded = True

    await try_until_won(ports, attempt)


async def record_visit(ports: Ports, visit: Visit) -> None:
    """Mark an update without another commit as handled, and store a person who is new or has come back."""
    if visit.recorded:
        return
    mark = create_inbox(visit.inbox_id, (), ports.clock.now())
    opened = visit.opened
    if visit.brings_person:
        with suppress(ConflictError):  # the user was changed meanwhile
            await ports.store.commit([mark, *opened.writes(opened.user)])
            log_gift(opened)
            return
    with suppress(ConflictError):  # another delivery was faster
        await ports.store.commit([mark])


def mode_of(ports: Ports, visit: Visit) -> Mode:
    """The mode of this place; for spoken words the mode at the time of recording."""
    update = visit.update
    if isinstance(update, Message) and update.spoken is not None:
        return update.spoken.mode
    return mode_in(visit.opened.user.talk, place_of(ports.bot_id, update.chat.id, update.chat.thread_id))


def is_plain(message: Message) -> bool:
    """Whether the message is words alone: no command, no reply, not forwarded."""
    return message.command is None and message.replied is None and message.file is None and not message.is_foreign


def origin_of(visit: Visit, intent: str) -> Origin:
    """The origin of a request of this visit under this intent."""
    update = visit.update
    address = ChatAddress(
        chat_id=update.chat.id,
        thread_id=update.chat.thread_id,
        message_id=update.message_id,
        is_private=update.chat.is_private,
        update_id=update.update_id,
        asked_at=visit.received_at,
        sent_at=update.sent_at if isinstance(update, Message) else None,
    )
    asked = asked_at(address, visit.received_at)
    return Origin(
        intent=intent,
        inbox_id=visit.inbox_id,
        user_id=update.sender.id,
        language=visit.language,
        surface=TELEGRAM,
        address=address,
        asked=asked,
        waiting=wait_for_pieces(address, intent, asked),
        is_plain=isinstance(update, Message) and update.chat.is_private and is_plain(update),
        is_seen_by_all=not update.chat.is_private and isinstance(update, Message),
        wallet_id=wallet_at(address),
    )
