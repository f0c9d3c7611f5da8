"""People who have videos made by a running system, and stop, repeat, change and continue them; and what must not be
afterwards."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.adapters.genai_video_request import mark_of
from shared.jobs.attempts import CANCELED_ATTEMPT
from shared.jobs.job import Job, JobState
from shared.telegram.address import chat_of
from shared.videos.video import is_video, video_artefacts
from tests.e2e.actors import Actors
from tests.e2e.books import Books
from tests.e2e.chats import Chats
from tests.e2e.people import Json, list_buttons

SEEN_LAST = 6
REPLYING = 0.3
"""How often somebody who sees a video writes what to change in it, or how it goes on."""
BUYING = 0.6
"""How often somebody who sees a review presses *Make it*."""


@dataclass
class Filmers(Actors):
    """People who have videos made."""

    FIRST_ID = 301
    PAUSE_SECONDS = 1.0

    async def _act(self) -> None:
        person = self.dice.choice(self.people)
        seen = (await person.bots_messages())[-SEEN_LAST:]
        found = [(message["message_id"], data) for message in seen for data in list_buttons(message)]
        films = [message["message_id"] for message in seen if "video" in message]
        if films and self.dice.random() < REPLYING:
            self.deeds["words to a video"] += 1
            words = self.dice.choice(["make it night", "continue"])
            await person.send(f"{words} {self.dice.randrange(10**9)}", reply_to=self.dice.choice(films))
            return
        buying = [each for each in found if ";vmake;" in each[1]]
        if not found or self.dice.random() < 1 - BUYING:
            self.deeds["/video"] += 1
            await person.send(f"/video a film {self.dice.randrange(10**9)}")
            return
        message_id, data = self.dice.choice(buying if buying and self.dice.random() < BUYING else found)
        self.deeds[f"tap {data.split(';')[1]}"] += 1
        for _ in range(self.dice.choice([1, 1, 2])):
            await self.press_button(person, message_id, data)


def count_videos(books: Books) -> dict[str, int]:
    """How many there were."""
    videos = _list(books)
    return {"videos": len(videos), "videos delivered": sum(job.state is JobState.DELIVERED for job in videos)}


def find_wrong_videos(books: Books, chats: Chats, calls: Iterable[Json], kept: Iterable[Json]) -> list[str]:
    """Begun twice, shown otherwise than it is stored, or left behind at the provider."""
    begun = Counter(call["labels"]["job"] for call in calls if call["labels"].get("job") and call["operation"])
    problems = [f"the video of job {mark} was begun {count} times" for mark, count in begun.items() if count > 1]
    return [*problems, *_find_wrong_cards(books, chats), *_find_orphans(books, kept)]


def _find_orphans(books: Books, kept: Iterable[Json]) -> Iterator[str]:
    """What the model keeps, but for starts whose answer was lost: they were written off, or canceled meanwhile."""
    lost = {"unknown", CANCELED_ATTEMPT}
    known = {mark_of(job.id) for job in _list(books) if not lost & {attempt.outcome for attempt in job.attempts}}
    return (f"the model still keeps {each}" for each in kept if each["labels"].get("job") in known)


def _find_wrong_cards(books: Books, chats: Chats) -> Iterator[str]:
    for job in _list(books):
        if video_artefacts(job).kept_operation:
            yield f"video {job.id} is still kept at the provider"
        message = chats.messages[chat_of(job).chat_id].get(chat_of(job).card_message_id or 0)
        if message is None or job.deleted_at is not None:
            continue
        is_shown = "video" in message or "animation" in message
        if is_shown != (job.state is JobState.DELIVERED):
            yield f"video {job.id} is {job.state}, and it is {is_shown} that a video is seen"


def _list(books: Books) -> list[Job]:
    return [job for job in books.jobs.values() if is_video(job)]
