"""Finding a picture of an earlier attempt in the bucket before the model is asked, so that it is not bought twice.

model ✓ ── put ✓ ── commit ✗ (outage of the store, or the worker dies) ── next worker finds it ── commit ── show
"""

from dataclasses import replace

from shared.jobs.attempts import adopt, untold_fences
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.logs import log_event
from shared.pictures.picture import Result, picture_name, with_made
from shared.pictures.show_picture import make_preview, show_when_possible
from shared.pictures.signed_file import describe_file, split_file
from shared.ports import PictureStudio, Ports, StoredBlob


async def recover_picture(ports: Ports, studio: PictureStudio, held: StoredJob) -> bool:
    """Continue with a picture that an earlier attempt stored, if any. Raises LeaseLostError, UnavailableError."""
    for fence in untold_fences(held.job):
        stored = await ports.blobs.look(picture_name(held.job, fence))
        if stored is not None and await _go_on(ports, studio, held, fence, stored):
            return True
    return False


async def _go_on(ports: Ports, studio: PictureStudio, held: StoredJob, fence: int, stored: StoredBlob) -> bool:
    """Adopt and show it; returns False if it is not a picture."""
    result = describe_file(picture_name(held.job, fence), stored)
    content, _ = split_file(stored.content, result.size_bytes)
    made = await make_preview(studio, content)
    if made is None:
        return False
    preview, width, height = made
    held = await _adopt(ports, held, fence, replace(result, width=width, height=height))
    await show_when_possible(ports, held, preview, content)
    return True


async def _adopt(ports: Ports, held: StoredJob, fence: int, result: Result) -> StoredJob:
    now = ports.clock.now()
    log_event("picture_recovered", **job_facts(held.job))
    return await change_held_job(ports, held, lambda job: adopt(with_made(job, result), fence, now))
