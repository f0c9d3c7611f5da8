"""Documents of conversations."""

from dataclasses import dataclass
from datetime import datetime

from shared.codec import decode, encode, update
from shared.conversations.conversation import Conversation, begin
from shared.ports import Create, Key, Ports, Record, Write


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
    if record is None:
        return OpenConversation(begin(user_id, conversation_id, place, now), None)
    known = decode(Conversation, record.fields)
    if known.expire_at <= now:  # the store deletes late
        known = begin(user_id, conversation_id, place, now)
    return OpenConversation(known, record)
