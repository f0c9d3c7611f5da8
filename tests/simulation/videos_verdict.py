"""What must hold of videos when everything has come to rest."""

from collections import Counter

from shared.jobs.job import Job, JobState
from shared.telegram.address import chat_of
from shared.videos.video import is_video, stored_video, video_artefacts, video_request
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
    world.facts["videos delivered"] += sum(job.state is JobState.DELIVERED for job in videos)
    return [
        *_find_begun_twice(world),
        *_find_left_behind(world, everything),
        *_find_wrong_cards(world, videos),
        *_find_bought_twice(videos),
        *_find_unasked(world, videos),
    ]


def _find_begun_twice(world: World) -> list[str]:
    """Whatever died where: no job's video is begun a second time."""
    counts = Counter(work.job_id for work in world.video_model.begun)
    return [f"the video of job {job_id} was begun {count} times" for job_id, count in counts.items() if count > 1]


def _find_left_behind(world: World, everything: dict[str, Job]) -> list[str]:
    """The provider keeps nothing of a video whose operation we knew."""
    known = {
        video_artefacts(job).kept_operation for job in everything.values() if is_video(job) and job.state in _ENDS
    } - {""}
    return [f"{name} is still kept at the provider" for name in known & world.video_model.kept.keys()]


_ENDS = {JobState.DELIVERED, JobState.FAILED, JobState.CANCELED}


def _find_wrong_cards(world: World, videos: list[Job]) -> list[str]:
    """What is delivered is seen as the video that is stored, once; what ended without one says why."""
    problems = []
    for job in videos:
        chat = chat_of(job)
        message = world.messenger.chats[chat.chat_id].get(chat.card_message_id or 0)
        if message is None or job.deleted_at is not None or chat.chat_id in world.ever_blocked | UNSEEN:
            continue
        if (job.state is JobState.DELIVERED) != (message.kind == "video"):
            problems.append(f"video {job.id} is {job.state} and shows a {message.kind}")
        elif job.state is JobState.DELIVERED:
            shown, stored = world.messenger.files.get(message.file_id), stored_video(job).blob.encode()
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
    for job in videos:
        if chat_of(job).is_private and job.request.price <= world.store.unreviewed[job.id]:
            continue
        words = video_request(job).prompt[:20]
        said = [text for texts in world.messenger.said.values() for text in texts if words in text]
        if not any(text.startswith(("🎬", "✏️", "➕")) for text in said):
            problems.append(f"video {job.id} was bought without a review")
    return problems
