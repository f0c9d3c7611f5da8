"""`payments`: notices of providers of payments and of videos become one task each. No database, no bot token."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.adapters.clock import SystemClock
from shared.errors import UnauthenticatedError
from shared.http import STRANGERS, done, find_caller, make_endpoint, read_body, slow_down
from shared.jobs.publish_notice import publish_notice
from shared.logs import configure_logs, log_event
from shared.miniapp.pace import Pace
from shared.payments.card_notices import NOTICE_BYTES_MAX
from shared.payments.take_card_notice import Caller, admit_provider, take_card_notice
from shared.providers.notices import NOTICES_PATH, read_notice_path, read_operation
from shared.settings import PaymentsSettings, TelemetrySettings, load
from shared.wiring import Once, make_notice_queue, make_signed, start_telemetry

settings = load(PaymentsSettings.read)
configure_logs("payments")
start_telemetry("payments", load(TelemetrySettings.read))
queue, signed = Once(lambda: make_notice_queue(settings)), Once(lambda: make_signed(settings))
clock, pace = SystemClock(), Pace()


async def authenticate(request: Request) -> None:
    """Whether a provider of payments calls. One of videos signs the whole body, which `take_video_notice` checks."""
    path, sent = request.url.path, request.headers
    if not path.startswith(f"{NOTICES_PATH}/"):
        caller = Caller(path, sent.getlist("X-Api-Key"), sent.getlist("Authorization"), find_caller(request))
        admit_provider(caller, settings.lava_key, settings.yookassa_networks)


async def take_notice(request: Request) -> Response:
    """POST /<provider>: answer 200 once the task is stored, or if the notice names nothing or is unusable."""
    if (path := request.url.path).startswith(f"{NOTICES_PATH}/"):
        return await take_video_notice(request)
    await take_card_notice(queue.get(), path, await read_body(request, NOTICE_BYTES_MAX))
    return done()


async def take_video_notice(request: Request) -> Response:
    """POST /videos/<provider>/<job>: nothing is read of the body, but who signed it and which operation it names."""
    provider, job_id = read_notice_path(request.url.path) or ("", "")
    if (known := signed.get().get(provider)) is None:
        raise UnauthenticatedError("no provider of videos")
    body = await read_body(request, NOTICE_BYTES_MAX, STRANGERS)
    await known.check(request.headers, body, now := clock.now())
    # One pace for all: a signature does not name the job, so one of them fits any address.
    if wait_seconds := pace.take(0, now.timestamp()):
        return slow_down(wait_seconds)
    log_event("video_notice_taken", provider=provider, job_id=job_id)
    await publish_notice(queue.get(), job_id, read_operation(provider, body))
    return done()


payments = make_endpoint(
    "payments", settings.release, settings.queue.project, authenticate, take_notice, lambda: queue.get().check()
)
loading.end()
