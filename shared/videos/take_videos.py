"""The ways to request a video: /video, the mode *Video*, *Animate* under a picture, and *Again* under a video.

Each leads to the review screen, which buys nothing, unless the person wants cheap videos without one
(`start_at_once.py`). An album is collected first (`decide_album.py`).
"""

from functools import partial

from shared.jobs.frame import is_known
from shared.jobs.job import Job, JobState
from shared.people.users import find_waiting
from shared.pictures.collect_parts import collect_part
from shared.pictures.declines import decline
from shared.pictures.draft import Draft, references_of
from shared.pictures.find_material import Target, find_target, is_sold, material_of
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.picture import request_of
from shared.pictures.press import is_impatient
from shared.pictures.press_tools import tell_decided
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
from shared.videos.change_video import find_video_meant, take_change
from shared.videos.choice import Wish, choice_for, choice_of, wish_from
from shared.videos.read_wish import read_parameters, read_work, with_words
from shared.videos.start_at_once import start_at_once
from shared.videos.video import is_video, video_request


async def take_video_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/video, with its words, a photo or an album, or as a reply to a picture or a video."""
    if message.file is not None and message.media_group_id is not None:
        await collect_part(ports, visit, message, message.text)
        return
    if (meant := await find_video_meant(ports, visit, message)) is not None:
        await take_change(ports, visit, message, meant)
        return
    target = await find_target(ports, message, None) if message.replied is not None else Target()
    if message.text or message.file is not None or not target.is_nothing:
        await _ask(ports, visit, message, target)
    else:
        await answer(ports, visit, Screen(html_text(visit.language, "video-usage")))


async def take_in_mode(ports: Ports, visit: Visit, message: Message) -> bool:
    """Show the review for a message in the mode *Video*; False if it is not a request, but answers a question."""
    if mode_of(ports, visit) != "video" or message.unsupported:
        return False
    if message.file is not None and message.media_group_id is not None:
        await collect_part(ports, visit, message, message.own_words)
        return True
    waiting = find_waiting(visit.opened.user, message.chat.id, message.chat.thread_id, ports.clock.now())
    target = await find_target(ports, message, waiting)
    if target.is_question or target.draft is not None:
        return False
    has_picture = message.file is not None or target.job is not None or bool(target.references)
    if not has_picture and (not message.text or read_words(message.text) in NO_WORDS):
        return False
    await _ask(ports, visit, message, target)
    return True


async def take_edit(ports: Ports, visit: Visit, message: Message, job: Job) -> None:
    """Show the review for new words of a message whose video has begun; that video stays as it is."""
    said, _ = read_parameters(Wish(message.text), choice_for(None))
    if read_words(message.text) not in NO_WORDS and said.words != video_request(job).prompt:
        await _ask(ports, visit, message, await find_target(ports, message, None))


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
        words, ratio = plain_text(visit.language, "video-animate-prompt"), request_of(job).ratio
        await ask_review(ports, visit, Wish(words, parent_id=job.id, shape=ratio), choice_for(ratio))


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
    await ask_review(ports, visit, wish_from(request), choice_of(request))


async def press_photo_animate(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Animate* under the question what to do with photos: the question becomes the review."""
    _, since, *_ = (*arguments, "", "")
    opened = await find_pressed_draft(ports, visit, tap, arguments, _is_about_photos)
    if opened is None:
        return
    if is_impatient(since, visit.received_at):
        await toast(ports, visit, tap, "toast-which")
    elif await turn_into_review(ports, visit, tap, opened):
        await answer_tap(ports, tap.query_id)
    else:
        await tell_decided(ports, visit, tap, opened.draft)


async def press_film(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Make a video* under a question of *Auto*: the question becomes the review."""
    opened = await find_pressed_draft(ports, visit, tap, arguments, lambda draft: draft.wants_video)
    if opened is None:
        return
    if await turn_into_review(ports, visit, tap, opened):
        await answer_tap(ports, tap.query_id)
    else:
        await toast(ports, visit, tap, "old-menu")


def _is_about_photos(draft: Draft) -> bool:
    """Whether the draft holds photos, or held them until it was answered; a review is a draft of its own."""
    return draft.doubt is None and not draft.wants_video and not draft.tool and bool(references_of(draft))


async def _ask(ports: Ports, visit: Visit, message: Message, target: Target) -> None:
    """Show the review of a message's request, with the pictures that it replies to and brings."""
    material = material_of(target, own_pictures(message))
    if isinstance(material, DeclineReason):
        await answer(ports, visit, decline(visit.language, material))
        return
    words = message.text
    if target.text and (not words or is_pointer(words)):
        words = target.text
    shape = material.ratio if material.references or material.parent_id is not None else None
    wish = Wish(words, material.references, material.parent_id, shape=shape)
    wish, choice = read_parameters(wish, choice_for(material.ratio))
    wish, choice = with_words(wish, visit.language), read_work(wish, choice)
    if not await start_at_once(ports, visit, message, target, wish, choice):
        await ask_review(ports, visit, wish, choice)


async def _find_job(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> Job | None:
    """The job behind a button; None after a toast if it cannot be pressed."""
    opened = await find_pressed_job(ports, visit, tap, "".join(arguments[:1]), partial(is_known, ports))
    return None if opened is None else opened.job
