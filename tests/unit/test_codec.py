"""What a stored document may hold that this version did not write."""

import pytest

from shared.codec import decode, encode
from shared.credits.bounds import Level
from shared.errors import DocumentUnreadableError
from shared.jobs.job import JobState
from shared.jobs.next_step import Move, next_step
from tests.stored import read_job
from tests.world import World


async def stored_job(world: World) -> dict[str, object]:
    await world.deliver(world.message("a red fox"))
    return dict(encode(world.job()))


async def test_state_of_a_newer_release_is_left_alone(world: World) -> None:
    """A job in a state that we do not know is moved by the release that knows it, and written back as it was read."""
    job = read_job(await stored_job(world) | {"state": "rendering"})
    assert job.state not in set(JobState)
    assert next_step(job, world.now).move is Move.NOTHING
    assert encode(job)["state"] == "rendering"


async def test_unreadable_part_is_named(world: World) -> None:
    """An unreadable value deep in a document is named by its whole path."""
    fields = await stored_job(world)
    request = fields["request"]
    assert isinstance(request, dict)
    with pytest.raises(DocumentUnreadableError, match="request: price: str instead of int"):
        read_job(fields | {"request": request | {"price": "4"}})


def test_whole_numbers_are_floats_too() -> None:
    """A level of 3 that was stored by hand or by an export is read as one of 3.0."""
    assert decode(Level, {"amount": 3}) == Level(3.0)
