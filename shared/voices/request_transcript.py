"""Turning a recording into a job, or declining it with a reason."""

from dataclasses import replace
from datetime import UTC, datetime

from shared.credits.catalogue import HEARING, answer_credits
from shared.jobs.accept_request import Accepted, Order
from shared.jobs.identity import message_intent, transcript_intent
from shared.jobs.job_events import log_declined
from shared.jobs.limits import FILE_BYTES_MAX
from shared.jobs.mailbox import MAILBOX_MAX, is_full
from shared.people.manner import day_of
from shared.people.talk import day_heard, is_heard_free, mode_in, place_of
from shared.pictures.place_order import place_order
from shared.ports import Ports, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.address import ChatAddress
from shared.telegram.updates import Message, Recording
from shared.telegram.visits import Visit, origin_of
from shared.texts import html_text
from shared.voices.recordings import form_of, is_film, seconds_max_of, seconds_of
from shared.voices.spoken_message import keep_message
from shared.voices.transcript import MEDIUM, Transcript, TranscriptRequest


async def request_transcript(
    ports: Ports, visit: Visit, message: Message, recording: Recording, *, only_text: bool
) -> Accepted | Screen:
    """Accept a recording; returns its job, or the screen that declines it. Raises as `accept_request` does.

    `only_text`: the words are only transcribed, because the person wants to see them before anything is done.
    """
    if (refusal := _check(visit, recording)) is not None:
        return refusal
    chat, opened = message.chat, visit.opened
    place = place_of(ports.bot_id, chat.id, chat.thread_id)
    if is_full(opened.user, place):
        return _decline(visit, DeclineReason.TOO_MANY_JOBS, "answer-declined-many", limit=MAILBOX_MAX)
    intent = transcript_intent(message_intent(ports.bot_id, chat.id, message.message_id))
    origin = origin_of(visit, intent)
    assert isinstance(origin.address, ChatAddress)
    # What the next message belongs to depends on the words, which are not known yet.
    origin = replace(origin, address=replace(origin.address, is_reply=True), waiting=None, is_plain=False)
    request = _make_request(visit, message, recording, place, ports.clock.now(), only_text=only_text)
    order = Order(HEARING.kind, request, Transcript(), 1, place, comes_last=True, is_recent=False)
    return await place_order(ports, opened, origin, order)


def _check(visit: Visit, recording: Recording) -> Screen | None:
    """The screen that says why a recording is invalid for anybody; None if it is valid."""
    if recording.size_bytes > FILE_BYTES_MAX:
        return _decline(visit, DeclineReason.FILE_TOO_LARGE, "voice-declined-size")
    if not form_of(recording):
        return _decline(visit, DeclineReason.FILE_TOO_LARGE, "voice-declined-form")
    if seconds_of(recording) > (limit := seconds_max_of(recording)):
        minutes = {"limit": limit // 60, "longest": HEARING.seconds_max // 60}
        return _decline(visit, DeclineReason.FILE_TOO_LARGE, "voice-declined-long", **minutes)
    return None


def _decline(visit: Visit, reason: DeclineReason, text_id: str, **limits: int) -> Screen:
    log_declined(visit.opened.user, visit.received_at, reason.value, MEDIUM)
    return Screen(html_text(visit.language, text_id, **limits))


def _make_request(
    visit: Visit, message: Message, recording: Recording, place: str, now: datetime, *, only_text: bool
) -> TranscriptRequest:
    """The request: free while the person's day has free seconds left, otherwise with a hold for its upper bound."""
    user, seconds = visit.opened.user, seconds_of(recording)
    bound = HEARING.bound_usd_micros(seconds, now.astimezone(UTC).date(), is_film=is_film(recording))
    day = day_heard(user.talk, day_of(user.manner, visit.language, now))
    free_day = day if is_heard_free(user.talk, day, seconds) else ""
    return TranscriptRequest(
        recording=recording,
        message=keep_message(message),
        seconds=seconds,
        bound_usd_micros=bound,
        mode=mode_in(user.talk, place),
        only_text=only_text or (user.speech.hearing == "write" and _is_said_alone(message)),
        free_day=free_day,
        kept_days=user.talk.kept_days,
        price=0 if free_day else answer_credits(bound),
    )


def _is_said_alone(message: Message) -> bool:
    """Whether the recording comes without words that would say what to do with it."""
    return message.recording is not None and not message.text and message.command is None
