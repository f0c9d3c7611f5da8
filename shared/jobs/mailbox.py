"""The order of a conversation: what one person asks for in one place is done one after another, as it was sent.

A mailbox is a list in the user's document, which accepting and settling write anyway: it costs no read and no write of
its own, and it holds up nobody else. Only kinds of work that ask for it have one.

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
"""Jobs in one mailbox. Who writes faster than they are done is told so."""


def write_entry(sent_at: datetime, message_id: int, job_id: str, *, comes_last: bool = False) -> str:
    """A job in a mailbox. Entries sort as Telegram orders messages: by its time in whole seconds, then by number.

    `comes_last`: after the others of its message, "+" sorts behind a space.
    """
    mark = "+" if comes_last else ""
    return f"{int(sent_at.timestamp()):011d}-{message_id:012d}{mark} {job_id}"


def job_of_entry(entry: str) -> str:
    """The job that `write_entry` wrote."""
    return entry.partition(" ")[2]


def is_full(user: User, name: str) -> bool:
    """Whether no more may wait in this mailbox."""
    return len(user.mailboxes.get(name, ())) >= MAILBOX_MAX


def put_in(user: User, name: str, entry: str) -> User:
    """The user with one more job in a mailbox; one that is in it already stays."""
    return _with_mailbox(user, name, sorted({*user.mailboxes.get(name, ()), entry}))


def neighbours(user: User, name: str, entry: str) -> tuple[str, str]:
    """The jobs before and after this entry; empty where there is none."""
    entries = user.mailboxes[name]
    position = entries.index(entry)
    before = job_of_entry(entries[position - 1]) if position else ""
    return before, job_of_entry(entries[position + 1]) if position + 1 < len(entries) else ""


def ahead_of(user: User, job: Job) -> tuple[str, ...]:
    """The jobs in the mailbox that were sent before this one, in their order."""
    ids = [job_of_entry(entry) for entry in user.mailboxes.get(job.mailbox, ())]
    return tuple(ids[: ids.index(job.id)]) if job.id in ids else ()


def take_out(user: User, job: Job) -> tuple[User, str]:
    """The user without a job that is over, and the job that stood behind it; empty where there is none."""
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
