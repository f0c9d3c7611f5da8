"""Faults in recordings that a tired engineer might make; each must be noticed by the simulation."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from shared.bot import take_spoken
from shared.hash_ids import hash_id
from shared.jobs.job import Job
from shared.people.users import User
from shared.telegram.updates import Message
from shared.voices import keep_transcript, request_transcript, said_message, show_transcript, transcript
from shared.voices.transcript import TranscriptRequest

Plant = Callable[[pytest.MonkeyPatch], None]


def recording_is_heard_twice(patch: pytest.MonkeyPatch) -> None:
    """A recording that comes again under a new update id is written down again."""
    count = itertools.count()
    patch.setattr(request_transcript, "transcript_intent", lambda asked: hash_id("transcript", asked, next(count)))


def words_leave_no_mark(patch: pytest.MonkeyPatch) -> None:
    """What was spoken is handled as often as its transcript is delivered."""
    count = itertools.count()
    patch.setattr(take_spoken, "spoken_key", lambda job_id: hash_id("spoken", job_id, next(count)))


def words_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A worker that finds the words written down by one that died shows them, and does not go on with them."""
    patch.setattr(show_transcript, "is_acted_on", lambda job: job.fence == 1 and transcript.is_acted_on(job))


def words_have_another_name(patch: pytest.MonkeyPatch) -> None:
    """What was spoken is handled as a message of its own, not as the one that brought the recording."""
    write = said_message.write_message

    def rename(job: Job) -> Message:
        message = write(job)
        return replace(message, message_id=message.message_id + 10**6)

    patch.setattr(take_spoken, "write_message", rename)


def noted_words_are_handled(patch: pytest.MonkeyPatch) -> None:
    """/transcribe answers what it was only to write down."""

    def is_short(job: Job) -> bool:
        return not transcript.transcript_of(job).lines

    patch.setattr(show_transcript, "is_acted_on", is_short)


def hearing_costs_the_hold(patch: pytest.MonkeyPatch) -> None:
    """A transcript costs what it could have cost."""
    patch.setattr(keep_transcript, "note_spent", lambda job, spent: job)


def free_seconds_are_not_returned(patch: pytest.MonkeyPatch) -> None:
    """The seconds of a recording in which nobody spoke are gone all the same."""

    def keep(request: TranscriptRequest, user: User) -> User:
        return user

    patch.setattr(TranscriptRequest, "returned", keep)


PLANTED_IN_VOICES: tuple[Plant, ...] = (
    recording_is_heard_twice,
    words_leave_no_mark,
    words_are_forgotten,
    words_have_another_name,
    noted_words_are_handled,
    hearing_costs_the_hold,
    free_seconds_are_not_returned,
)
