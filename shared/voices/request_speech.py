"""Requesting that a written answer or a sample is spoken, or declining with a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime

from shared.conversations.speech_intents import list_rounds
from shared.credits.catalogue import PACES, SPEECH, VOICES, VoiceName, answer_credits
from shared.jobs.accept_request import Accepted, Order, Origin
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import open_job
from shared.jobs.publish_jobs import publish_job
from shared.jobs.screens import screens_of
from shared.people.accounts import OpenUser
from shared.people.speech_settings import SpeechSettings
from shared.pictures.place_order import place_order
from shared.ports import Ports, Screen
from shared.texts import html_text, plain_text
from shared.voices.speech import SpeechArtefacts, SpeechRequest
from shared.voices.speech_text import speakable


async def request_speech(ports: Ports, opened: OpenUser, origin: Origin, answer: Job) -> Accepted | Screen:
    """Accept the job that speaks an answer; the person pays for it. Raises UnavailableError."""
    words = screens_of(ports, answer).words
    text = speakable(words(answer)) if words is not None else ""
    if not text:
        return Screen(html_text(origin.language, "speech-nothing"))
    settings = known_settings(opened.user.speech)
    bound = SPEECH.bound_usd_micros(text, _day(ports.clock.now()))
    days, price = opened.user.talk.kept_days, answer_credits(bound)
    request = SpeechRequest(answer.id, settings.voice, settings.pace, bound, days, price=price)
    return await order_speech(ports, opened, origin, request, is_incognito=answer.is_incognito)


async def order_sample(ports: Ports, opened: OpenUser, origin: Origin, voice: VoiceName) -> Accepted | Screen:
    """Accept the job of a sample, which is free. Raises UnavailableError."""
    bound = SPEECH.bound_usd_micros(plain_text(origin.language, "speech-sample"), _day(ports.clock.now()))
    return await order_speech(ports, opened, origin, SpeechRequest("", voice, "normal", bound, price=0))


async def order_speech(
    ports: Ports, opened: OpenUser, origin: Origin, request: SpeechRequest, *, is_incognito: bool = False
) -> Accepted | Screen:
    """Accept a complete request; returns its job, which has no card, or the screen that declines it."""
    artefacts = SpeechArtefacts()
    order = Order(SPEECH.kind, request, artefacts, 1, has_card=False, is_recent=False, is_incognito=is_incognito)
    return await place_order(ports, opened, origin, order)


async def start_speech(ports: Ports, accepted: Accepted) -> None:
    """Create the task of an accepted job. Raises UnavailableError."""
    for opened in accepted.jobs:
        await publish_job(ports, opened.job, opened.job.not_before)


async def find_round(ports: Ports, answer_id: str, settings: SpeechSettings) -> tuple[str, Job | None]:
    """The intent of the current round for this voice and pace, and its job if that is open or delivered.

    The intent is empty if all rounds have failed. Raises UnavailableError.
    """
    for each in list_rounds(ports.bot_id, answer_id, settings):
        opened = await open_job(ports, each.job_id)
        if opened is None:
            return each.intent, None
        if not _is_over(opened.job):
            return each.intent, opened.job
    return "", None


def known_settings(settings: SpeechSettings) -> SpeechSettings:
    """The settings, with a voice and a pace that this release knows."""
    voice = settings.voice if settings.voice in VOICES else VOICES[0]
    return replace(settings, voice=voice, pace=settings.pace if settings.pace in PACES else "normal")


def _is_over(job: Job) -> bool:
    """Whether the job has no sound: it failed or was deleted."""
    return job.state in {JobState.FAILED, JobState.CANCELED} or job.deleted_at is not None


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
