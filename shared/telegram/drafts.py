"""Drafts: in a private chat an answer is seen while it is written, before there is a message to edit.

accepted ── draft "…" ── draft, longer and longer ── a message takes its place ── that is edited into the answer
└── decoration: nothing hangs on a draft, and it fades by itself after half a minute
"""

from zlib import crc32

from shared.jobs.job import Job
from shared.ports import Ports
from shared.telegram.address import chat_of

_CRC_BITS, _JOB_BITS = 32, 23
"""How much of a job's checksum stands in its draft's number: enough to tell the drafts of one chat apart."""
_CHATS_BELOW = 2**40
"""Telegram's numbers have 64 bits with the sign. It allows ids of people up to 2^52, and has come to 2^33."""


def shows_draft(ports: Ports, job: Job) -> bool:
    """Whether this job is seen as a draft: one of a private conversation whose turn it is, and that has no card."""
    chat = chat_of(job)
    is_first = bool(job.mailbox) and not job.after
    is_silent = chat.card_message_id is None and not chat.is_reply
    return ports.drafts and is_first and chat.is_private and is_silent


def draft_id_of(job: Job) -> int:
    """The number of a job's draft: the same whoever shows it, and never 0. It holds whose chat it is in."""
    chat_id, number = chat_of(job).chat_id, crc32(job.id.encode())
    return chat_id << _JOB_BITS | number >> _CRC_BITS - _JOB_BITS if chat_id < _CHATS_BELOW else 1 + number


def chat_of_draft(draft_id: int) -> int:
    """The private chat whose id `draft_id_of` wrote into a draft's number; of any other number one that nobody has."""
    return draft_id >> _JOB_BITS
