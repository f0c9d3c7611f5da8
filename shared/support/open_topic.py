"""Opening a person's topic, by one delivery at a time.

commit {topic: opening} ── create ✓ ── commit {topic: thread, the way back} ── card ✓ ── commit {topic: card}
                        ╳ died here: a minute later another delivery creates a topic; the first one stays empty
"""

from dataclasses import replace
from datetime import datetime

from shared.codec import as_written, update
from shared.errors import ConflictError, DeliveryUnknownError, LaterError, MessengerError
from shared.people.accounts import try_until_won
from shared.ports import Place, Ports, Record, Screen
from shared.support.person_card import draw_person
from shared.support.topic import (
    HOUR,
    OPENING,
    Topic,
    create_thread,
    decode_topic,
    is_first,
    let_in,
    topic_key,
    write_topic,
)
from shared.telegram.visits import Visit

OPENING_PAUSE_SECONDS = 5.0


async def enter_topic(ports: Ports, visit: Visit) -> Topic | None:
    """The person's open topic, which has let this message in; None if it takes no more of them now.

    Raises LaterError while another delivery opens it, UnavailableError, and MessengerErrors if it cannot be opened.
    """

    async def attempt() -> tuple[Record, Topic] | None:
        [record] = await ports.store.read([topic_key(visit.update.sender.id)])
        topic = _let_in(visit, record, ports.clock.now())
        if topic is None or (record is not None and topic == decode_topic(record)):
            return None if topic is None or record is None else (record, topic)
        write = write_topic(record, topic)
        [version] = await ports.store.commit([write])
        return as_written(write, version), topic

    entered = await try_until_won(ports, attempt)
    if entered is None or entered[1].is_open:
        return None if entered is None else entered[1]
    return await _open(ports, visit, *entered)


def _let_in(visit: Visit, record: Record | None, now: datetime) -> Topic | None:
    """The topic with this message; to be opened by this delivery if it is not open."""
    known = Topic(visit.update.sender.id, visit.language) if record is None else decode_topic(record)
    topic = let_in(replace(known, language=visit.language), visit.update.message_id, now)
    if topic is None or topic.is_open:
        return topic
    if topic.opening_until is not None and now < topic.opening_until:
        raise LaterError(_pause_seconds(topic.opening_until, now))
    return replace(topic, opening_until=now + OPENING)


def _pause_seconds(until: datetime, now: datetime) -> float:
    """How long to leave a topic to the delivery that opens it until then: growing, because it may have died.

    Several may die one after another, and an update is put off only so often.
    """
    rest = until - now
    return min(max((OPENING - rest).total_seconds(), OPENING_PAUSE_SECONDS), max(rest.total_seconds(), 1.0))


async def refresh_card(ports: Ports, visit: Visit, topic: Topic) -> None:
    """Let an old card show the person as they are now, with the first message of an hour. Raises UnavailableError."""
    is_new = topic.opened_at is not None and ports.clock.now() < topic.opened_at + HOUR
    if is_new or not is_first(topic, visit.update.message_id):
        return
    card = await draw_person(ports, topic.user_id, visit.update.sender.name, topic.language)
    try:
        await ports.messenger.edit_text(Place(ports.support_chat_id, topic.thread_id), topic.card_id, card)
    except MessengerError:
        return  # a courtesy: /card shows the person anew


async def forget_thread(ports: Ports, user_id: int, thread_id: int) -> None:
    """Store that a topic was deleted, unless another one was opened meanwhile. Raises UnavailableError."""

    async def attempt() -> None:
        [record] = await ports.store.read([topic_key(user_id)])
        if record is not None and (topic := decode_topic(record)).thread_id == thread_id:
            await ports.store.commit([update(record, replace(topic, thread_id=0, card_id=0, opening_until=None))])

    await try_until_won(ports, attempt)


async def _open(ports: Ports, visit: Visit, record: Record, topic: Topic) -> Topic:
    """Do what is missing of the topic and its card. After an error that says nothing was made, others may try."""
    try:
        if not topic.thread_id:
            record, topic = await _create(ports, visit, record, topic)
        card: Screen = await draw_person(ports, topic.user_id, visit.update.sender.name, topic.language)
        card_id = await ports.messenger.send_text(Place(ports.support_chat_id, topic.thread_id), card)
    except DeliveryUnknownError:
        raise  # it may have been made: nobody tries before the time is over
    except MessengerError:
        await _store(ports, record, replace(topic, opening_until=None))
        raise
    _, topic = await _store(ports, record, replace(topic, card_id=card_id, opening_until=None))
    return topic


async def _create(ports: Ports, visit: Visit, record: Record, topic: Topic) -> tuple[Record, Topic]:
    name = f"{visit.update.sender.name} · {topic.user_id}".removeprefix(" · ")
    thread_id = await ports.messenger.create_topic(ports.support_chat_id, name)
    opened = replace(topic, thread_id=thread_id, opened_at=ports.clock.now())
    return await _store(ports, record, opened, is_new=True)


async def _store(ports: Ports, record: Record, topic: Topic, *, is_new: bool = False) -> tuple[Record, Topic]:
    """Only the delivery that opens a topic writes it meanwhile. Raises LaterError if it took so long that others do."""
    write = update(record, topic)
    more = [create_thread(ports.support_chat_id, topic)] if is_new else []
    try:
        version, *_ = await ports.store.commit([write, *more])
    except ConflictError as error:
        raise LaterError(OPENING_PAUSE_SECONDS) from error
    return as_written(write, version), topic
