"""Sharing a result by a link: the author's page, and its switches.

*Share* under a result ──▶ the page: the link, what it shows, *Close the link*
*Show my words*, *Show my name* ──▶ the same page; each button carries an absolute value

What other people see is in `remix.py`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from shared.jobs.job import Job
from shared.people.users import Language
from shared.pictures.keep_shares import can_be_shared, change_share, share_job
from shared.pictures.keyboards import SHARING
from shared.pictures.picture import is_picture
from shared.pictures.share import NAME_CHARACTERS_MAX, Share, close, write_share_link
from shared.ports import Button, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.find_pressed import find_pressed_job
from shared.telegram.sharing_url import sharing_url
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text
from shared.videos.video import is_video

WORDS, NAME, LINK = "words", "name", "link"
"""What a button of the page changes."""
ON, OFF = "1", "0"


async def press_share(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Share* under a result: show the page of its link, which is made by the first press."""
    job = await _find_job(ports, visit, tap, arguments)
    if job is not None:
        share = await share_job(ports, job)
        await answer_tap(ports, tap.query_id)
        await answer(ports, visit, await _draw(ports, visit.language, job, share))


async def press_sharing(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """A button of the page. Raises UnavailableError."""
    _, what, value, *_ = (*arguments, "", "", "")
    job = await _find_job(ports, visit, tap, arguments)
    if job is None:
        return
    if (what, value) not in _CHANGES:
        await toast(ports, visit, tap, "old-menu")
        return
    change = _CHANGES[what, value]
    share = await share_job(ports, job) if change is None else await change_share(ports, job, partial(change, tap))
    if share is None or not share.token:
        await toast(ports, visit, tap, "toast-unshared")
        screen = _draw_closed(visit.language, job)
    else:
        await toast(ports, visit, tap, "toast-saved")
        screen = await _draw(ports, visit.language, job, share)
    await ports.messenger.edit_text(visit.place, tap.message_id, screen)


def _show_words(tap: Tap, share: Share) -> Share:
    return replace(share, shows_words=True)


def _hide_words(tap: Tap, share: Share) -> Share:
    return replace(share, shows_words=False)


def _show_name(tap: Tap, share: Share) -> Share:
    return replace(share, name=" ".join(tap.sender.name.split())[:NAME_CHARACTERS_MAX])


def _hide_name(tap: Tap, share: Share) -> Share:
    return replace(share, name="")


def _close(tap: Tap, share: Share) -> Share:
    return close(share)


_CHANGES: dict[tuple[str, str], Callable[[Tap, Share], Share] | None] = {
    (WORDS, ON): _show_words,
    (WORDS, OFF): _hide_words,
    (NAME, ON): _show_name,
    (NAME, OFF): _hide_name,
    (LINK, OFF): _close,
    (LINK, ON): None,
}
"""What each button does; None: it opens the link."""


async def _find_job(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> Job | None:
    """The job behind a button; None after a toast, where it is somebody else's or its result is gone."""
    opened = await find_pressed_job(ports, visit, tap, "".join(arguments[:1]), _has_medium)
    if opened is None:
        return None
    if not can_be_shared(ports, opened.job):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, _say_refused(opened.job)))
        return None
    return opened.job


def _say_refused(job: Job) -> str:
    """The id of the text that says why there is no link."""
    if job.is_incognito and job.deleted_at is None:
        return "toast-incognito-link"
    return "toast-gone" if is_picture(job) else "toast-gone-video"


def _has_medium(job: Job) -> bool:
    return is_picture(job) or is_video(job)


async def _draw(ports: Ports, language: Language, job: Job, share: Share) -> Screen:
    """The page of an open link."""
    address = f"https://t.me/{await ports.messenger.username()}?start={write_share_link(share)}"
    text = html_text(language, "share-page" if is_picture(job) else "share-page-video", address=address)
    invitation = plain_text(language, "share-invitation")
    send = sharing_url(address, invitation)
    rows = (
        (Button(plain_text(language, "button-share-send"), url=send),),
        (_switch(language, job, WORDS, is_on=share.shows_words),),
        (_switch(language, job, NAME, is_on=bool(share.name)),),
        (Button(plain_text(language, "button-share-close"), write_callback(SHARING, job.id, LINK, OFF)),),
    )
    return Screen(text, rows)


def _draw_closed(language: Language, job: Job) -> Screen:
    button = Button(plain_text(language, "button-share-open"), write_callback(SHARING, job.id, LINK, ON))
    return Screen(html_text(language, "share-closed"), ((button,),))


def _switch(language: Language, job: Job, what: str, *, is_on: bool) -> Button:
    """A switch: its label says how it is, a press makes it the other way."""
    label = plain_text(language, f"button-share-{what}", shown="yes" if is_on else "no")
    return Button(label, write_callback(SHARING, job.id, what, OFF if is_on else ON))
