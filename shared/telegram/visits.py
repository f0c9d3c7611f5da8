"""One update being handled: who, where, in which language, whether its mark is in the inbox yet, what it asks from."""

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
from shared.telegram.address import TELEGRAM, ChatAddress, asked_at, wait_for_pieces
from shared.telegram.updates import Message, Tap


@dataclass(slots=True)
class Visit:
    """The state of one update's handling; lives as long as the request."""

    update: Message | Tap
    opened: OpenUser
    inbox_id: str
    received_at: datetime
    """When the webhook got the update."""
    studio: TalkStudio | None = None
    """What asks a model what words mean; None in a function that has none."""
    recorded: bool = False
    """The inbox mark was written, in the same commit as what came of the update."""

    @property
    def language(self) -> Language:
        return language_of(self.opened.user, self.update.sender.language_code)

    @property
    def place(self) -> Place:
        """Where an answer goes: as a reply, but for commands in private, where nobody else has spoken."""
        update = self.update
        is_plain = update.chat.is_private and isinstance(update, Message) and update.command is not None
        return Place(update.chat.id, update.chat.thread_id, None if is_plain else update.message_id)


async def look_again(ports: Ports, visit: Visit) -> None:
    """Have the person as they now are, after somebody else has written them, or a model was waited for.

    Raises UnavailableError, and LaterError where they sent something at this moment that the message may belong to: it
    is then decided on anew as a whole.
    """
    before, fresh = visit.opened.user, await open_user(ports, visit.update.sender.id)
    is_commented = isinstance(visit.update, Message) and visit.update.is_foreign and before.talk != fresh.user.talk
    if is_commented or (fresh.user.waiting, fresh.user.joined) != (before.waiting, before.joined):
        raise LaterError(RECONSIDER_SECONDS)
    visit.opened = fresh


async def change_visitor(ports: Ports, visit: Visit, change: Callable[[User], User]) -> None:
    """Commit what an update changes of its person, with its mark: when it comes again, it changes nothing more.

    Raises UnavailableError.
    """
    mark = create_inbox(visit.inbox_id, (), ports.clock.now())

    async def attempt() -> None:
        opened = visit.opened
        try:
            await ports.store.commit([mark, *opened.writes(change(opened.user))])
        except ConflictError:
            seen, user = await ports.store.read([inbox_key(visit.inbox_id), user_key(opened.user.id)])
            visit.opened = open_record(ports, opened.user.id, user)
            if seen is None:
                raise
        else:
            log_gift(opened)
        visit.recorded = True

    await try_until_won(ports, attempt)


async def record_visit(ports: Ports, visit: Visit) -> None:
    """Mark an update as handled that led to no commit of its own, and keep a first contact with its gift."""
    if visit.recorded:
        return
    mark = create_inbox(visit.inbox_id, (), ports.clock.now())
    opened = visit.opened
    if opened.gift is not None:
        with suppress(ConflictError):  # the user was written meanwhile
            await ports.store.commit([mark, *opened.writes(opened.user)])
            log_gift(opened)
            return
    with suppress(ConflictError):  # a second delivery of it was faster: handled is handled
        await ports.store.commit([mark])


def mode_of(ports: Ports, visit: Visit) -> Mode:
    """What plain words ask for where this happens; of words that were spoken, when they were."""
    update = visit.update
    if isinstance(update, Message) and update.spoken is not None:
        return update.spoken.mode
    return mode_in(visit.opened.user.talk, place_of(ports.bot_id, update.chat.id, update.chat.thread_id))


def is_plain(message: Message) -> bool:
    """Words alone: no command, no reply, nobody else's."""
    return message.command is None and message.replied is None and message.file is None and not message.is_foreign


def origin_of(visit: Visit, intent: str) -> Origin:
    """The origin of what a visit asks for under this intent."""
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
    )
