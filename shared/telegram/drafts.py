"""Telegram drafts: in a private chat an answer is shown while it is written, before there is a message to edit.

accepted ── draft "…" ── draft, longer and longer ── a message takes its place ── that is edited into the answer
└── optional: no step depends on a draft, and Telegram removes it after half a minute
"""

from zlib import crc32

from shared.jobs.job import Job
from shared.ports import Ports
from shared.telegram.address import chat_of

_CRC_BITS, _JOB_BITS = 32, 23
"""The bits of a job's checksum in its draft's number: enough to distinguish the drafts of one chat."""
_CHATS_BELOW = 2**40
"""A draft's number has 64 bits with the sign. Telegram allows user ids up to 2^52, and has reached 2^33 so far."""


def shows_draft(ports: Ports, job: Job) -> bool:
    """Whether this job shows a draft: it is in a private conversation, it is its turn, and it has no card."""
    chat = chat_of(job)
    is_first = bool(job.mailbox) and not job.after
    is_silent = chat.card_message_id is None and not chat.is_reply
    return ports.drafts and is_first and chat.is_private and is_silent


def draft_id_of(job: Job) -> int:
    """The number of a job's draft: equal in every process, never 0, and containing the private chat's id."""
    chat_id, number = chat_of(job).chat_id, crc32(job.id.encode())
    return chat_id << _JOB_BITS | number >> _CRC_BITS - _JOB_BITS if chat_id < _CHATS_BELOW else 1 + number


def chat_of_draft(draft_id: int) -> int:
    """The private chat's id in a draft's number; an unused id if `draft_id_of` did not write the number."""
    return draft_id >> _JOB_BITS
