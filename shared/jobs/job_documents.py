"""Documents of jobs, of handled updates, and of quarantined ones."""

from datetime import datetime, timedelta

from shared.jobs.job import Job, JobState
from shared.jobs.shards import create_sharded, update_sharded
from shared.ports import Create, Fields, Key, Query, Record, Update

INBOX_KEPT = timedelta(days=35)


def job_key(job_id: str) -> Key:
    """One per job."""
    return Key("jobs", job_id)


def inbox_key(inbox_id: str) -> Key:
    """One per update that was handled."""
    return Key("inbox", inbox_id)


def quarantine_key(content_hash: str) -> Key:
    """One per distinct update that we could not use."""
    return Key("quarantine", content_hash)


def create_job(job: Job) -> Create:
    """The creation of a job; the commit fails if its intent was already used."""
    return create_sharded(job_key(job.id), job)


def update_job(job: Job, record: Record) -> Update:
    """The update of a job, with a precondition on the version that was read."""
    return update_sharded(record, job)


def create_inbox(inbox_id: str, job_ids: tuple[str, ...], now: datetime) -> Create:
    """The mark that an update was handled, with the jobs that it created; it names nobody."""
    fields: Fields = {"jobs": list(job_ids), "received_at": now, "expire_at": now + INBOX_KEPT}
    return Create(inbox_key(inbox_id), fields)


def jobs_in_state(user_id: int, state: JobState) -> Query:
    """A person's jobs in one state."""
    return Query("jobs", (("user_id", "==", user_id), ("state", "==", state.value)), limit=50)
