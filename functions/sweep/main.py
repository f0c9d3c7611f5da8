"""`sweep`, called every minute: makes tasks for what is overdue, broadcasts too; at night, checks the books."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.delivery import ALARMS_PATH
from shared.http import TASK_BYTES_MAX, done, make_endpoint, read_body
from shared.jobs.job_documents import job_key
from shared.logs import configure_logs
from shared.settings import SweepSettings, TelemetrySettings, load
from shared.sweep_tasks import sweep_once
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
    """POST /alarms, from Pub/Sub: tell the operators of an alarm. Any other path: sweep once."""
    if request.url.path == ALARMS_PATH:
        body = await read_body(request, TASK_BYTES_MAX)
        await tell_alarm(places.get(), body)
        return done()
    return await sweep_once(ports.get(), None if settings.notices is None else operators.get)


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([job_key("ready")])


sweep = make_endpoint("sweep", settings.release, settings.caller.project, task_token(settings.caller), work, check)
loading.end()
