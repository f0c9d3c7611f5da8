"""The states of a deleted picture.

DELIVERED ──delete──▶ hidden, files kept for UNDO_SECONDS ──purge──▶ files removed
     ◀───undo────────┘
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.jobs.job import SWEEP_AFTER_SECONDS, Job
from shared.jobs.next_step import UNDO_SECONDS
from shared.pictures.picture import note_original
from shared.telegram.address import forget_card, show_card


def delete(job: Job, now: datetime) -> Job:
    """The job after its picture was deleted, without a card; the message that replaces the card is stored later."""
    sweep_at = now + timedelta(seconds=UNDO_SECONDS + SWEEP_AFTER_SECONDS)
    return replace(forget_card(note_original(job, None)), deleted_at=now, sweep_at=sweep_at)


def undelete(job: Job, card_message_id: int) -> Job:
    """The job with its picture restored in this message."""
    return show_card(replace(job, deleted_at=None, sweep_at=job.leaves_at), card_message_id)


def can_undelete(job: Job) -> bool:
    """Whether the files of a deleted picture still exist. Earlier releases removed them at once."""
    return job.deleted_at is not None and job.purged_at is None and job.sweep_at is not None


def begin_purge(job: Job, now: datetime) -> Job:
    """The job whose picture can no longer be restored; if we do not finish the removal, `sweep` does."""
    return replace(job, purged_at=now, sweep_at=now + timedelta(seconds=SWEEP_AFTER_SECONDS))
