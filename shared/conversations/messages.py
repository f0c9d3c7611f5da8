"""All turns of a conversation as documents of their own: for history and export, never for an answer.

    messages/<hash of the conversation, its beginning, the number>     {number, speaker, text, at, expire_at, …}

The keys follow from the numbers, so reading messages in order needs no index. Messages are created in the commit that
stores the answer; its precondition on the conversation's version makes each number unique.
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
    """One question or answer."""

    conversation_id: str
    user_id: int
    number: int
    """Its position in the conversation, from 1."""
    speaker: Speaker
    text: str
    at: datetime
    job_id: str
    expire_at: datetime
    """By the person's choice at that time. A message may expire while its conversation continues."""


def message_key(conversation: Conversation, number: int) -> Key:
    """The key of a turn's message. A conversation that begins again under its old id has other keys."""
    began = conversation.started_at.astimezone(UTC).isoformat()
    return Key("messages", hash_id("message", conversation.id, began, number))


def create_messages(conversation: Conversation, count_before: int, kept_days: int) -> Iterable[Create]:
    """The writes for the turns that were added to a conversation."""
    for turn in conversation.turns:
        if turn.number > count_before:
            expire_at = keep_until(turn.at, kept_days)
            message = Message(
                conversation.id, conversation.user_id, turn.number, turn.speaker, turn.text, turn.at, turn.job_id,
                expire_at,
            )  # fmt: skip
            yield Create(message_key(conversation, turn.number), encode(message))


def erase_message(record: Record, now: datetime) -> Update:
    """The update that removes the words at once; the store deletes the document later."""
    return Update(record.key, {"text": "", "expire_at": now}, record.version)
