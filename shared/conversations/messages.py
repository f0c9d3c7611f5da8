"""All that was said in a conversation, a document each: for history and export, never for an answer.

    messages/<hash of the conversation, its beginning, the number>     {number, speaker, text, at, expire_at, …}

Numbers make the addresses, so no index is needed to read them in order, however many there are. They are created in
the commit that keeps the answer; the conversation's version in it makes each number one message.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.codec import encode
from shared.conversations.conversation import Conversation, keep_until
from shared.hash_ids import hash_id
from shared.ports import Create, Key, Record, Update
from shared.providers.talk import Speaker


@dataclass(frozen=True, slots=True)
class Message:
    """What one side said."""

    conversation_id: str
    user_id: int
    number: int
    """From 1, in the order in which it was said."""
    speaker: Speaker
    text: str
    at: datetime
    job_id: str
    expire_at: datetime
    """By the person's choice at that time. One of a long conversation may be gone while the conversation goes on."""


def message_key(conversation: Conversation, number: int) -> Key:
    """One per turn. A conversation that begins again under its old id has other messages."""
    began = conversation.started_at.astimezone(UTC).isoformat()
    return Key("messages", hash_id("message", conversation.id, began, number))


def create_messages(conversation: Conversation, count_before: int, kept_days: int) -> Iterable[Create]:
    """What a commit needs for the turns that a conversation has more than before."""
    for turn in conversation.turns:
        if turn.number > count_before:
            expire_at = keep_until(turn.at, kept_days)
            message = Message(
                conversation.id, conversation.user_id, turn.number, turn.speaker, turn.text, turn.at, turn.job_id,
                expire_at,
            )  # fmt: skip
            yield Create(message_key(conversation, turn.number), encode(message))


def erase_message(record: Record, now: datetime) -> Update:
    """Its words are gone at once, the rest when the store deletes it."""
    return Update(record.key, {"text": "", "expire_at": now}, record.version)
