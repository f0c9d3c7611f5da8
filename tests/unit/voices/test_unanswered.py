"""A call of the model that got no response may be charged: whatever fails then, no other call follows it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import UnavailableError
from shared.jobs.job import Job, JobState
from shared.ports import Write
from shared.providers.outcomes import FailureReason, TimedOut
from shared.voices.make_speech import NOTE_PAUSES_SECONDS
from shared.voices.speech import is_speech
from tests.world import World, Writes, writes_to

ENDED = writes_to("jobs", kind="speech", state="refused")


def is_note(writes: Writes) -> bool:
    """Whether a commit writes down that the call got no response, and no more than that."""
    return any(_says_timed_out(write) for write in writes) and not ENDED(writes)


def _says_timed_out(write: Write) -> bool:
    attempts: Any = write.fields.get("attempts", ())
    return any(attempt["outcome"] == "timed_out" for attempt in attempts)


async def speak_unanswered(world: World) -> None:
    """The model does not respond to the request to speak an answer."""
    await world.send(world.message("/ask why is the sky blue?"))
    world.speech_model.script(TimedOut())
    await world.deliver(world.tap("speak", world.shown()))


def speech(world: World) -> Job:
    [job] = [job for job in world.jobs() if is_speech(job)]
    return job


async def die() -> None:
    raise UnavailableError("the store is out")


def check_ended(world: World) -> None:
    """It failed for nothing, after one call."""
    job = speech(world)
    assert (job.state, job.failure) == (JobState.FAILED, FailureReason.LATE)
    assert [attempt.outcome for attempt in job.attempts] == ["timed_out"]
    assert len(world.speech_model.tasks) == 1
    assert "took too long" in world.shown().text
    world.check_money()


def break_store(world: World, when: Callable[[Writes], bool], *, is_written: bool) -> None:
    """The store fails at the next commit that fits: before it is written, or with its response."""
    if is_written:
        world.store.lose(when)
    else:
        world.store.interrupt(when, die)


@pytest.mark.parametrize("is_written", [False, True])
async def test_the_store_is_out_for_a_moment(world: World, *, is_written: bool) -> None:
    """What is known of the call is written down at the next try, whether or not the first one was written."""
    break_store(world, is_note, is_written=is_written)
    await speak_unanswered(world)
    await world.settle()
    check_ended(world)


@pytest.mark.parametrize("is_written", [False, True])
async def test_the_end_is_not_written(world: World, *, is_written: bool) -> None:
    """Whoever continues after an outage ends it, and does not ask again."""
    break_store(world, ENDED, is_written=is_written)
    await speak_unanswered(world)
    with pytest.raises(UnavailableError):
        await world.settle()
    world.clock.set(world.now + timedelta(minutes=2))
    await world.move(speech(world))
    check_ended(world)


async def test_the_store_stays_out(world: World) -> None:
    """After a few tries what is known is lost with its worker; the next one asks once more."""
    for _ in range(1 + len(NOTE_PAUSES_SECONDS)):
        world.store.interrupt(is_note, die)
    await speak_unanswered(world)
    with pytest.raises(UnavailableError):
        await world.settle()
    world.clock.set(world.now + timedelta(minutes=2))
    await world.move(speech(world))
    assert speech(world).state is JobState.DELIVERED
    assert len(world.speech_model.tasks) == 2
    world.check_money()
