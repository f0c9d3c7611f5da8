"""A process that is told to end gives back what waits for the model, and finishes what is nearly done."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import StoppedError
from shared.jobs.follow_operation import begin_submission
from shared.jobs.frame import Kind
from shared.jobs.job import GATHER_SECONDS, JobState
from shared.jobs.move_job import move_job
from shared.jobs.next_step import Move, next_step
from shared.jobs.open_jobs import StoredJob
from shared.jobs.stop_work import run_unless_stopped, see_through
from shared.jobs.time_limits import FINISH_SECONDS
from shared.kinds import image_kinds
from shared.pictures.kind import PICTURE
from shared.ports import PictureStudio, Ports
from shared.providers.outcomes import PictureTask, Refused
from tests.fakes.pictures import FakePictures
from tests.simulation.virtual_time import VirtualClock, run_virtually
from tests.world import World

FOX = "a red fox"


class Instance:
    """A process that paints for so long, in virtual time."""

    def __init__(self, seconds: float) -> None:
        self.world = World(clock=VirtualClock())  # type: ignore[arg-type]
        self.seconds = seconds
        self.world.model.before = self._paint

    async def _paint(self, _: PictureTask) -> None:
        await asyncio.sleep(self.seconds)

    async def begin(self, kinds: Mapping[str, Kind[PictureStudio]] = image_kinds()) -> "asyncio.Task[object]":
        await self.world.deliver(self.world.message(FOX))
        await asyncio.sleep(GATHER_SECONDS)
        self.world.tasks.take_all()
        return asyncio.create_task(move_job(self.world.ports, self.world.studio, kinds, self.world.job().id))

    def next_studio(self) -> PictureStudio:
        return PictureStudio({"gemini": self.world.model}, FakePictures(), self.world.budget)


def test_the_next_worker_goes_on() -> None:
    """SIGTERM in the middle of a model call: within 5 s another worker has the job, and it costs no attempt."""

    async def play() -> None:
        instance = Instance(60)
        world, running = instance.world, await instance.begin()
        await asyncio.sleep(20)
        stopped_at = world.now
        world.studio.stopping.set()
        await running
        [task] = world.tasks.take_all()
        assert task.not_before is None
        assert (world.job().state, world.job().attempts[0].outcome) == (JobState.QUEUED, "stopped")
        await move_job(world.ports, instance.next_studio(), image_kinds(), world.job().id)
        assert world.job().attempts[1].started_at - stopped_at < timedelta(seconds=5)
        assert world.job().state is JobState.DELIVERED
        world.check_money()

    run_virtually(play())


def test_what_a_provider_may_have_begun_is_not_asked_again() -> None:
    """SIGTERM while a slow provider is being asked to begin: the next worker looks for its work, it does not ask."""

    async def ask(ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
        await begin_submission(ports, held)
        await asyncio.sleep(60)

    async def play() -> None:
        instance = Instance(0)
        world = instance.world
        await instance.begin({"picture": replace(PICTURE, make=ask)})
        await asyncio.sleep(20)
        world.studio.stopping.set()
        await asyncio.sleep(FINISH_SECONDS + 1)
        [task] = world.tasks.take_all()
        assert (world.job().state, task.not_before) == (JobState.SUBMITTED, None)
        assert next_step(world.job(), world.now).move is Move.LOOK

    run_virtually(play())


def test_an_answer_that_comes_in_time_is_used() -> None:
    """A picture that the model hands out a moment after SIGTERM is stored, shown and paid: one call."""

    async def play() -> None:
        instance = Instance(10)
        running = await instance.begin()
        await asyncio.sleep(10 - FINISH_SECONDS / 2)
        instance.world.studio.stopping.set()
        await running
        assert instance.world.job().state is JobState.DELIVERED
        assert len(instance.world.model.tasks) == 1

    run_virtually(play())


def test_a_picture_that_is_there_is_seen_through() -> None:
    """A worker that gets SIGTERM during an upload finishes the upload and shows the picture."""

    async def play() -> None:
        instance = Instance(1)
        world, running = instance.world, await instance.begin()
        put = world.blobs.put

        async def dawdle(*arguments: str) -> None:
            world.studio.stopping.set()
            await asyncio.sleep(FINISH_SECONDS + 2)
            await put(*arguments)  # type: ignore[arg-type]

        world.blobs.put = dawdle  # type: ignore[method-assign, assignment]
        await running
        assert world.job().state is JobState.DELIVERED
        assert len(world.model.tasks) == 1

    run_virtually(play())


def test_an_end_is_told() -> None:
    """A refusal is told by the process that is about to end: nothing of it waits for a model."""

    async def play() -> None:
        instance = Instance(1)
        world = instance.world
        world.model.script(FOX, Refused("SAFETY"))
        running = await instance.begin()
        await asyncio.sleep(0.5)
        world.studio.stopping.set()
        await running
        assert world.job().state is JobState.FAILED

    run_virtually(play())


def test_canceled_meanwhile() -> None:
    """A job that its owner canceled in that moment is not given back to anybody."""

    async def play() -> None:
        instance = Instance(60)
        world, running = instance.world, await instance.begin()
        await asyncio.sleep(3.0)
        world.studio.stopping.set()
        await asyncio.sleep(FINISH_SECONDS - 0.2)
        await world.deliver(world.tap("cancel", world.shown()))
        await running
        assert world.job().state is JobState.CANCELED

    run_virtually(play())


async def test_what_breaks_breaks_here() -> None:
    """An error of the work is the caller's, stopped or not."""

    async def fail() -> None:
        raise ZeroDivisionError

    studio = World().studio
    with pytest.raises(ZeroDivisionError):
        await run_unless_stopped(studio, fail(), nearly_done=False)
    with pytest.raises(ZeroDivisionError):
        await see_through(fail())


async def test_the_caller_is_stopped() -> None:
    """A worker that is stopped from outside takes its work along."""
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    running = asyncio.create_task(run_unless_stopped(World().studio, work(), nearly_done=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()


def test_stopped_work_is_an_error_of_ours() -> None:
    """The caller hears that the work was stopped, and not that it is stopped itself."""

    async def play() -> None:
        studio = World().studio
        studio.stopping.set()
        with pytest.raises(StoppedError):
            await run_unless_stopped(studio, asyncio.sleep(60), nearly_done=False)

    run_virtually(play())
