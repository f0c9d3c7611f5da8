"""The order of a conversation: jobs of one person in one place run one after another, in the order of the messages.

A mailbox is a list in the user's document. Accepting and settling write this document anyway, so a mailbox costs no
extra read or write, and it delays nobody else. Only some kinds of work use it.

    accept A ── mailbox A                    task A ── first: begins ── settled: mailbox B, and a task for B
    accept B ── mailbox A B, B after A       task B ── A is not over: nothing      ╳ died before the task: `sweep`
    accept A, sent before B, which came first ── mailbox A B, and B after A, if B has not begun
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from shared.jobs.job import Job
from shared.people.users import User

MAILBOX_MAX = 10
"""Jobs in one mailbox. Further requests are declined with a message."""


def write_entry(sent_at: datetime, message_id: int, job_id: str, *, comes_last: bool = False) -> str:
    """The entry of a job. Entries sort like Telegram's messages: by the time in whole seconds, then by message id.

    `comes_last`: the entry sorts after others of the same message, because "+" sorts after a space.
    """
    mark = "+" if comes_last else ""
    return f"{int(sent_at.timestamp()):011d}-{message_id:012d}{mark} {job_id}"


def job_of_entry(entry: str) -> str:
    """The job id in an entry."""
    return entry.partition(" ")[2]


def is_full(user: User, name: str) -> bool:
    """Whether this mailbox is full."""
    return len(user.mailboxes.get(name, ())) >= MAILBOX_MAX


def put_in(user: User, name: str, entry: str) -> User:
    """The user with this entry in a mailbox, once."""
    return _with_mailbox(user, name, sorted({*user.mailboxes.get(name, ()), entry}))


def neighbours(user: User, name: str, entry: str) -> tuple[str, tuple[str, ...]]:
    """The id of the job before this entry, empty if there is none, and those of all jobs behind it."""
    entries = user.mailboxes[name]
    position = entries.index(entry)
    before = job_of_entry(entries[position - 1]) if position else ""
    return before, tuple(map(job_of_entry, entries[position + 1 :]))


def ahead_of(user: User, job: Job) -> tuple[str, ...]:
    """The jobs ahead of this one in its mailbox, in their order."""
    ids = [job_of_entry(entry) for entry in user.mailboxes.get(job.mailbox, ())]
    return tuple(ids[: ids.index(job.id)]) if job.id in ids else ()


def take_out(user: User, job: Job) -> tuple[User, str]:
    """The user without a finished job, and the id of the job behind it; empty if there is none."""
    entries = user.mailboxes.get(job.mailbox, ())
    ids = [job_of_entry(entry) for entry in entries]
    if job.id not in ids:
        return user, ""
    position = ids.index(job.id)
    left = (*entries[:position], *entries[position + 1 :])
    return _with_mailbox(user, job.mailbox, left), next(iter(ids[position + 1 :]), "")


def _with_mailbox(user: User, name: str, entries: Sequence[str]) -> User:
    others = {each: kept for each, kept in user.mailboxes.items() if each != name}
    return replace(user, mailboxes={**others, name: tuple(entries)} if entries else others)
