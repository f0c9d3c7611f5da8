"""While the model answers, the worker reads the job every second: *Stop* may be pressed, another may have it."""

from contextlib import suppress
from enum import Enum, auto

from shared.conversations.answer import answer_of
from shared.errors import UnavailableError
from shared.jobs.job import Job, is_held
from shared.jobs.open_jobs import open_job
from shared.ports import Ports

LOOK_SECONDS = 1.0
"""How soon *Stop* ends the call. A usual answer takes a few seconds: so many reads are its price."""


class StopReason(Enum):
    """Why the model is not listened to any longer."""

    STOPPED = auto()
    """The person has read enough."""
    NOT_OURS = auto()
    """The job was canceled, or another worker has it."""


async def watch_stop(ports: Ports, job: Job) -> StopReason:
    """Wait until the answer has to end."""
    while True:
        await ports.clock.sleep(LOOK_SECONDS)
        with suppress(UnavailableError):  # no answer: whose the job is, the next commit finds out
            opened = await open_job(ports, job.id)
            if opened is None or not is_held(opened.job, job.fence):
                return StopReason.NOT_OURS
            if answer_of(opened.job).stop_asked_at is not None:
                return StopReason.STOPPED
