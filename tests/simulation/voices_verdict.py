"""What must hold of recordings when everything has come to rest."""

from collections import defaultdict
from collections.abc import Iterator

from shared.jobs.identity import job_id_of, message_intent, spoken_key, transcript_intent
from shared.jobs.job import Job, JobState
from shared.telegram.address import chat_of
from shared.voices.transcript import is_transcript, transcript_of
from shared.voices.transcript_screens import transcript_card
from tests.simulation.people import BOT_ID
from tests.simulation.virtual_time import EPOCH
from tests.simulation.world import World


def find_voice_problems(world: World, jobs: dict[str, Job]) -> list[str]:
    """Everything that must hold of these recordings and does not."""
    transcripts = {job_id: job for job_id, job in jobs.items() if is_transcript(job)}
    world.facts["voices"] = len(transcripts)
    return [
        *_find_twice(transcripts),
        *_find_unhandled(world, jobs, transcripts),
        *_find_wrong_cards(world, transcripts),
        *_find_shown_twice(world, transcripts),
    ]


def _find_twice(transcripts: dict[str, Job]) -> Iterator[str]:
    """A recording is written down once."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for job in transcripts.values():
        by_intent[job.intent].append(job.id)
    yield from (f"a recording has the jobs {ids}" for ids in by_intent.values() if len(ids) > 1)


def _find_unhandled(world: World, jobs: dict[str, Job], transcripts: dict[str, Job]) -> Iterator[str]:
    """Words that were delivered were handled, and no others; what was asked for with them was asked for once."""
    inbox = world.store.collection("inbox")
    for chat_id, message_id in world.crowd.talkers.spoken:
        intent = message_intent(BOT_ID, chat_id, message_id)
        job = transcripts.get(job_id_of(transcript_intent(intent), 1))
        is_handled = job is not None and spoken_key(job.id) in inbox
        was_asked = job_id_of(intent, 1) in jobs
        if was_asked and (job is None or not transcript_of(job).transcript):
            yield f"voice message {message_id} in chat {chat_id} was answered before anybody had heard it"
        if was_asked and not is_handled:
            yield f"voice message {message_id} in chat {chat_id} left no mark"
        if job is not None and job.state is JobState.DELIVERED and not is_handled:
            yield f"voice message {message_id} in chat {chat_id} was written down, and nothing was done with it"


def _find_wrong_cards(world: World, transcripts: dict[str, Job]) -> Iterator[str]:
    """The card says the words, or why there are none."""
    for job in transcripts.values():
        chat = chat_of(job)
        card = world.messenger.chats[chat.chat_id].get(chat.card_message_id or 0)
        is_given_up = job.fence > 1 and job.id in world.lost_tasks
        if card is None or chat.chat_id in world.ever_blocked or is_given_up:
            continue
        if card.text != transcript_card(job, EPOCH).text:
            yield f"transcript {job.id} is {job.state}, its card says {card.text!r}"


def _find_shown_twice(world: World, transcripts: dict[str, Job]) -> Iterator[str]:
    """The words of a recording stand there once."""
    words = {transcript_of(job).transcript for job in transcripts.values()} - {""}
    for chat_id, chat in world.messenger.chats.items():
        shown = [message.text for message in chat.values() if message.text in words]
        if chat_id not in world.ever_blocked and len(set(shown)) < len(shown):
            yield f"words of a recording stand twice in chat {chat_id}"
