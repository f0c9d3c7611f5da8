"""`sweep`, called every minute: makes tasks for what is overdue, broadcasts too; at night, checks the books."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.broadcasts.sweep_broadcasts import sweep_broadcasts
from shared.delivery import ALARMS_PATH
from shared.http import TASK_BYTES_MAX, done, make_endpoint, read_body
from shared.jobs.check_books import check_books
from shared.jobs.job_documents import job_key
from shared.jobs.rehearse_alarm import rehearse_alarm
from shared.jobs.sweep_work import sweep_work
from shared.logs import configure_logs, log_event
from shared.payments.reconcile import start_reconciliation
from shared.payments.sweep_card_orders import sweep_card_orders
from shared.payments.tell_day import tell_day
from shared.settings import SweepSettings, TelemetrySettings, load
from shared.telegram.look_at_webhook import publish_look
from shared.telegram.tell_alarm import tell_alarm
from shared.wiring import (
    Once,
    make_repair_ports,
    open_notice_places,
    open_operators_chat,
    start_telemetry,
    task_token,
)

settings = load(SweepSettings.read)
configure_logs("sweep")
telemetry = load(TelemetrySettings.read)
start_telemetry("sweep", telemetry)
ports = Once(lambda: make_repair_ports(settings.repair))
operators = Once(lambda: open_operators_chat(settings.notices))
places = Once(lambda: open_notice_places(settings, telemetry, operators.get))


async def work(request: Request) -> Response:
    """POST /alarms: tell the operators. Any other: sweep once; most calls find that nothing of the night's is due."""
    if request.url.path == ALARMS_PATH:
        return await tell_operators(request)
    begun_at = ports.get().clock.now()
    swept = await sweep_work(ports.get())
    orders, broadcasts = await sweep_card_orders(ports.get()), await sweep_broadcasts(ports.get())
    log_event(
        "work_swept",
        jobs=swept.jobs,
        drafts=swept.drafts,
        dues=swept.dues,
        card_orders=orders.moved,
        broadcasts=broadcasts.moved,
        unreadable=swept.unreadable + orders.unreadable + broadcasts.unreadable,
    )
    await start_reconciliation(ports.get())
    await check_books(ports.get(), begun_at)
    rehearse_alarm(begun_at)
    await publish_look(ports.get())
    if settings.notices is not None:  # last: a payment that cannot be read must not end the looks at the webhook
        await tell_day(ports.get(), operators.get)
    return done(jobs=swept.jobs, drafts=swept.drafts, dues=swept.dues)


async def tell_operators(request: Request) -> Response:
    """Pub/Sub brings an alarm of Cloud Monitoring."""
    body = await read_body(request, TASK_BYTES_MAX)
    await tell_alarm(places.get(), body)
    return done()


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([job_key("ready")])


sweep = make_endpoint("sweep", settings.release, settings.caller.project, task_token(settings.caller), work, check)
loading.end()
