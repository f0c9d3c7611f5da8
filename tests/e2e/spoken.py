"""What became of the questions: each answered once, charged once at what it truly cost, in its order."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from shared.conversations.answer import Answer, answer_of, is_answer, question_of
from shared.conversations.answer_screens import answer_screens
from shared.credits.catalogue import TALK, answer_credits
from shared.credits.ledger import TransferKind
from shared.jobs.identity import job_id_of, message_intent
from shared.jobs.job import Job, JobState, credits_of
from shared.providers.talk import Tokens
from shared.telegram.address import chat_of
from tests.e2e.books import Books
from tests.e2e.chats import Chats
from tests.e2e.people import Json
from tests.e2e.talkers import Talkers

LEVEL_TOKENS: Mapping[str, int] = {"": 0, "MINIMAL": 0, "LOW": 48, "MEDIUM": 160, "HIGH": 480}
"""What the local model thinks about, by the level that it is asked for."""
ACCEPTING = timedelta(seconds=1)
"""Between the time that a job bears and its commit, on a busy machine."""


def find_wrong_answers(books: Books, chats: Chats, talkers: Talkers, calls: Sequence[Json]) -> list[str]:
    """Everything lost, said twice, charged wrongly or done out of turn, once all is at rest."""
    jobs = [job for job in books.jobs.values() if is_answer(job)]
    return [
        *_find_lost(books, chats, talkers),
        *_find_wrong_messages(jobs, chats),
        *_find_wrong_charges(books, jobs, calls),
        *_find_overtaken(jobs),
    ]


def count_answers(books: Books, calls: Sequence[Json]) -> Counter[str]:
    """What there was to see of it; for the report."""
    jobs = [job for job in books.jobs.values() if is_answer(job)]
    told = [job for job in jobs if job.state is JobState.DELIVERED]
    return Counter(
        {
            "answers": len(told),
            "paid answers": sum(bool(job.request.price) for job in told),
            "partial answers": sum(answer_of(job).is_partial for job in told),
            "canceled answers": sum(job.state is JobState.CANCELED for job in jobs),
            "answers that waited": sum(later.created_at < over for _, later, over in _list_neighbours(jobs)),
            "streams cut short": sum(not attempt.outcome for job in jobs for attempt in job.attempts),
            "calls for words": len(calls),
        }
    )


def _find_lost(books: Books, chats: Chats, talkers: Talkers) -> Iterator[str]:
    """Each question has its job, or was told why it has none; each message to be read left something to be seen."""
    told = list_told(books)
    replied = {
        (chat_id, message["reply_to_message"]["message_id"])
        for chat_id, messages in chats.messages.items()
        for message in messages.values()
        if message["from"]["is_bot"] and "reply_to_message" in message
    }
    for chat_id, message_id in [*talkers.asked, *talkers.words]:
        is_job = job_id_of(message_intent(chats.bot_id, chat_id, message_id), 1) in books.jobs
        is_told = (chat_id, message_id) in told | replied or (chat_id, None) in told
        if not is_job and not is_told:
            yield f"lost: question {message_id} in chat {chat_id} has neither a job nor an answer"


def list_told(books: Books) -> set[tuple[int, int | None]]:
    """The messages that were answered by a text and not by a job: (chat, message), None for words to a whole chat."""
    return {place for mark in books.inbox.values() if (place := _read_place(mark)) is not None}


def _read_place(mark: Mapping[str, object]) -> tuple[int, int | None] | None:
    """Where the answer of an update's mark went: a chat, and the message replied to."""
    if "answer" not in mark:
        return None
    place = json.loads(str(mark["answer"]))["place"]
    return place["chat_id"], place["reply_to"]


def _find_wrong_messages(jobs: Sequence[Job], chats: Chats) -> Iterator[str]:
    """A delivered answer is seen in its messages, and its words are in no others."""
    wanted: dict[int, Counter[str]] = defaultdict(Counter)
    for job in jobs:
        if job.state is not JobState.DELIVERED:
            continue
        chat = chat_of(job)
        for message_id, screen in zip((chat.card_message_id, *chat.rest), answer_screens(job), strict=False):
            wanted[chat.chat_id][screen.text] += 1
            seen = chats.messages[chat.chat_id].get(message_id or 0)
            if seen is None or seen.get("text") != screen.text:
                yield f"answer {job.id}: message {message_id} says {(seen or {}).get('text', '')[:80]!r}"
        if len(answer_screens(job)) != 1 + len(chat.rest):
            yield f"answer {job.id}: {1 + len(chat.rest)} messages of {len(answer_screens(job))}"
    for chat_id, texts in wanted.items():
        shown = Counter(m["text"] for m in chats.messages[chat_id].values() if m["from"]["is_bot"] and "text" in m)
        for text, count in texts.items():
            if shown[text] != count:
                yield f"chat {chat_id}: {text[:80]!r} is said {shown[text]} times, not {count}"


def _find_wrong_charges(books: Books, jobs: Sequence[Job], calls: Sequence[Json]) -> Iterator[str]:
    """What was taken is what the answer cost by the provider's own count; nothing was asked for in vain."""
    taken = {each.job_id: each.credits for each in books.transfers if each.kind is TransferKind.CAPTURE}
    attempts: Counter[str] = Counter()
    counted: dict[str, set[int]] = defaultdict(set)
    asked: Counter[str] = Counter()
    for call in calls:
        words = call["prompt"].rpartition("</quoted>\n")[2]
        asked[words] += 1
        counted[words].add(call["tokens_out"] + LEVEL_TOKENS[call["thinking_level"]])
    for job in jobs:
        attempts[question_of(job).words] += len(job.attempts)
        if job.state is not JobState.DELIVERED:
            continue
        answer = answer_of(job)
        cost = answer_credits(_cost_of(answer, job.created_at))
        if job.request.price and not credits_of(job) == taken.get(job.id) == min(cost, job.request.price):
            yield f"answer {job.id} cost {cost} of {job.request.price}, {taken.get(job.id)} were taken"
        known = counted[question_of(job).words]
        if not answer.is_partial and answer.tokens_made not in known:
            yield f"answer {job.id} counts {answer.tokens_made} tokens, the model {known}"
    for words, count in attempts.items():
        if asked[words] > count:
            yield f"{words!r} was asked {asked[words]} times in {count} attempts"


def _cost_of(answer: Answer, at: datetime) -> int:
    """By the model that answered."""
    rung = next(each for each in TALK.rungs if answer.answered_by.startswith(each.id))
    return rung.cost_of(Tokens(answer.tokens_given, answer.tokens_made), at.date())


def _find_overtaken(jobs: Sequence[Job]) -> Iterator[str]:
    """Of two questions in one place the later begins when the earlier is over, if that was known by then."""
    for earlier, later, over in _list_neighbours(jobs):
        begun = later.attempts[0].started_at
        if earlier.created_at + ACCEPTING < begun < over:
            yield f"answer {later.id} began before {earlier.id} was over"


def _list_neighbours(jobs: Sequence[Job]) -> Iterator[tuple[Job, Job, datetime]]:
    """Two questions that were sent one after the other in one place, and when the first was over."""
    places: dict[str, list[Job]] = defaultdict(list)
    for job in jobs:
        if job.mailbox and job.attempts and chat_of(job).sent_at is not None:
            places[job.mailbox].append(job)
    for in_place in places.values():
        ordered = sorted(in_place, key=lambda job: chat_of(job).message_id)
        for earlier, later in pairwise(ordered):
            over = earlier.attempts[-1].ended_at
            if over is not None:
                yield earlier, later, over
