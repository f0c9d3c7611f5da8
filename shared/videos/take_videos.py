"""The ways to request a video: /video, the mode *Video*, *Animate* under a picture, and *Again* under a video.

Each leads to the review screen. Nothing here buys anything.
"""

from dataclasses import dataclass, field
from functools import partial

from shared.credits.catalogue import Ratio
from shared.jobs.frame import is_known
from shared.jobs.identity import album_intent
from shared.jobs.job import Job, JobState
from shared.people.users import find_waiting
from shared.pictures.declines import decline
from shared.pictures.find_material import Target, find_target, is_sold, material_of
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.picture import Reference, request_of
from shared.pictures.take_requests import own_pictures
from shared.pictures.wishes import NO_WORDS, is_pointer, read_words
from shared.ports import Ports, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.answers import answer
from shared.telegram.find_pressed import find_pressed_job
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit, mode_of
from shared.texts import html_text, plain_text
from shared.videos.ask_review import ask_review, turn_into_review
from shared.videos.choice import Choice, Wish, choice_for, choice_of, read_shape
from shared.videos.video import is_video, video_request


async def take_video_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/video, with its words, a photo, or as a reply to one."""
    target = await find_target(ports, message, None) if message.replied is not None else Target()
    if message.text or message.file is not None or not target.is_nothing:
        await _ask(ports, visit, message, target)
    else:
        await answer(ports, visit, Screen(html_text(visit.language, "video-usage")))


async def take_in_mode(ports: Ports, visit: Visit, message: Message) -> bool:
    """Show the review for a message in the mode *Video*; False if it is not a request, but answers a question."""
    if mode_of(ports, visit) != "video" or message.unsupported:
        return False
    waiting = find_waiting(visit.opened.user, message.chat.id, message.chat.thread_id, ports.clock.now())
    target = await find_target(ports, message, waiting)
    if target.is_question or target.draft is not None:
        return False
    has_picture = message.file is not None or target.job is not None or bool(target.references)
    if not has_picture and (not message.text or read_words(message.text) in NO_WORDS):
        return False
    await _ask(ports, visit, message, target)
    return True


async def press_animate(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Animate* under a picture."""
    job = await _find_job(ports, visit, tap, arguments)
    if job is None:
        return
    if not is_sold(ports, job):
        await toast(ports, visit, tap, "toast-newer")
    elif job.state is not JobState.DELIVERED:
        await toast(ports, visit, tap, "toast-not-done")
    elif job.deleted_at is not None:
        await toast(ports, visit, tap, "toast-gone")
    else:
        await answer_tap(ports, tap.query_id)
        words = plain_text(visit.language, "video-animate-prompt")
        await ask_review(ports, visit, Wish(words, parent_id=job.id), _choice_like(request_of(job).ratio))


async def press_video_again(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Again* under a video, or *Try again* under a failed one: the same request, with a new review."""
    job = await _find_job(ports, visit, tap, arguments)
    if job is None:
        return
    if not is_video(job):
        await toast(ports, visit, tap, "old-menu")
        return
    await answer_tap(ports, tap.query_id)
    request = video_request(job)
    await ask_review(ports, visit, Wish(request.prompt, request.picture, request.parent_id), choice_of(request))


async def press_film(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Make a video* under a question of *Auto*: the question becomes the review."""
    opened = await find_pressed_draft(ports, visit, tap, arguments, lambda draft: draft.wants_video)
    if opened is None:
        return
    if await turn_into_review(ports, visit, tap, opened):
        await answer_tap(ports, tap.query_id)
    else:
        await toast(ports, visit, tap, "old-menu")


async def _ask(ports: Ports, visit: Visit, message: Message, target: Target) -> None:
    """Show the review of a message's request, with the first of the pictures that it brings or replies to."""
    found = await _find_picture(ports, message, target)
    if isinstance(found, DeclineReason):
        await answer(ports, visit, decline(visit.language, found))
        return
    words = message.text
    if target.text and (not words or is_pointer(words)):
        words = target.text
    words, choice = read_shape(words, found.choice)
    if not words and found.has_picture:
        words = plain_text(visit.language, "video-animate-prompt")
    album = message.media_group_id
    name = "" if album is None else album_intent(ports.bot_id, message.chat.id, album)
    await ask_review(ports, visit, Wish(words, found.picture, found.parent_id), choice, name)


@dataclass(frozen=True, slots=True)
class _Found:
    picture: Reference | None = None
    parent_id: str | None = None
    choice: Choice = field(default_factory=Choice)

    @property
    def has_picture(self) -> bool:
        return self.picture is not None or self.parent_id is not None


async def _find_picture(ports: Ports, message: Message, target: Target) -> _Found | DeclineReason:
    """The first frame: the message's own picture, or else the one that it replies to."""
    for picture in (*own_pictures(message), *target.references):
        return _Found(picture=picture, choice=_choice_like(picture.ratio))
    if target.job is None:
        return _Found()
    material = material_of(target, ())
    if isinstance(material, DeclineReason):
        return material
    if material.parent_id is not None:
        return _Found(parent_id=material.parent_id, choice=_choice_like(request_of(target.job).ratio))
    return _Found(picture=next(iter(material.references), None))


def _choice_like(ratio: Ratio | None) -> Choice:
    if ratio is None:
        return Choice()
    width, height = ratio.split(":")
    return choice_for(int(width) / int(height))


async def _find_job(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> Job | None:
    """The job behind a button; None after a toast if it cannot be pressed."""
    opened = await find_pressed_job(ports, visit, tap, "".join(arguments[:1]), partial(is_known, ports))
    return None if opened is None else opened.job
