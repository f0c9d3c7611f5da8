"""A person's documents as JSON files, written as they are read: no file is ever whole in memory."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from shared.gallery.zip_stream import Entry
from shared.jobs.job import Job
from shared.people.user_documents import user_key
from shared.ports import Fields, Store
from shared.privacy.person_documents import (
    read_each,
    walk_conversations,
    walk_messages,
    walk_owned,
    walk_prompts,
)
from shared.texts import plain_text

_SMALL: Mapping[str, tuple[str, frozenset[str]]] = {
    "orders.json": ("card_orders", frozenset({"rulings", "url"})),
    "ratings.json": ("ratings", frozenset()),
    "links.json": ("shares", frozenset({"token"})),
}
"""File → collection, and the fields that are left out: what operators noted, and what lets in whoever has it."""


async def open_documents(store: Store, job: Job, now: datetime) -> AsyncIterator[Entry]:
    """The files of an export's first part. Raises UnavailableError, and so do their pieces."""
    user_id = job.user_id
    yield Entry("README.txt", now, _write_text(plain_text(job.language, "export-readme")))
    yield Entry("profile.json", now, _write_list(_list_profile(store, user_id)))
    yield Entry("requests.json", now, _write_list(_list_requests(store, user_id, now)))
    yield Entry("conversations.json", now, _write_conversations(store, user_id, now))
    yield Entry("prompts.json", now, _write_list(walk_prompts(store, user_id)))
    yield Entry("credits.json", now, _write_list(_list_fields(store, "transfers", user_id)))
    yield Entry("receipts.json", now, _write_list(_list_fields(store, "payments", user_id)))
    for name, (collection, left_out) in _SMALL.items():
        yield Entry(name, now, _write_list(_list_kept(store, collection, user_id, now, left_out)))
    yield Entry("webhooks.json", now, _write_list(_list_fields(store, "webhook_events", user_id)))


async def _list_profile(store: Store, user_id: int) -> AsyncIterator[Fields]:
    """The person's document, with what their programs have as /api shows it: a link to this file may go around."""
    async for fields in read_each(store, [user_key(user_id)]):
        yield _without_secrets(fields)


def _without_secrets(value: Any) -> Any:
    """The value without each part that is named a secret, or the hash of one."""
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_secrets(each) for name, each in value.items() if "secret" not in name}
    return value


async def _list_fields(store: Store, collection: str, user_id: int) -> AsyncIterator[Fields]:
    async for record in walk_owned(store, collection, user_id):
        yield record.fields


async def _list_kept(
    store: Store, collection: str, user_id: int, now: datetime, left_out: frozenset[str]
) -> AsyncIterator[Fields]:
    """What has not expired, or never does, without these fields."""
    async for record in walk_owned(store, collection, user_id):
        if record.fields.get("expire_at") is None or record.fields["expire_at"] > now:
            yield {name: value for name, value in record.fields.items() if name not in left_out}


async def _list_requests(store: Store, user_id: int, now: datetime) -> AsyncIterator[Fields]:
    """The jobs that have not expired (Firestore deletes late), and were not asked for incognito."""
    async for record in walk_owned(store, "jobs", user_id):
        if record.fields["expire_at"] > now and not record.fields.get("is_incognito"):
            yield record.fields


async def _write_text(text: str) -> AsyncIterator[bytes]:
    yield text.encode()


async def _write_list(items: AsyncIterator[Fields]) -> AsyncIterator[bytes]:
    mark = b"[\n"
    async for fields in items:
        yield mark + _write(fields)
        mark = b",\n"
    yield b"\n]\n" if mark == b",\n" else b"[]\n"


async def _write_conversations(store: Store, user_id: int, now: datetime) -> AsyncIterator[bytes]:
    """Each conversation with all its messages behind it."""
    mark = b"[\n"
    async for talk, fields in walk_conversations(store, user_id, now):
        yield mark + b'{"conversation": ' + _write(fields) + b', "messages": '
        async for piece in _write_list(walk_messages(store, talk, now)):
            yield piece
        yield b"}"
        mark = b",\n"
    yield b"\n]\n" if mark == b",\n" else b"[]\n"


def _write(fields: Fields) -> bytes:
    return json.dumps(fields, ensure_ascii=False, default=_write_value).encode()


def _write_value(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else b64encode(value).decode()
