"""A finished video becomes another one: changed by words, or continued.

*Change* under it ── our question ── words  ┐
words in reply to it, perhaps with a photo  ├──▶ the review, where one can still choose between the two
*Extend* under it, words are optional       ┘

The new video names the one before it (`Source`), which stays as it is.
"""

from dataclasses import replace

from shared.conversations.question_files import asks_in_words
from shared.conversations.read_rules import Before
from shared.credits.catalogue import VIDEO
from shared.errors import DeliveryUnknownError, TooManyRequestsError
from shared.jobs.frame import is_known
from shared.jobs.job import Job, JobState
from shared.jobs.open_jobs import StoredJob, change_job, open_job, open_job_record
from shared.people.users import Waiting, find_waiting
from shared.people.waiting import find_video_question, stop_waiting, take_answer, wait_for_words
from shared.pictures.picture import Reference
from shared.pictures.take_requests import own_pictures
from shared.pictures.wishes import NO_WORDS, is_no, read_words
from shared.ports import Ports, Screen
from shared.providers.videos import VideoWork
from shared.telegram.address import add_message, job_by_message
from shared.telegram.answers import answer
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit, mode_of
from shared.texts import html_text, plain_text
from shared.videos.ask_review import ask_review
from shared.videos.choice import Wish, choice_of, works_for
from shared.videos.read_wish import read_exclusions, wants_continuation
from shared.videos.video import is_video, stored_video, video_artefacts, video_request

_SHOWN_AS = frozenset({"video", "animation"})
"""How Telegram names a video of ours; one without sound may become an animation."""


def wish_about(job: Job, words: str, pictures: tuple[Reference, ...] = ()) -> Wish:
    """The wish to change or continue a delivered video; pictures are what to put into it."""
    return read_exclusions(Wish(words, pictures, job.id, stored_video(job).seconds))


async def press_change(ports: Ports, visit: Visit, tap: Tap, opened: StoredJob) -> None:
    """*Change*: ask once what should be different. Raises MessengerErrors, UnavailableError."""
    if not await _can_start(ports, visit, tap, opened.job, "edit"):
        return
    question = Waiting(tap.chat.id, tap.chat.thread_id, "job", opened.job.id, visit.received_at, is_video=True)
    if not await wait_for_words(ports, visit.opened, question):
        await toast(ports, visit, tap, "toast-waiting")
        return
    await answer_tap(ports, tap.query_id)
    placeholder = plain_text(visit.language, "video-change-placeholder")
    screen = Screen(html_text(visit.language, "video-change-ask"), force_reply=placeholder)
    try:
        message_id = await ports.messenger.send_text(visit.place, screen)
    except (TooManyRequestsError, DeliveryUnknownError):  # the press is delivered again and asks again
        await stop_waiting(ports, question, tap.sender.id)
        raise
    await change_job(ports, opened, lambda job: add_message(job, message_id, tap.chat.id))


async def press_extend(ports: Ports, visit: Visit, tap: Tap, opened: StoredJob) -> None:
    """*Extend*: the review of a continuation. Raises MessengerErrors, UnavailableError."""
    if not await _can_start(ports, visit, tap, opened.job, "extend"):
        return
    await answer_tap(ports, tap.query_id)
    wish = wish_about(opened.job, plain_text(visit.language, "video-extend-prompt"))
    choice = replace(choice_of(video_request(opened.job)), work="extend")
    await ask_review(ports, visit, wish, choice)


async def find_video_meant(ports: Ports, visit: Visit, message: Message) -> StoredJob | None:
    """The video of ours that these words are to change or continue. Raises UnavailableError.

    A question about it is none of these, nor are thanks.
    """
    words, replied = message.text, message.replied
    if message.is_foreign or message.media_group_id is not None or read_words(words) in NO_WORDS:
        return None
    if replied is not None and replied.sender_id == ports.bot_id and replied.unsupported in _SHOWN_AS:
        is_question = message.command is None and asks_in_words(words, mode_of(ports, visit), Before.PICTURE)
        shown = None if is_question else await _find_shown(ports, message.chat.id, replied.message_id)
        if is_question or shown is not None:
            return shown  # otherwise it may be the question about a shared video
    waiting = _find_question(ports, visit, message)
    if waiting is None or is_no(words):
        return None
    opened = await open_job(ports, waiting.id)
    return opened if opened is not None and _is_ours(ports, opened.job) else None


async def take_change(ports: Ports, visit: Visit, message: Message, opened: StoredJob) -> None:
    """Show the review of a change or continuation by these words. Raises MessengerErrors, UnavailableError."""
    job, waiting = opened.job, _find_question(ports, visit, message)
    if waiting is not None:
        await take_answer(ports, waiting, message.message_id, message.sender.id)
    wish = wish_about(job, message.text, own_pictures(message)) if _is_there(job) else None
    if wish is not None and message.chat.is_private:  # another person's video comes here only by its link
        wish = replace(wish, is_shared=job.user_id != message.sender.id)
    if wish is None:
        await answer(ports, visit, Screen(html_text(visit.language, "video-source-gone")))
    elif not works_for(wish):
        await answer(ports, visit, Screen(html_text(visit.language, "video-source-length", **_lengths())))
    else:
        work: VideoWork = "extend" if wants_continuation(message.text) else "edit"
        await ask_review(ports, visit, wish, replace(choice_of(video_request(job)), work=work))


def _find_question(ports: Ports, visit: Visit, message: Message) -> Waiting | None:
    """Our open question what to change in a video, if the message may answer it."""
    replied = message.replied
    if message.command is not None or (replied is not None and replied.sender_id != ports.bot_id):
        return None
    waiting = find_waiting(visit.opened.user, message.chat.id, message.chat.thread_id, ports.clock.now())
    return find_video_question(waiting, "job", message.message_id)


async def _find_shown(ports: Ports, chat_id: int, message_id: int) -> StoredJob | None:
    for record in await ports.store.find(job_by_message(chat_id, message_id)):
        opened = open_job_record(ports, record)
        return opened if _is_ours(ports, opened.job) else None
    return None


def _is_ours(ports: Ports, job: Job) -> bool:
    return is_known(ports, job) and is_video(job)


def _is_there(job: Job) -> bool:
    return job.state is JobState.DELIVERED and job.deleted_at is None and video_artefacts(job).video is not None


def _lengths() -> dict[str, str]:
    """How long a video may be that is changed or continued, in seconds."""
    rung = VIDEO.rungs[0]
    shortest, longest = rung.clip_seconds
    return {"shortest": f"{shortest:g}", "longest": f"{longest:g}", "continued": f"{rung.continued_seconds_max:g}"}


async def _can_start(ports: Ports, visit: Visit, tap: Tap, job: Job, work: str) -> bool:
    """Whether a new video can start from this one; False after a toast."""
    if job.state is not JobState.DELIVERED:
        await toast(ports, visit, tap, "toast-not-done")
    elif not _is_there(job):
        await toast(ports, visit, tap, "toast-gone-video")
    elif work not in works_for(wish_about(job, "")):
        await answer_tap(
            ports, tap.query_id, plain_text(visit.language, "toast-video-length", **_lengths()), alert=True
        )
    else:
        return True
    return False
