"""A job as operators see it: how it went, what moved for it, and giving its credits back. None of its words.

GET  /admin/jobs/{job}          one read of five documents
POST /admin/jobs/{job}/refund   the reason; the person reads it in /balance, and a wallet has it among its entries
"""

from shared.admin.calls import AdminCall
from shared.admin.change_credits import Outcome, order_change
from shared.admin.job_refund import find_refund, refund_keys
from shared.admin.page import RETURNING, Frame, refuse_form, show_nothing, show_page
from shared.admin.person_page import line_of, read_job
from shared.hash_ids import is_id
from shared.jobs.job import credits_of
from shared.jobs.job_documents import job_key
from shared.miniapp.calls import Reply
from shared.miniapp.page import go_to
from shared.ports import AppPorts
from shared.texts import plain_text


async def show_job(ports: AppPorts, call: AdminCall) -> Reply:
    """The job. Raises UnavailableError."""
    job_id = call.parameters["job"]
    if not is_id(job_id):
        return show_nothing(call, "jobs")
    stored, *records = await ports.store.read([job_key(job_id), *refund_keys(job_id)])
    job = None if stored is None else read_job(ports, stored)
    refund = find_refund(records)
    if job is None and refund.paid == 0:
        return show_nothing(call, "jobs")
    return show_page(
        call,
        "job.html",
        Frame("jobs", plain_text(call.by.language, "admin-job"), "/admin/jobs"),
        id=job_id,
        job=job,
        line=None if job is None else line_of(call, job),
        model="" if job is None else getattr(job.request, "model", ""),
        price=None if job is None else credits_of(job),
        refund=refund,
        may_refund=call.by.role in RETURNING and refund.is_open,
    )


async def refund_job(ports: AppPorts, call: AdminCall) -> Reply:
    """Give the credits of a job back. Raises UnavailableError."""
    job_id = call.parameters["job"]
    if not is_id(job_id):
        return show_nothing(call, "jobs")
    refund = find_refund(await ports.store.read(refund_keys(job_id)))
    change = refund.change(job_id, call.value("reason"))
    outcome = Outcome.UNSPENT if change is None else await order_change(ports, call.by, change, "refund", job_id)
    if outcome is Outcome.REASON:
        return await show_job(ports, refuse_form(call, outcome, "refund"))
    return go_to(f"/admin/jobs/{job_id}?said={outcome}")
