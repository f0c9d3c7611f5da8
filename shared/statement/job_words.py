"""What a job is called in a statement, and what it was asked for on a receipt. Pure.

The ledger contains no words of people, so they are read from the job while that exists.
"""

from collections.abc import Callable

from shared.conversations.answer import answer_of, is_answer, question_of
from shared.credits.catalogue import HEARING, SPEECH, TALK, title_of
from shared.jobs.job import Job
from shared.people.users import Language
from shared.pictures.picture import is_picture, request_of, seed_of
from shared.pictures.tools import name_tool
from shared.texts import html_text, plain_text, shorten
from shared.videos.video import is_video, video_request
from shared.voices.speech import is_speech, speech_of
from shared.voices.transcript import is_transcript, spoken_of

NAME_CHARACTERS_MAX = 40
_NOUNS = {
    "picture": "entry-picture",
    "answer": "entry-answer",
    "speech": "entry-speech",
    "transcript": "entry-transcript",
    "video": "entry-video",
}
"""Kind of job → the text id of its name."""


def name_kind(language: Language, kind: str) -> str:
    """What a job of this kind makes."""
    return plain_text(language, _NOUNS.get(kind, "entry-request"))


def name_job(language: Language, job: Job, characters_max: int = NAME_CHARACTERS_MAX) -> str:
    """The name of a job: the prompt of a picture or video unless it was deleted, otherwise its kind."""
    if is_picture(job) and job.deleted_at is None and request_of(job).tool:
        request = request_of(job)
        named = " · ".join(filter(None, (name_tool(language, request.tool), request.words)))
        return shorten(named, characters_max)
    if is_picture(job) and job.deleted_at is None and request_of(job).prompt:
        return shorten(request_of(job).prompt, characters_max)
    if is_video(job) and job.deleted_at is None:
        return f"🎬 {shorten(video_request(job).prompt, characters_max)}"
    return name_kind(language, job.kind)


def list_parameters(language: Language, job: Job) -> list[str]:
    """The model and the parameters, one line each, in HTML; none for a kind that has none here."""
    for is_kind, describe in _PARAMETERS:
        if is_kind(job):
            return describe(language, job)
    return []


def _describe_picture(language: Language, job: Job) -> list[str]:
    request = request_of(job)
    what = html_text(language, "chips-group", model=title_of(request.model), ratio=request.ratio, size=request.size)
    if job.count > 1:
        what = f"{what} · {html_text(language, 'chip-number', index=job.index, count=job.count)}"
    seed = seed_of(job)
    return [what] if seed is None else [what, html_text(language, "took-seed", seed=str(seed))]


def _describe_video(language: Language, job: Job) -> list[str]:
    request = video_request(job)
    text_id = "video-chips" if request.has_sound else "video-chips-mute"
    facts = {"seconds": str(request.seconds), "ratio": request.ratio, "size": request.resolution}
    return [html_text(language, text_id, title=request.offer.title, **facts)]


def _describe_answer(language: Language, job: Job) -> list[str]:
    answer = answer_of(job)
    facts = {"given": answer.tokens_given, "made": answer.tokens_made}
    lines = [html_text(language, "price-tokens", model=TALK.title, **facts)]
    if question_of(job).search:
        lines.append(html_text(language, "price-searches", count=answer.searches))
    return lines


def _describe_speech(language: Language, job: Job) -> list[str]:
    pace = plain_text(language, f"speech-{speech_of(job).pace}")
    return [html_text(language, "receipt-speech", model=SPEECH.title, voice=speech_of(job).voice, pace=pace)]


def _describe_transcript(language: Language, job: Job) -> list[str]:
    minutes, seconds = divmod(spoken_of(job).seconds, 60)
    return [html_text(language, "receipt-transcript", model=HEARING.title, duration=f"{minutes}:{seconds:02d}")]


_PARAMETERS: tuple[tuple[Callable[[Job], bool], Callable[[Language, Job], list[str]]], ...] = (
    (is_picture, _describe_picture),
    (is_video, _describe_video),
    (is_answer, _describe_answer),
    (is_speech, _describe_speech),
    (is_transcript, _describe_transcript),
)
