"""People who ask the whole local system for pictures, and a listener for its log lines and calls."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from infra.local.events import Event
from infra.local.options import LOCAL_TOKEN
from infra.local.system import System
from shared.adapters.firestore import FirestoreStore
from shared.codec import encode
from shared.credits.ledger import Account, welcome
from shared.credits.transfer_documents import create_transfer
from shared.jobs.identity import job_id_of, message_intent, transcript_intent
from shared.people.user_documents import user_key
from shared.people.users import User
from shared.ports import Create, Write

BOT_ID = int(LOCAL_TOKEN.partition(":")[0])
FIRST_USER_ID = 6_000_000_001
CREDITS = 50_000
USERS_PER_COMMIT = 100
OK = 200
FLOOD = 429


@dataclass(frozen=True)
class Call:
    """One Bot API call to the local Telegram; times in seconds since the epoch."""

    method: str
    chat_id: int
    started_at: float
    ended_at: float


@dataclass(frozen=True)
class Answer:
    """One request that a function answered, with its counted resources."""

    function: str
    status: int
    started_at: float
    ended_at: float
    fields: dict[str, Any]


@dataclass
class Ear:
    """The events of a system since this object was made; can be waited on."""

    calls: list[Call] = field(default_factory=list)
    """Those that were answered with 200."""
    refused: list[Call] = field(default_factory=list)
    """Those that were answered with 429."""
    answers: list[Answer] = field(default_factory=list)
    deliveries: dict[int, float] = field(default_factory=dict)
    """Chat → when Telegram received the webhook's 200 for its last message."""
    updates: dict[int, int] = field(default_factory=dict)
    """Chat → the id of the update that brought its last message."""
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, event: Event) -> None:
        """One line of some part."""
        fields = event.fields or {}
        if fields.get("kind") == "call" and fields["call"]["status"] in {OK, FLOOD}:
            known = self.calls if fields["call"]["status"] == OK else self.refused
            known.append(read_call(fields["call"]))
        elif fields.get("kind") == "delivered" and fields["delivery"]["status"] == "accepted":
            update = fields["delivery"]["update"]
            chat_id = int(update.get("message", {}).get("chat", {}).get("id", 0))
            self.deliveries[chat_id] = float(fields["delivery"]["time"])
            self.updates[chat_id] = int(update["update_id"])
        elif event.name == "request_answered":
            started_at = event.heard_at - fields["ms"] / 1000
            self.answers.append(Answer(event.part, fields["status"], started_at, event.heard_at, fields))
        self._heard.set()

    async def wait_until(self, holds: Callable[[], bool], seconds_max: float) -> None:
        """Wait until an event makes `holds` true. Raises TimeoutError."""
        async with asyncio.timeout(seconds_max):
            while not holds():
                self._heard.clear()
                await self._heard.wait()

    def calls_of(self, method: str) -> dict[int, Call]:
        """Chat → its last call of a method."""
        return {call.chat_id: call for call in self.calls if call.method == method}


def read_call(call: dict[str, Any]) -> Call:
    """Parse a line of the local Telegram."""
    ended_at = float(call["time"])
    return Call(call["method"], int(call["params"].get("chat_id") or 0), ended_at - call["ms"] / 1000, ended_at)


@asynccontextmanager
async def hear(system: System) -> AsyncIterator[Ear]:
    """Listen while the block runs."""
    ear = Ear()
    unlisten = system.events.listen(ear.take)
    try:
        yield ear
    finally:
        unlisten()


@asynccontextmanager
async def open_store(system: System) -> AsyncIterator[FirestoreStore]:
    """The system's own Firestore, by the product's adapter."""
    before = dict(os.environ)
    os.environ.update(system.addresses)
    store = FirestoreStore(system.options.project)
    try:
        yield store
    finally:
        await store.close()
        os.environ.clear()
        os.environ.update(before)


async def fund(store: FirestoreStore, user_ids: Iterable[int]) -> None:
    """Give people enough credits for all requests of the bench."""
    now, writes = datetime.now(UTC), list[Write]()
    for user_id in user_ids:
        account, transfer = welcome(Account(), user_id, CREDITS, now)
        writes += [Create(user_key(user_id), encode(User(user_id, now, account))), create_transfer(transfer)]
    for start in range(0, len(writes), 2 * USERS_PER_COMMIT):
        await store.commit(writes[start : start + 2 * USERS_PER_COMMIT])


class Crowd:
    """Writes to the bot through the local Telegram."""

    def __init__(self, system: System, client: httpx.AsyncClient) -> None:
        self._url = f"{system.urls['telegram']}/control/send"
        self._client = client

    async def ask(self, user_id: int, text: str, group_id: int | None = None) -> str:
        """Send a text in private or in a group; returns the id of the job that it will become."""
        chat_id = group_id or user_id
        user = {"id": user_id, "first_name": "Ada", "language_code": "en"}
        answer = await self._client.post(self._url, json={"user": user, "chat_id": chat_id, "text": text})
        [message] = answer.raise_for_status().json()["messages"]
        return job_id_of(message_intent(BOT_ID, chat_id, message["message_id"]), 1)

    async def send_file(self, user_id: int, kind: str, file: tuple[str, bytes, str], caption: str = "") -> str:
        """Send a file (name, bytes, type) in private; the id of the job it will become, or of its transcript."""
        user = json.dumps({"id": user_id, "first_name": "Ada", "language_code": "en"})
        data = {"user": user, "chat_id": str(user_id)} | ({"caption": caption} if caption else {})
        answer = await self._client.post(self._url, data=data, files={kind: file})
        [message] = answer.raise_for_status().json()["messages"]
        intent = message_intent(BOT_ID, user_id, message["message_id"])
        return job_id_of(transcript_intent(intent) if kind == "voice" else intent, 1)


@asynccontextmanager
async def gather_crowd(system: System) -> AsyncIterator[Crowd]:
    """People with their connections."""
    limits = httpx.Limits(max_connections=100)
    async with httpx.AsyncClient(limits=limits, timeout=30, trust_env=False) as client:
        yield Crowd(system, client)
