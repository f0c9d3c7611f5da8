"""Reading, writing and finding the documents of conversations."""

from dataclasses import dataclass
from datetime import datetime

from shared.codec import decode, encode, update
from shared.conversations.conversation import Conversation, begin
from shared.ports import Create, Key, Ports, Query, Record, Write


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """A conversation and the record it was read from; the record is None for a new conversation."""

    conversation: Conversation
    record: Record | None

    def write(self, changed: Conversation) -> Write:
        """The write that stores the changed conversation."""
        if self.record is None:
            return Create(conversation_key(changed.id), encode(changed))
        return update(self.record, changed)


def conversation_key(conversation_id: str) -> Key:
    """The key of a conversation's document."""
    return Key("conversations", conversation_id)


async def open_conversation(
    ports: Ports, user_id: int, conversation_id: str, place: str, now: datetime
) -> OpenConversation:
    """Read a conversation, or begin a new one if there is none or it has expired. Raises UnavailableError."""
    [record] = await ports.store.read([conversation_key(conversation_id)])
    return open_talk_record(record, begin(user_id, conversation_id, place, now))


def open_talk_record(record: Record | None, new: Conversation) -> OpenConversation:
    """The conversation in a record, or `new` if there is no record or it had expired when `new` began."""
    if record is None:
        return OpenConversation(new, None)
    known = decode(Conversation, record.fields)
    return OpenConversation(new if known.expire_at <= new.started_at else known, record)  # the store deletes late


def conversations_of(user_id: int, place: str, changed_by: datetime | None, limit: int) -> Query:
    """A person's conversations in one place, the newest first; `changed_by` leaves out later ones."""
    until = () if changed_by is None else (("changed_at", "<=", changed_by),)
    where = (("user_id", "==", user_id), ("place", "==", place), *until)
    return Query("conversations", where, limit, ("changed_at", "DESCENDING"))


def conversations_of_person(user_id: int, changed_by: datetime | None, limit: int) -> Query:
    """A person's conversations in all places, otherwise like `conversations_of`."""
    until = () if changed_by is None else (("changed_at", "<=", changed_by),)
    return Query("conversations", (("user_id", "==", user_id), *until), limit, ("changed_at", "DESCENDING"))
