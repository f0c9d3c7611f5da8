"""A second surface: a job that nobody asked for in Telegram is made, delivered, refused and canceled without it."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from shared.errors import DeliveryUnknownError, MessageRejectedError, MessengerError
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.frame import Receipt, Shown
from shared.jobs.job import Address, Job, JobState
from shared.jobs.open_jobs import StoredJob, change_job, open_job
from shared.people.users import User
from shared.ports import Ports, Write
from shared.providers.outcomes import FailureReason, Refused
from shared.task import Task
from tests.world import World

SHELF = "shelf"


@dataclass(frozen=True, slots=True)
class ShelfAddress(Address):
    """Which shelf a program asked for."""

    shelf: str


@dataclass
class Shelf:
    """Implements Surface: results are put on a shelf, from which a program takes them."""

    address: type[Address] = ShelfAddress
    sends_files: bool = False
    results: dict[str, Shown] = field(default_factory=dict)
    ends: dict[str, FailureReason | None] = field(default_factory=dict)
    errors: list[MessengerError] = field(default_factory=list)
    rings: int = 0
    done: int = 0

    def has_place(self, job: Job) -> bool:
        return True

    def note_end(self, job: Job, user: User, now: datetime) -> tuple[Write, ...]:
        return ()

    async def prepare(self, ports: Ports, held: StoredJob) -> tuple[StoredJob, MessengerError | None]:
        return held, None

    async def show(self, ports: Ports, job: Job) -> None:
        return

    async def show_life(self, ports: Ports, job: Job, *, is_due: bool) -> bool:
        return False

    async def deliver(
        self, ports: Ports, held: StoredJob, shown: Shown, left: int
    ) -> tuple[StoredJob, Receipt | MessengerError | None]:
        if self.errors:
            raise self.errors.pop(0)
        self.results[held.job.id] = shown
        return held, Receipt("shelf-1")

    async def tell_done(self, ports: Ports, job: Job) -> None:
        self.done += 1

    async def ring(self, ports: Ports, job: Job) -> None:
        self.rings += 1

    async def tell_end(self, ports: Ports, held: StoredJob) -> StoredJob:
        self.ends[held.job.id] = held.job.failure
        return held

    async def redraw_end(self, ports: Ports, job_id: str) -> bool:
        return True


@pytest.fixture
def shelf(world: World) -> Shelf:
    shelf = Shelf()
    world.ports = replace(world.ports, surfaces={**world.ports.surfaces, SHELF: shelf})
    return shelf


async def ask(world: World) -> Job:
    """A job that came by the second surface: it has no card, and Telegram hears no more of it."""
    await world.deliver(world.message("a red fox"))
    opened = await open_job(world.ports, world.job().id)
    assert opened is not None
    moved = await change_job(world.ports, opened, lambda job: replace(job, surface=SHELF, address=ShelfAddress("top")))
    world.messenger.calls.clear()
    return moved.job


async def test_a_picture_without_telegram(world: World, shelf: Shelf) -> None:
    """It is made, delivered and paid once, and no call of Telegram is made for it."""
    job = await ask(world)
    await world.settle()
    assert shelf.results.keys() == {job.id}
    assert world.job().state is JobState.DELIVERED
    await world.run_task(Task("image", "/", json.dumps({"job": job.id}).encode()))  # delivered a second time
    assert world.messenger.calls == []
    world.check_money()


async def test_its_end_is_told_there(world: World, shelf: Shelf) -> None:
    """A refusal costs nothing, and the second surface shows the reason."""
    world.model.script("a red fox", Refused("SAFETY"))
    job = await ask(world)
    await world.settle()
    assert shelf.ends == {job.id: FailureReason.SAFETY}
    assert world.user().account.held == 0
    assert world.messenger.calls == []


async def test_cancel_is_told_there(world: World, shelf: Shelf) -> None:
    """A canceled job's credits are back, and no picture follows."""
    job = await ask(world)
    await cancel_job(world.ports, job.id)
    await world.settle()
    assert shelf.ends == {job.id: None}
    assert shelf.results == {}
    world.check_money()


@pytest.mark.parametrize(
    ("error", "state"),
    [(DeliveryUnknownError("no answer"), JobState.DELIVERED), (MessageRejectedError("no"), JobState.FAILED)],
)
async def test_its_errors_are_the_engines(world: World, shelf: Shelf, error: MessengerError, state: JobState) -> None:
    """An edit with an unknown outcome is repeated; a permanent refusal returns the credits."""
    shelf.errors.append(error)
    await ask(world)
    await world.settle()
    assert world.job().state is state
    world.check_money()


async def test_what_took_long_rings_there(world: World, shelf: Shelf) -> None:
    """The second surface decides how to say that something long is ready."""
    await ask(world)
    world.clock.advance(120)
    await world.settle()
    assert (shelf.rings, shelf.done) == (1, 1)


async def test_a_surface_of_a_newer_release(world: World) -> None:
    """A job of a surface that this release does not know is left to the release that does."""
    await ask(world)
    stored = world.store.collection("jobs")
    await world.settle()
    assert world.store.collection("jobs") == stored
