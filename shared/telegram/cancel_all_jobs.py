"""/cancel: canceling all unfinished jobs of one person, even requests that have not arrived yet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.jobs.attempts import was_drawn
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.frame import is_known
from shared.jobs.job import CANCELABLE, Job, JobState, is_canceled
from shared.jobs.job_documents import jobs_in_state
from shared.jobs.open_jobs import open_job_record
from shared.jobs.screens import screens_of
from shared.people.accounts import log_gift, open_user, try_until_won
from shared.people.users import CancelMark, covers, mark_canceled
from shared.ports import Ports
from shared.telegram.address import TELEGRAM, asked_of

PICTURES = "pictures"
"""The noun of jobs that are counted separately by whether they were begun."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The counts of what a /cancel stopped."""

    counts: dict[str, int]
    """Numbers of waiting pictures ("waiting"), of pictures being drawn ("drawn"), and of jobs of other kinds by their
    `Screens.noun`. A begun answer counts too; its text so far stays."""
    credits: int
    is_repeated: bool = False
    """The same /cancel was delivered before; what it stopped then is not counted."""


async def cancel_all_jobs(ports: Ports, user_id: int, mark: CancelMark) -> Stopped:
    """Cancel everything that the person requested before this /cancel, even requests that have not arrived yet.

    Raises UnavailableError.
    """
    is_new = await try_until_won(ports, lambda: _leave_mark(ports, user_id, mark))
    found = [
        job
        for state in sorted(CANCELABLE)
        for record in await ports.store.find(jobs_in_state(user_id, state))
        if is_known(ports, job := open_job_record(ports, record).job) and job.surface == TELEGRAM
    ]
    ended = [await cancel_job(ports, job.id) for job in found if covers(mark, asked_of(job))]
    return replace(_count(ports, [job for job in ended if job is not None]), is_repeated=not is_new)


def _count(ports: Ports, jobs: Sequence[Job]) -> Stopped:
    canceled = [job for job in jobs if is_canceled(job)]
    stopping = [job for job in jobs if job.state is JobState.WORKING]
    counts = Counter(_name(ports, job) for job in (*canceled, *stopping))
    return Stopped(dict(counts), sum(job.request.price for job in canceled))


def _name(ports: Ports, job: Job) -> str:
    noun = screens_of(ports, job).noun
    if noun != PICTURES:
        return noun
    return "drawn" if was_drawn(job) else "waiting"


async def _leave_mark(ports: Ports, user_id: int, mark: CancelMark) -> bool:
    """Store a /cancel; returns whether it is new."""
    opened = await open_user(ports, user_id)
    marked = mark_canceled(opened.user, ports.bot_id, mark)
    if marked is not None:
        await ports.store.commit(opened.writes(replace(marked, waiting=None)))
        log_gift(opened)
    return marked is not None
