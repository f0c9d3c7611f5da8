"""How a job looks: the status card, the picture's caption and the buttons under them. Pure: a job in, a screen out."""

from datetime import datetime

from shared.bot.callbacks import write_callback
from shared.domain.catalogue import MODELS
from shared.domain.drafts import Draft, DraftState
from shared.domain.identity import first_nonce, next_nonce
from shared.domain.jobs import Job, JobState, PictureRequest, busy_count, shorten
from shared.domain.outcomes import FailureReason
from shared.domain.users import Language, language_of
from shared.ports import Button, Screen
from shared.texts import html_text, plain_text

WORDS_SHOWN_MAX = 120
_FAILED = {
    FailureReason.SAFETY: "failed-safety",
    FailureReason.NO_IMAGE: "failed-no-image",
    FailureReason.BUSY: "failed-busy",
    FailureReason.LATE: "failed-late",
    FailureReason.FILE_TOO_LARGE: "failed-file-size",
    FailureReason.FILE_UNREADABLE: "failed-file-read",
    FailureReason.FILE_GONE: "failed-file-gone",
    FailureReason.OURS: "failed-ours",
    FailureReason.UNDELIVERABLE: "failed-ours",
}


def chips(language: Language, request: PictureRequest, *, is_private: bool) -> str:
    """Model, ratio, size and, where only the payer reads it, the price."""
    model = MODELS[request.model].title
    if is_private:
        return html_text(language, "chips", model=model, ratio=request.ratio, size=request.size, price=request.price)
    return html_text(language, "chips-group", model=model, ratio=request.ratio, size=request.size)


def card(job: Job, now: datetime) -> Screen:
    """The status card of a job that has no picture to show."""
    lines = [_job_chips(job), *_took(job), _status(job, now), *_late_parts(job)]
    return Screen("\n".join(lines), _card_buttons(job))


def caption(job: Job, credits_left: int, nonce: str | None = None) -> Screen:
    """What stands under the picture; `nonce` when the keyboard is rendered again after a tap."""
    lines = [_job_chips(job)]
    if job.is_private:
        model, ratio, size = MODELS[job.request.model].title, job.request.ratio, job.request.size
        paid = html_text(job.language, "caption", price=job.request.price, left=credits_left)
        lines = [_join(f"<b>{model}</b> · {ratio} · {size}", _number(job), paid)]
    return Screen("\n".join([*lines, *_late_parts(job)]), result_buttons(job, nonce))


def result_buttons(job: Job, nonce: str | None = None) -> tuple[tuple[Button, ...], ...]:
    """The two rows under a picture."""
    nonce = nonce or first_nonce(job.id)
    return (
        (_button(job, "again", nonce), _button(job, "edit", nonce)),
        (_button(job, "original", nonce), _button(job, "delete", nonce)),
    )


def renewed(job: Job, nonce: str) -> Screen:
    """The buttons after one with this nonce was used, wherever the job stands."""
    if job.state is JobState.DELIVERED:
        return Screen("", result_buttons(job, next_nonce(nonce)))
    return Screen("", ((_retry_button(job, next_nonce(nonce)),),))


def shorten_words(words: str) -> str:
    """Somebody's words as a question or card quotes them."""
    return shorten(words, WORDS_SHOWN_MAX)


def draft_card(draft: Draft, language: Language) -> Screen:
    """The card of an album that is being collected, or of pictures without words."""
    if draft.state is DraftState.ASKING:
        placeholder = plain_text(language, "asking-placeholder")
        return Screen(html_text(language, "card-asking", parts=len(draft.parts)), force_reply=placeholder)
    return Screen(html_text(language, "card-collecting" if draft.parts else "card-collecting-text"))


def draft_language(draft: Draft) -> Language:
    """What a draft's card speaks before its user was read."""
    return language_of(None, draft.language_code)


def _took(job: Job) -> list[str]:
    """What the request is made of, where that is more than the message that the card answers."""
    request, language = job.request, job.language
    lines = []
    pictures = len(request.references)
    if pictures:
        lines.append(html_text(language, "took-pictures", pictures=pictures, words=shorten_words(request.prompt)))
    elif request.parent_id is not None:
        lines.append(html_text(language, "took-parent", words=shorten_words(request.prompt)))
    elif job.prompt_at is not None:
        lines.append(html_text(language, "took-words", words=shorten_words(request.prompt)))
    if request.unused:
        lines.append(html_text(language, "took-not", unused=request.unused))
    return lines


def _job_chips(job: Job) -> str:
    return _join(chips(job.language, job.request, is_private=job.is_private), _number(job))


def _number(job: Job) -> str:
    if job.count == 1:
        return ""
    return html_text(job.language, "chip-number", index=job.index, count=job.count)


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _status(job: Job, now: datetime) -> str:
    language = job.language
    match job.state:
        case JobState.QUEUED if busy_count(job):
            return html_text(language, "card-busy")
        case JobState.QUEUED:
            return html_text(language, "card-queued")
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return _failure(job, job.failure) if job.failure else _canceled(job)
        case JobState.WORKING | JobState.MADE | JobState.DELIVERED:
            usual = MODELS[job.request.model].usual_seconds
            elapsed = _clock_face((now - job.created_at).total_seconds())
            return html_text(language, "card-working", elapsed=elapsed, **{"from": usual[0], "to": usual[1]})


def _canceled(job: Job) -> str:
    """In groups without the price."""
    if job.is_joined:
        return html_text(job.language, "card-joined")
    if not job.is_private:
        return html_text(job.language, "card-canceled-free")
    return html_text(job.language, "card-canceled", price=job.request.price)


def _failure(job: Job, reason: FailureReason) -> str:
    returned = plain_text(job.language, "returned" if job.is_private else "returned-group", price=job.request.price)
    words = "failed-file-pixels" if job.too_many_pixels else _FAILED[reason]
    text = html_text(job.language, words, returned=returned, code=reason.value, reference=job.id[:6])
    if job.model_said:
        text += "\n" + html_text(job.language, "model-said", said=job.model_said)
    return text


def _late_parts(job: Job) -> list[str]:
    return [html_text(job.language, "late-parts", parts=job.late_parts)] if job.late_parts else []


def _clock_face(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _card_buttons(job: Job) -> tuple[tuple[Button, ...], ...]:
    match job.state:
        case JobState.QUEUED:
            return ((_button(job, "cancel", first_nonce(job.id)),),)
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return ((_retry_button(job, first_nonce(job.id)),),)
        case _:
            return ()


def _button(job: Job, action: str, nonce: str) -> Button:
    return Button(plain_text(job.language, f"button-{action}"), write_callback(action, job.id, nonce))


def _retry_button(job: Job, nonce: str) -> Button:
    return Button(plain_text(job.language, "button-retry"), write_callback("again", job.id, nonce))
