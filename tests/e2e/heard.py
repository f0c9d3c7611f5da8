"""Wishes to hear an answer: each was sent at most once, is seen where it was paid, and cost what it did cost."""

from collections import Counter
from collections.abc import Iterator, Sequence

from shared.credits.catalogue import SPEECH, answer_credits
from shared.credits.ledger import TransferKind
from shared.jobs.job import Job, JobState
from shared.providers.outcomes import FailureReason
from shared.providers.talk import Tokens
from shared.telegram.address import chat_of
from shared.voices.speech import is_speech, sound_of
from tests.e2e.books import Books
from tests.e2e.chats import Chats


def find_wrong_speeches(books: Books, chats: Chats) -> list[str]:
    """Everything sent twice, not seen or charged wrongly, once all is at rest."""
    jobs = [job for job in books.jobs.values() if is_speech(job)]
    return [*_find_wrong_messages(jobs, chats), *_find_wrong_charges(books, jobs)]


def count_speeches(books: Books) -> Counter[str]:
    """What there was to see of it; for the report."""
    jobs = [job for job in books.jobs.values() if is_speech(job)]
    return Counter(
        {
            "spoken": sum(job.state is JobState.DELIVERED for job in jobs),
            "sounds cut short": sum(not attempt.outcome for job in jobs for attempt in job.attempts),
            "perhaps sent": sum(job.failure is FailureReason.UNDELIVERABLE for job in jobs),
        }
    )


def _find_wrong_messages(jobs: Sequence[Job], chats: Chats) -> Iterator[str]:
    """Each delivered one is visible. Additional voice messages must be unconfirmed sends."""
    paid: Counter[int] = Counter()
    unknown: Counter[int] = Counter()
    for job in jobs:
        chat_id = chat_of(job).chat_id
        if job.state is JobState.DELIVERED:
            paid[chat_id] += 1
            if "voice" not in chats.messages[chat_id].get(sound_of(job).message_id, {}):
                yield f"speech {job.id}: message {sound_of(job).message_id} is no voice message"
        unknown[chat_id] += job.failure is FailureReason.UNDELIVERABLE
    for chat_id, messages in chats.messages.items():
        seen = sum("voice" in message and message["from"]["is_bot"] for message in messages.values())
        if not paid[chat_id] <= seen <= paid[chat_id] + unknown[chat_id]:
            yield f"chat {chat_id}: {seen} voice messages, {paid[chat_id]} paid, {unknown[chat_id]} perhaps sent"


def _find_wrong_charges(books: Books, jobs: Sequence[Job]) -> Iterator[str]:
    """What was taken is what the sound cost by the provider's own count."""
    taken = {each.job_id: each.credits for each in books.transfers if each.kind is TransferKind.CAPTURE}
    for job in jobs:
        if job.state is JobState.DELIVERED:
            sound = sound_of(job)
            rung = next(each for each in SPEECH.rungs if each.id == sound.model_id)
            cost = rung.cost_of(Tokens(sound.tokens_given, sound.tokens_made), job.created_at.date())
            wanted = min(answer_credits(cost), job.request.price)
            if taken.get(job.id) != wanted:
                yield f"speech {job.id} cost {wanted}, {taken.get(job.id)} were taken"
