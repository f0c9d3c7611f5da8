"""What else may stand in a conversation: a document that nobody can read, and work that only a newer release does."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.codec import encode
from shared.conversations.conversation import conversation_id
from shared.errors import ConflictError
from shared.jobs.job import Job, JobState, Request
from shared.jobs.job_documents import job_key
from shared.jobs.mailbox import job_of_entry, write_entry
from shared.jobs.publish_jobs import publish_id
from shared.people.talk import place_of
from shared.people.user_documents import decode_user, user_key
from shared.ports import Create, Key, Update
from shared.telegram.address import ChatAddress
from tests.simulation.people import BOT_ID
from tests.simulation.virtual_time import EPOCH

if TYPE_CHECKING:
    from tests.simulation.world import World

FORGETFUL_ID, NEIGHBOUR_ID = 26, 16
"""Whose conversation is unreadable, and who asked a newer release for something before anything else."""
NEWER_JOB_ID = "a-newer-job-0001"
NEWER_SECONDS = 150.0
"""So long the newer release takes for it."""


async def damage_conversation(world: "World") -> None:
    """Store a document that is not a conversation."""
    [record] = await world.store.read([user_key(FORGETFUL_ID)])
    assert record is not None
    name = conversation_id(decode_user(record), place_of(BOT_ID, FORGETFUL_ID, None))
    await world.store.commit([Create(Key("conversations", name), {"id": name, "turns": "what no release wrote"})])


async def ask_newer_release(world: "World") -> None:
    """Its work stands at the head of a mailbox and is not over yet."""
    place = place_of(BOT_ID, NEIGHBOUR_ID, None)
    job = Job(
        id=NEWER_JOB_ID,
        user_id=NEIGHBOUR_ID,
        language="en",
        address=ChatAddress(NEIGHBOUR_ID, None, 1, is_private=True, update_id=0),
        request=Request(price=0),
        index=1,
        count=1,
        created_at=EPOCH,
        deadline_at=EPOCH + timedelta(hours=1),
        expire_at=EPOCH + timedelta(days=90),
        kind="opera",
        mailbox=place,
        sweep_at=EPOCH + timedelta(seconds=30),
    )
    [record] = await world.store.read([user_key(NEIGHBOUR_ID)])
    assert record is not None
    boxes = {place: [write_entry(EPOCH, 1, job.id)]}
    await world.store.commit(
        [Create(job_key(job.id), encode(job)), Update(record.key, {"mailboxes": boxes}, record.version)]
    )
    world.spawn(_finish(world, place))


async def _finish(world: "World", place: str) -> None:
    """The newer release ends its work as this one would."""
    await asyncio.sleep(NEWER_SECONDS)
    while True:
        job, user = await world.store.read([job_key(NEWER_JOB_ID), user_key(NEIGHBOUR_ID)])
        assert job is not None
        assert user is not None
        boxes = user.fields["mailboxes"]
        _, *left = boxes.pop(place)
        boxes |= {place: left} if left else {}
        try:
            await world.store.commit(
                [
                    Update(job.key, {"state": JobState.DELIVERED.value, "sweep_at": None}, job.version),
                    Update(user.key, {"mailboxes": boxes}, user.version),
                ]
            )
        except ConflictError:
            await asyncio.sleep(0.1)
            continue
        for entry in left[:1]:
            await publish_id(world.ports, "chat", job_of_entry(entry))
        return
