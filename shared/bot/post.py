"""/post: a person's finished picture or video as a post of a channel in which they may post.

a reply "/post @channel words" ──▶ may this person post there? ──▶ the mark of this update ──▶ the post, once

A post in a channel has no sender, so a command there could be paid by nobody. In the private chat the person is known,
the result is theirs and paid, and Telegram says at each post whether they may: nothing is linked, stored or forgotten.
"""

import re

from shared.errors import ConflictError, DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.gallery.result import Result, is_shown
from shared.jobs.frame import is_known
from shared.jobs.job import Job
from shared.jobs.job_documents import create_inbox
from shared.jobs.open_jobs import open_job_record
from shared.ports import Media, Place, Ports, Screen, Video
from shared.telegram.address import job_by_message
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text
from shared.videos.video import stored_video

CAPTION_CHARACTERS_MAX = 1024
"""Telegram's limit for a caption, in UTF-16 units."""
_CHANNEL = re.compile(r"(?:https?://t\.me/|t\.me/|@)?([A-Za-z]\w{3,31})|(-100\d{6,13})", re.ASCII)


async def take_post_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/post in reply to a result. Raises MessengerErrors, UnavailableError."""
    channel, words = read_channel(message.text)
    result = await _find_result(ports, message) if channel else None
    if result is None:
        text_id = "post-incognito" if channel and await _is_incognito(ports, message) else "post-usage"
        await answer(ports, visit, Screen(html_text(visit.language, text_id)))
    elif len(words.encode("utf-16-le", "surrogatepass")) > 2 * CAPTION_CHARACTERS_MAX:
        await answer(ports, visit, Screen(html_text(visit.language, "post-long", limit=CAPTION_CHARACTERS_MAX)))
    elif (chat_id := await ports.messenger.find_channel(channel, message.sender.id)) is None:
        await answer(ports, visit, Screen(html_text(visit.language, "post-refused", channel=channel)))
    else:
        await _post(ports, visit, chat_id, result, Screen(words, marks=()))


def read_channel(text: str) -> tuple[str, str]:
    """The channel, as "@name" or an id, and the words after it; the channel is empty if the text names none."""
    first, *rest = text.split(maxsplit=1) or [""]
    found = _CHANNEL.fullmatch(first)
    if found is None:
        return "", text
    return f"@{found[1]}" if found[1] else found[2], "".join(rest)


async def _find_result(ports: Ports, message: Message) -> Result | None:
    """The person's own result to which the message replies, if Telegram has a file of it."""
    for job in await _find_jobs(ports, message):
        if is_shown(job, ports.clock.now()) and Result(job).file_id:
            return Result(job)
    return None


async def _is_incognito(ports: Ports, message: Message) -> bool:
    """Whether the message replies to something that its person asked for incognito."""
    return any(job.is_incognito for job in await _find_jobs(ports, message))


async def _find_jobs(ports: Ports, message: Message) -> list[Job]:
    """The person's own jobs that are shown in the message to which this one replies."""
    replied = message.replied
    if replied is None or replied.sender_id != ports.bot_id:
        return []
    found = await ports.store.find(job_by_message(message.chat.id, replied.message_id))
    jobs = [open_job_record(ports, record).job for record in found]
    return [job for job in jobs if is_known(ports, job) and job.user_id == message.sender.id]


async def _post(ports: Ports, visit: Visit, chat_id: int, result: Result, caption: Screen) -> None:
    """Post once: the update is marked before, because a post that may have arrived must not be repeated."""
    try:
        await ports.store.commit([create_inbox(visit.inbox_id, (), ports.clock.now())])
    except ConflictError:
        return  # another delivery of this command posts it
    visit.recorded = True
    text_id = "post-done"
    try:
        await _send(ports, Place(chat_id), result, caption)
    except DeliveryUnknownError:
        text_id = "post-unknown"
    except TooManyRequestsError:
        text_id = "post-later"
    except MessengerError:
        text_id = "post-bot-refused"
    await answer(ports, visit, Screen(html_text(visit.language, text_id)))


async def _send(ports: Ports, place: Place, result: Result, caption: Screen) -> None:
    if result.medium == "picture":
        await ports.messenger.send_photo(place, Media(result.file_id, f"{result.id}.jpg"), caption)
        return
    made = stored_video(result.job)
    video = Video(result.file_id, f"{result.id}.mp4", made.width, made.height, round(made.seconds))
    await ports.messenger.send_video(place, video, caption)
