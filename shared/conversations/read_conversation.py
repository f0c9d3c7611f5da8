"""Reading a person's conversations outside the chat: in the Mini App, by programs, by operators who say why."""

from dataclasses import dataclass
from datetime import datetime

from shared.codec import decode
from shared.conversations.conversation import LONG_AGO, Conversation, is_there
from shared.conversations.conversation_documents import conversation_key, conversations_of_person
from shared.conversations.messages import Message, message_key
from shared.errors import DocumentUnreadableError
from shared.hash_ids import is_id
from shared.ports import Ports, Record

PAGE = 20
"""Conversations on a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some conversations, the newest first."""

    talks: tuple[Conversation, ...]
    following: datetime | None
    """Where the next page begins; None if there is none."""


async def find_conversations(ports: Ports, user_id: int, before: datetime | None) -> Page:
    """A page of a person's conversations from here on; None: from the newest on. Raises UnavailableError.

    What was deleted and what this release cannot read is left out.
    """
    found = await ports.store.find(conversations_of_person(user_id, before, PAGE + 1))
    following = found[PAGE].fields["changed_at"] if len(found) > PAGE else LONG_AGO
    read, now = map(decode_conversation, found[:PAGE]), ports.clock.now()
    talks = tuple(talk for talk in read if talk is not None and is_there(talk, now))
    return Page(talks, following if following > LONG_AGO else None)


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
