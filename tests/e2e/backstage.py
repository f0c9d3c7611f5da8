"""Behind a running system: the model's call log and faults, the queues' brakes, the store and the bucket."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1.base_query import FieldFilter

from infra.functions import QUEUE_NAMES
from infra.local.system import System
from shared.codec import decode
from shared.conversations.conversation import Conversation
from shared.credits.ledger import Account, Transfer
from shared.jobs.job import Job, JobState
from shared.people.users import User
from shared.pictures.picture import artefacts_of, is_picture, request_of, result_of
from shared.telegram.address import chat_of, message_ref
from shared.voices.compose_hearing import ASKED
from tests.e2e.books import find_wrong_books, is_open, open_database, read_books
from tests.e2e.people import Json
from tests.stored import read_job

POLL_SECONDS = 0.05
WAIT_SECONDS_MAX = 45.0


class Backstage:
    """What a test may look at and turn; made by `open_backstage`."""

    def __init__(self, system: System, database: AsyncClient, client: httpx.AsyncClient) -> None:
        self._urls = system.urls
        self._bucket = system.options.bucket
        self._database = database
        self._client = client

    # --- the model ---

    async def model_calls(self, words: str) -> list[Json]:
        """The calls whose prompt holds these words, the oldest first."""
        answer = await self._client.get(f"{self._urls['gemini']}/control/calls")
        return [call for call in answer.json()["calls"] if words in call["prompt"]]

    async def kept_videos(self) -> list[Json]:
        """What the model keeps of videos: begun, and not deleted."""
        answer = await self._client.get(f"{self._urls['gemini']}/control/interactions")
        kept: list[Json] = answer.json()["interactions"]
        return kept

    async def talk_calls(self) -> list[Json]:
        """The calls for answers in words, without those that only read what a message asks for."""
        calls = await self.model_calls("")
        return [call for call in calls if call["response_modalities"] == ["TEXT"] and not call["has_schema"]]

    async def hearing_calls(self) -> list[Json]:
        """The calls that write recordings down."""
        return [call for call in await self.model_calls(ASKED) if call["has_schema"]]

    async def wait_for_end(self, words: str) -> Json:
        """The last call about these words, once it is over. TimeoutError when it never is."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while not (calls := await self.model_calls(words)) or not calls[-1]["ended"]:  # noqa: ASYNC110 — a server
                await asyncio.sleep(POLL_SECONDS)
        return calls[-1]

    async def break_model(self, kind: str, **settings: Any) -> None:
        """A fault of the local Gemini, see its `faults`."""
        fault = {"kind": kind, **settings}
        (await self._client.post(f"{self._urls['gemini']}/control/faults", json=fault)).raise_for_status()

    @asynccontextmanager
    async def behaving(self, **changes: Any) -> AsyncIterator[None]:
        """While the block runs, this of the model's behaviour is different, see the local Gemini's `Behaviour`."""
        url = f"{self._urls['gemini']}/control/behaviour"
        before = (await self._client.get(url)).json()
        (await self._client.post(url, json=changes)).raise_for_status()
        try:
            yield
        finally:
            (await self._client.post(url, json={name: before[name] for name in changes})).raise_for_status()

    async def clear_faults(self) -> None:
        """The model works again, and so do the queues."""
        (await self._client.delete(f"{self._urls['gemini']}/control/faults")).raise_for_status()
        (await self._client.post(f"{self._urls['tasks_http']}/resume")).raise_for_status()

    # --- the queues ---

    @asynccontextmanager
    async def paused(self, function: str) -> AsyncIterator[None]:
        """While the block runs, tasks for this function wait."""
        await self._tell_queues(function, "pause")
        try:
            yield
        finally:
            await self._tell_queues(function, "resume")

    async def _tell_queues(self, function: str, verb: str) -> None:
        for queue in QUEUE_NAMES[function]:
            url = f"{self._urls['tasks_http']}/{verb}"
            (await self._client.post(url, params={"queue": queue})).raise_for_status()

    # --- what is stored ---

    async def account(self, user_id: int) -> Account:
        return (await self.user(user_id)).account

    async def user(self, user_id: int) -> User:
        found = await self._database.collection("users").document(str(user_id)).get()
        return decode(User, found.to_dict() or {})

    async def jobs(self, user_id: int) -> list[Job]:
        """A person's jobs in the order in which they were made."""
        jobs = [read_job(fields) for fields in await self._find("jobs", user_id)]
        return sorted(jobs, key=lambda job: (chat_of(job).update_id, job.index))

    async def conversations(self, user_id: int) -> list[Conversation]:
        """The verbatim turns and the summary."""
        return [decode(Conversation, fields) for fields in await self._find("conversations", user_id)]

    async def transfers(self, user_id: int) -> list[Transfer]:
        """A person's transfers, the oldest first."""
        found = [decode(Transfer, fields) for fields in await self._find("transfers", user_id)]
        return sorted(found, key=lambda transfer: transfer.at)

    async def job_of(self, message: Json) -> Job:
        """The job that a message of the bot stands for."""
        ref = message_ref(message["chat"]["id"], message["message_id"])
        query = self._database.collection("jobs").where(filter=FieldFilter("messages", "array_contains", ref))
        [found] = [snapshot async for snapshot in query.stream()]
        return read_job(found.to_dict() or {})

    async def wait_for_rest(self, user_id: int, seconds_max: float = WAIT_SECONDS_MAX) -> Account:
        """The person's account, once none of their jobs is under way. TimeoutError with those that are."""
        deadline = time.monotonic() + seconds_max
        while busy := [job for job in await self.jobs(user_id) if is_open(job)]:
            if time.monotonic() > deadline:
                raise TimeoutError(busy)
            await asyncio.sleep(POLL_SECONDS)
        return await self.account(user_id)

    async def wait_for_right_books(self, seconds_max: float = WAIT_SECONDS_MAX) -> list[str]:
        """The faults in the whole store: as soon as there are none, or after the last try."""
        deadline = time.monotonic() + seconds_max
        while wrong := find_wrong_books(await read_books(self._database)):
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(POLL_SECONDS)
        return wrong

    async def wait_for_prompt(self, user_id: int, prompt: str) -> None:
        """Until the person's only job is about these words. TimeoutError when it never is."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while [request_of(job).prompt for job in await self.jobs(user_id)] != [prompt]:  # noqa: ASYNC110 — a database
                await asyncio.sleep(POLL_SECONDS)

    async def read_blob(self, name: str) -> bytes | None:
        """A stored file; None where there is none."""
        answer = await self._client.get(self._address(name), params={"alt": "media"})
        return answer.content if answer.is_success else None

    async def find_missing_blobs(self, jobs: Iterable[Job]) -> list[str]:
        """The pictures that were delivered, not deleted, and are not stored."""
        kept = [job for job in jobs if is_picture(job) and job.state is JobState.DELIVERED and job.deleted_at is None]
        names = [result_of(job).blob if artefacts_of(job).result else f"no result of {job.id}" for job in kept]
        return [name for name in names if not (await self._client.get(self._address(name))).is_success]

    def _address(self, blob: str) -> str:
        return f"{self._urls['storage']}/storage/v1/b/{self._bucket}/o/{blob.replace('/', '%2F')}"

    async def _find(self, collection: str, user_id: int) -> list[Json]:
        query = self._database.collection(collection).where(filter=FieldFilter("user_id", "==", user_id))
        return [snapshot.to_dict() or {} async for snapshot in query.stream()]


@asynccontextmanager
async def open_backstage(system: System) -> AsyncIterator[Backstage]:
    """A system seen from behind."""
    async with (
        open_database(system.urls["firestore"], system.options.project) as database,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        yield Backstage(system, database, client)
