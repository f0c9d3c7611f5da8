"""`payments`: takes notices of providers of card payments and of videos. No database, no bot token, none of their keys.

A notice is a reason to ask. It becomes one task: for `bot`, which asks the provider for the order and tells the person,
or for `video`, which asks how far the video is.
"""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.adapters.clock import SystemClock
from shared.errors import UnauthenticatedError
from shared.http import done, find_caller, make_endpoint, read_body
from shared.jobs.publish_notice import publish_notice
from shared.logs import configure_logs, log_event
from shared.payments.card_notices import (
    NOTICE_BYTES_MAX,
    is_from_lava,
    is_in_networks,
    read_lava_notice,
    read_yookassa_notice,
)
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.providers.notices import NOTICES_PATH, read_notice_path
from shared.settings import PaymentsSettings, load
from shared.wiring import Once, make_notice_queue, make_signed

settings = load(PaymentsSettings.read)
configure_logs("payments")
queue = Once(lambda: make_notice_queue(settings))
signed = Once(lambda: make_signed(settings))
clock = SystemClock()
LAVA_PATH, YOOKASSA_PATH = "/lava", "/yookassa"
READERS = {LAVA_PATH: read_lava_notice, YOOKASSA_PATH: read_yookassa_notice}


async def authenticate(request: Request) -> None:
    """Whether the caller is the provider of this path. A provider that is not set is nobody.

    Who tells of a video shows it by a signature of the whole body, which `take_notice` reads and checks.
    """
    path, headers = request.url.path, request.headers
    if path.startswith(f"{NOTICES_PATH}/"):
        return
    if path == LAVA_PATH:
        is_known = is_from_lava(headers.getlist("X-Api-Key"), headers.getlist("Authorization"), settings.lava_key)
    else:
        is_known = path == YOOKASSA_PATH and is_in_networks(find_caller(request), settings.yookassa_networks)
    if not is_known:
        raise UnauthenticatedError("no provider of card payments")


async def take_notice(request: Request) -> Response:
    """POST /<provider>: answer 200 once the task is stored, or if the notice names nothing or is unusable."""
    if request.url.path.startswith(f"{NOTICES_PATH}/"):
        return await take_video_notice(request)
    notice = READERS[request.url.path](await read_body(request, NOTICE_BYTES_MAX))
    if not notice.invoice_id:  # an operator finds it in the provider's cabinet: `make card-orders`
        log_event("card_return_unnamed", severity="ERROR", provider=notice.provider, kind=notice.event)
        return done()
    order_id = card_order_id(notice.provider, notice.invoice_id)
    log_event("card_notice_taken", provider=notice.provider, kind=notice.event, order_id=order_id)
    await publish_card_order(queue.get(), order_id, notice.told_invoice)
    return done()


async def take_video_notice(request: Request) -> Response:
    """POST /videos/<provider>/<job>: nothing is read of the body, but who signed it."""
    named = read_notice_path(request.url.path)
    provider, job_id = named if named is not None else ("", "")
    known = signed.get().get(provider)
    if known is None:
        raise UnauthenticatedError("no provider of videos")
    await known.check(request.headers, await read_body(request, NOTICE_BYTES_MAX), clock.now())
    log_event("video_notice_taken", provider=provider, job_id=job_id)
    await publish_notice(queue.get(), job_id)
    return done()


async def check() -> None:
    """Check that the queue can be reached, without storing a task."""
    await queue.get().check()


payments = make_endpoint("payments", settings.release, settings.queue.project, authenticate, take_notice, check)
loading.end()
