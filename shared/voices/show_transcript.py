"""Showing a transcript, and handling its words before the job ends.

shown ✓ ─ handled ✓ ─ ended ✓                  the words were handled once
shown ✓ ─ handled ✓ ─ crash ─ (lease ends) ─ shown: nothing changes ─ handled: known already ─ ended ✓
shown ✓ ─ crash ─ (lease ends) ─ shown: nothing changes ─ handled ✓ ─ ended ✓

The words have the intent of the message that brought them, and an inbox mark of their own, so they are handled once.
"""

from collections.abc import Awaitable, Callable

from shared.errors import LaterError
from shared.jobs.deliver_job import deliver_job
from shared.jobs.frame import Receipt, Words
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.jobs.pause_job import pause_job
from shared.ports import Ports, TalkStudio
from shared.voices.transcript import is_acted_on
from shared.voices.transcript_screens import transcript_files, transcript_screens

Act = Callable[[Ports, TalkStudio, Job], Awaitable[None]]
"""Handles the words of a transcript as if they were typed; idempotent. Raises LaterError, UnavailableError."""


async def show_transcript(ports: Ports, studio: TalkStudio, held: StoredJob, act: Act) -> None:
    """Deliver it, handle its words, and capture its price. Raises LeaseLostError, UnavailableError."""

    async def go_on(shown: StoredJob) -> None:
        if is_acted_on(shown.job):
            await act(ports, studio, shown.job)

    try:
        words = Words(transcript_screens(held.job), transcript_files(held.job))
        await deliver_job(ports, held, words, _unchanged, go_on)
    except LaterError as error:
        await pause_job(ports, held, error.seconds)


def _unchanged(job: Job, receipt: Receipt) -> Job:
    return job
