"""A job that belongs to a conversation waits for the one that was sent before it (`mailbox.py`)."""

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
    """With the job in the mailbox."""
    after: str
    """The job that has to be over first; empty where it is the first."""
    writes: tuple[Write, ...] = ()
    """Of a job that was sent later, came earlier and has not begun: it has to wait for the new one."""


async def take_turn(ports: Ports, user: User, name: str, entry: str, job_id: str) -> Turn:
    """Where a new job stands; one that is in the mailbox already was accepted before. Raises UnavailableError."""
    if any(job_of_entry(each) == job_id for each in user.mailboxes.get(name, ())):
        return Turn(user, "")
    joined = put_in(user, name, entry)
    before, follower_id = neighbours(joined, name, entry)
    follower = await open_job(ports, follower_id) if follower_id else None
    if follower is None or follower.job.state is not JobState.QUEUED or follower.job.attempts:
        return Turn(joined, before)
    return Turn(joined, before, (update_job(replace(follower.job, after=job_id), follower.record),))


async def may_begin(ports: Ports, job: Job) -> bool:
    """Whether all that were sent before this job are over. Raises UnavailableError.

    The one right before it may be over before its time, because it was canceled, while another is still answered.
    """
    if not job.after:
        return True
    user = (await open_user(ports, job.user_id)).user
    for job_id in ahead_of(user, job):
        if not await _is_over(ports, job_id):
            return False
    return True


async def publish_first(ports: Ports, job: Job) -> None:
    """Have the first job of this one's mailbox begin, where it has not. Raises UnavailableError."""
    user = (await open_user(ports, job.user_id)).user
    for entry in user.mailboxes.get(job.mailbox, ())[:1]:
        await publish_id(ports, queue_of(job), job_of_entry(entry))


async def _is_over(ports: Ports, job_id: str) -> bool:
    """What cannot be read holds up nobody for ever."""
    try:
        opened = await open_job(ports, job_id)
    except DocumentUnreadableError:
        return True
    return opened is None or opened.job.state in ENDS or opened.job.state is JobState.REFUSED
