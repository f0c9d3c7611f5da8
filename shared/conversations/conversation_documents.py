"""Documents of conversations."""

from dataclasses import dataclass
from datetime import datetime

from shared.codec import decode, encode, update
from shared.conversations.conversation import Conversation, begin
from shared.ports import Create, Key, Ports, Query, Record, Write


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """A conversation and the document it was read from; None where it is new."""

    conversation: Conversation
    record: Record | None

    def write(self, changed: Conversation) -> Write:
        """What a commit needs to change it."""
        if self.record is None:
            return Create(conversation_key(changed.id), encode(changed))
        return update(self.record, changed)


def conversation_key(conversation_id: str) -> Key:
    """One per conversation."""
    return Key("conversations", conversation_id)


async def open_conversation(
    ports: Ports, user_id: int, conversation_id: str, place: str, now: datetime
) -> OpenConversation:
    """A conversation; a new one where there is none, or where it is too old. Raises UnavailableError."""
    [record] = await ports.store.read([conversation_key(conversation_id)])
    return open_talk_record(record, begin(user_id, conversation_id, place, now))


def open_talk_record(record: Record | None, new: Conversation) -> OpenConversation:
    """The conversation of a document as of the moment at which `new` begins, which is it where there is none."""
    if record is None:
        return OpenConversation(new, None)
    known = decode(Conversation, record.fields)
    return OpenConversation(new if known.expire_at <= new.started_at else known, record)  # the store deletes late


def conversations_of(user_id: int, place: str, changed_by: datetime | None, limit: int) -> Query:
    """A person's conversations in one place that were changed at that moment or before; the newest first."""
    until = () if changed_by is None else (("changed_at", "<=", changed_by),)
    where = (("user_id", "==", user_id), ("place", "==", place), *until)
    return Query("conversations", where, limit, ("changed_at", "DESCENDING"))


def conversations_of_person(user_id: int, changed_by: datetime | None, limit: int) -> Query:
    """The same wherever they are."""
    until = () if changed_by is None else (("changed_at", "<=", changed_by),)
    return Query("conversations", (("user_id", "==", user_id), *until), limit, ("changed_at", "DESCENDING"))
