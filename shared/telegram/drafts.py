"""Drafts: in a private chat an answer is seen while it is written, before there is a message to edit.

accepted ── draft "…" ── draft, longer and longer ── a message takes its place ── that is edited into the answer
└── decoration: nothing hangs on a draft, and it fades by itself after half a minute
"""

from zlib import crc32

from shared.jobs.job import Job
from shared.ports import Ports
from shared.telegram.address import chat_of


def shows_draft(ports: Ports, job: Job) -> bool:
    """Whether this job is seen as a draft: one of a private conversation whose turn it is, and that has no card."""
    chat = chat_of(job)
    is_first = bool(job.mailbox) and not job.after
    is_silent = chat.card_message_id is None and not chat.is_reply
    return ports.drafts and is_first and chat.is_private and is_silent


def draft_id_of(job: Job) -> int:
    """The number of a job's draft: the same whoever shows it, and never 0."""
    return 1 + crc32(job.id.encode()) % (2**31 - 1)
