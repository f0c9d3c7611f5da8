"""The screens of a video: its card, its caption and buttons, and the text without a video. Pure."""

from datetime import datetime
from math import ceil

from shared.jobs.attempts import was_drawn
from shared.jobs.job import Job, JobState, credits_of, is_canceled, minutes_for
from shared.jobs.screens import Screens
from shared.pictures.cards import few_left, names_price, provider_text, shorten_words
from shared.pictures.keyboards import SHARE
from shared.ports import Button, Screen
from shared.providers.outcomes import FailureReason
from shared.providers.videos import VideoWork
from shared.telegram.address import as_in_group, chat_of
from shared.telegram.callbacks import write_callback
from shared.texts import html_text, plain_text
from shared.videos.choice import Wish, works_for
from shared.videos.video import VideoArtefacts, VideoRequest, is_late, stored_video, video_artefacts, video_request

STOP, AGAIN, DETAILS = "vstop", "vagain", "vdetails"
CHANGE, EXTEND = "vchange", "vextend"
DELETE, ERASE, KEEP = "vdelete", "verase", "vkeep"
"""The buttons of cards and videos."""
_OF_A_FILE = frozenset({FailureReason.FILE_UNREADABLE, FailureReason.FILE_GONE})
Rows = tuple[tuple[Button, ...], ...]
_WORDS: dict[VideoWork, str] = {"edit": "video-words-edit", "extend": "video-words-extend"}
_FAILED = {
    FailureReason.SAFETY: "video-failed-safety",
    FailureReason.NO_RESULT: "video-failed-none",
    FailureReason.BUSY: "failed-busy",
    FailureReason.PROVIDER: "failed-provider",
    FailureReason.LATE: "video-failed-late",
    FailureReason.FILE_TOO_LARGE: "failed-file-size",
    FailureReason.FILE_UNREADABLE: "failed-file-read",
    FailureReason.FILE_GONE: "failed-file-gone",
}


def video_card(job: Job, now: datetime) -> Screen:
    """The card of a job without a video."""
    words = shorten_words(video_request(job).prompt)
    lines = [_chips(job), html_text(job.language, _WORDS.get(video_request(job).work, "video-words"), words=words)]
    if without := video_request(job).without:
        lines.append(html_text(job.language, "took-without", words=shorten_words(without)))
    return Screen("\n".join([*lines, *_fallback(job), _status(job, now)]), _card_buttons(job))


def video_caption(job: Job, credits_left: int) -> Screen:
    """The caption of a video; with the price only in a private chat."""
    lines = [_chips(job)]
    if is_late(job):
        lines.append(html_text(job.language, "video-late" if chat_of(job).is_private else "video-late-group"))
    elif chat_of(job).is_private:
        paid = html_text(job.language, "caption", price=credits_of(job), left=credits_left)
        lines = [f"{_chips(as_in_group(job))} · {paid}"]
    if credits_of(job) < job.request.price and not _fallback(job):
        lines.append(html_text(job.language, "video-shorter"))
    lines += _fallback(job)
    if video_request(job).has_sound and not stored_video(job).has_sound:
        lines.append(html_text(job.language, "video-mute"))
    if chat_of(job).left is not None and chat_of(job).is_private:
        lines.append(html_text(job.language, "video-left-why"))
    lines += few_left(job)
    return Screen("\n".join(lines), video_buttons(job))


def _fallback(job: Job) -> list[str]:
    """That another model makes it, and whether it is cheaper."""
    offer = video_request(job).offer
    if offer.fallback_by(video_artefacts(job).model_id) is None or job.state in {JobState.REFUSED, JobState.FAILED}:
        return []
    text_id = "video-fallback-cheaper" if credits_of(job) < job.request.price else "video-fallback"
    return [html_text(job.language, text_id, wanted=offer.title)]


def video_buttons(job: Job) -> Rows:
    """The buttons under a video; to change or continue it only if its length allows that."""
    video = video_artefacts(job).video
    wish = Wish("", parent_id=job.id, source_seconds=0.0 if video is None else video.seconds)
    works = works_for(wish) if wish.source_seconds else ()
    more = (
        *((_button(job, "change", CHANGE),) if "edit" in works else ()),
        *((_button(job, "extend", EXTEND),) if "extend" in works else ()),
    )
    rows = ((_button(job, "again", AGAIN), _button(job, SHARE, SHARE), _button(job, "delete", DELETE)),)
    return (more, *rows) if more else rows


def delete_video_buttons(job: Job) -> Rows:
    """The confirmation before a video is deleted; *Keep* takes the place of *Delete*."""
    return ((_button(job, "erase", ERASE), _button(job, "keep", KEEP)),)


def linked_screen(job: Job, address: str, hours: int) -> Screen:
    """The screen of a video that is too large for Telegram, with a download link."""
    lines = [_chips(job), html_text(job.language, "video-linked", hours=hours)]
    link = Button(plain_text(job.language, "button-link"), url=address)
    return Screen("\n".join(lines), ((link,), *video_buttons(job)))


def original_screen(job: Job, address: str, hours: int) -> Screen:
    """The message after a smaller copy, with a link to the original."""
    megabytes = ceil(stored_video(job).size_bytes / 1_000_000)
    link = Button(plain_text(job.language, "button-original-video"), url=address)
    return Screen(html_text(job.language, "video-original", megabytes=megabytes, hours=hours), ((link,),))


def left_video_card(job: Job) -> Screen:
    """The card in a group after its video was sent to the private chat."""
    return Screen("\n".join([_chips(as_in_group(job)), html_text(job.language, "video-left-sent")]))


def kept_video_card(job: Job, address: str) -> Screen:
    """The card in a group while its video waits until the owner opens the private chat."""
    button = Button(plain_text(job.language, "button-get-video"), url=address)
    lines = [_chips(as_in_group(job)), html_text(job.language, "video-left-kept")]
    return Screen("\n".join(lines), ((button,),))


def _chips(job: Job) -> str:
    """The settings of the video; with the price only where the payer alone reads it."""
    request = video_request(job)
    what: dict[str, str | int] = {
        "title": request.offer.title,
        "seconds": _length(job),
        "ratio": request.ratio,
        "size": request.resolution,
    }
    chips = html_text(job.language, "video-chips" if request.has_sound else "video-chips-mute", **what)
    if not chat_of(job).is_private or is_late(job):
        return chips
    price = html_text(job.language, "video-price", price=job.request.price)
    return f"{chips} · {price}"


def _length(job: Job) -> str:
    """What was ordered; of an extension, what is added, and the whole."""
    request = video_request(job)
    if request.source is None or not request.continues:
        return str(request.seconds)
    before = ceil(request.source.seconds)
    return f"{before} + {request.seconds} = {before + request.seconds}"


def _status(job: Job, now: datetime) -> str:
    match job.state:
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return _end(job)
        case JobState.QUEUED if job.busy_since is not None:
            text_id = "card-provider" if job.is_faulty else "card-busy"
            return _provider_text(job, text_id, minutes=minutes_for(job))
        case JobState.MADE | JobState.DELIVERED:
            return html_text(job.language, "video-shrinking" if _is_shrinking(job) else "video-sending")
        case JobState.POLLING | JobState.SUBMITTED:
            return _rendering(job, now)
        case _:
            return html_text(job.language, "video-queued")


def _is_shrinking(job: Job) -> bool:
    video = video_artefacts(job).video
    return video is not None and video.needs_copy and video.smaller_copy is not None


def _rendering(job: Job, now: datetime) -> str:
    """In a group the card is not edited while it waits, so it shows no elapsed time."""
    first, last = video_request(job).offer.rungs[0].usual_seconds
    span: dict[str, str | int] = {"from": first // 60, "to": -(-last // 60)}
    if not chat_of(job).is_private:
        return html_text(job.language, "video-rendering-group", **span)
    seconds = max(0.0, (now - (video_artefacts(job).begun_at or job.created_at)).total_seconds())
    if seconds > last:
        return html_text(
            job.language, "video-rendering-long", elapsed=_clock_face(seconds), minutes=minutes_for(job), **span
        )
    return html_text(job.language, "video-rendering", elapsed=_clock_face(seconds), **span)


def _end(job: Job) -> str:
    is_private = chat_of(job).is_private
    if is_late(job):  # the credits were returned when its first job ended
        return html_text(job.language, "card-canceled-free" if is_canceled(job) else "video-late-lost")
    if is_canceled(job) or job.failure is None:
        if job.fence == 0:  # a /cancel came before its message: nothing was ever held
            return html_text(job.language, "card-canceled-early")
        if not is_private:
            return html_text(job.language, "card-canceled-free")
        return html_text(
            job.language, "video-canceled-begun" if was_drawn(job) else "card-canceled", price=job.request.price
        )
    returned = plain_text(job.language, "returned" if is_private else "returned-group", price=job.request.price)
    text_id = _FAILED.get(job.failure, "failed-ours")
    if job.failure is FailureReason.LATE and not job.attempts:  # it never began
        text_id = "failed-late"
    if job.failure in _OF_A_FILE and video_request(job).source is not None:
        text_id = "video-failed-source"
    if job.failure is FailureReason.LATE and video_artefacts(job).begun_at is None:
        text_id = "failed-late"  # nobody was asked, so nothing can still come
    if job.failure is FailureReason.FILE_GONE and _was_shared(video_request(job)):
        text_id = "failed-shared-gone"
    return _provider_text(job, text_id, returned=returned, minutes=minutes_for(job))


def _provider_text(job: Job, text_id: str, **facts: str | int) -> str:
    offer = video_request(job).offer
    return provider_text(job.language, text_id, offer.rungs[0].provider, offer.title, **facts)


def _was_shared(request: VideoRequest) -> bool:
    """Whether it starts from what another person shared."""
    is_source = request.source is not None and request.source.is_shared
    return is_source or any(each.shared_id for each in request.pictures)


def _card_buttons(job: Job) -> Rows:
    match job.state:
        case JobState.QUEUED | JobState.WORKING | JobState.SUBMITTED | JobState.POLLING:
            label = "saving" if chat_of(job).is_private and not is_late(job) else "cancel"
            return ((_button(job, label, STOP),),)
        case JobState.REFUSED | JobState.FAILED if job.failure is not None:
            return ((_button(job, "retry", AGAIN), _button(job, "details", DETAILS)),)
        case JobState.REFUSED | JobState.FAILED | JobState.CANCELED:
            return ((_button(job, "retry", AGAIN),),)
        case _:
            return ()


def _button(job: Job, name: str, action: str) -> Button:
    label = plain_text(job.language, f"button-{name}", price=job.request.price)
    return Button(label, write_callback(action, job.id))


def _clock_face(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _tells_price(job: Job) -> bool:
    return names_price(job) and not is_late(job)


VIDEO_SCREENS = Screens(
    VideoRequest,
    VideoArtefacts,
    card=video_card,
    caption=video_caption,
    left=left_video_card,
    action="record_video",
    ready="video-ready",
    kept=kept_video_card,
    tells_price=_tells_price,
)
