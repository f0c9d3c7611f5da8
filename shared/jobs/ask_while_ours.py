"""Asking a model for a result that is not streamed: meanwhile the worker shows progress and watches for a cancel."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from shared.errors import LeaseLostError
from shared.jobs.job import Job
from shared.jobs.watch_job import watch_job
from shared.logs import log_event
from shared.ports import Ports

T = TypeVar("T")


async def ask_while_ours(ports: Ports, job: Job, ask: Coroutine[Any, Any, T], *, moves_card: bool = True) -> T:
    """Ask the model, and stop waiting once the job is no longer ours. Raises LeaseLostError then.

    `moves_card` is false if the job's card shows no clock.
    """
    asking = asyncio.create_task(ask)
    watching = asyncio.create_task(watch_job(ports, job, moves_card=moves_card))
    try:
        await asyncio.wait({asking, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done() and watching.exception() is None and watching.result():
            raise LeaseLostError("canceled while the model worked")
        return await asking
    finally:
        asking.cancel()
        watching.cancel()
        await asyncio.wait({asking, watching})
        if not watching.cancelled() and (error := watching.exception()) is not None:
            log_event("progress_failed", severity="WARNING", error=error)  # the result is worth more than the progress
