"""What operators write in a person's topic goes to that person, once.

Nothing else that is written in the operators' group is read: neither the topic General nor those without a person.
Commands are for bots, and what operators tell other bots of a person is not for the person.
"""

from contextlib import suppress
from dataclasses import replace

from shared.delivery import Delivery
from shared.errors import ConflictError, DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.people.users import Language, language_of
from shared.ports import Place, Ports, Screen
from shared.support.pass_on import State, note_told, pass_on, passing_key
from shared.support.person_card import draw_person
from shared.support.read_said import Said, read_said
from shared.support.talk_to_support import LAST_TRY, acknowledge, talk_row
from shared.support.topic import ERASED, decode_topic, thread_key, topic_key, write_topic
from shared.telegram.answers import put_off
from shared.texts import html_text

CARD = "card"


async def answer_person(ports: Ports, body: bytes, delivery: Delivery) -> None:
    """Handle a message in the operators' group. Raises UnusableUpdateError, UnavailableError, LaterError."""
    said = read_said(body)
    if said is None:
        return
    [thread] = await ports.store.read([thread_key(ports.support_chat_id, said.thread_id)])
    if thread is None:
        return
    try:
        if thread.fields["user_id"] == ERASED:
            await _tell_erased(ports, said)
        else:
            await _handle(ports, said, thread.fields["user_id"], delivery)
    except (TooManyRequestsError, DeliveryUnknownError) as error:
        put_off(ports, delivery, error)
    except MessengerError:
        return  # the group takes no message of ours now; what was passed on is stored


async def _handle(ports: Ports, said: Said, user_id: int, delivery: Delivery) -> None:
    if said.is_closing:
        await _tell_closed(ports, user_id)
    elif said.is_note or not said.has_content:
        return
    elif said.is_edited:
        if said.words:  # a live location is edited all the time, without words
            await _tell(ports, said, "support-desk-edited")
    elif said.command == CARD:
        card = await draw_person(ports, user_id, "", await _language(ports, user_id))
        await ports.messenger.send_text(Place(ports.support_chat_id, said.thread_id), card)
    elif said.command:
        if not said.names_bot:  # else another bot of the group answers
            await _tell(ports, said, "support-desk-command")
    else:
        await _pass_on(ports, said, user_id, delivery)


async def _tell_erased(ports: Ports, said: Said) -> None:
    """Whoever answers somebody who is erased learns it; notes are for operators anyway. Raises MessengerErrors."""
    is_for_person = said.has_content and not (said.is_note or said.is_edited)
    if is_for_person and (said.command == CARD or not said.command):
        await _tell(ports, said, "support-desk-erased")


async def _pass_on(ports: Ports, said: Said, user_id: int, delivery: Delivery) -> None:
    screen = Screen("", talk_row(await _language(ports, user_id), "button-support-answer"))
    key = passing_key(ports.bot_id, ports.support_chat_id, said.message_id)

    async def copy() -> int:
        return await ports.messenger.copy_message(Place(user_id), ports.support_chat_id, said.message_id, screen)

    try:
        stored = await pass_on(ports, key, copy)
    except TooManyRequestsError:
        if ports.clock.now() < delivery.received_at + LAST_TRY:
            raise
        await _tell(ports, said, "support-desk-busy")
        return
    if stored.state is State.SENT:
        await acknowledge(ports, Place(ports.support_chat_id), said.message_id)
    elif not stored.passing.is_told:
        await _tell(ports, said, f"support-desk-{stored.state.value}")
        await note_told(ports, stored)


async def _tell(ports: Ports, said: Said, text_id: str) -> None:
    """Answer an operator. Raises MessengerErrors."""
    place = Place(ports.support_chat_id, said.thread_id, said.message_id)
    await ports.messenger.send_text(place, Screen(html_text(language_of(None, said.language_code), text_id)))


async def _language(ports: Ports, user_id: int) -> Language:
    [record] = await ports.store.read([topic_key(user_id)])
    return "en" if record is None else decode_topic(record).language


async def _tell_closed(ports: Ports, user_id: int) -> None:
    """Tell the person, once after what they wrote last. Raises MessengerErrors, UnavailableError."""
    [record] = await ports.store.read([topic_key(user_id)])
    if record is None or (topic := decode_topic(record)).is_closed:
        return
    rows = talk_row(topic.language, "button-support-answer")
    await ports.messenger.send_text(Place(user_id), Screen(html_text(topic.language, "support-closed"), rows))
    with suppress(ConflictError):  # the person has written again
        await ports.store.commit([write_topic(record, replace(topic, is_closed=True))])
