"""The screens of an answer: waiting, being written, delivered, failed. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from shared.conversations.answer import Answer, AnswerRequest, answer_of, ask_to_stop, is_without_links
from shared.conversations.conceal import conceal
from shared.conversations.sources import list_sources
from shared.credits.catalogue import speech_credits
from shared.jobs.job import Job, JobState, is_canceled, minutes_for
from shared.jobs.screens import Screens, mark_incognito
from shared.people.users import Language
from shared.ports import Button, Screen
from shared.providers.files import TROUBLES
from shared.providers.outcomes import FailureReason
from shared.providers.price_day import price_day
from shared.telegram.address import as_in_group, chat_of
from shared.telegram.callbacks import write_callback
from shared.telegram.price_note import with_price
from shared.texts import html_text, plain_text

if TYPE_CHECKING:
    from shared.telegram.rich_text import Piece

Rows = tuple[tuple[Button, ...], ...]
RUNNING_CHARACTERS_MAX = 6_000
"""How much of a running answer is rendered: only its first message is shown, which has 4,096."""
SIGNED_CHARACTERS_MAX = 4_000
"""A longer last message has no room for the sign of incognito."""
MESSAGES_MAX = 3
"""An answer of more messages is sent as a file too."""
PRICE = "cost"
"""The action of the button that shows an answer's price."""
_FAILED = {
    FailureReason.SAFETY: "answer-failed-safety",
    FailureReason.NO_RESULT: "answer-failed-none",
    FailureReason.BUSY: "failed-busy",
    FailureReason.PROVIDER: "failed-provider",
    FailureReason.LATE: "failed-late",
}
_OF_FILES = {
    FailureReason.FILE_TOO_LARGE: "answer-file-size",
    FailureReason.FILE_UNREADABLE: "answer-file-broken",
    FailureReason.FILE_GONE: "answer-file-gone",
}
"""The text if no trouble is stored: the model could not read the file."""


def answer_card(job: Job, now: datetime) -> Screen:
    """The card of an answer; after the delivery the answer's first message."""
    match job.state:
        case JobState.DELIVERED:
            return answer_screens(job)[0]
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return Screen(_end(job), () if is_canceled(job) or _is_for_nothing(job) else _again(job))
        case JobState.QUEUED if job.busy_since is not None:
            text_id = "card-provider" if job.is_faulty else "card-busy"
            return Screen(html_text(job.language, text_id, minutes=minutes_for(job)), stop_buttons(job))
        case JobState.QUEUED if job.after:
            return Screen(with_price(job, html_text(job.language, "answer-waiting")), stop_buttons(job))
        case JobState.MADE:  # the place that becomes the answer in a moment
            return Screen("…")
        case _:
            return Screen(with_price(job, html_text(job.language, "answer-thinking")), stop_buttons(job))


def running_screen(job: Job, text: str) -> Screen:
    """The text so far, or the beginning of a long one. A Telegram draft does not show the buttons."""
    pieces = _render(job, conceal(text[:RUNNING_CHARACTERS_MAX]))
    if not pieces:
        return Screen(with_price(job, html_text(job.language, "answer-thinking")), stop_buttons(job))
    return Screen(pieces[0].text, stop_buttons(job), marks=pieces[0].marks)


def answer_screens(job: Job) -> tuple[Screen, ...]:
    """The messages of a finished answer, at least one; the buttons are under the last."""
    pieces = _cite(job, _render(job, answer_of(job).said))
    last = len(pieces) - 1
    buttons = answer_buttons(job, is_long=is_long(pieces))
    *first, end = [
        Screen(piece.text, buttons if number == last else (), marks=piece.marks) for number, piece in enumerate(pieces)
    ]
    return (*first, mark_incognito(job, end, SIGNED_CHARACTERS_MAX))


def _render(job: Job, text: str) -> "list[Piece]":
    """The messages of a text; without the model's links if somebody else may have caused them."""
    from shared.telegram.rich_text import is_web_address, render

    has_links = not is_without_links(job)
    return render(text, lambda address: has_links and is_web_address(address))


def _cite(job: Job, pieces: "list[Piece]") -> "list[Piece]":
    """The messages of an answer with its sources below its end, or in a message of their own."""
    from shared.telegram.rich_text import Piece, append

    sources, pieces = answer_of(job).sources, pieces or [Piece("…")]
    if not sources:
        return pieces
    listed = Piece(*list_sources(plain_text(job.language, "answer-sources"), sources))
    return [*pieces[:-1], *append(pieces[-1], listed)]


def is_long(messages: Sequence[object]) -> bool:
    """Whether an answer of these messages is sent as a file too."""
    return len(messages) > MESSAGES_MAX


def stop_buttons(job: Job) -> Rows:
    """The buttons under an answer that is waiting or being written."""
    return ((_button(job, "stop"),),)


def answer_buttons(job: Job, *, is_long: bool = False) -> Rows:
    """The buttons under a finished answer."""
    extra = (("continue", answer_of(job).is_partial), ("file", is_long))
    first = tuple(_button(job, way) for way, is_there in extra if is_there)
    others = (_button(job, "again"), _button(job, "shorter"), _button(job, "longer"))
    return (*((first,) if first else ()), others, (_speak_button(job), _price_button(job)))


def _speak_button(job: Job) -> Button:
    """The label names the highest possible price today, which follows from the text."""
    price = speech_credits(answer_of(job).said, price_day())
    return Button(plain_text(job.language, "button-speak", price=price), write_callback("speak", job.id, price))


def _price_button(job: Job) -> Button:
    return Button(plain_text(job.language, "button-price"), write_callback(PRICE, job.id))


def rewording_offer(job: Job) -> Screen:
    """The offer to answer an edited question, when the answer to the old one has begun."""
    return Screen(html_text(job.language, "answer-edited"), ((_button(job, "reworded"),),))


def caption(job: Job, credits_left: int) -> Screen:
    """The last message of an answer, to be drawn again."""
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
        return html_text(language, "card-joined" if job.is_joined else "answer-canceled")
    words = file_text(trouble) if (trouble := answer_of(job).trouble) else _find_text(job.failure)
    return html_text(language, words, returned=_returned(job, language), minutes=minutes_for(job))


def file_text(trouble: str) -> str:
    """The id of the text for a trouble; a trouble that only a newer release knows is shown as damage."""
    return f"answer-file-{trouble if trouble in TROUBLES else 'broken'}"


def _find_text(failure: FailureReason) -> str:
    return _FAILED.get(failure) or _OF_FILES.get(failure, "failed-ours")


def _is_for_nothing(job: Job) -> bool:
    """Whether asking the same question again would fail the same way."""
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
    stop=ask_to_stop,
    is_text=True,
    words=lambda job: answer_of(job).said,
    noun="answers",
)
