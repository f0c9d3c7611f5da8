"""The screens of a picture's job: status card and caption. Pure."""

from datetime import datetime

from shared.credits.catalogue import DEFAULT_PROVIDER, OFFERS, is_fallback, provider_of, title_of
from shared.jobs.attempts import was_drawn
from shared.jobs.job import Job, JobState, credits_of, is_set, minutes_for
from shared.jobs.screens import Screens
from shared.people.users import Language, language_of
from shared.pictures.batch_card import batch_card
from shared.pictures.draft import Draft, DraftState, files_of, references_of
from shared.pictures.keyboards import (
    ANSWER_INSTEAD,
    DESCRIBE,
    PHOTO_TOOLS,
    animate_button,
    card_buttons,
    deleted_buttons,
    result_buttons,
)
from shared.pictures.picture import PictureArtefacts, PictureRequest, artefacts_of, request_of, seed_of
from shared.pictures.tools import name_tool
from shared.ports import Button, Screen
from shared.providers.outcomes import FailureReason
from shared.telegram.address import ChatAddress, as_in_group, chat_of
from shared.telegram.callbacks import write_callback
from shared.telegram.press_count import FIRST
from shared.texts import html_text, plain_text, shorten

WORDS_SHOWN_MAX = 120
ALERT_CHARACTERS_MAX = 199
"""Telegram allows 200 characters in the answer to a press, one of which is our line break."""
_FAILED = {
    FailureReason.SAFETY: "failed-safety",
    FailureReason.NO_RESULT: "failed-no-image",
    FailureReason.BUSY: "failed-busy",
    FailureReason.PROVIDER: "failed-provider",
    FailureReason.LATE: "failed-late",
    FailureReason.FILE_TOO_LARGE: "failed-file-size",
    FailureReason.FILE_UNREADABLE: "failed-file-read",
    FailureReason.FILE_GONE: "failed-file-gone",
    FailureReason.OURS: "failed-ours",
    FailureReason.UNDELIVERABLE: "failed-ours",
}
_OF_OTHERS = {
    "card-busy": "other-busy",
    "card-provider": "other-fault",
    "failed-busy": "other-was-busy",
    "failed-provider": "other-had-fault",
    "failed-ours": "other-gone",
    "video-failed-safety": "other-video-safety",
}
"""Texts that name Google, or blame us, → the texts for a model of another provider, which name the model."""
_WAITED = frozenset({FailureReason.BUSY, FailureReason.PROVIDER})
"""Failures at a job's deadline, whose texts mention the time."""


def provider_text(language: Language, text_id: str, provider: str, title: str, **facts: str | int) -> str:
    """A text about the provider of a model with this title; a model of a second provider may not be there any more."""
    if provider == DEFAULT_PROVIDER:
        return html_text(language, text_id, **facts)
    return html_text(language, _OF_OTHERS.get(text_id, text_id), model=title, **facts)


def chips(language: Language, request: PictureRequest, *, is_private: bool) -> str:
    """Model, ratio, size and, in private, the price."""
    model = title_of(request.model)
    if is_private:
        return html_text(language, "chips", model=model, ratio=request.ratio, size=request.size, price=request.price)
    return html_text(language, "chips-group", model=model, ratio=request.ratio, size=request.size)


def card(job: Job, now: datetime) -> Screen:
    """The status card of a job without a picture."""
    lines = [_job_chips(job), *_took(job), _status(job, now), *_words(job), *_late_parts(job), *_moved_here(job)]
    return Screen("\n".join(lines), card_buttons(job))


def caption(job: Job, credits_left: int, count: str = FIRST) -> Screen:
    """The caption of the picture; `count`: how often its buttons have bought something."""
    lines = [_job_chips(job)]
    if chat_of(job).is_private:
        request = request_of(job)
        paid = html_text(job.language, "caption", price=credits_of(job), left=credits_left)
        what = f"<b>{title_of(request.model)}</b> · {request.ratio} · {request.size}"
        lines = [_join(what, _number(job), paid)]
    if request_of(job).tool:
        lines.append(_tool(job))
    said = [_batch_words(job)] if chat_of(job).batch else []
    lines += [*said, *_fine(job), *_fallback(job), *_words(job), *_late_parts(job), *_moved_here(job), *few_left(job)]
    rows = () if chat_of(job).in_album else result_buttons(job, count)  # Telegram's albums have no buttons
    return Screen("\n".join(lines), rows)


def few_left(job: Job) -> list[str]:
    """The line that says once that few credits are left, only in the payer's own chat."""
    is_said = job.tells_low and names_price(job)
    return [html_text(job.language, "caption-low")] if is_said else []


def names_price(job: Job) -> bool:
    """Whether the job is in the payer's private chat, so that it names prices."""
    return isinstance(job.address, ChatAddress) and job.address.is_private


def left_card(job: Job) -> Screen:
    """The card in the group whose picture went to the private chat."""
    group = as_in_group(job)
    return Screen("\n".join([_job_chips(group), html_text(job.language, "left-sent")]))


def kept_card(job: Job, address: str) -> Screen:
    """The card in the group whose picture waits for its owner to open the private chat."""
    group = as_in_group(job)
    button = Button(plain_text(job.language, "button-get"), url=address)
    return Screen("\n".join([_job_chips(group), html_text(job.language, "left-kept")]), ((button,),))


def deleted_card(job: Job, count: str = FIRST) -> Screen:
    """The card in place of a deleted picture, with *Undo* while it can be restored; `count` as above."""
    if job.purged_at is not None:
        text = html_text(job.language, "deleted")
    elif is_set(job):
        text = html_text(job.language, "deleted-one", index=job.index)
    else:
        text = html_text(job.language, "deleted-now")
    return Screen(text, deleted_buttons(job, count))


def undeletable_caption(job: Job, count: str = FIRST) -> Screen:
    """The caption of a picture whose file is deleted but whose message Telegram does not delete."""
    return Screen(html_text(job.language, "deleted-only-file"), deleted_buttons(job, count))


def failure_details(job: Job) -> str:
    """The code of a failed job, as in the logs, and the model's words; at most 200 characters, no markup."""
    code = "" if job.failure is None else job.failure.value
    details = plain_text(job.language, "details", code=code, reference=job.id[:6])
    if not job.model_said:
        return details
    frame = plain_text(job.language, "details-said", said="")
    said = shorten(job.model_said, ALERT_CHARACTERS_MAX - len(details) - len(frame))
    return details + "\n" + plain_text(job.language, "details-said", said=said)


def shorten_words(words: str) -> str:
    """Words shortened for a quotation in a question or card."""
    return shorten(words, WORDS_SHOWN_MAX)


def draft_card(draft: Draft, language: Language) -> Screen:
    """The card of an album being collected, or of pictures without words."""
    if draft.state is DraftState.ASKING:
        return about_screen(draft, language)
    return Screen(html_text(language, "card-collecting" if draft.parts else "card-collecting-text"))


def about_screen(draft: Draft, language: Language) -> Screen:
    """The question what to do with these files; in the mode *Picture* it offers only what makes something of them."""
    tools = Button(plain_text(language, "button-tools"), write_callback(PHOTO_TOOLS, draft.id))
    change = ((animate_button(draft, language), tools),) if references_of(draft) else ()
    if not draft.can_answer:
        return Screen(html_text(language, "card-asking", parts=len(draft.parts)), change)
    text_id = "card-asking-about" if references_of(draft) else "card-asking-file"
    about = Button(plain_text(language, "button-describe"), write_callback(ANSWER_INSTEAD, draft.id))
    prompt = Button(plain_text(language, "button-prompt-of"), write_callback(DESCRIBE, draft.id))
    shown = any(part.is_picture or part.mime_type.startswith("video/") for part in files_of(draft))
    rows = ((about, *((prompt,) if shown else ())), *change)
    return Screen(html_text(language, text_id, parts=len(draft.parts)), rows)


def draft_language(draft: Draft) -> Language:
    """The language of a draft's card before its user was read."""
    return language_of(None, draft.language_code)


def _took(job: Job) -> list[str]:
    """The parts of the request, if there are more than the message to which the card replies."""
    request, language = request_of(job), job.language
    lines = []
    pictures = len(request.references)
    if request.tool:
        lines.append(_tool(job))
    elif request.is_understood:
        text_id = "understood-edit" if request.material_count else "understood-draw"
        lines.append(html_text(language, text_id, words=shorten_words(request.prompt)))
    elif pictures:
        lines.append(html_text(language, "took-pictures", pictures=pictures, words=shorten_words(request.prompt)))
    elif request.parent_id is not None:
        lines.append(html_text(language, "took-parent", words=shorten_words(request.prompt)))
    elif chat_of(job).batch:
        lines.append(_batch_words(job))
    elif (chat_of(job).prompt_at is not None or request.is_repeat) and not request.show_words:
        lines.append(html_text(language, "took-words", words=shorten_words(request.prompt)))
    if request.unused:
        lines.append(html_text(language, "took-not", unused=request.unused))
    return [*lines, *_fine(job)]


def _fine(job: Job) -> list[str]:
    """What shall not be shown, and the seed."""
    request, lines = request_of(job), []
    if request.without:
        lines.append(html_text(job.language, "took-without", words=shorten_words(request.without)))
    seed = seed_of(job)
    if seed is not None:
        lines.append(html_text(job.language, "took-seed", seed=str(seed)))
    return lines


def _tool(job: Job) -> str:
    """The name of the ready-made change, and what the person added to it."""
    request, name = request_of(job), name_tool(job.language, request_of(job).tool)
    if request.words:
        return html_text(job.language, "took-tool-words", name=name, words=shorten_words(request.words))
    return html_text(job.language, "took-tool", name=name)


def _batch_words(job: Job) -> str:
    """Which of a batch's prompts it is: the message that asked for it has them all."""
    return html_text(job.language, "took-words", words=shorten_words(request_of(job).prompt))


def _job_chips(job: Job) -> str:
    return _join(chips(job.language, request_of(job), is_private=chat_of(job).is_private), _number(job))


def _number(job: Job) -> str:
    if job.count == 1:
        return ""
    return html_text(job.language, "chip-number", index=job.index, count=job.count)


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _status(job: Job, now: datetime) -> str:
    match job.state:
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return _failure(job, job.failure) if job.failure else _canceled(job)
        case JobState.QUEUED if job.busy_since is not None:
            text_id = "card-provider" if job.is_faulty else "card-busy"
            return _provider_text(job, text_id, minutes=minutes_for(job))
        case JobState.MADE if chat_of(job).batch:
            return html_text(job.language, "batch-showing")
        case _ if chat_of(job).card_message_id is None:  # it may never be edited again, so it must stay true
            usual = _usual_seconds(job)
            return html_text(job.language, "card-received", **{"from": usual[0], "to": usual[1]})
        case JobState.QUEUED if chat_of(job).is_private:
            return html_text(job.language, "card-queued")
        case _:
            return _working(job, now)


def _working(job: Job, now: datetime) -> str:
    """In a group the card is written once, so it shows no elapsed time, which would not advance."""
    usual = _usual_seconds(job)
    span: dict[str, str | int] = {"from": usual[0], "to": usual[1]}
    if not chat_of(job).is_private:
        return html_text(job.language, "card-working-group", **span)
    seconds = (now - job.created_at).total_seconds()
    text_id = "card-working" if seconds <= usual[1] else "card-working-long"
    return html_text(job.language, text_id, elapsed=_clock_face(seconds), **span)


def _canceled(job: Job) -> str:
    """The text of a canceled job; in groups without the price."""
    if job.is_joined:
        return html_text(job.language, "card-joined")
    if job.fence == 0:  # a /cancel came before the message: nothing was held
        return html_text(job.language, "card-canceled-early")
    if not chat_of(job).is_private:
        return html_text(job.language, "card-canceled-free")
    text_id = "card-canceled-drawn" if was_drawn(job) else "card-canceled"
    return html_text(job.language, text_id, price=job.request.price)


def _failure(job: Job, reason: FailureReason) -> str:
    returned = plain_text(
        job.language, "returned" if chat_of(job).is_private else "returned-group", price=job.request.price
    )
    words = "failed-file-pixels" if artefacts_of(job).too_many_pixels else _FAILED[reason]
    if reason is FailureReason.FILE_GONE and any(each.shared_id for each in request_of(job).references):
        words = "failed-shared-gone"
    if reason in _WAITED:
        return _provider_text(job, words, returned=returned, minutes=minutes_for(job))
    return _provider_text(job, words, returned=returned)


def _provider_text(job: Job, text_id: str, **facts: str | int) -> str:
    model = request_of(job).model
    return provider_text(job.language, text_id, provider_of(model), title_of(model), **facts)


def _words(job: Job) -> list[str]:
    request = request_of(job)
    return [html_text(job.language, "words", words=request.prompt)] if request.show_words else []


def _fallback(job: Job) -> list[str]:
    result, model = artefacts_of(job).result, request_of(job).model
    if result is None or not is_fallback(model, result.model_id):
        return []
    text_id = "fallback-cheaper" if credits_of(job) < job.request.price else "fallback"
    return [html_text(job.language, text_id, wanted=title_of(model))]


def _usual_seconds(job: Job) -> tuple[int, int]:
    """How long a picture of this model usually takes; for a model that this release does not sell, that of `fast`."""
    return OFFERS.get(request_of(job).model, OFFERS["fast"]).usual_seconds


def _late_parts(job: Job) -> list[str]:
    parts = artefacts_of(job).late_parts
    return [html_text(job.language, "late-parts", parts=parts)] if parts else []


def _moved_here(job: Job) -> list[str]:
    chat = chat_of(job)
    return [html_text(job.language, "left-why")] if chat.left is not None and chat.is_private else []


def _clock_face(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


PICTURE_SCREENS = Screens(
    PictureRequest,
    PictureArtefacts,
    card=card,
    caption=caption,
    left=left_card,
    action="upload_photo",
    ready="ready",
    kept=kept_card,
    together=batch_card,
    tells_price=names_price,
)
