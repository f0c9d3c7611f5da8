"""The start of an accepted batch: its card, the placeholders of its album, and its tasks."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from shared.errors import MessengerError
from shared.jobs.accept_request import Accepted
from shared.jobs.job import Job
from shared.jobs.publish_jobs import publish_job
from shared.pictures.batch_card import batch_card
from shared.pictures.picture import request_of
from shared.ports import Media, Ports, Screen
from shared.telegram.address import chat_of
from shared.telegram.announce_jobs import card_place, resume_jobs
from shared.telegram.batch_album import send_placeholders
from shared.telegram.show_together import show_together
from shared.texts import plain_text


async def begin_batch(ports: Ports, accepted: Accepted) -> None:
    """Turn the question into the card and create the tasks; for a repeated press what is missing of that.

    Then the card is compared with what has become of the jobs: an edit that was slow may stand over a later one.
    """
    jobs, shown = [opened.job for opened in accepted.jobs], Screen("")
    if accepted.fresh:
        shown, chat = batch_card(jobs), chat_of(jobs[0])
        assert chat.batch_card is not None
        with suppress(MessengerError):  # the workers update it too
            await ports.messenger.edit_text(card_place(jobs[0]), chat.batch_card, shown)
        await send_placeholders(ports, accepted.jobs[0], *_list_placeholders(jobs))
        await asyncio.gather(*(publish_job(ports, job) for job in jobs))
    else:
        await resume_jobs(ports, accepted.jobs)
    with suppress(MessengerError):
        await show_together(ports, jobs[0], shown)


def _list_placeholders(jobs: Sequence[Job]) -> tuple[list[Media], list[Media]]:
    """What stands in the album of photos and in that of files, which there is if each picture's file is wanted."""
    photos = [Media(_read_placeholder(), f"{job.index}.jpg") for job in jobs]
    waits = plain_text(jobs[0].language, "batch-file-waits").encode()
    wanted = all(request_of(job).original for job in jobs)
    return photos, [Media(waits, f"{job.index}.txt") for job in jobs if wanted]


@cache
def _read_placeholder() -> bytes:
    return (Path(__file__).parent / "placeholder.jpg").read_bytes()
