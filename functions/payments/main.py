"""`payments`: takes the notices of card providers. No database, no bot token, and none of the providers' own keys.

A notice is a reason to ask: it becomes one task for `bot`, which asks the provider for the order and tells the person.
"""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.errors import UnauthenticatedError
from shared.http import done, find_caller, make_endpoint, read_body
from shared.logs import configure_logs, log_event
from shared.payments.card_notices import (
    NOTICE_BYTES_MAX,
    is_from_lava,
    is_in_networks,
    read_lava_notice,
    read_yookassa_notice,
)
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.settings import PaymentsSettings, load
from shared.wiring import Once, make_bot_queue

settings = load(PaymentsSettings.read)
configure_logs("payments")
queue = Once(lambda: make_bot_queue(settings.queue, settings.bot))
LAVA_PATH, YOOKASSA_PATH = "/lava", "/yookassa"
READERS = {LAVA_PATH: read_lava_notice, YOOKASSA_PATH: read_yookassa_notice}


async def authenticate(request: Request) -> None:
    """Whether the caller is the provider of this path. A provider that is not set is nobody."""
    path, headers = request.url.path, request.headers
    if path == LAVA_PATH:
        is_known = is_from_lava(headers.getlist("X-Api-Key"), headers.getlist("Authorization"), settings.lava_key)
    else:
        is_known = path == YOOKASSA_PATH and is_in_networks(find_caller(request), settings.yookassa_networks)
    if not is_known:
        raise UnauthenticatedError("no provider of card payments")


async def take_notice(request: Request) -> Response:
    """POST /<provider>: answer 200 once the task is stored, or if the notice names nothing or is unusable."""
    notice = READERS[request.url.path](await read_body(request, NOTICE_BYTES_MAX))
    if not notice.invoice_id:  # an operator finds it in the provider's cabinet: `make card-orders`
        log_event("card_return_unnamed", severity="ERROR", provider=notice.provider, kind=notice.event)
        return done()
    order_id = card_order_id(notice.provider, notice.invoice_id)
    log_event("card_notice_taken", provider=notice.provider, kind=notice.event, order_id=order_id)
    await publish_card_order(queue.get(), order_id, notice.told_invoice)
    return done()


async def check() -> None:
    """Check that the queue can be reached, without storing a task."""
    await queue.get().check()


payments = make_endpoint("payments", settings.release, settings.queue.project, authenticate, take_notice, check)
loading.end()
