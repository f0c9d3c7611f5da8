"""Reading and writing the order of a mailbox: a job waits for the one sent before it (`mailbox.py`)."""

from dataclasses import dataclass, replace

from shared.errors import DocumentUnreadableError
from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.job_documents import update_job
from shared.jobs.mailbox import ahead_of, job_of_entry, neighbours, put_in
from shared.jobs.open_jobs import open_job
from shared.jobs.publish_jobs import publish_id
from shared.jobs.queues import queue_of
from shared.people.accounts import open_user
from shared.people.users import User
from shared.ports import Ports, Write


@dataclass(frozen=True, slots=True)
class Turn:
    """The place of a new job in its mailbox."""

    user: User
    """The user, with the job in the mailbox."""
    after: str
    """The job that has to end first; empty if this is the first."""
    writes: tuple[Write, ...] = ()
    """The update of a job that was sent later, accepted earlier and has not begun: it has to wait for the new one."""


async def take_turn(ports: Ports, user: User, name: str, entry: str, job_id: str) -> Turn:
    """The turn of a new job; a job that is in the mailbox already was accepted before. Raises UnavailableError."""
    if any(job_of_entry(each) == job_id for each in user.mailboxes.get(name, ())):
        return Turn(user, "")
    joined = put_in(user, name, entry)
    before, behind = neighbours(joined, name, entry)
    for follower_id in behind:
        follower = await open_job(ports, follower_id)
        if follower is None or follower.job.state in ENDS:  # it is about to leave: the next one would begin
            continue
        if follower.job.state is not JobState.QUEUED or follower.job.attempts:
            break
        return Turn(joined, before, (update_job(replace(follower.job, after=job_id), follower.record),))
    return Turn(joined, before)


async def may_begin(ports: Ports, job: Job) -> bool:
    """Whether all jobs ahead of this one have ended. Raises UnavailableError.

    The one directly ahead may have been canceled early while another is still being answered.
    """
    if not job.after:
        return True
    user = (await open_user(ports, job.user_id)).user
    for job_id in ahead_of(user, job):
        if not await _is_over(ports, job_id):
            return False
    return True


async def publish_first(ports: Ports, job: Job) -> None:
    """Create a task for the first job of this job's mailbox, if it has not begun. Raises UnavailableError."""
    user = (await open_user(ports, job.user_id)).user
    for entry in user.mailboxes.get(job.mailbox, ())[:1]:
        await publish_id(ports, queue_of(job), job_of_entry(entry))


async def _is_over(ports: Ports, job_id: str) -> bool:
    """Whether a job has ended; an unreadable one counts as ended, so that it blocks nobody for ever."""
    try:
        opened = await open_job(ports, job_id)
    except DocumentUnreadableError:
        return True
    return opened is None or opened.job.state in ENDS or opened.job.state is JobState.REFUSED
