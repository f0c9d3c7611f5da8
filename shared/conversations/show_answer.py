"""Delivering a stored answer: the card becomes its first message; a very long answer is also sent as a file."""

from contextlib import suppress
from datetime import datetime
from functools import partial

from shared.conversations.answer import note_file, question_of
from shared.conversations.answer_file import send_file
from shared.conversations.answer_screens import answer_screens, is_long
from shared.errors import MessengerError
from shared.jobs.deliver_job import GoOn, deliver_job
from shared.jobs.frame import Receipt, Words, surface_of
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.people.accounts import OpenUser
from shared.ports import Ports, TalkStudio

LONG_SECONDS = 20
"""After a longer wait a new message announces the answer, because an edit makes no sound."""


async def show_stored_answer(ports: Ports, studio: TalkStudio, held: StoredJob, payer: OpenUser | None = None) -> None:
    """Deliver it and capture its price; `payer` saves a read. Raises LeaseLostError, UnavailableError."""
    is_edit = surface_of(ports, held.job).has_place(held.job)  # what is sent anew makes a sound
    screens = answer_screens(held.job)
    note = partial(_note, file_at=ports.clock.now() if is_long(screens) else None)
    follows = _what_follows(ports, studio, held.job)
    delivered = await deliver_job(ports, held, Words(screens), note, follows, payer)
    if delivered is None:
        return
    if is_long(screens):
        await send_file(ports, delivered)
    elif is_edit:
        await _ring(ports, delivered.job)


def _what_follows(ports: Ports, studio: TalkStudio, job: Job) -> GoOn | None:
    """The request to speak the answer too, which is accepted before the answer's job ends."""
    speak = studio.speak_along if question_of(job).is_aloud else None
    return None if speak is None else partial(speak, ports)


def _note(job: Job, receipt: Receipt, file_at: datetime | None) -> Job:
    return job if file_at is None else note_file(job, file_at)


async def _ring(ports: Ports, job: Job) -> None:
    if (ports.clock.now() - job.created_at).total_seconds() > LONG_SECONDS:
        with suppress(MessengerError):
            await surface_of(ports, job).ring(ports, job)
