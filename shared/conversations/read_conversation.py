"""Reading a person's conversations outside the chat: in the Mini App, and by programs."""

from shared.codec import decode
from shared.conversations.conversation import Conversation, is_there
from shared.conversations.conversation_documents import conversation_key
from shared.conversations.messages import Message, message_key
from shared.errors import DocumentUnreadableError
from shared.hash_ids import is_id
from shared.ports import Ports, Record


async def find_conversation(ports: Ports, user_id: int, conversation_id: str) -> Conversation | None:
    """A conversation of this person, in any chat; None if there is none. Raises UnavailableError."""
    [record] = await ports.store.read([conversation_key(conversation_id)]) if is_id(conversation_id) else [None]
    talk = None if record is None else decode_conversation(record)
    is_theirs = talk is not None and talk.user_id == user_id and is_there(talk, ports.clock.now())
    return talk if is_theirs else None


async def read_messages(ports: Ports, talk: Conversation, numbers: range) -> list[Message]:
    """The turns of these numbers; those that expired are left out. Raises UnavailableError."""
    now = ports.clock.now()
    found = await ports.store.read([message_key(talk, each) for each in numbers]) if numbers else []
    messages = [decode(Message, record.fields) for record in found if record is not None]
    return [each for each in messages if each.user_id == talk.user_id and each.expire_at > now]


def decode_conversation(record: Record) -> Conversation | None:
    """The conversation of a document; None if this release cannot read it."""
    try:
        return decode(Conversation, record.fields)
    except DocumentUnreadableError:
        return None
