"""The screens of a transcript: waiting, finished, failed. Pure."""

from dataclasses import replace
from datetime import datetime

from shared.jobs.job import Job, JobState, minutes_for
from shared.jobs.screens import Screens
from shared.ports import Button, Mark, Media, Screen
from shared.providers.outcomes import FailureReason
from shared.telegram.address import as_in_group, chat_of
from shared.telegram.callbacks import write_callback
from shared.telegram.price_note import with_price
from shared.texts import html_text, plain_text
from shared.voices.join_hearings import write_time
from shared.voices.transcript import (
    Heard,
    Transcript,
    TranscriptRequest,
    is_acted_on,
    is_short,
    spoken_of,
    transcript_of,
    words_of,
)
from shared.voices.write_files import write_subtitles, write_text

SAID = "said"
"""The action of the buttons under a transcript; its arguments are the choice and the job."""
SAID_WAYS = ("answer", "draw")
PIECE_UNITS_MAX = 4_000
"""UTF-16 code units of one message."""
_FAILED = {
    FailureReason.SAFETY: "answer-failed-safety",
    FailureReason.NO_RESULT: "voice-failed-none",
    FailureReason.BUSY: "failed-busy",
    FailureReason.PROVIDER: "failed-provider",
    FailureReason.LATE: "failed-late",
    FailureReason.FILE_TOO_LARGE: "voice-failed-size",
    FailureReason.FILE_UNREADABLE: "voice-failed-file",
    FailureReason.FILE_GONE: "voice-failed-file",
}
_NO_SPEECH = {Heard.MUSIC: "voice-music", Heard.NOISE: "voice-noise"}


def transcript_card(job: Job, now: datetime) -> Screen:
    """The card of a transcript; once it is finished, its first message."""
    match job.state:
        case JobState.MADE | JobState.DELIVERED:
            return transcript_screens(job)[0]
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return Screen(_end(job))
        case JobState.QUEUED if job.busy_since is not None:
            text_id = "card-provider" if job.is_faulty else "card-busy"
            return Screen(html_text(job.language, text_id, minutes=minutes_for(job)))
        case _:
            return Screen(with_price(job, html_text(job.language, "voice-listening")))


def transcript_screens(job: Job) -> tuple[Screen, ...]:
    """The messages of a finished transcript, in italics; for a long one the summary, while the words are in files."""
    lines = transcript_of(job).lines
    if lines:
        length = write_time(lines[-1].at_seconds)
        head = html_text(job.language, "voice-long", length=length, summary=transcript_of(job).transcript)
        return (Screen(head + _hint(job)),)
    *firsts, last = cut(transcript_of(job).transcript)
    return (*(_in_italics(piece) for piece in firsts), replace(_in_italics(last, _hint(job)), buttons=_buttons(job)))


def _in_italics(piece: str, more: str = "") -> Screen:
    return Screen(piece + more, marks=(Mark("italic", 0, _units(piece)),))


def _buttons(job: Job) -> tuple[tuple[Button, ...], ...]:
    """*Answer* and *Draw* under a transcript that was not acted on."""
    if not spoken_of(job).only_text or not is_short(job):
        return ()
    return (
        tuple(
            Button(plain_text(job.language, f"button-said-{each}"), write_callback(SAID, each, job.id))
            for each in SAID_WAYS
        ),
    )


def _hint(job: Job) -> str:
    """A hint if the words are too long to be acted on; empty if they are acted on or only a transcript was wanted."""
    if spoken_of(job).only_text or is_acted_on(job):
        return ""
    return "\n\n" + plain_text(job.language, "voice-too-long")


def transcript_files(job: Job) -> tuple[Media, ...]:
    """The files of a long transcript: text and subtitles; none for a short one."""
    lines = transcript_of(job).lines
    if not lines:
        return ()
    return (Media(write_text(lines), "transcript.txt"), Media(write_subtitles(lines), "transcript.srt"))


def cut(text: str) -> tuple[str, ...]:
    """A text in pieces of at most PIECE_UNITS_MAX, cut between words if possible; at least one piece."""
    pieces, left = list[str](), text
    while _units(left) > PIECE_UNITS_MAX:
        head = left.encode("utf-16-le")[: 2 * PIECE_UNITS_MAX].decode("utf-16-le", "ignore")
        border = max(head.rfind(" "), head.rfind("\n"))
        end = border if border > 0 else len(head)
        pieces.append(left[:end].rstrip())
        left = left[end:].lstrip()
    return (*pieces, left)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def caption(job: Job, credits_left: int) -> Screen:
    """The last message of a transcript, to be drawn again."""
    return transcript_screens(job)[-1]


def left_card(job: Job) -> Screen:
    """The message in the group whose transcript went to the private chat."""
    return Screen(html_text(job.language, "voice-left-sent"))


def kept_card(job: Job, address: str) -> Screen:
    """The message in the group whose transcript waits for its owner to open the private chat."""
    button = Button(plain_text(job.language, "button-get-answer"), url=address)
    return Screen(html_text(as_in_group(job).language, "voice-left-kept"), ((button,),))


def _end(job: Job) -> str:
    language = job.language
    if job.failure is None:
        return html_text(language, "voice-canceled")
    heard = transcript_of(job).heard
    words = _FAILED.get(job.failure, "failed-ours")
    if heard is not None and job.failure is FailureReason.FILE_UNREADABLE:
        words = _NO_SPEECH.get(heard, "voice-silence")
    returned_id = "returned" if chat_of(job).is_private else "returned-group"
    returned = plain_text(language, returned_id, price=job.request.price)
    return html_text(language, words, returned=returned, minutes=minutes_for(job))


TRANSCRIPT_SCREENS = Screens(
    TranscriptRequest,
    Transcript,
    card=transcript_card,
    caption=caption,
    left=left_card,
    action="typing",
    ready="voice-ready",
    kept=kept_card,
    is_text=True,
    noun="recordings",
    quotes=words_of,
)
