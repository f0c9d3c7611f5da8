"""A picture that lies in the bucket is not paid again: earlier attempts' names are looked up before the model is asked.

model ✓ ── put ✓ ── commit ✗ (the store is out, the worker dies) ── next worker: there it is ── commit ── show
"""

from dataclasses import replace

from shared.jobs.attempts import adopt, untold_fences
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.logs import log_event
from shared.pictures.picture import Result, artefacts_of, picture_name, signature_name
from shared.pictures.show_picture import make_preview, show_when_possible
from shared.ports import Ports, StoredBlob, Studio

MODEL_FACT, SIGNED_FACT = "model-id", "signed"
"""What is written beside a picture, because without the job's document nobody else knows it."""


def facts_of(result: Result) -> dict[str, str]:
    """What is to be written beside a picture."""
    return {MODEL_FACT: result.model_id, SIGNED_FACT: "yes" if result.signature_blob is not None else "no"}


async def recover_picture(ports: Ports, studio: Studio, held: StoredJob) -> bool:
    """Go on with a picture that an earlier attempt stored, if there is one. Raises LeaseLostError, UnavailableError."""
    for fence in untold_fences(held.job):
        stored = await ports.blobs.look(picture_name(held.job, fence))
        if stored is not None and await _go_on(ports, studio, held, fence, stored):
            return True
    return False


async def _go_on(ports: Ports, studio: Studio, held: StoredJob, fence: int, stored: StoredBlob) -> bool:
    """Adopt and show it; False where it is no picture."""
    made = await make_preview(studio, stored.content)
    if made is None:
        return False
    preview, width, height = made
    held = await _adopt(ports, held, fence, _result_of(held, fence, stored, width, height))
    await show_when_possible(ports, held, preview, stored.content)
    return True


def _result_of(held: StoredJob, fence: int, stored: StoredBlob, width: int, height: int) -> Result:
    name = picture_name(held.job, fence)
    signature = signature_name(name) if stored.facts.get(SIGNED_FACT) == "yes" else None
    model_id = stored.facts.get(MODEL_FACT, "")
    return Result(name, stored.mime_type, width, height, len(stored.content), signature, model_id)


async def _adopt(ports: Ports, held: StoredJob, fence: int, result: Result) -> StoredJob:
    now = ports.clock.now()
    log_event("picture_recovered", **job_facts(held.job))
    return await change_held_job(
        ports, held, lambda job: adopt(job, fence, now, replace(artefacts_of(job), result=result))
    )
