"""A task may bring its job's document along: it serves for one claim, and never instead of what was written since."""

import json
from typing import Any

import pytest

from shared.errors import TooManyRequestsError
from shared.jobs.carry_record import read_record, write_record
from shared.jobs.job import ORDER_SECONDS, JobState
from shared.jobs.job_documents import job_key
from shared.task import Task
from shared.usage import start_usage
from tests.world import ME, World

QUESTION = "/ask why is the sky blue?"


@pytest.fixture
def world(world: World) -> World:
    """A private chat with drafts, so that nothing is written between the commit and the claim."""
    object.__setattr__(world.ports, "drafts", True)
    return world


async def ask(world: World) -> Task:
    """The task of a question that was just accepted."""
    await world.deliver(world.message(QUESTION))
    [task] = world.tasks.take_all()
    return task


async def test_it_is_what_is_stored(world: World) -> None:
    """What the task brings is the document, times and all, at its version."""
    task = await ask(world)
    said = json.loads(task.body)
    [stored] = await world.store.read([job_key(said["job"])])
    assert read_record(said["job"], said["record"]) == stored


async def test_the_job_was_written_meanwhile(world: World) -> None:
    """A question that was reworded before its task came is answered as it is now."""
    asked = world.message(QUESTION)
    await world.deliver(asked)
    [task] = world.tasks.take_all()
    await world.deliver(world.edited(asked, "/ask why is the sea blue?"))
    await world.run_task(task)
    assert [talk.lines[-1].text for talk in world.text_model.talks] == ["why is the sea blue?"]
    world.check_money()


async def test_the_job_is_over(world: World) -> None:
    """A task that comes again brings a document of the past, and changes nothing."""
    task = await ask(world)
    await world.run_task(task)
    shown = world.messenger.messages(ME)
    await world.run_task(task)
    assert world.messenger.messages(ME) == shown
    assert len(world.text_model.talks) == 1
    world.check_money()


async def test_too_early(world: World) -> None:
    """A task that comes before its time reads the job, and is made again."""
    task = await ask(world)
    said = json.loads(task.body)
    said["record"]["fields"]["not_before"] = {"$at": "2999-01-01T00:00:00+00:00"}
    world.clock.advance(ORDER_SECONDS)
    await world.run_task(Task("chat", "/", json.dumps(said).encode()))
    assert world.job().state is JobState.DELIVERED


async def test_a_picture_brings_its_card(world: World) -> None:
    """The task of a picture brings the document with its card, which saves its worker a read."""
    reads = list[int]()
    await world.ports.spending.rest_until()  # these documents are read every ten seconds, by whatever work comes
    for prompt in ("a red fox", "a blue fox"):
        await world.deliver(world.message(f"/image {prompt}"))
        [task] = world.tasks.take_all()
        said = json.loads(task.body)
        [stored] = await world.store.read([job_key(said["job"])])
        assert read_record(said["job"], said["record"]) == stored
        usage = start_usage()
        await world.run_task(task if not reads else Task("image", "/", json.dumps({"job": said["job"]}).encode()))
        reads.append(usage.store_reads)
    assert reads[1] == reads[0] + 1
    assert {job.state for job in world.jobs()} == {JobState.DELIVERED}
    world.check_money()


async def test_a_pictures_words_were_changed_meanwhile(world: World) -> None:
    """A picture whose words were changed after its task was made is made from the new ones."""
    asked = world.message("/image a red fox")
    await world.deliver(asked)
    [task] = world.tasks.take_all()
    await world.deliver(world.edited(asked, "/image a blue fox"))
    await world.run_task(task)
    assert [each.prompt for each in world.model.tasks] == ["a blue fox"]
    world.check_money()


async def test_a_card_that_could_not_be_posted(world: World) -> None:
    """A job without a card brings no document: its worker writes it first."""
    world.messenger.fail("send_text", TooManyRequestsError(3.0))
    await world.deliver(world.message("/image a red fox"))
    [task] = world.tasks.take_all()
    assert "record" not in json.loads(task.body)
    await world.run_task(task)
    assert world.job().state is JobState.DELIVERED


@pytest.mark.parametrize(
    "carried",
    [None, "x", {}, {"fields": {}}, {"fields": [], "version": 1}, {"fields": {"a": {"$at": "never"}}, "version": 1},
     {"fields": {"a": {"$at": 7}}, "version": 1}],
)  # fmt: skip
def test_what_is_no_record(carried: Any) -> None:
    """A task without a document, or with something else in its place, brings none."""
    assert read_record("job", carried) is None


def test_shapes() -> None:
    """Lists and maps are kept as they are."""
    record = read_record("job", {"fields": {"a": [{"b": [1, "$at", None]}], "c": {"$at": "x", "d": 1}}, "version": 3})
    assert record is not None
    assert write_record(record) == {"fields": {"a": [{"b": [1, "$at", None]}], "c": {"$at": "x", "d": 1}}, "version": 3}
