"""A person as operators see them: who, credits, entries of their ledger and jobs in pages. None of their words.

GET /admin/people/{person}                             one read
GET /admin/people/{person}/ledger?section=…&until=…    one query, and at most two reads
GET /admin/people/{person}/jobs?until=…                one query and one read
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.admin.calls import AdminCall
from shared.admin.page import HELPING, PAYING, Frame, read_person, show_nothing, show_page
from shared.codec import decode
from shared.credits.ledger import Transfer, TransferKind
from shared.credits.receipt_number import SECOND, number_of, read_number
from shared.credits.transfer_documents import transfers_of_kinds
from shared.errors import DocumentUnreadableError
from shared.jobs.job import Job
from shared.jobs.job_documents import job_key
from shared.jobs.open_jobs import open_job_record
from shared.miniapp.calls import Reply
from shared.people.nobody import is_nobody
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User
from shared.ports import AppPorts, Record
from shared.statement.balance_screens import entry_words
from shared.statement.entries import MICROSECOND, keep_whole_moments
from shared.statement.find_page import find_page
from shared.statement.job_words import name_kind
from shared.statement.section import Section, read_place, read_section, write_place
from shared.texts import plain_text, write_day

JOBS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ListedJob:
    """A line of a list of jobs."""

    id: str
    kind: str
    state: str
    failure: str
    credits: int
    at: datetime
    user_id: int = 0


async def read_user(ports: AppPorts, call: AdminCall) -> User | None:
    """The person in the address, as stored: nothing is granted by looking. Raises UnavailableError."""
    user_id = read_person(call.parameters["person"])
    [record] = await ports.store.read([user_key(user_id)]) if user_id else [None]
    return None if record is None else decode_user(record)


def person_path(user_id: int) -> str:
    """The address of a person."""
    return f"/admin/people/{user_id}"


async def show_person(ports: AppPorts, call: AdminCall) -> Reply:
    """The profile, with what the operator may do. Raises UnavailableError."""
    user = await read_user(ports, call)
    if user is None:
        return show_nothing(call, "overview")
    language, role = call.by.language, call.by.role
    return show_page(
        call,
        "person.html",
        Frame("overview", _name(call, user), "/admin"),
        user=user,
        since=write_day(language, user.created_at),
        tongue=user.language or user.news.language,
        is_nobody=is_nobody(user.id),
        is_self=user.id == call.by.user_id,
        may_give=role in PAYING,
        may_read=role in HELPING,
        nonce=ports.ids.token(),
        alone_max=ports.alone_credits_max,
    )


async def show_ledger(ports: AppPorts, call: AdminCall) -> Reply:
    """A page of the ledger; `receipt` in the query begins it at that receipt. Raises UnavailableError."""
    user, section = await read_user(ports, call), read_section(call.query.get("section", ""))
    if user is None:
        return show_nothing(call, "overview")
    until = _read_receipt(call.query.get("receipt", "")) or read_place(call.query.get("until", ""))
    found = await find_page(ports, user.id, section, until)
    language, path = call.by.language, f"{person_path(user.id)}/ledger"
    # Without the jobs an entry names the kind of work, and no words of the person.
    entries = [(number_of(each), entry_words(language, each, {}), each.job_id) for each in found.entries]
    sections = [
        (plain_text(language, f"balance-section-{each.name.lower()}"), f"{path}?section={each.value}", each is section)
        for each in Section
    ]
    following = found.following
    older = "" if following is None else f"{path}?section={section.value}&until={write_place(following)}"
    frame = Frame("overview", plain_text(language, "admin-ledger"), person_path(user.id))
    return show_page(call, "ledger.html", frame, user=user, entries=entries, choices=sections, older=older)


def _read_receipt(text: str) -> datetime | None:
    """The last moment of the second in which a receipt was booked."""
    read = read_number(text)
    return None if read is None else read[1] + SECOND - MICROSECOND


async def show_jobs_of(ports: AppPorts, call: AdminCall) -> Reply:
    """A page of the person's jobs that were to be paid, the newest first. Raises UnavailableError."""
    user, until = await read_user(ports, call), read_place(call.query.get("until", ""))
    if user is None:
        return show_nothing(call, "overview")
    asked = transfers_of_kinds(user.id, (TransferKind.HOLD,), JOBS_SHOWN + 1, until)
    found = [decode(Transfer, record.fields) for record in await ports.store.find(asked)]
    has_more = len(found) > JOBS_SHOWN
    holds = [each for each in (keep_whole_moments(found) if has_more else found) if each.job_id]
    records = await ports.store.read([job_key(str(each.job_id)) for each in holds]) if holds else []
    jobs = [list_job(ports, call, *pair) for pair in zip(holds, records, strict=True)]
    path = f"{person_path(user.id)}/jobs"
    older = f"{path}?until={write_place(holds[-1].at - MICROSECOND)}" if has_more and holds else ""
    frame = Frame("overview", plain_text(call.by.language, "admin-jobs-of"), person_path(user.id))
    return show_page(call, "jobs_of.html", frame, user=user, jobs=jobs, older=older)


def list_job(ports: AppPorts, call: AdminCall, hold: Transfer, record: Record | None) -> ListedJob:
    """A job by its hold, which stays when the job has expired."""
    kind = name_kind(call.by.language, hold.job_kind)
    gone = ListedJob(str(hold.job_id), kind, plain_text(call.by.language, "admin-expired"), "", hold.credits, hold.at)
    job = None if record is None else read_job(ports, record)
    return gone if job is None else replace(line_of(call, job), credits=hold.credits)


def read_job(ports: AppPorts, record: Record) -> Job | None:
    """The job of a document; None if this release cannot read it."""
    try:
        return open_job_record(ports, record).job
    except DocumentUnreadableError:
        return None


def line_of(call: AdminCall, job: Job) -> ListedJob:
    """A job as a line of a list."""
    failure = "" if job.failure is None else job.failure.value
    kind = name_kind(call.by.language, job.kind)
    state = plain_text(call.by.language, f"admin-job-{job.state.value}")
    return ListedJob(job.id, kind, state, failure, job.request.price, job.created_at, job.user_id)


def _name(call: AdminCall, user: User) -> str:
    return plain_text(call.by.language, "admin-person", id=str(user.id))
