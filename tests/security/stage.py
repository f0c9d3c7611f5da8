"""A running system, seen from outside: what goes in, what lies in the store, what the parts say."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import pytest

from infra.functions import QUEUE_NAMES
from infra.local.events import Event
from infra.local.options import LOCAL_SESSION_KEY, LOCAL_TOKEN, Options
from infra.local.ports import HOST
from infra.local.system import System, run_system
from shared.adapters.firestore import FirestoreStore
from shared.jobs.job import ENDS
from shared.ports import Query, Record

Json = dict[str, Any]
Found = TypeVar("Found")

WEBHOOK_SECRET = "a-webhook-secret-for-tests-0123456789"
GEMINI_KEY = "AIza" + "TEST-not-a-real-key-".ljust(35, "0")
"""Shaped like a real one, so that what strikes secrets out of logs has a chance."""
SECRETS = {"bot token": LOCAL_TOKEN, "webhook secret": WEBHOOK_SECRET, "Gemini key": GEMINI_KEY, "a token": "Bearer ey"}
SECRETS |= {"session key": LOCAL_SESSION_KEY, "a session": "Bearer s1"}
STALL = "Firestore: DEADLINE_EXCEEDED"
"""How the error begins that says that Firestore did not answer in time (tests/contracts/test_firestore.py)."""
DOCUMENTS_MAX = 10_000
POLL_SECONDS = 0.2


@dataclass
class Stage:
    """See the module's docstring."""

    system: System
    store: FirestoreStore
    client: httpx.AsyncClient
    bodies: list[bytes] = field(default_factory=list)
    """Every response body that was seen."""

    async def post_update(self, body: bytes) -> int:
        """What the webhook answers to these bytes under the right secret."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}
        answer = await self.client.post(self.system.urls["webhook"], content=body, headers=headers)
        self.bodies.append(answer.content)
        return answer.status_code

    async def post_updates(self, bodies: list[bytes], at_once: int = 16) -> list[int]:
        """The same for many, some at a time, begun in this order."""
        free = asyncio.Semaphore(at_once)

        async def post(body: bytes) -> int:
            async with free:
                return await self.post_update(body)

        return await asyncio.gather(*(post(body) for body in bodies))

    async def control(self, verb: str, **fields: Any) -> Json:
        """One act of a person in the local Telegram."""
        answer = await self.client.post(f"{self.system.urls['telegram']}/control/{verb}", json=fields)
        found: Json = answer.raise_for_status().json()
        return found

    async def messages(self, chat_id: int) -> list[Json]:
        """What a chat in the local Telegram shows."""
        answer = await self.client.get(f"{self.system.urls['telegram']}/control/chats/{chat_id}/messages")
        found: list[Json] = answer.raise_for_status().json()["messages"]
        return found

    async def count_tasks(self) -> int:
        """How many tasks wait for `bot` or are under way anywhere.

        Not those that wait for `image`: one that met a lease stays until that is over, whatever became of the job.
        """
        answer = await self.client.get(f"http://{HOST}:{self.system.options.ports['tasks_http']}/stats")
        queues: dict[str, dict[str, int]] = answer.json()["queues"]
        of_bot = QUEUE_NAMES["bot"]
        waiting = sum(counts["pending"] for name, counts in queues.items() if name.rpartition("/")[2] in of_bot)
        return waiting + sum(counts["in_flight"] for counts in queues.values())

    async def count_waiting(self) -> int:
        """How many tasks, and once there are none how many jobs, have not come to their end."""
        if tasks := await self.count_tasks():
            return tasks
        return len([record for record in await self.read_all("jobs") if record.fields["state"] not in ENDS])

    async def wait_for_none(self, count: Callable[[], Awaitable[int]], seconds_max: float) -> int:
        """Wait until nothing is left to count, at most so long; how much is."""
        deadline = time.monotonic() + seconds_max
        while (left := await count()) and time.monotonic() < deadline:  # noqa: ASYNC110 — another process
            await asyncio.sleep(POLL_SECONDS)
        return left

    async def read_all(self, collection: str) -> list[Record]:
        """Every document of a collection."""
        return await self.store.find(Query(collection, (), DOCUMENTS_MAX))

    def answers(self, part: str) -> list[Json]:
        """The line that each request to a function ended with."""
        return [event.fields or {} for event in self.system.events.named("request_answered", part)]

    def find_failures(self, *parts: str) -> list[str]:
        """Requests that these parts answered with anything but 200, and not because the store stood still."""
        failures = [e for part in parts for e in self.system.events.named("request_failed", part) if not is_stall(e)]
        odd = {a["status"] for part in parts for a in self.answers(part)} - {200, 503}
        return [*map(describe, failures), *map(str, sorted(odd))]

    def find_stacks(self) -> list[str]:
        """Lines in which a part complains of an error or shows a stack."""
        events = [*self.system.events.errors(), *(e for e in self.system.events if "Traceback" in e.text)]
        return [describe(event) for event in events if not is_stall(event) and not is_unmatched(event)]

    def find_secrets(self) -> list[str]:
        """Lines and response bodies that tell what nobody should read, or how we are built."""
        said = [(event.part, event.text) for event in self.system.events]
        said += [("response", body.decode(errors="replace")) for body in self.bodies]
        leaks = [f"{part}: {name}" for name, secret in SECRETS.items() for part, text in said if secret in text]
        return leaks + [f"response: {body[:200]!r}" for body in self.bodies if b"Traceback" in body or b".py" in body]


def is_unmatched(event: Event) -> bool:
    """Whether it reports a payment for no order of ours: such payments are among the storm's updates."""
    return (event.fields or {}).get("event") in {"payment_unmatched", "payment_unknown"}


def is_stall(event: Event) -> bool:
    """Whether a request failed because a busy machine kept the emulator from answering: its task comes again."""
    return str((event.fields or {}).get("error", "")).startswith(f"UnavailableError: {STALL}")


def describe(event: Event) -> str:
    """Which part said it, and the gist of it."""
    fields = event.fields or {}
    return f"{event.part}: {fields.get('event', '')} {fields.get('error', event.text[:300])}"


async def find_soon(look: Callable[[], Awaitable[Found | None]], seconds_max: float = 20) -> Found:
    """What `look` finds at last. Raises TimeoutError."""
    async with asyncio.timeout(seconds_max):
        while (found := await look()) is None:  # noqa: ASYNC110 — another process
            await asyncio.sleep(POLL_SECONDS)
        return found


@asynccontextmanager
async def open_stage(**options: Any) -> AsyncIterator[Stage]:
    """Start a system; everything unless `parts` says otherwise."""
    environment = {"image": {"GEMINI_API_KEY": GEMINI_KEY}}
    chosen = Options(webhook_secret=WEBHOOK_SECRET, environment=environment, sweep_seconds=5, **options)
    async with run_system(chosen) as system:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FIRESTORE_EMULATOR_HOST", system.addresses["FIRESTORE_EMULATOR_HOST"])
            store = FirestoreStore(chosen.project)
            # Every call gets its own connection: one kept may be closed by the server just as it is used again.
            limits = httpx.Limits(max_keepalive_connections=0)
            async with httpx.AsyncClient(timeout=30, trust_env=False, limits=limits) as client:
                yield Stage(system, store, client)
            await store.close()
