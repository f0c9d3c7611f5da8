"""What must hold of batches when everything has come to rest."""

from collections import defaultdict
from html import escape

from shared.jobs.job import Job, JobState
from shared.pictures.batch_card import batch_card
from shared.pictures.picture import request_of
from shared.telegram.address import chat_of
from tests.simulation.world import World


def batch_or_intent(job: Job) -> str:
    """What one wish became: the jobs of a batch name no intent themselves."""
    return job.intent or chat_of(job).batch


def find_batch_problems(world: World, jobs: dict[str, Job]) -> list[str]:
    """Each batch is whole, every prompt of it is another one, its card says how all of it ended, and its album shows
    the pictures, in the order of the prompts, and nothing else."""
    batches: dict[str, list[Job]] = defaultdict(list)
    for job in jobs.values():
        if chat_of(job).batch:
            batches[chat_of(job).batch].append(job)
    world.facts["batches"] += len(batches)
    return [problem for of_one in batches.values() for problem in _find_problems(world, of_one)]


def _find_problems(world: World, jobs: list[Job]) -> list[str]:
    jobs = sorted(jobs, key=lambda job: job.index)
    name = f"batch {chat_of(jobs[0]).batch}"
    if [job.index for job in jobs] != [*range(1, jobs[0].count + 1)]:
        return [f"{name} has {len(jobs)} jobs of {jobs[0].count}"]
    problems = []
    if len({request_of(job).prompt for job in jobs}) < len(jobs):
        problems.append(f"{name} draws a prompt twice")
    problems += _find_album_problems(world, name, jobs)
    chat = chat_of(jobs[0])
    card = world.messenger.chats[chat.chat_id].get(chat.batch_card or 0)
    if card is not None and chat.chat_id not in world.ever_blocked and card.text != batch_card(jobs).text:
        problems.append(f"{name} has ended as {batch_card(jobs).text!r}, its card says {card.text!r}")
    return problems


def _find_album_problems(world: World, name: str, jobs: list[Job]) -> list[str]:
    """Each message of an album is the picture of its own job, or gone."""
    chat = chat_of(jobs[0])
    world.facts["albums"] += bool(chat.album)
    if chat.chat_id in world.ever_blocked or all(job.state is JobState.CANCELED for job in jobs):
        return []  # all were canceled while the album was on its way, by a worker that died before it looked again
    shown = world.messenger.chats[chat.chat_id]
    problems = []
    for job, message_id in zip(jobs, chat.album, strict=False):
        message, ended = shown.get(message_id), job.state is JobState.DELIVERED and job.deleted_at is None
        if message is None:
            continue
        if not ended or chat_of(job).card_message_id != message_id:
            problems.append(f"{name} still shows {message.text!r} in its album for the {job.state} job {job.index}")
        elif escape(request_of(job).prompt, quote=False)[:20] not in message.text:
            problems.append(f"{name} shows {message.text!r} in the place of {request_of(job).prompt!r}")
    return problems
