"""The screens of a speech: caption, waiting, failed. Pure."""

from datetime import datetime

from shared.jobs.job import Job, JobState, is_canceled, minutes_for
from shared.jobs.screens import Screens
from shared.ports import Button, Screen
from shared.providers.outcomes import FailureReason
from shared.telegram.address import chat_of
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text
from shared.voices.speech import SpeechArtefacts, SpeechRequest, speech_of

_FAILED = {
    FailureReason.SAFETY: "speech-failed-safety",
    FailureReason.NO_RESULT: "speech-failed-none",
    FailureReason.BUSY: "failed-busy",
    FailureReason.PROVIDER: "failed-provider",
    FailureReason.LATE: "failed-late",
    FailureReason.FILE_GONE: "speech-failed-gone",
    FailureReason.UNDELIVERABLE: "speech-failed-unsure",
}


def speech_card(job: Job, now: datetime) -> Screen:
    """The card while it takes long, or after a failure."""
    match job.state:
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return Screen(_end(job))
        case JobState.QUEUED if job.busy_since is not None:
            text_id = "card-provider" if job.is_faulty else "card-busy"
            return Screen(html_text(job.language, text_id, minutes=minutes_for(job)))
        case _:
            return Screen(html_text(job.language, "speech-recording"))


def speech_caption(job: Job, credits_left: int) -> Screen:
    """The caption of a voice message: the voice's name for a sample, the delete button for an answer."""
    request = speech_of(job)
    if not request.answer_id:
        return sample_caption(request.voice)
    button = Button(plain_text(job.language, "button-unsay"), write_callback("unsay", job.id))
    return Screen("", ((button,),))


def sample_caption(voice: str) -> Screen:
    """The caption of a sample."""
    return Screen(voice)


def left_card(job: Job) -> Screen:
    """Never shown: a voice message does not move to another chat."""
    return Screen(html_text(job.language, "speech-recording"))


def kept_card(job: Job, address: str) -> Screen:
    """Never shown: a voice message is not kept for later."""
    return left_card(job)


def _end(job: Job) -> str:
    if is_canceled(job) or job.failure is None:
        return html_text(job.language, "answer-canceled")
    returned = plain_text(
        job.language, "returned" if chat_of(job).is_private else "returned-group", price=job.request.price
    )
    text_id = _FAILED.get(job.failure, "failed-ours")
    if job.failure is FailureReason.UNDELIVERABLE and chat_of(job).sending_at is None:  # Telegram refused it
        text_id = "speech-failed-place"
    return html_text(job.language, text_id, returned=returned, minutes=minutes_for(job))


SPEECH_SCREENS = Screens(
    SpeechRequest,
    SpeechArtefacts,
    card=speech_card,
    caption=speech_caption,
    left=left_card,
    action="record_voice",
    ready="speech-recording",
    kept=kept_card,
    noun="speeches",
)
