"""A made-up kind of work that takes a provider minutes: asked once, followed by tasks, and held by nobody meanwhile."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from shared.errors import UnavailableError
from shared.jobs.conclude_attempt import conclude_without_result
from shared.jobs.follow_operation import begin_submission, follow_operation
from shared.jobs.job import DEADLINE_SECONDS, ENDS, Job, JobState, mark_made, note_spent
from shared.jobs.open_jobs import StoredJob, change_held_job, change_job, open_job
from shared.jobs.queues import QUEUES
from shared.jobs.refuse_job import refuse_job
from shared.jobs.sweep_work import Swept, sweep_work
from shared.jobs.time_limits import LEASE_SECONDS
from shared.pictures.kind import PICTURE
from shared.pictures.picture import Result, picture_name, request_of, with_result
from shared.pictures.show_picture import make_preview, show_when_possible
from shared.ports import PictureStudio, Ports
from shared.providers.outcomes import Busy, FailureReason
from tests.fakes.pictures import PNG
from tests.world import ME, World, writes_to

PAUSE = timedelta(seconds=70)
CLIP = "clip"


class DiedError(BaseException):
    """The process is gone: nothing of the product may catch this."""


@dataclass
class Cinema:
    """A provider that takes its time; it files what it does under the customer's mark, which is the job's id."""

    polls_needed: int = 3
    begun: list[str] = field(default_factory=list)
    polls: int = 0
    busy_polls: int = 0
    spent: int | None = None
    """What the work turns out to cost, in credits."""
    dies: str = ""
    """`before` or `after` it has begun, the process that asked dies."""

    async def begin(self, mark: str) -> str:
        if self.dies == "before":
            raise DiedError
        self.begun.append(mark)
        if self.dies == "after":
            raise DiedError
        return f"operations/{mark}"

    async def make(self, ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
        held = await begin_submission(ports, held)
        await follow_operation(ports, held, await self.begin(held.job.id), PAUSE)

    async def poll(self, ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
        if self.busy_polls:
            self.busy_polls -= 1
            await conclude_without_result(ports, held, Busy("503"))
            return
        self.polls += 1
        if self.polls < self.polls_needed:
            await follow_operation(ports, held, held.job.operation, PAUSE)
            return

        made = await make_preview(studio, PNG)
        assert made is not None
        preview, width, height = made
        name = picture_name(held.job, held.job.fence)
        await ports.blobs.put(name, PNG, "image/png")
        result = Result(name, "image/png", width, height, len(PNG))
        now = ports.clock.now()
        held = await change_held_job(ports, held, lambda job: self.note_costs(mark_made(with_result(job, result), now)))
        await show_when_possible(ports, held, preview, PNG)

    def note_costs(self, job: Job) -> Job:
        return job if self.spent is None else note_spent(job, self.spent)

    async def look(self, ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
        if held.job.id in self.begun:
            await follow_operation(ports, held, f"operations/{held.job.id}", PAUSE)
        else:
            await refuse_job(ports, held, FailureReason.OURS)


@pytest.fixture
def cinema(world: World, monkeypatch: pytest.MonkeyPatch) -> Cinema:
    """The provider, and its kind in every table that the engine reads."""
    cinema = Cinema()
    world.kinds[CLIP] = replace(PICTURE, make=cinema.make, poll=cinema.poll, look=cinema.look)
    world.ports = replace(world.ports, screens={**world.ports.screens, CLIP: world.ports.screens["picture"]})
    monkeypatch.setitem(QUEUES, CLIP, "image")
    return cinema


async def ask(world: World) -> Job:
    """A job of the made-up kind, accepted and announced."""
    await world.deliver(world.message("a red fox"))
    opened = await open_job(world.ports, world.job().id)
    assert opened is not None
    return (await change_job(world.ports, opened, lambda job: replace(job, kind=CLIP))).job


async def die(world: World) -> None:
    """Run the next task, in which the process dies, and let its lease end."""
    with pytest.raises(DiedError):
        await world.run_next()
    world.tasks.take_all()
    world.clock.advance(LEASE_SECONDS + 60)
    assert await sweep_work(world.repair_ports) == Swept(1, 0)


async def test_nobody_waits(world: World, cinema: Cinema) -> None:
    """While the provider works the job has its operation written down, a time to look, and no lease."""
    await ask(world)
    await world.run_next()
    job = world.job()
    assert (job.state, job.operation) == (JobState.POLLING, f"operations/{job.id}")
    assert job.lease_until is None
    assert job.not_before == world.now + PAUSE


async def test_it_is_asked_once_and_delivered(world: World, cinema: Cinema) -> None:
    """Tasks look until it is done; then it is shown and paid like anything else."""
    await ask(world)
    await world.settle()
    assert cinema.polls == cinema.polls_needed
    assert len(cinema.begun) == 1
    assert world.job().state is JobState.DELIVERED
    assert [shown.kind for shown in world.messenger.messages(ME)] == ["photo", "text"]  # so that the phone rings
    world.check_money()


@pytest.mark.parametrize(("spent", "captured", "released"), [(None, 4, 0), (4, 4, 0), (1, 1, 3), (0, 1, 3), (9, 4, 0)])
async def test_charged_after_the_fact(
    world: World, cinema: Cinema, spent: int | None, captured: int, released: int
) -> None:
    """An upper bound is held; what the work did not cost goes back in the commit that captures the rest."""
    cinema.spent = spent
    await ask(world)
    await world.settle()
    moved = {transfer.kind.value: transfer.credits for transfer in world.transfers() if transfer.job_id}
    assert (moved["hold"], moved["capture"], moved.get("release", 0)) == (4, captured, released)
    world.check_money()


async def test_died_before_the_operation_was_written(world: World, cinema: Cinema) -> None:
    """What had begun is found by its mark and followed; the provider is not asked again."""
    await ask(world)
    cinema.dies = "after"
    await die(world)
    assert world.job().state is JobState.SUBMITTED
    await world.settle()
    assert len(cinema.begun) == 1
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_died_before_it_began(world: World, cinema: Cinema) -> None:
    """What is not there is given up, on us: to ask again might be to pay twice."""
    await ask(world)
    cinema.dies = "before"
    await die(world)
    await world.settle()
    assert cinema.begun == []
    assert (world.job().state, world.job().failure) == (JobState.FAILED, FailureReason.OURS)
    assert world.user().account.held == 0
    world.check_money()


async def test_kind_that_cannot_look(world: World, cinema: Cinema) -> None:
    """Where a provider tells nothing of what it began, an unknown beginning is given up as well."""
    world.kinds[CLIP] = replace(world.kinds[CLIP], look=None, poll=None)
    await ask(world)
    cinema.dies = "after"
    await die(world)
    await world.settle()
    assert (world.job().state, world.job().failure) == (JobState.FAILED, FailureReason.OURS)
    world.check_money()


async def test_store_is_out_when_the_operation_is_known(world: World, cinema: Cinema) -> None:
    """A commit whose answer is lost changes nothing: the operation is followed, once."""
    await ask(world)
    world.store.lose(writes_to("jobs", state="polling"))
    with pytest.raises(UnavailableError):
        await world.run_next()
    world.clock.advance(LEASE_SECONDS + 60)
    assert await sweep_work(world.repair_ports) == Swept(1, 0)
    await world.settle()
    assert len(cinema.begun) == 1
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_a_photo_joins_words_whose_work_has_begun(world: World, cinema: Cinema) -> None:
    """A photo of the same moment as its words makes one wish with them also while the provider works on these."""
    await ask(world)
    await world.run_next()
    await world.deliver(world.photo(forward_origin={"type": "channel"}))
    first, second = world.jobs()
    assert (first.state, first.is_joined) == (JobState.CANCELED, True)
    assert len(request_of(second).references) == 1


async def test_a_provider_too_busy_to_tell(world: World, cinema: Cinema) -> None:
    """A provider that cannot say how far it is has not ended the work: it is asked again, and nothing is begun anew."""
    cinema.busy_polls = 2
    await ask(world)
    await world.settle()
    assert len(cinema.begun) == 1
    assert world.job().state is JobState.DELIVERED


async def test_cancel_while_the_provider_works(world: World, cinema: Cinema) -> None:
    """The credits go back at once, and what comes later is shown to nobody."""
    await ask(world)
    await world.run_next()
    await world.deliver(world.message("/cancel"))
    await world.settle()
    assert world.job().state is JobState.CANCELED
    assert world.job().operation == ""
    assert world.user().account.held == 0
    world.check_money()


async def test_looked_at_when_its_time_is_over(world: World, cinema: Cinema) -> None:
    """A pause that would end behind the deadline ends at it: nobody waits longer than was said."""
    cinema.polls_needed = 1_000
    job = await ask(world)
    while world.job().state not in ENDS:
        await world.run_next()
    assert world.now - job.created_at <= timedelta(seconds=DEADLINE_SECONDS + 1)


async def test_it_takes_too_long(world: World, cinema: Cinema) -> None:
    """At the job's deadline it is given up, and the credits go back."""
    cinema.polls_needed = 1_000
    await ask(world)
    await world.run_next()
    world.clock.advance(DEADLINE_SECONDS)
    await world.settle()
    assert (world.job().state, world.job().failure) == (JobState.FAILED, FailureReason.LATE)
    world.check_money()


async def test_cancel_beside_a_job_of_a_newer_release(world: World) -> None:
    """/cancel stops what this release knows, and leaves the rest to the release that knows it."""
    unknown = await ask(world)
    await world.deliver(world.message("a blue fox"))
    await world.deliver(world.message("/cancel"))
    await world.settle()
    states = {job.id: job.state for job in world.jobs()}
    assert states.pop(unknown.id) is JobState.QUEUED
    assert [*states.values()] == [JobState.CANCELED]


async def test_kind_of_a_newer_release(world: World) -> None:
    """A job of a kind that this release does not know is neither moved nor published, and nothing is reported."""
    job = await ask(world)
    await world.settle()
    assert world.job().state is JobState.QUEUED
    world.clock.advance(600)
    assert await sweep_work(world.repair_ports) == Swept(0, 0)
    assert world.job().fence == job.fence
