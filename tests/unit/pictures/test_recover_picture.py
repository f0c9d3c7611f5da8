"""A picture that was stored and not written down is found, shown and paid; the model is not asked again."""

import asyncio
from typing import Any

import pytest

from shared.errors import FileTooManyPixelsError, UnavailableError
from shared.jobs.attempts import ATTEMPTS_MAX
from shared.jobs.job import DEADLINE_SECONDS, JobState
from shared.jobs.move_job import OUTAGE_PAUSE_SECONDS
from shared.jobs.time_limits import LEASE_SECONDS
from shared.pictures.picture import result_of
from shared.pictures.signed_file import MODEL_FACT, SIGNED_FACT, SIZE_FACT
from shared.providers.outcomes import FailureReason, Made
from shared.task import Task
from tests.fakes.pictures import PNG
from tests.world import ME, World, writes_to

FOX = "a red fox"


async def out() -> None:
    raise UnavailableError("the store is out")


async def lose_the_commit(world: World) -> Task:
    """Ask for a picture whose worker stores it and then cannot write that down; the task that comes again."""
    await world.deliver(world.message(FOX))
    [task] = world.tasks.take_all()
    await fail(world, task)
    return task


async def fail(world: World, task: Task) -> None:
    """A visit whose commit of the stored picture fails, and the pause after it."""
    world.store.interrupt(writes_to("jobs", state="made"), out)
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    world.clock.advance(OUTAGE_PAUSE_SECONDS)


async def test_outage_at_the_wrong_commit(world: World) -> None:
    """One call of the model, one attempt, one picture: with its signature and model, so that edits go on from it."""
    await world.run_task(await lose_the_commit(world))
    await world.settle()
    job = world.job()
    assert (job.state, [attempt.outcome for attempt in job.attempts]) == (JobState.DELIVERED, ["made"])
    assert len(world.model.tasks) == 1
    assert (result_of(job).model_id, result_of(job).mime_type) == (
        "gemini-nano-banana-2.1",
        "image/png",
    )
    assert set(world.blobs.blobs) == {result_of(job).blob}
    await world.send(world.reply("at night", world.shown()))
    parent = world.model.tasks[-1].parent
    assert parent is not None
    assert parent.signature.startswith(b"signature of ")
    world.check_money()


async def test_without_signature(world: World) -> None:
    """A picture that its model did not sign is found as well."""
    world.model.script(FOX, Made(PNG + b"x" * 20, "image/png"))
    await world.run_task(await lose_the_commit(world))
    await world.settle()
    job = world.job()
    assert job.state is JobState.DELIVERED
    assert len(world.blobs.blobs[result_of(job).blob][0]) == result_of(job).size_bytes


async def test_signature_in_a_file_of_its_own(world: World) -> None:
    """What an earlier release stored, its signature beside it, is found with both."""
    task = await lose_the_commit(world)
    [(name, (content, mime_type))] = world.blobs.blobs.items()
    picture = content[: int(world.blobs.facts[name][SIZE_FACT])]
    world.blobs.blobs = {name: (picture, mime_type), f"{name}.signature": (b"signature of old", "text/plain")}
    world.blobs.facts[name] = {MODEL_FACT: "gemini-nano-banana-2.1", SIGNED_FACT: "yes"}
    await world.run_task(task)
    await world.settle()
    await world.send(world.reply("at night", world.shown()))
    parent = world.model.tasks[-1].parent
    assert parent is not None
    assert (parent.picture.content, parent.signature) == (picture, b"signature of old")


async def test_every_worker_died(world: World) -> None:
    """A job that is given up because its workers die has its picture all the same, if one of them stored it."""
    task = await lose_the_commit(world)
    for _ in range(ATTEMPTS_MAX - 1):
        world.blobs.blobs, kept = {}, world.blobs.blobs
        await fail(world, task)
        world.blobs.blobs |= kept
    world.clock.advance(DEADLINE_SECONDS)
    await world.run_task(task)
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_nothing_was_stored(world: World) -> None:
    """A worker that died before it had a picture leaves nothing to find: the model is asked again, and paid once."""
    task = await lose_the_commit(world)
    world.blobs.blobs.clear()
    await world.run_task(task)
    await world.settle()
    assert [attempt.outcome for attempt in world.job().attempts] == ["", "made"]
    assert len(world.model.tasks) == 2
    world.check_money()


async def test_the_bucket_is_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the bucket cannot be looked into the model is not asked: the task comes again."""
    task = await lose_the_commit(world)

    async def look(_: str) -> None:
        raise UnavailableError("the bucket is out")

    with monkeypatch.context() as patch:
        patch.setattr(world.blobs, "look", look)
        with pytest.raises(UnavailableError):
            await world.run_task(task)
    world.clock.advance(OUTAGE_PAUSE_SECONDS)
    await world.run_task(task)
    await world.settle()
    assert (world.job().state, len(world.model.tasks)) == (JobState.DELIVERED, 1)


async def test_no_picture_in_the_file(world: World) -> None:
    """A file that cannot be opened is as good as none."""
    task = await lose_the_commit(world)
    for name, (_, mime_type) in list(world.blobs.blobs.items()):
        world.blobs.blobs[name] = (b"not a picture", mime_type)
    await world.run_task(task)
    await world.settle()
    assert (world.job().state, len(world.model.tasks)) == (JobState.DELIVERED, 2)


async def test_no_memory(world: World) -> None:
    """A picture that cannot be decoded for want of memory is kept and shown when it can."""
    task = await lose_the_commit(world)
    preview, failures = world.pictures.preview, [FileTooManyPixelsError("no memory")]

    async def fail_once(content: bytes) -> tuple[bytes, int, int]:
        if failures:
            raise failures.pop()
        return await preview(content)

    world.pictures.preview = fail_once  # type: ignore[method-assign]
    await world.run_task(task)
    assert world.job().state is JobState.MADE
    await world.settle()
    assert (world.job().state, len(world.model.tasks)) == (JobState.DELIVERED, 1)


async def test_given_up_without_a_picture(world: World) -> None:
    """Without a stored picture a job that was given up stays so."""
    task = await lose_the_commit(world)
    world.blobs.blobs.clear()
    world.clock.advance(DEADLINE_SECONDS)
    await world.run_task(task)
    assert world.job().failure is FailureReason.LATE
    assert "4 credits are back" in world.shown(ME).text
    world.check_money()


async def test_first_attempts_look_for_nothing(world: World) -> None:
    """A picture without trouble costs no look into the bucket."""

    async def look(_: str) -> None:
        raise AssertionError("nobody needs to look")

    world.blobs.look = look  # type: ignore[method-assign, assignment]
    await world.send(world.message(FOX))
    assert world.job().state is JobState.DELIVERED


async def test_the_preview_kills_its_worker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture lies in the bucket although its preview took the process down; the next worker shows it."""
    await world.deliver(world.message(FOX))
    [task] = world.tasks.take_all()
    kept = asyncio.Event()
    put = world.blobs.put

    async def tell(name: str, *arguments: Any) -> None:
        await put(name, *arguments)
        kept.set()

    async def die(_: bytes) -> tuple[bytes, int, int]:
        await asyncio.wait_for(kept.wait(), 5)
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(world.blobs, "put", tell)
        patch.setattr(world.pictures, "preview", die)
        with pytest.raises(RuntimeError, match="killed"):
            await world.run_task(task)
    world.clock.advance(LEASE_SECONDS)
    await world.run_task(task)
    await world.settle()
    job = world.job()
    assert (job.state, [attempt.outcome for attempt in job.attempts]) == (JobState.DELIVERED, ["made"])
    assert len(world.model.tasks) == 1
    world.check_money()
