"""/support, and what a person writes to the operators until they are done.

/support ──▶ "write to us" ── a message ──▶ the person's topic ── an operator's message ──▶ the person   👌 on both
             (a quarter of an hour, unless the person does something else)                 └─ button: write back
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.errors import (
    BotBlockedError,
    ChatMigratedError,
    DeliveryUnknownError,
    LaterError,
    MessageRejectedError,
    MessengerError,
    PlaceRefusedError,
    TooManyRequestsError,
    TopicClosedError,
    TopicGoneError,
)
from shared.growth.commit_growth import Decision, answer_in_commit, check_unseen, show_in_private
from shared.jobs.job_documents import inbox_key
from shared.logs import log_event
from shared.people.accounts import change_user, open_record, open_user, try_until_won
from shared.people.user_documents import user_key
from shared.people.users import Language, User
from shared.ports import Button, Place, Ports, Screen
from shared.support.open_topic import enter_topic, forget_thread, refresh_card
from shared.support.pass_on import State, StoredPassing, note_told, pass_on, passing_key
from shared.support.topic import HOUR, Topic, decode_topic, is_first, next_at, topic_key, write_topic
from shared.telegram.answers import ANSWERED_WITHIN, answer
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap, show_rows, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text

SUPPORT = "support"
"""The command, and the action of the buttons."""
END = "end"
WRITING = timedelta(minutes=15)
"""How long everything that a person sends goes to the operators, after /support or after their last message to them."""
LONGER_MIN = timedelta(minutes=1)
"""A message that would make that time longer by less changes nothing: it saves a write."""
LAST_TRY = ANSWERED_WITHIN - timedelta(minutes=2)
"""From then on the person is told that it does not work, instead of another try: later nobody would tell."""
AGAIN_SECONDS = 1.0
GONE_AGAIN = timedelta(seconds=60)
"""A topic that is gone so soon is a fault of the group: opening another would only repeat it."""
RECEIVED = "👌"
REFUSALS = (PlaceRefusedError, ChatMigratedError, MessageRejectedError, BotBlockedError)
"""The operators' group takes nothing: it has no topics, the bot may not manage them, or it is not in the group."""


async def show_support(ports: Ports, visit: Visit, message: Message) -> None:
    """/support, in the private chat: with words they are passed on, alone it waits for them."""
    if not ports.support_chat_id:
        await answer(ports, visit, _draw_absence(ports, visit, "support-none"))
    elif not message.chat.is_private:
        await show_in_private(ports, visit, SUPPORT)
    elif message.command is not None and message.command.name == SUPPORT and (message.own_words or message.file):
        await take_for_support(ports, visit)
    else:
        await _ask(ports, visit)


async def press_support(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Write back* under an operator's message, or *That is all*."""
    if not ports.support_chat_id or not tap.chat.is_private:
        await toast(ports, visit, tap, "old-menu")
    elif arguments == (END,):
        await end_writing(ports, visit)
        await show_rows(ports, tap, ())
        await toast(ports, visit, tap, "support-ended")
    else:
        await answer_tap(ports, tap.query_id)
        await _ask(ports, visit)


async def end_writing(ports: Ports, visit: Visit) -> None:
    """What the person sends from then on is for the bot again, unless they asked for support later. Raises
    UnavailableError.
    """
    at = visit.received_at

    def end(user: User) -> User | None:
        is_new = is_writing(user, at) and user.support_until != at
        return replace(user, support_until=at) if is_new else None

    if end(visit.opened.user) is not None:
        await change_user(ports, visit.opened, end)
        visit.opened = await open_user(ports, visit.opened.user.id)


async def take_if_meant(ports: Ports, visit: Visit, message: Message) -> bool:
    """Pass a message on if it is meant for the operators; returns whether it is.

    A reply to a message of theirs is, and everything within the time, as the person was told: a reply to a picture that
    went wrong too. A message that was passed on stays theirs when it comes again, or edited, after the time.
    """
    if not (message.text or message.file or message.unsupported):
        return False
    is_new = is_writing(visit.opened.user, visit.received_at) and not message.edited
    if not (_is_reply(ports, message) or is_new or await _was_taken(ports, visit, message)):
        return False
    if not message.edited:
        await take_for_support(ports, visit)
    elif message.text:  # a live location is edited all the time, without words
        await answer(ports, visit, Screen(html_text(visit.language, "support-edited")))
    return True


async def tell_edit(ports: Ports, visit: Visit, message: Message) -> None:
    """An edit of /support with words: say that it is not passed on, if they were."""
    [known] = await ports.store.read([passing_key(ports.bot_id, message.chat.id, message.message_id)])
    if known is not None:
        await answer(ports, visit, Screen(html_text(visit.language, "support-edited")))


def _is_reply(ports: Ports, message: Message) -> bool:
    """Whether it answers what the operators, or the bot for them, have said; so does every edit of it."""
    replied = message.replied
    return replied is not None and replied.sender_id == ports.bot_id and is_of_support(replied.buttons)


def is_of_support(buttons: Sequence[str]) -> bool:
    """Whether a message with these buttons belongs to the talk with the operators."""
    return any(data.startswith(write_callback(SUPPORT)) for data in buttons)


def is_writing(user: User, at: datetime) -> bool:
    """Whether what the person sent then is for the operators; what came before /support and is handled late is not."""
    begun, until = user.support_from, user.support_until
    return begun is not None and until is not None and begun <= at <= until


def _begin_writing(user: User, at: datetime) -> User:
    """The person who asked then to write to the operators, maybe once more; an older wish changes nothing."""
    if user.support_from is not None and at < user.support_from:
        return user
    begun = user.support_from if is_writing(user, at) else at
    return replace(user, support_from=begun, support_until=at + WRITING)


async def _go_on_writing(ports: Ports, visit: Visit) -> None:
    """Whoever writes to the operators has WRITING for the next message. Raises UnavailableError.

    Only while that time lasts: a message that is handled after *That is all* begins nothing anew.
    """
    at = visit.received_at

    def go_on(user: User) -> User | None:
        until = user.support_until
        if until is None or not is_writing(user, at) or until < ports.clock.now() or at + WRITING < until + LONGER_MIN:
            return None
        return replace(user, support_until=at + WRITING)

    if go_on(visit.opened.user) is not None:
        await change_user(ports, visit.opened, go_on)
        visit.opened = await open_user(ports, visit.opened.user.id)


async def _was_taken(ports: Ports, visit: Visit, message: Message) -> bool:
    """Whether the message was passed on before. None comes again after more than a day, but people edit for longer."""
    until = visit.opened.user.support_until
    if not message.edited and (until is None or visit.received_at > until + timedelta(days=1)):
        return False
    [known] = await ports.store.read([passing_key(ports.bot_id, message.chat.id, message.message_id)])
    return known is not None


async def take_for_support(ports: Ports, visit: Visit) -> None:
    """Pass a person's message on into their topic, once, and tell them.

    Raises MessengerErrors, UnavailableError, LaterError.
    """
    try:
        topic = await enter_topic(ports, visit)
        stored = None if topic is None else await _pass_on(ports, visit, topic)
    except REFUSALS as error:
        log_event("support_unreachable", severity="ERROR", error=error)
        await answer(ports, visit, _draw_absence(ports, visit, "support-unreachable"))
    except (TooManyRequestsError, DeliveryUnknownError):
        if ports.clock.now() < visit.received_at + LAST_TRY:
            raise
        await answer(ports, visit, _draw_absence(ports, visit, "support-busy"))
    else:
        if topic is None or stored is None:
            await _tell_full(ports, visit)
            return
        await _go_on_writing(ports, visit)
        await _tell(ports, visit, topic, stored)
        await refresh_card(ports, visit, topic)


async def _pass_on(ports: Ports, visit: Visit, topic: Topic) -> StoredPassing:
    """What became of the message. After the topic was gone or closed the update comes again."""
    chat_id, message_id = visit.update.chat.id, visit.update.message_id
    place = Place(ports.support_chat_id, topic.thread_id)
    key = passing_key(ports.bot_id, chat_id, message_id)
    try:
        return await pass_on(ports, key, lambda: ports.messenger.copy_message(place, chat_id, message_id))
    except TopicGoneError as error:
        if topic.opened_at is not None and ports.clock.now() < topic.opened_at + GONE_AGAIN:
            raise
        await forget_thread(ports, topic.user_id, topic.thread_id)
        raise LaterError(AGAIN_SECONDS) from error
    except TopicClosedError as error:
        await ports.messenger.reopen_topic(ports.support_chat_id, topic.thread_id)
        raise LaterError(AGAIN_SECONDS) from error


async def _tell(ports: Ports, visit: Visit, topic: Topic, stored: StoredPassing) -> None:
    """Words with the first message of an hour and after trouble; otherwise a reaction to the message."""
    if stored.state is State.SENT and (stored.passing.is_told or not is_first(topic, visit.update.message_id)):
        await acknowledge(ports, Place(visit.update.chat.id), visit.update.message_id)
        return
    if stored.passing.is_told:
        return
    if stored.state is State.SENT:
        is_in = is_writing(visit.opened.user, visit.received_at)
        rows = _end_row(visit) if is_in else talk_row(visit.language, "button-support-more")
        screen = Screen(html_text(visit.language, "support-passed"), rows)
    elif stored.state is State.BLOCKED:  # to Telegram a group that the bot is not in is an unknown chat
        log_event("support_unreachable", severity="ERROR")
        screen = _draw_absence(ports, visit, "support-unreachable")
    else:
        screen = Screen(html_text(visit.language, f"support-{stored.state.value}"))
    await answer(ports, visit, screen)
    await note_told(ports, stored)


async def acknowledge(ports: Ports, place: Place, message_id: int) -> None:
    """A reaction that says that a message was passed on; a courtesy that may fail."""
    try:
        await ports.messenger.react(place, message_id, RECEIVED)
    except MessengerError:
        return


async def _tell_full(ports: Ports, visit: Visit) -> None:
    """Once an hour. Raises MessengerErrors, UnavailableError, LaterError."""
    user_id, now = visit.update.sender.id, ports.clock.now()

    async def attempt() -> Topic | None:
        [record] = await ports.store.read([topic_key(user_id)])
        assert record is not None, "it has let in too many messages"
        topic = decode_topic(record)
        if topic.told_full_at is not None and now < topic.told_full_at + HOUR:
            return None
        await ports.store.commit([write_topic(record, replace(topic, told_full_at=now))])
        return topic

    topic = await try_until_won(ports, attempt)
    if topic is not None:
        minutes = max(1, round((next_at(topic, now) - now).total_seconds() / 60))
        await answer(ports, visit, Screen(html_text(visit.language, "support-full", minutes=minutes)))


async def _ask(ports: Ports, visit: Visit) -> None:
    """Ask what it is about; what comes next is for the operators. One commit with the answer."""

    async def decide() -> Decision:
        user_id = visit.update.sender.id
        seen, stored = await ports.store.read([inbox_key(visit.inbox_id), user_key(user_id)])
        check_unseen(seen)
        opened = await open_record(ports, user_id, stored)
        text = html_text(visit.language, "support-ask", minutes=int(WRITING.total_seconds() // 60))
        return Decision(Screen(text, _end_row(visit)), opened, _begin_writing(opened.user, visit.received_at))

    await answer_in_commit(ports, visit, decide)


def talk_row(language: Language, label_id: str) -> tuple[tuple[Button, ...], ...]:
    """The button that asks for more words; it also marks a message whose replies are for the operators."""
    return ((Button(plain_text(language, label_id), write_callback(SUPPORT)),),)


def _end_row(visit: Visit) -> tuple[tuple[Button, ...], ...]:
    return ((Button(plain_text(visit.language, "button-support-end"), write_callback(SUPPORT, END)),),)


def _draw_absence(ports: Ports, visit: Visit, text_id: str) -> Screen:
    """That nobody can be reached this way, and whom else to write to, if there is somebody."""
    lines = [html_text(visit.language, text_id)]
    if ports.support_contact:
        lines.append(html_text(visit.language, "support-contact", contact=ports.support_contact))
    return Screen("\n".join(lines))
