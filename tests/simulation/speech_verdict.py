"""What must hold of what is spoken when everything has come to rest."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.conversations.answer import answer_of, is_answer
from shared.credits.catalogue import SPEECH, answer_credits
from shared.credits.ledger import Transfer, TransferKind
from shared.jobs.job import Job, JobState
from shared.providers.outcomes import TimedOut
from shared.providers.talk import Tokens
from shared.voices.speech import sound_of, speech_of
from shared.voices.speech_text import speakable
from tests.simulation.virtual_time import EPOCH

if TYPE_CHECKING:
    from tests.simulation.world import World


def find_speech_problems(
    world: "World", jobs: dict[str, Job], speeches: dict[str, Job], transfers: list[Transfer]
) -> list[str]:
    """Everything that must hold of what was spoken and does not."""
    world.facts["spoken"] = sum(job.state is JobState.DELIVERED for job in speeches.values())
    return [
        *_find_repeated_sends(world, speeches),
        *_find_asked_again(world, speeches),
        *_find_wrong_words(jobs, speeches),
        *_find_wrong_costs(speeches, transfers),
        *_find_files(world, speeches),
    ]


def _find_repeated_sends(world: "World", speeches: dict[str, Job]) -> Iterator[str]:
    """Of each job one voice message was sent at most, and of a delivered one exactly one."""
    sent = Counter(
        call.media.filename.removesuffix(".ogg")
        for call in world.messenger.arrived
        if call.method in {"send_voice", "send_document"} and call.media is not None
    )
    for job_id, job in speeches.items():
        if sent[job_id] > 1:
            yield f"speech {job_id} was sent {sent[job_id]} times"
        if job.state is JobState.DELIVERED and not sent[job_id]:
            yield f"speech {job_id} is delivered, and was never sent"
        world.facts["sent, and not known to be"] += job.state is JobState.FAILED and sent[job_id] > 0


def _find_asked_again(world: "World", speeches: dict[str, Job]) -> Iterator[str]:
    """After a call of which nobody knows whether the model has spoken no other follows.

    A process that dies, or stands still, with what it was told leaves an attempt of which nothing is known.
    """
    calls = defaultdict(list)
    for call in world.speech_model.calls:
        if not call.life.frozen_until:
            calls[call.job_id].append(call)
    for job_id, made in calls.items():
        told = [call for call in made[:-1] if not call.life.dead]
        if any(isinstance(call.outcome, TimedOut) for call in told) and speeches[job_id].fence <= len(made):
            yield f"speech {job_id} was asked for again after it had timed out"


def _find_wrong_words(jobs: dict[str, Job], speeches: dict[str, Job]) -> Iterator[str]:
    """What is heard are the words of the answer, and of its own person."""
    for job_id, job in speeches.items():
        if job.state is not JobState.DELIVERED or job.deleted_at is not None:
            continue
        answer = jobs[speech_of(job).answer_id]
        if not is_answer(answer) or sound_of(job).words != speakable(answer_of(answer).said):
            yield f"speech {job_id} says other words than its answer"
        if answer.user_id != job.user_id:
            yield f"speech {job_id} is paid by {job.user_id} for {answer.user_id}"


def _find_wrong_costs(speeches: dict[str, Job], transfers: list[Transfer]) -> Iterator[str]:
    """What is taken is what the sound did cost, and never more than was held."""
    taken = {each.job_id: each.credits for each in transfers if each.kind is TransferKind.CAPTURE}
    for job_id, job in speeches.items():
        if job.state is JobState.DELIVERED:
            sound = sound_of(job)
            cost = SPEECH.rungs[0].cost_of(Tokens(sound.tokens_given, sound.tokens_made), EPOCH.date())
            wanted = min(answer_credits(cost), job.request.price)
            if taken.get(job_id) != wanted:
                yield f"speech {job_id} did cost {wanted}, {taken.get(job_id)} were taken"


def _find_files(world: "World", speeches: dict[str, Job]) -> Iterator[str]:
    """The sound is there while its voice message is, and both go together."""
    for job_id, job in speeches.items():
        # A worker that stalls for minutes may store its sound after that; the bucket deletes it in the end.
        stalled = {f"jobs/{job_id}/{attempt.fence}" for attempt in job.attempts if not attempt.outcome}
        has_files = any(name.startswith(f"jobs/{job_id}/") for name in world.blobs.blobs.keys() - stalled)
        if job.deleted_at is not None and has_files:
            yield f"speech {job_id} was deleted, and its sound is still there"
        if job.state is JobState.DELIVERED and job.deleted_at is None and not has_files:
            yield f"speech {job_id} has lost its sound"
