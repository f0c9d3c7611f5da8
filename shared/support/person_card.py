"""The card at the top of a person's topic: who, credits, the last jobs. Nothing that the person wrote.

One query of the newest transfers and one read of the jobs that they name, whatever the person has.
"""

from datetime import datetime
from html import escape

from shared.codec import decode
from shared.credits.ledger import Transfer
from shared.credits.transfer_documents import transfers_of
from shared.errors import DocumentUnreadableError
from shared.jobs.job import Job, credits_of
from shared.jobs.job_documents import job_key
from shared.jobs.open_jobs import open_job_record
from shared.people.accounts import open_user
from shared.people.users import Language, User
from shared.ports import Ports, Record, Screen
from shared.statement.job_words import name_kind
from shared.texts import html_text, write_day, write_short_moment

JOBS_SHOWN = 5
TRANSFERS_READ = 20
"""A job has two or three."""
NAME_CHARACTERS_MAX = 64


async def draw_person(ports: Ports, user_id: int, name: str, language: Language) -> Screen:
    """The card. Raises UnavailableError."""
    opened = await open_user(ports, user_id)
    found = await ports.store.find(transfers_of(user_id, TRANSFERS_READ))
    named = dict.fromkeys(transfer.job_id for transfer in (decode(Transfer, each.fields) for each in found))
    keys = [job_key(job_id) for job_id in list(filter(None, named))[:JOBS_SHOWN]]
    records = await ports.store.read(keys) if keys else []
    jobs = [job for record in records if record is not None and (job := _read_job(ports, record)) is not None]
    return draw_card(opened.user, name, jobs, language, ports.clock.now())


def _read_job(ports: Ports, record: Record) -> Job | None:
    try:
        return open_job_record(ports, record).job
    except DocumentUnreadableError:
        return None  # another release's


def draw_card(user: User, name: str, jobs: list[Job], language: Language, now: datetime) -> Screen:
    """Who wrote, what they have, and how their last jobs ended."""
    account = user.account
    who = f'👤 <a href="tg://user?id={user.id}">{escape(name[:NAME_CHARACTERS_MAX]) or user.id}</a>'
    since = write_day(language, user.created_at)
    lines = [
        f"{who} · {html_text(language, 'support-card', id=str(user.id), tongue=language, day=since)}",
        html_text(language, "support-card-credits", available=account.available, held=account.held),
        *(_draw_job(job, language) for job in jobs),
        html_text(language, "support-card-ways", moment=write_short_moment(language, now)),
    ]
    return Screen("\n".join(lines), is_silent=True)


def _draw_job(job: Job, language: Language) -> str:
    """One line: when, what, how it ended and for how much. States and reasons are the code's words, as in the logs."""
    ended = job.state.value if job.failure is None else f"{job.state.value}: {job.failure.value}"
    facts = {"moment": write_short_moment(language, job.created_at), "kind": name_kind(language, job.kind)}
    return html_text(language, "support-card-job", **facts, ended=ended, credits=credits_of(job), id=job.id)
