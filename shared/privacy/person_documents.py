"""The documents of one person, page by page, so that no more than a page is in memory.

Jobs, transfers, payments and what else has a `user_id` come in the order of their ids, which are hashes: a walk can
go on behind any of them.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from shared.codec import decode
from shared.conversations.conversation import Conversation, is_there
from shared.conversations.messages import message_key
from shared.errors import DocumentUnreadableError
from shared.people.prompt_documents import prompt_key
from shared.people.user_documents import decode_user, user_key
from shared.ports import Fields, Key, Query, Record, Store

PAGE = 100
"""Documents per read: a job has some KB, a conversation up to 100 KB."""
FIRST_ID = "-"
"""No id of ours comes before it."""


def owned_by(collection: str, user_id: int, passed: str, limit: int) -> Query:
    """A person's documents of a collection after the one with this id; empty: from the first."""
    after = (user_id, passed or FIRST_ID)
    return Query(collection, (("user_id", "<=", user_id),), limit, ("user_id", "ASCENDING"), after)


def conversations_after(user_id: int, after: tuple[datetime, str] | None, limit: int) -> Query:
    """A person's conversations, the newest first, after one with this time and id; None: from the newest."""
    return Query("conversations", (("user_id", "==", user_id),), limit, ("changed_at", "DESCENDING"), after)


def walk_owned(store: Store, collection: str, user_id: int, passed: str = "") -> AsyncIterator[Record]:
    """All of them. Raises UnavailableError."""
    return _walk(store, owned_by(collection, user_id, passed, PAGE))


async def walk_conversations(store: Store, user_id: int, now: datetime) -> AsyncIterator[tuple[Conversation, Fields]]:
    """The conversations that the person still sees, with their fields. Raises UnavailableError."""
    async for record in _walk(store, conversations_after(user_id, None, PAGE)):
        try:
            talk = decode(Conversation, record.fields)
        except DocumentUnreadableError:  # of another release, which brings it
            continue
        if is_there(talk, now):
            yield talk, record.fields


async def _walk(store: Store, query: Query) -> AsyncIterator[Record]:
    """What an ordered query finds, and all that follows it. Raises UnavailableError."""
    assert query.order_by is not None
    name, _ = query.order_by
    while True:
        page = await store.find(query)
        for record in page:
            yield record
        if len(page) < query.limit:
            return
        query = replace(query, after=(page[-1].fields[name], page[-1].key.id))


async def walk_messages(store: Store, talk: Conversation, now: datetime) -> AsyncIterator[Fields]:
    """The messages of a conversation that have not expired. Raises UnavailableError."""
    for first in range(1, talk.count + 1, PAGE):
        numbers = range(first, min(first + PAGE, talk.count + 1))
        async for fields in read_each(store, [message_key(talk, number) for number in numbers]):
            if fields["expire_at"] > now:
                yield fields


async def walk_prompts(store: Store, user_id: int) -> AsyncIterator[Fields]:
    """The prompts that the person has stored. Raises UnavailableError."""
    [record] = await store.read([user_key(user_id)])
    entries = () if record is None else decode_user(record).library
    async for fields in read_each(store, [prompt_key(entry.id) for entry in entries]):
        yield fields


async def read_each(store: Store, keys: list[Key]) -> AsyncIterator[Fields]:
    """The fields of those documents that are there. Raises UnavailableError."""
    for record in await store.read(keys) if keys else ():
        if record is not None:
            yield record.fields
