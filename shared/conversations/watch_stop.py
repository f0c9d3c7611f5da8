"""Watching for the reasons to end a running answer: *Stop*, or another worker that took the job.

*Stop* ── marks the job ── task /stops ──▶ the process that answers, nearly always: it looks at once
                                       └─▶ another one: nothing; the answering one looks every few seconds anyway

So an answer of usual length needs no read for this.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum, auto

from shared.conversations.answer import answer_of
from shared.errors import UnavailableError
from shared.jobs.job import Job, is_held
from shared.jobs.open_jobs import open_job
from shared.ports import Ports, TalkStudio

LOOK_SECONDS = 5.0
"""How soon *Stop* ends the call if its task went to another process."""


class StopReason(Enum):
    """Why the answer has to end."""

    STOPPED = auto()
    """The person pressed *Stop*."""
    NOT_OURS = auto()
    """The job was canceled, or another worker has it."""


@contextmanager
def may_be_hurried(studio: TalkStudio, job: Job) -> Iterator[asyncio.Event]:
    """A context in which `hurry` sets the event for this job."""
    event = studio.hurries[job.id] = asyncio.Event()
    try:
        yield event
    finally:
        if studio.hurries.get(job.id) is event:
            del studio.hurries[job.id]


def hurry(studio: TalkStudio, job_id: str) -> None:
    """Check a job now, if this process is answering it."""
    if (event := studio.hurries.get(job_id)) is not None:
        event.set()


async def _pause(hurried: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_SECONDS):
            await hurried.wait()
    hurried.clear()


async def watch_stop(ports: Ports, job: Job, hurried: asyncio.Event) -> StopReason:
    """Wait until the answer has to end."""
    while True:
        await _pause(hurried)
        with suppress(UnavailableError):  # no answer: whose the job is, the next commit finds out
            opened = await open_job(ports, job.id)
            if opened is None or not is_held(opened.job, job.fence):
                return StopReason.NOT_OURS
            if answer_of(opened.job).stop_asked_at is not None:
                return StopReason.STOPPED
