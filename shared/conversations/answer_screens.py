"""How an answer looks: while it is awaited, while it is written, when it is there, and when there is none. Pure."""

from datetime import datetime

from shared.conversations.answer import Answer, AnswerRequest, answer_of
from shared.jobs.job import Job, JobState, is_canceled, minutes_for
from shared.jobs.screens import Screens
from shared.people.users import Language
from shared.ports import Button, Screen
from shared.providers.files import TROUBLES
from shared.providers.outcomes import FailureReason
from shared.telegram.address import as_in_group, chat_of
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text

Rows = tuple[tuple[Button, ...], ...]
_FAILED = {
    FailureReason.SAFETY: "answer-failed-safety",
    FailureReason.NO_IMAGE: "answer-failed-none",
    FailureReason.BUSY: "failed-busy",
    FailureReason.PROVIDER: "failed-provider",
    FailureReason.LATE: "failed-late",
}
_OF_FILES = {
    FailureReason.FILE_TOO_LARGE: "answer-file-size",
    FailureReason.FILE_UNREADABLE: "answer-file-broken",
    FailureReason.FILE_GONE: "answer-file-gone",
}
"""Where no trouble is written down: the model could not read it."""


def answer_card(job: Job, now: datetime) -> Screen:
    """The message that stands for an answer: the first of it, once it is delivered."""
    match job.state:
        case JobState.DELIVERED:
            return answer_screens(job)[0]
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return Screen(_end(job), () if is_canceled(job) or _is_for_nothing(job) else _again(job))
        case JobState.QUEUED if job.busy_since is not None:
            text_id = "card-provider" if job.is_faulty else "card-busy"
            return Screen(html_text(job.language, text_id, minutes=minutes_for(job)), stop_buttons(job))
        case JobState.QUEUED if job.after:
            return Screen(html_text(job.language, "answer-waiting"), stop_buttons(job))
        case JobState.MADE:  # the place that becomes the answer in a moment
            return Screen("…")
        case _:
            return Screen(html_text(job.language, "answer-thinking"), stop_buttons(job))


def running_screen(job: Job, text: str) -> Screen:
    """What was said so far; of a long answer its beginning. A draft does not show the buttons."""
    from shared.telegram.rich_text import render

    pieces = render(text)
    if not pieces:
        return Screen(html_text(job.language, "answer-thinking"), stop_buttons(job))
    return Screen(pieces[0].text, stop_buttons(job), marks=pieces[0].marks)


def answer_screens(job: Job) -> tuple[Screen, ...]:
    """The messages of an answer that is there; the buttons stand under the last."""
    from shared.telegram.rich_text import render

    pieces = render(answer_of(job).said)
    last = len(pieces) - 1
    buttons = answer_buttons(job)
    return tuple(
        Screen(piece.text, buttons if number == last else (), marks=piece.marks) for number, piece in enumerate(pieces)
    )


def stop_buttons(job: Job) -> Rows:
    """What stands under an answer that is awaited or written."""
    return ((_button(job, "stop"),),)


def answer_buttons(job: Job) -> Rows:
    """What can be asked for next without writing."""
    first = (_button(job, "continue"),) if answer_of(job).is_partial else ()
    return (*((first,) if first else ()), (_button(job, "again"), _button(job, "shorter"), _button(job, "longer")))


def rewording_offer(job: Job) -> Screen:
    """The question was corrected after its answer was begun."""
    return Screen(html_text(job.language, "answer-edited"), ((_button(job, "reworded"),),))


def caption(job: Job, credits_left: int) -> Screen:
    """The last message of an answer, as it is shown anew."""
    return answer_screens(job)[-1]


def left_card(job: Job) -> Screen:
    """The message in the group whose answer went to the private chat."""
    return Screen(html_text(job.language, "answer-left-sent"))


def kept_card(job: Job, address: str) -> Screen:
    """The message in the group whose answer waits for its owner to open the private chat."""
    button = Button(plain_text(job.language, "button-get-answer"), url=address)
    return Screen(html_text(as_in_group(job).language, "answer-left-kept"), ((button,),))


def _end(job: Job) -> str:
    language = job.language
    if job.failure is None:
        return html_text(language, "answer-canceled")
    words = file_text(trouble) if (trouble := answer_of(job).trouble) else _find_text(job.failure)
    return html_text(language, words, returned=_returned(job, language), minutes=minutes_for(job))


def file_text(trouble: str) -> str:
    """The text that says why a file cannot be read; what only a newer release knows is told as damage."""
    return f"answer-file-{trouble if trouble in TROUBLES else 'broken'}"


def _find_text(failure: FailureReason) -> str:
    return _FAILED.get(failure) or _OF_FILES.get(failure, "failed-ours")


def _is_for_nothing(job: Job) -> bool:
    """Whether the same question would end the same way."""
    return job.failure in {FailureReason.FILE_TOO_LARGE, FailureReason.FILE_UNREADABLE}


def _returned(job: Job, language: Language) -> str:
    text_id = "returned" if chat_of(job).is_private else "returned-group"
    return plain_text(language, text_id, price=job.request.price)


def _again(job: Job) -> Rows:
    return ((_button(job, "again"),),)


def _button(job: Job, way: str) -> Button:
    return Button(plain_text(job.language, f"button-answer-{way}"), write_callback(f"answer-{way}", job.id))


ANSWER_SCREENS = Screens(
    AnswerRequest,
    Answer,
    card=answer_card,
    caption=caption,
    left=left_card,
    action="typing",
    ready="answer-ready",
    kept=kept_card,
    is_text=True,
)
