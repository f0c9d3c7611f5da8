"""A person's topic in the operators' group, and how many messages it takes from them. Pure.

One document for each person, and one for each topic, which leads back to the person: an operator's answer names only
the topic.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from shared.codec import decode, encode, update
from shared.hash_ids import hash_id
from shared.people.users import Language
from shared.ports import Create, Key, Record, Update

MESSAGES_PER_HOUR = 30
"""From one person. Telegram lets a bot send 20 a minute into a group, and other people write to it too."""
HOUR = timedelta(hours=1)
ERASED = 0
"""The person of a topic who was erased since: operators still see the topic, and may write into it."""
OPENING = timedelta(seconds=60)
"""How long one delivery may take to open the topic and show the card: as long as a task of `bot` may run."""


@dataclass(frozen=True, slots=True)
class Topic:
    """The topic of one person."""

    user_id: int
    language: Language
    """In which the person was last answered by the bot."""
    thread_id: int = 0
    """Telegram's id of the topic; 0: there is none, or not yet."""
    card_id: int = 0
    """The message that shows the person; 0: not sent yet."""
    opened_at: datetime | None = None
    opening_until: datetime | None = None
    """Until then one delivery opens the topic."""
    received: dict[str, datetime] = field(default_factory=dict)
    """The messages of the last hour by their ids, each with the time at which it was let in."""
    told_full_at: datetime | None = None
    """When the person was last told that this is too much."""
    is_closed: bool = False
    """The person was told that the operators have closed it, and has written nothing since."""

    @property
    def is_open(self) -> bool:
        """Whether it can be written into, and its card stands there."""
        return bool(self.thread_id and self.card_id)


def let_in(topic: Topic, message_id: int, now: datetime) -> Topic | None:
    """The topic with this message; None if there were too many in the last hour. A repeated one counts once."""
    name = str(message_id)
    recent = {each: at for each, at in topic.received.items() if at > now - HOUR}
    if name not in recent and len(recent) >= MESSAGES_PER_HOUR:
        return None
    return replace(topic, received={name: now} | recent, is_closed=False)


def is_first(topic: Topic, message_id: int) -> bool:
    """Whether this is the first message of the last hour, however often it is delivered."""
    return message_id == min(map(int, topic.received))


def next_at(topic: Topic, now: datetime) -> datetime:
    """When one more message is let in again."""
    return min((at for at in topic.received.values() if at > now - HOUR), default=now) + HOUR


def topic_key(user_id: int) -> Key:
    """One per person."""
    return Key("support_topics", str(user_id))


def thread_key(chat_id: int, thread_id: int) -> Key:
    """One per topic."""
    return Key("support_threads", hash_id(chat_id, thread_id))


def decode_topic(record: Record) -> Topic:
    """The topic as it is stored."""
    return decode(Topic, record.fields)


def write_topic(record: Record | None, topic: Topic) -> Create | Update:
    """The write that stores a topic, if nobody wrote it first."""
    return Create(topic_key(topic.user_id), encode(topic)) if record is None else update(record, topic)


def create_thread(chat_id: int, topic: Topic) -> Create:
    """The way back from a topic to its person."""
    return Create(thread_key(chat_id, topic.thread_id), {"user_id": topic.user_id})
