"""What a real Firestore holds, as dataclasses, and everything in it that must not be."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.adapters.firestore import FirestoreStore
from shared.adapters.google_rest import GoogleRest
from shared.codec import decode, encode
from shared.credits.ledger import Account, Transfer, welcome
from shared.credits.transfer_documents import create_transfer
from shared.jobs.attempts import ATTEMPTS_MAX, worked_count
from shared.jobs.audit import audit
from shared.jobs.job import ENDS, Job
from shared.people.perks import Perks
from shared.people.talk import TalkSettings
from shared.people.user_documents import user_key
from shared.people.users import User
from shared.pictures.draft import Draft, DraftState
from shared.ports import Clock, Create, Fields, Key, Store
from shared.telegram.address import chat_of
from shared.videos.video import is_late, is_video, video_artefacts
from shared.voices.transcript import is_transcript
from tests.stored import read_job


@dataclass(frozen=True)
class Books:
    """All documents of one database; `inbox` and `quarantine` as stored."""

    users: dict[int, User]
    jobs: dict[str, Job]
    transfers: list[Transfer]
    drafts: dict[str, Draft]
    inbox: dict[str, Fields]
    quarantine: dict[str, Fields]


UNREADABLE = ("unreadable-1", "unreadable-2")
"""Documents in `jobs` and `drafts` that no release can read."""
NEWER = {"bought": {"credits": 7}}
"""What a newer release keeps in an account, and this one knows nothing of."""


@asynccontextmanager
async def open_database(host: str, project: str) -> AsyncIterator[AsyncClient]:
    """A client of the emulator at `host`; whose it is the environment need not know."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FIRESTORE_EMULATOR_HOST", host)
        client = AsyncClient(project)
    try:
        yield client
    finally:
        await client._firestore_api.transport.close()


@asynccontextmanager
async def open_store(host: str, project: str) -> AsyncIterator[FirestoreStore]:
    """The product's own store on that emulator, with a connection of its own."""
    store = FirestoreStore(project)
    store._opened = GoogleRest(host, None)
    try:
        yield store
    finally:
        await store.close()


async def read_books(client: AsyncClient) -> Books:
    """Everything that is stored now."""
    users = {int(name): decode(User, fields) for name, fields in (await read_collection(client, "users")).items()}
    return Books(
        users=users,
        jobs={name: read_job(fields) for name, fields in (await read_collection(client, "jobs")).items()},
        transfers=[decode(Transfer, fields) for fields in (await read_collection(client, "transfers")).values()],
        drafts={name: decode(Draft, fields) for name, fields in (await read_collection(client, "drafts")).items()},
        inbox=await read_collection(client, "inbox"),
        quarantine=await read_collection(client, "quarantine"),
    )


async def read_collection(client: AsyncClient, collection: str) -> dict[str, Fields]:
    """All documents of a collection by their ids, as stored."""
    stored = client.collection(collection).stream()
    return {each.id: each.to_dict() or {} async for each in stored if each.id not in UNREADABLE}


async def fund(
    store: Store,
    clock: Clock,
    user_ids: Iterable[int],
    credit_count: int,
    talk_of: Callable[[int, datetime], TalkSettings] = lambda user_id, now: TalkSettings(),
    giftable: int = 0,
) -> None:
    """Users who are known already, to a newer release too, with this much to spend, who talk as `talk_of` says; so
    many of their credits they may give away."""
    for user_id in user_ids:
        now = clock.now()
        account, transfer = welcome(Account(), user_id, credit_count, now)
        user = User(user_id, now, account, talk=talk_of(user_id, now), perks=Perks(giftable=giftable))
        fields = encode(user, {"account": NEWER})
        await store.commit([Create(user_key(user_id), fields), create_transfer(transfer)])


async def damage(store: Store, clock: Clock) -> None:
    """Store documents that are neither a job nor a draft, due before all others."""
    for collection in ("jobs", "drafts"):
        for name in UNREADABLE:
            await store.commit([Create(Key(collection, name), {"request": "?", "sweep_at": clock.now()})])


async def find_neighbours_loss(client: AsyncClient, user_ids: Iterable[int]) -> list[str]:
    """What a newer release wrote is still there, and what nobody can read as well."""
    users = await read_collection(client, "users")
    erased = [user_id for user_id in user_ids if not users[str(user_id)]["account"].items() >= NEWER.items()]
    documents = [client.collection(each).document(name) for each in ("jobs", "drafts") for name in UNREADABLE]
    gone = [document.path for document in documents if not (await document.get()).exists]
    return [f"account {user_id} lost what a newer release wrote" for user_id in erased] + [f"{p} is gone" for p in gone]


def is_open(job: Job) -> bool:
    """Whether somebody has to move a job. A deleted picture that can still be brought back is at rest, and so is a
    video whose credits were returned, which may come for a day."""
    is_awaited = is_video(job) and job.state in ENDS and video_artefacts(job).is_awaited
    return job.sweep_at is not None and job.deleted_at is None and not is_awaited


def list_open(books: Books) -> list[str]:
    """The unfinished jobs and albums."""
    jobs = [f"job {job.id} is {job.state}" for job in books.jobs.values() if is_open(job)]
    drafts = [d for d in books.drafts.values() if d.state is DraftState.COLLECTING]
    return jobs + [f"draft {draft.id} is collecting" for draft in drafts]


async def read_open(client: AsyncClient) -> list[str]:
    """The same, asked of the store: cheap enough to be asked every second."""
    owned = client.collection("jobs").where(filter=FieldFilter("sweep_at", ">", datetime.fromtimestamp(0, UTC)))
    jobs = [read_job(each.to_dict() or {}) async for each in owned.stream() if each.id not in UNREADABLE]
    collecting = client.collection("drafts").where(filter=FieldFilter("state", "==", DraftState.COLLECTING.value))
    drafts = [f"draft {snapshot.id} is collecting" async for snapshot in collecting.stream()]
    return [f"job {job.id} is {job.state}" for job in jobs if is_open(job)] + drafts


def find_wrong_books(books: Books) -> list[str]:
    """Everything that must not be in a store at rest, whatever people have seen."""
    jobs = books.jobs.values()
    money = audit(books.users.values(), jobs, books.transfers, at_rest=True)
    quarantined = [f"quarantined: {fields.get('reason')}" for fields in books.quarantine.values()]
    return [*money, *list_open(books), *quarantined, *_find_double_requests(jobs)]


def _find_double_requests(jobs: Iterable[Job]) -> Iterator[str]:
    """One request per message, album, tap or form, with as many jobs as pictures, none asked of the model too often.

    A recording is two requests: to write it down, and what its words ask for. A form of the app has no message.
    """
    requests: dict[tuple[int, int, int, bool, str], list[Job]] = defaultdict(list)
    for job in [each for each in jobs if not (is_video(each) and is_late(each))]:
        chat = chat_of(job)
        form = "" if chat.message_id else job.intent
        requests[chat.chat_id, chat.message_id, chat.update_id, is_transcript(job), form].append(job)
        if worked_count(job) > ATTEMPTS_MAX:
            yield f"job {job.id} asked the model {len(job.attempts)} times"
    for (_, message_id, *_), of_one in requests.items():
        if sorted(job.index for job in of_one) != list(range(1, of_one[0].count + 1)):
            yield f"{len(of_one)} jobs of {of_one[0].count} for message {message_id}"


def count_states(books: Books) -> Counter[str]:
    """How the jobs ended; for the report."""
    return Counter(str(job.state) for job in books.jobs.values())
