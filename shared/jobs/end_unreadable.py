"""Ending a job that no release has ended within a day after its deadline, because this one cannot read its document or
does not know its kind or surface: so its credits are not held for ever.

    unreadable ── sweep, worker: not yet ── … ── a day after the deadline: FAILED + release ✓ ── told ── its TTL
    unknown kind ── sweep ── a day after the deadline ── bot: likewise

Its document leaves one day by its TTL. A hold that stayed behind would be wrong books, for which all buying stops.
A release that knows it could only end it by now.
The engine's part is enough for it: what the person asked for, and what was made of it, is left as it is.
"""

from contextlib import suppress

from shared.errors import DocumentUnreadableError, LeaseLostError, MessengerError
from shared.jobs.job import Job, JobState, claim, ended, refuse
from shared.jobs.job_documents import job_key
from shared.jobs.next_step import is_forsaken
from shared.jobs.open_jobs import StoredJob, decode_job, releasing, settle_job
from shared.logs import log_event
from shared.people.accounts import open_user
from shared.ports import Place, Ports, Screen
from shared.providers.outcomes import FailureReason
from shared.texts import html_text, plain_text


async def end_unreadable(ports: Ports, job_id: str) -> None:
    """End this job if it is time. Raises UnavailableError."""
    [record] = await ports.store.read([job_key(job_id)])
    with suppress(DocumentUnreadableError, LeaseLostError):  # not even that part can be read; or somebody could
        job = None if record is None else decode_job(record.fields, {}, {})
        now = ports.clock.now()
        if record is None or job is None or not is_forsaken(job, now):
            return
        user = await open_user(ports, job.user_id)

        def end(current: Job) -> Job:
            return ended(refuse(claim(current, now), FailureReason.OURS), JobState.FAILED)

        await settle_job(ports, StoredJob(job, record), user, end, releasing(now))
        log_event("job_given_up", severity="ERROR", code=FailureReason.OURS.value, job_id=job.id)
        await _tell(ports, job)


async def _tell(ports: Ports, job: Job) -> None:
    """Once at most, in the private chat: where the job was shown cannot be read."""
    own = plain_text(job.language, "returned", price=job.request.price)
    returned = plain_text(job.language, "returned-group") if job.wallet_id else own
    screen = Screen(html_text(job.language, "failed-ours", returned=returned))
    with suppress(MessengerError):
        await ports.messenger.send_text(Place(job.user_id), screen)
