"""The buttons under cards and pictures. Pure.

Each button carries its job and the count of presses that bought something (`shared/telegram/press_count.py`). The
pictures of one request share one keyboard, under the last of them.
"""

from collections.abc import Sequence
from dataclasses import replace

from shared.credits.catalogue import OFFERS, Ratio, Size, cheapest_video_credits, price_of
from shared.jobs.job import Job, JobState, is_last, is_set, set_ids
from shared.people.users import Language
from shared.pictures.deletion import can_undelete
from shared.pictures.draft import Draft, references_of
from shared.pictures.picture import PictureRequest, request_of
from shared.ports import Button
from shared.providers.outcomes import FailureReason
from shared.telegram.address import chat_of
from shared.telegram.callbacks import write_callback
from shared.telegram.press_count import FIRST
from shared.texts import plain_text

Rows = tuple[tuple[Button, ...], ...]

RATIOS_OFFERED: tuple[Ratio, ...] = ("1:1", "9:16", "16:9", "3:4", "4:3")
SIZES_OFFERED: tuple[Size, ...] = ("1K", "2K", "4K")
COUNTS_OFFERED = (2, 4)
"""How many more pictures one press may ask for."""
ANSWER_INSTEAD = "inwords"
"""The button that answers the words instead of drawing them, or describes files that came without words."""
ONLY_ANSWER = "onlywords"
"""The button that cancels a picture that *Auto* began, and answers the words instead."""
ANIMATE = "animate"
"""The button under a picture that opens the review of a video of it."""
FILM = "film"
"""The button under a question of *Auto* that opens the review of a video."""
IMPROVE = "improve"
"""The button that has a wish worded better, for nothing; its first argument says what has the wish."""
DESCRIBE = "describe"
"""The button that reads a prompt out of files that came without words."""
STYLES, PHOTO_STYLES = "styles", "photostyles"
"""The buttons among the tools of a picture, and of photos, that lead to the styles."""
SHARE, SHARING = "share", "sharing"
"""The button under a result that opens the page of its link, and the buttons of that page."""
PHOTO_TOOLS, PHOTO_TOOL, PHOTO_BACK = "phototools", "phototool", "photoback"
"""The buttons under the question what to do with photos: to ready-made changes, each of them, and back."""
PHOTO_ANIMATE = "photoanimate"
"""The button there that turns the question into the review of a video of the photos."""
RATIOS_MAX, PER_ROW = 4, 3
"""With more buttons in a row the labels would be cut on a narrow phone."""
RETRIED = frozenset({
    FailureReason.NO_RESULT, FailureReason.BUSY, FailureReason.PROVIDER, FailureReason.LATE, FailureReason.OURS,
    FailureReason.UNDELIVERABLE,
})  # fmt: skip
"""Failures after which a retry of the same request may succeed."""


def result_buttons(job: Job, count: str = FIRST, opened: str = "") -> Rows:
    """The buttons under a picture; none under all but the last picture of a request.

    `opened` as in `home_buttons`.
    """
    if not is_last(job):
        return ()
    if is_set(job):
        return _set_buttons(job, count, opened)
    rows = (("again", "edit"), (ANIMATE, "tools"), ("format", "original"), (SHARE, "delete"))
    return tuple(tuple(_button(job, action, count, opened) for action in row) for row in rows)


def card_buttons(job: Job, count: str = FIRST) -> Rows:
    """The buttons under a card without a picture."""
    match job.state:
        case JobState.QUEUED | JobState.WORKING:
            return _waiting_buttons(job)
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            improve = (improve_button(job.language, "j", job.id),)
            rows = (_end_buttons(job, count), *((improve,) if job.failure is FailureReason.SAFETY else ()))
            return (*rows, *_set_buttons(job, count)) if is_set(job) and is_last(job) else rows
        case _:
            return ()


def home_buttons(job: Job, count: str = FIRST, opened: str = "") -> Rows:
    """The first keyboard of a job's message, for any state.

    `opened`: when it took the place of a keyboard in which something was just bought or asked; empty: long ago.
    """
    if job.deleted_at is not None:
        return deleted_buttons(job, count)
    return result_buttons(job, count, opened) if job.state is JobState.DELIVERED else card_buttons(job, count)


def picture_buttons(job: Job, count: str) -> Rows:
    """The buttons for one picture of several."""
    rows = (("edit", "original"), (ANIMATE, "tools"), (SHARE, "delete"), ("back",))
    return tuple(tuple(_button(job, action, count) for action in row) for row in rows)


def format_buttons(job: Job, count: str, opened: str) -> Rows:
    """The same picture in another format, another size, or more of it, each with its price; three rows of three.

    `opened`: when the keyboard opened (`write_moment`). A press right after that still means the button before it.
    """
    request = request_of(job)
    price = price_of(request.model, request.size)
    ratios = [each for each in RATIOS_OFFERED if each != request.ratio and each in OFFERS[request.model].ratios]
    sizes = [each for each in SIZES_OFFERED if each != request.size]
    buttons = [_change_button(job, count, opened, ratio, ratio, price) for ratio in ratios[:RATIOS_MAX]]
    buttons += [_change_button(job, count, opened, size, size, price_of(request.model, size)) for size in sizes]
    buttons += [_change_button(job, count, opened, f"x{n}", f"+{n}", price, n) for n in COUNTS_OFFERED]
    buttons.append(_button(job, "back", count))
    return in_rows(buttons, PER_ROW)


def improve_button(language: Language, source: str, source_id: str) -> Button:
    """*Improve* for the wish of a question (`d`), a picture (`j`) or a prompt that was read (`p`)."""
    return Button(plain_text(language, "button-improve"), write_callback(IMPROVE, source, source_id))


def animate_button(draft: Draft, language: Language, *opened: str) -> Button:
    """*Animate* for the photos of a question. A press is free: it opens the review, which begins with this price."""
    label = plain_text(language, "button-animate")
    price = cheapest_video_credits(pictures=len(references_of(draft)))
    label = f"{label} · {price}" if draft.is_private else label
    return Button(label, write_callback(PHOTO_ANIMATE, draft.id, *opened))


def in_rows(buttons: Sequence[Button], per_row: int) -> Rows:
    """The buttons, so many in a row."""
    return tuple(tuple(buttons[start : start + per_row]) for start in range(0, len(buttons), per_row))


def choice_buttons(job: Job, today: PictureRequest, count: str, opened: str) -> Rows:
    """Again, with the picture's own settings or with today's, each at today's price; `opened` as above."""
    then = replace(request_of(job), price=price_of(request_of(job).model, request_of(job).size))
    choices = (("then", then),) if today == then else (("then", then), ("now", today))
    rows = tuple(
        (
            Button(
                _label(job, name, choice=_describe(job, each)), write_callback(name, job.id, count, opened, each.price)
            ),
        )
        for name, each in choices
    )
    return (*rows, (_button(job, "back", count),))


def delete_buttons(job: Job, count: str) -> Rows:
    """The question before a picture is deleted."""
    return ((_button(job, "erase", count), _button(job, "keep", count)),)


def deleted_buttons(job: Job, count: str = FIRST) -> Rows:
    """The buttons under a deleted picture: *Undo* while it is possible, and the keyboard of the others."""
    undo = ((_button(job, "undo", count),),) if can_undelete(job) else ()
    others = _set_buttons(job, count) if is_set(job) and is_last(job) else ()
    return (*undo, *others)


def details_button(job: Job) -> Button:
    """The button that shows the code of a failure."""
    return _button(job, "details", FIRST)


def _set_buttons(job: Job, count: str, opened: str = "") -> Rows:
    again = Button(_label(job, "several", count=job.count), _write("again", job.id, count, opened))
    numbers = tuple(
        Button(_label(job, "picture", number=number), _write("pick", picture_id, count, opened))
        for number, picture_id in enumerate(set_ids(job), 1)
    )
    return (again, _button(job, "format", count, opened)), numbers


def _waiting_buttons(job: Job) -> Rows:
    """*One more* is at the right or below, where *Again* never is, so a second tap for *Again* does not hit it."""
    cancel = (_button(job, "cancel", FIRST),)
    if request_of(job).is_understood:
        return ((*cancel, Button(plain_text(job.language, "button-only-words"), write_callback(ONLY_ANSWER, job.id))),)
    more: tuple[Button, ...] = ()
    if request_of(job).is_repeat and is_last(job):
        label = _priced(job, _label(job, "more"), job.request.price)
        more = (Button(label, write_callback("more", job.id, FIRST)),)
    if not is_set(job) or not is_last(job):
        return ((*cancel, *more),)
    stop = (*cancel, _button(job, "stop", FIRST))
    return (stop, more) if more else (stop,)


def _end_buttons(job: Job, count: str) -> tuple[Button, ...]:
    """*Try again* if that may succeed; *Other words* after a refusal of the words."""
    retry = Button(_label(job, "retry"), write_callback("retry" if is_set(job) else "again", job.id, count))
    if job.failure is None:
        return (retry,)
    if job.failure is FailureReason.SAFETY:
        return Button(_label(job, "reword"), write_callback("edit", job.id, count)), details_button(job)
    return (retry, details_button(job)) if _may_end_otherwise(job) else (details_button(job),)


def _may_end_otherwise(job: Job) -> bool:
    """Whether a retry may succeed: a sent file may be temporarily unavailable, but a picture of ours is gone."""
    request = request_of(job)
    is_ours = request.parent_id is not None or any(each.shared_id for each in request.references)
    is_away = job.failure is FailureReason.FILE_GONE and not is_ours
    return job.failure in RETRIED or is_away


def _change_button(job: Job, count: str, opened: str, change: str, label: str, price: int, number: int = 1) -> Button:
    data = write_callback("make", job.id, count, opened, f"{change} {price}")
    return Button(_priced(job, label, price * number), data)


def _priced(job: Job, label: str, price: int) -> str:
    """The label with the price; in groups without it."""
    return f"{label} · {price}" if chat_of(job).is_private else label


def _describe(job: Job, request: PictureRequest) -> str:
    model = (OFFERS[request.model].title,) if request.model != request_of(job).model else ()
    price = request.price * job.count if is_set(job) and is_last(job) else request.price
    return _priced(job, " · ".join((*model, request.ratio, request.size)), price)


def _button(job: Job, action: str, count: str, opened: str = "") -> Button:
    return Button(_label(job, action), _write(action, job.id, count, opened))


def _write(action: str, job_id: str, count: str, opened: str) -> str:
    return write_callback(action, job_id, count, *((opened,) if opened else ()))


def _label(job: Job, name: str, **variables: str | int) -> str:
    label = plain_text(job.language, f"button-{name}", **variables)
    if name == ANIMATE:  # a press is free: it opens the review, which begins with this price
        return _priced(job, label, cheapest_video_credits(pictures=1))
    return label
