"""`sweep`, called every minute: makes tasks for what is overdue, orders by card too; at night, checks the books."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.http import done, make_endpoint
from shared.jobs.check_books import check_books
from shared.jobs.job_documents import job_key
from shared.jobs.sweep_work import sweep_work
from shared.logs import configure_logs, log_event
from shared.payments.reconcile import start_reconciliation
from shared.payments.sweep_card_orders import sweep_card_orders
from shared.settings import SweepSettings, load
from shared.telegram.look_at_webhook import publish_look
from shared.wiring import Once, make_repair_ports, task_token

settings = load(SweepSettings.read)
configure_logs("sweep")
ports = Once(lambda: make_repair_ports(settings.repair))


async def work(request: Request) -> Response:
    """Any POST: sweep once. Most calls find that nothing of the night's work is due."""
    begun_at = ports.get().clock.now()
    swept = await sweep_work(ports.get())
    orders = await sweep_card_orders(ports.get())
    jobs, drafts, dues, unreadable = swept.jobs, swept.drafts, swept.dues, swept.unreadable + orders.unreadable
    log_event("work_swept", jobs=jobs, drafts=drafts, dues=dues, card_orders=orders.moved, unreadable=unreadable)
    await publish_look(ports.get())
    await start_reconciliation(ports.get())
    await check_books(ports.get(), begun_at)
    return done(jobs=swept.jobs, drafts=swept.drafts, dues=swept.dues)


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([job_key("ready")])


sweep = make_endpoint("sweep", settings.release, settings.caller.project, task_token(settings.caller), work, check)
loading.end()
