"""From words that are there to the job that speaks them, or to the reason why there is none."""

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
    """The job that speaks an answer, which its person pays for. Raises UnavailableError."""
    words = screens_of(ports, answer).words
    text = speakable(words(answer)) if words is not None else ""
    if not text:
        return Screen(html_text(origin.language, "speech-nothing"))
    settings = known_settings(opened.user.speech)
    bound = SPEECH.bound_usd_micros(text, _day(ports.clock.now()))
    days, price = opened.user.talk.kept_days, answer_credits(bound)
    request = SpeechRequest(answer.id, settings.voice, settings.pace, bound, days, price=price)
    return await order_speech(ports, opened, origin, request)


async def order_sample(ports: Ports, opened: OpenUser, origin: Origin, voice: VoiceName) -> Accepted | Screen:
    """The job of a sample, which is free. Raises UnavailableError."""
    bound = SPEECH.bound_usd_micros(plain_text(origin.language, "speech-sample"), _day(ports.clock.now()))
    return await order_speech(ports, opened, origin, SpeechRequest("", voice, "normal", bound, price=0))


async def order_speech(ports: Ports, opened: OpenUser, origin: Origin, request: SpeechRequest) -> Accepted | Screen:
    """The job of a request that is decided on, or the screen that says why there is none; it has no card."""
    order = Order(SPEECH.kind, request, SpeechArtefacts(), 1, has_card=False, is_recent=False)
    return await place_order(ports, opened, origin, order)


async def start_speech(ports: Ports, accepted: Accepted) -> None:
    """Have it spoken. Raises UnavailableError."""
    for opened in accepted.jobs:
        await publish_job(ports, opened.job, opened.job.not_before)


async def find_round(ports: Ports, answer_id: str, settings: SpeechSettings) -> tuple[str, Job | None]:
    """The intent under which an answer is spoken next in this way, and its job, where that is open or delivered.

    Empty where it has failed too often. Raises UnavailableError.
    """
    for each in list_rounds(ports.bot_id, answer_id, settings):
        opened = await open_job(ports, each.job_id)
        if opened is None:
            return each.intent, None
        if not _is_over(opened.job):
            return each.intent, opened.job
    return "", None


def known_settings(settings: SpeechSettings) -> SpeechSettings:
    """With a voice and a pace that this release has."""
    voice = settings.voice if settings.voice in VOICES else VOICES[0]
    return replace(settings, voice=voice, pace=settings.pace if settings.pace in PACES else "normal")


def _is_over(job: Job) -> bool:
    """Whether nothing is there to be heard: it failed, or was deleted."""
    return job.state in {JobState.FAILED, JobState.CANCELED} or job.deleted_at is not None


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()
