"""What must hold of recordings when everything has come to rest."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from shared.conversations.answer import is_answer, question_of
from shared.credits.catalogue import FREE_HEARING_SECONDS_PER_DAY, HEARING, answer_credits
from shared.jobs.identity import job_id_of, message_intent, spoken_key, transcript_intent
from shared.jobs.job import Job, JobState
from shared.jobs.screens import note_payer
from shared.people.users import User
from shared.pictures.picture import is_picture, request_of
from shared.providers.talk import Tokens
from shared.telegram.address import chat_of
from shared.voices.transcript import is_transcript, spoken_of, transcript_of
from shared.voices.transcript_screens import transcript_card
from tests.simulation.people import BOT_ID
from tests.simulation.virtual_time import EPOCH
from tests.simulation.world import World


def find_voice_problems(world: World, jobs: dict[str, Job], users: list[User], taken: dict[str, int]) -> list[str]:
    """Everything that must hold of these recordings and does not; `taken` are the credits that each job cost."""
    transcripts = {job_id: job for job_id, job in jobs.items() if is_transcript(job)}
    world.facts["voices"] = len(transcripts)
    world.facts["paid voices"] = sum(job.id in taken for job in transcripts.values())
    return [
        *_find_twice(transcripts),
        *_find_wrong_words(world, transcripts),
        *_find_unhandled(world, jobs, transcripts),
        *_find_wrong_cards(world, transcripts),
        *_find_shown_twice(world, transcripts),
        *_find_wrong_costs(world, transcripts, taken),
        *_find_wrong_seconds(users, transcripts),
    ]


def _id_of(place: tuple[int, int]) -> str:
    """The job that writes down what a message brings, or asks for."""
    return job_id_of(transcript_intent(message_intent(BOT_ID, *place)), 1)


def _find_twice(transcripts: dict[str, Job]) -> Iterator[str]:
    """A recording is written down once for each message that wants it."""
    by_message: dict[tuple[int, int], list[str]] = defaultdict(list)
    for job in transcripts.values():
        by_message[spoken_of(job).message.chat_id, spoken_of(job).message.message_id].append(job.id)
    yield from (f"a recording has the jobs {ids}" for ids in by_message.values() if len(ids) > 1)


def _find_wrong_words(world: World, transcripts: dict[str, Job]) -> Iterator[str]:
    """What is written down is what was said."""
    talkers = world.crowd.talkers
    for place, words in (*talkers.spoken.items(), *talkers.noted.items()):
        job = transcripts.get(_id_of(place))
        if job is not None and job.state is JobState.DELIVERED and transcript_of(job).transcript != words:
            yield f"transcript {job.id} says {transcript_of(job).transcript!r}, {words!r} was said"


def _find_unhandled(world: World, jobs: dict[str, Job], transcripts: dict[str, Job]) -> Iterator[str]:
    """Words that were delivered were handled, and no others; what was asked for with them was asked for once."""
    inbox = world.store.collection("inbox").keys()
    asking = Counter(filter(None, map(_words_of, jobs.values())))
    said = {transcript_of(job).transcript for job in transcripts.values() if job.id in world.crowd.said}
    for (chat_id, message_id), words in world.crowd.talkers.spoken.items():
        job = transcripts.get(_id_of((chat_id, message_id)))
        is_handled = job is not None and spoken_key(job.id) in inbox
        was_asked = job_id_of(message_intent(BOT_ID, chat_id, message_id), 1) in jobs
        if was_asked and (job is None or not transcript_of(job).transcript):
            yield f"voice message {message_id} in chat {chat_id} was answered before anybody had heard it"
        if was_asked and not is_handled:
            yield f"voice message {message_id} in chat {chat_id} left no mark"
        if job is not None and job.state is JobState.DELIVERED and not is_handled:
            yield f"voice message {message_id} in chat {chat_id} was written down, and nothing was done with it"
        if asking[words] > was_asked and words not in said:
            yield f"voice message {message_id} in chat {chat_id} was handled {asking[words]} times"
    for place, words in world.crowd.talkers.noted.items():
        is_handled = spoken_key(_id_of(place)) in inbox or job_id_of(message_intent(BOT_ID, *place), 1) in jobs
        if is_handled and words not in said:
            yield f"the recording of {place} was only to be written down, and was handled"


def _words_of(job: Job) -> str:
    """What a question or a wish asks, as long as no button asked it."""
    if is_answer(job):
        return question_of(job).words if question_of(job).way == "ask" else ""
    return request_of(job).prompt if is_picture(job) and not request_of(job).is_repeat else ""


def _find_wrong_cards(world: World, transcripts: dict[str, Job]) -> Iterator[str]:
    """The card says the words, or why there are none."""
    for job in transcripts.values():
        chat = chat_of(job)
        card = world.messenger.chats[chat.chat_id].get(chat.card_message_id or 0)
        is_given_up = job.fence > 1 and job.id in world.lost_tasks
        if card is None or chat.chat_id in world.ever_blocked or is_given_up:
            continue
        if card.text != note_payer(job, transcript_card(job, EPOCH)).text:
            yield f"transcript {job.id} is {job.state}, its card says {card.text!r}"


def _find_shown_twice(world: World, transcripts: dict[str, Job]) -> Iterator[str]:
    """The words of a recording stand there once for each message that wanted them.

    Where its card was deleted, the new one may stand there twice: the answer to a send can get lost.
    """
    wanted = Counter(filter(None, (transcript_of(job).transcript for job in transcripts.values())))
    wanted += Counter(transcript_of(job).transcript for job in transcripts.values() if len(chat_of(job).messages) > 1)
    for chat_id, chat in world.messenger.chats.items():
        shown = Counter(message.text for message in chat.values() if wanted[message.text])
        for words in shown - wanted if chat_id not in world.ever_blocked else ():
            yield f"{words!r}, of a recording, stands {shown[words]} times in chat {chat_id}"


def _find_wrong_costs(world: World, transcripts: dict[str, Job], taken: dict[str, int]) -> Iterator[str]:
    """What was taken is what a call did cost that heard this, and never more than was held."""
    charged = defaultdict(set)
    for call in world.text_model.calls:
        charged[call.life.job_id].add(call.tokens)
    for job in transcripts.values():
        if job.state is not JobState.DELIVERED:
            continue
        transcript = transcript_of(job)
        tokens = Tokens(transcript.tokens_given, transcript.tokens_made)
        rung = next(each for each in HEARING.rungs if transcript.heard_by.startswith(each.id))
        wanted = min(answer_credits(rung.cost_of(tokens, EPOCH.date())), job.request.price)
        if tokens not in charged[job.id]:
            yield f"transcript {job.id} counts {tokens}, its calls {charged[job.id]}"
        if taken.get(job.id, 0) != wanted:
            yield f"transcript {job.id} did cost {wanted}, {taken.get(job.id, 0)} were taken of {job.request.price}"


def _find_wrong_seconds(users: list[User], transcripts: dict[str, Job]) -> Iterator[str]:
    """The day's free seconds are counted for what was written down, for nothing else, and not more than there are."""
    free: Counter[tuple[int, str]] = Counter()
    for job in transcripts.values():
        if job.state is JobState.DELIVERED and spoken_of(job).free_day:
            free[job.user_id, spoken_of(job).free_day] += spoken_of(job).seconds
    for user in users:
        seconds = free[user.id, user.talk.heard_day]
        if user.talk.heard_seconds != seconds:
            yield f"user {user.id} had {seconds} s written down for free, {user.talk.heard_seconds} are counted"
        if seconds > FREE_HEARING_SECONDS_PER_DAY:
            yield f"user {user.id} had {seconds} s written down for free on one day"
