"""Pictures as work that takes the provider minutes: begun once, looked at by tasks, and held by nobody meanwhile."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast

from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.attempts import end_attempt, retract_attempt
from shared.jobs.conclude_attempt import conclude_without_result
from shared.jobs.follow_operation import begin_submission, follow_operation
from shared.jobs.frame import Kind, surface_of
from shared.jobs.job import Job, mark_made
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.pause_job import try_later
from shared.jobs.refuse_job import refuse_job
from shared.pictures.kind import PICTURE
from shared.pictures.picture import Result, picture_name, request_of, with_result
from shared.pictures.show_picture import make_preview, show_when_possible
from shared.ports import PictureStudio, Ports
from shared.providers.outcomes import Busy, FailureReason, Made, ModelOutcome, NoResult, PictureTask, Refused
from tests.fakes.model import paint
from tests.simulation.chaos import Chaos

PROVIDER = "slow"
PAUSE = timedelta(seconds=20)


@dataclass
class SlowProvider:
    """A provider that takes a minute or three. It files what it has begun under the customer's mark."""

    chaos: Chaos
    operations: dict[str, tuple[float, ModelOutcome]] = field(default_factory=dict)
    """By mark: when each is done, in the loop's time, and what comes of it."""
    begun: Counter[str] = field(default_factory=Counter)

    async def begin(self, mark: str, task: PictureTask) -> str | Busy:
        """What it calls the operation; Busy where it has not begun."""
        now = asyncio.get_running_loop().time()
        if now < self.chaos.provider_back_at or self.chaos.happens(self.chaos.odds.model.get("busy", 0.0)):
            return Busy("503")
        self.begun[mark] += 1
        self.operations[mark] = now + self.chaos.dice.uniform(20, 180), self._decide(task)
        return mark

    async def find(self, mark: str) -> str | None:
        return mark if mark in self.operations else None

    async def poll(self, operation: str) -> ModelOutcome | None:
        if self.chaos.happens(self.chaos.odds.model.get("busy", 0.0)):
            return Busy("503")
        done_at, outcome = self.operations[operation]
        return outcome if asyncio.get_running_loop().time() >= done_at else None

    def _decide(self, task: PictureTask) -> ModelOutcome:
        odds, draw = self.chaos.odds.model, self.chaos.dice.random()
        if draw < odds.get("refused", 0.0):
            return Refused("SAFETY")
        if draw < odds.get("refused", 0.0) + odds.get("no_image", 0.0):
            return NoResult("NO_IMAGE", "I would rather talk about it.")
        return Made(paint(task) + self.chaos.dice.randbytes(8), "image/png")


async def _make(ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
    try:
        held, lost = await surface_of(ports, held.job).prepare(ports, held)
        if lost is not None:
            raise lost
    except (TooManyRequestsError, DeliveryUnknownError) as error:
        await try_later(ports, held, error, retract_attempt)
    except MessengerError as error:
        await refuse_job(ports, held, FailureReason.UNDELIVERABLE, retract_attempt, error)
    else:
        await _begin(ports, studio, await begin_submission(ports, held))


async def _begin(ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
    request = request_of(held.job)
    task = PictureTask(request.prompt, request.ratio, request.size)
    operation = await _provider(studio).begin(_mark(held.job), task)
    if isinstance(operation, Busy):
        await conclude_without_result(ports, held, operation)
    else:
        await follow_operation(ports, held, operation, PAUSE)


async def _look(ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
    operation = await _provider(studio).find(_mark(held.job))
    if operation is None:
        await refuse_job(ports, held, FailureReason.OURS)
    else:
        await follow_operation(ports, held, operation, PAUSE)


async def _poll(ports: Ports, studio: PictureStudio, held: StoredJob) -> None:
    outcome = await _provider(studio).poll(held.job.operation)
    if outcome is None:
        await follow_operation(ports, held, held.job.operation, PAUSE)
    elif isinstance(outcome, Made):
        await _keep(ports, studio, held, outcome)
    else:
        await conclude_without_result(ports, held, outcome)


async def _keep(ports: Ports, studio: PictureStudio, held: StoredJob, made: Made) -> None:
    preview = await make_preview(studio, made.content)
    assert preview is not None
    content, width, height = preview
    name = picture_name(held.job, held.job.fence)
    await ports.blobs.put(name, made.content, made.mime_type)
    now = ports.clock.now()
    result = Result(name, made.mime_type, width, height, len(made.content), model_id=PROVIDER)

    def keep(job: Job) -> Job:
        return mark_made(with_result(end_attempt(job, now, "made"), result), now)

    held = await change_held_job(ports, held, keep)
    await show_when_possible(ports, held, content, made.content)


def _provider(studio: PictureStudio) -> SlowProvider:
    return cast("SlowProvider", cast("Any", studio.providers[PROVIDER]))


def _mark(job: Job) -> str:
    """One until the attempt's end is written down: whoever begins without that begins the same work again."""
    return f"{job.id}/{sum(bool(attempt.outcome) for attempt in job.attempts)}"


SLOW_KINDS: dict[str, Kind[PictureStudio]] = {"picture": replace(PICTURE, make=_make, look=_look, poll=_poll)}


def find_begun_twice(provider: SlowProvider) -> list[str]:
    """Whatever died where: no attempt's work is begun a second time."""
    return [f"attempt {mark} was begun {count} times" for mark, count in provider.begun.items() if count > 1]
