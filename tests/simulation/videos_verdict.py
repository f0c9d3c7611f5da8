"""What must hold of videos when everything has come to rest."""

from collections import Counter

from shared.jobs.job import Job, JobState
from shared.telegram.address import chat_of
from shared.videos.video import SHOWN_BYTES_MAX, is_late, is_video, stored_video, video_artefacts, video_request
from shared.videos.video_screens import video_card
from tests.simulation.people import CLOSING_ID, MOVING_ID
from tests.simulation.virtual_time import EPOCH
from tests.simulation.world import World

UNSEEN = {CLOSING_ID, MOVING_ID}
"""Groups in which nothing can be looked at while they are closed, or any more."""


def find_video_problems(world: World, everything: dict[str, Job]) -> list[str]:
    """Everything that must hold and does not."""
    videos = [job for job in everything.values() if is_video(job)]
    world.facts["videos"] += len(videos)
    delivered = [job for job in videos if job.state is JobState.DELIVERED]
    world.facts["videos delivered"] += len(delivered)
    world.facts["videos shown as copies"] += sum(bool(stored_video(job).small_blob) for job in delivered)
    world.facts["videos that came late"] += sum(map(is_late, delivered))
    world.facts["videos linked"] += sum(map(_is_linked, delivered))
    return [
        *_find_begun_twice(world),
        *_find_copied_twice(world, delivered),
        *_find_left_behind(world, everything),
        *_find_wrong_late(videos),
        *_find_wrong_cards(world, videos),
        *_find_bought_twice(videos),
        *_find_unasked(world, videos),
    ]


def _find_begun_twice(world: World) -> list[str]:
    """Whatever died where: no job's video is begun a second time."""
    counts = Counter(work.job_id for work in world.video_model.begun)
    return [f"the video of job {job_id} was begun {count} times" for job_id, count in counts.items() if count > 1]


def _find_copied_twice(world: World, delivered: list[Job]) -> list[str]:
    """Whatever died where: at most one copy is begun of a video, and only of a large one."""
    counts = Counter(world.transcoder.begun)
    twice = [f"the copy of job {job_id} was begun {count} times" for job_id, count in counts.items() if count > 1]
    small = {job.id for job in delivered if stored_video(job).size_bytes <= SHOWN_BYTES_MAX}
    return [*twice, *(f"a copy of job {job_id} was begun for nothing" for job_id in small & counts.keys())]


def _is_linked(job: Job) -> bool:
    """Whether it is shown as a link: too large, and without a copy."""
    video = stored_video(job)
    return video.size_bytes > SHOWN_BYTES_MAX and not video.small_blob


def _find_left_behind(world: World, everything: dict[str, Job]) -> list[str]:
    """The provider keeps nothing of a video whose operation we knew."""
    known = {
        video_artefacts(job).kept_operation for job in everything.values() if is_video(job) and job.state in _ENDS
    } - {""}
    return [f"{name} is still kept at the provider" for name in known & world.video_model.kept.keys()]


_ENDS = {JobState.DELIVERED, JobState.FAILED, JobState.CANCELED}


def _find_wrong_late(videos: list[Job]) -> list[str]:
    """What came after its credits were returned is free, comes once, and nothing is awaited for ever."""
    ends = {job.id: job.state for job in videos}
    problems = [f"video {job.id} is still awaited" for job in videos if video_artefacts(job).is_awaited]
    late = [job for job in videos if is_late(job)]
    problems += [f"the late video {job.id} has a price" for job in late if job.request.price or job.spent]
    counts = Counter(video_request(job).late_of for job in late)
    problems += [f"video {first} came late {count} times" for first, count in counts.items() if count > 1]
    return problems + [f"video {first} was not refunded" for first in counts if ends[first] is not JobState.FAILED]


def _find_wrong_cards(world: World, videos: list[Job]) -> list[str]:
    """What is delivered is seen as the video that is stored, once; what ended without one says why."""
    problems = []
    for job in videos:
        chat = chat_of(job)
        message = world.messenger.chats[chat.chat_id].get(chat.card_message_id or 0)
        if message is None or job.deleted_at is not None or chat.chat_id in world.ever_blocked | UNSEEN:
            continue
        is_delivered = job.state is JobState.DELIVERED
        if is_delivered and _is_linked(job):
            is_link = message.kind == "text" and bool(message.buttons[0][0].url)
            problems += [] if is_link else [f"video {job.id} is too large, has no copy, and no link"]
        elif is_delivered != (message.kind == "video"):
            problems.append(f"video {job.id} is {job.state} and shows a {message.kind}")
        elif is_delivered:
            video = stored_video(job)
            shown, stored = world.messenger.files.get(message.file_id), (video.small_blob or video.blob).encode()
            problems += [] if shown == stored else [f"video {job.id} shows another file"]
        elif video_card(job, EPOCH).text.splitlines()[-1] not in message.text:
            problems.append(f"video {job.id} is {job.state}, its card says {message.text!r}")
    return problems


def _find_bought_twice(videos: list[Job]) -> list[str]:
    """A review is one wish."""
    counts = Counter(job.intent for job in videos)
    return [f"the review {intent} was bought {count} times" for intent, count in counts.items() if count > 1]


def _find_unasked(world: World, videos: list[Job]) -> list[str]:
    """Nothing is bought of which no screen said the price and the words before, but cheap ones of who wants that."""
    problems = []
    for job in [each for each in videos if not is_late(each)]:
        if chat_of(job).is_private and job.request.price <= world.store.unreviewed[job.id]:
            continue
        words = video_request(job).prompt[:20]
        said = [text for texts in world.messenger.said.values() for text in texts if words in text]
        if not any(text.startswith(("🎬", "✏️", "➕")) for text in said):
            problems.append(f"video {job.id} was bought without a review")
    return problems
