"""What Cloud Tasks has `bot` do: updates as Telegram sent them, at /, and our own tasks, each at a path of its own.

What only one kind of task needs is imported with the first such task: a cold start for an update does not wait for it.
"""

from starlette.requests import Request
from starlette.responses import Response

from shared.bot.intake import take_draft, take_update
from shared.broadcasts.publish_broadcast import BROADCASTS_PATH, read_round
from shared.delivery import ACTS_PATH, LOOK_PATH, RECONCILE_PATH
from shared.http import TASK_BYTES_MAX, done, read_body, read_delivery, read_id, read_task
from shared.jobs.publish_jobs import DUES_PATH
from shared.payments.publish_card_order import CARD_ORDERS_PATH, find_told_invoice
from shared.ports import Ports
from shared.webhooks.publish_event import WEBHOOKS_OFF_PATH, read_owner


async def take_task(ports: Ports, request: Request, webhook_url: str) -> Response:
    """Do what the path says; Telegram has to send to `webhook_url`. Raises UnusableUpdateError, UnavailableError."""
    path = request.url.path
    if path == "/drafts":
        await take_draft(ports, await read_id(request, "draft"))
    elif path == ACTS_PATH:
        from shared.miniapp.take_act import take_act

        await take_act(ports, await read_body(request, TASK_BYTES_MAX))
    elif path == CARD_ORDERS_PATH:
        from shared.bot.take_card_order import take_card_order

        order, said = await read_task(request, "order")
        await take_card_order(ports, order, find_told_invoice(said))
    elif path == BROADCASTS_PATH:
        from shared.broadcasts.carry_broadcast import carry_broadcast

        broadcast, said = await read_task(request, "broadcast")
        await carry_broadcast(ports, broadcast, read_round(said))
    elif path == DUES_PATH:
        from shared.bot.route_due import route_due

        due, said = await read_task(request, "due")
        await route_due(ports, str(said.get("collection")), due)
    elif path == WEBHOOKS_OFF_PATH:
        from shared.webhooks.tell_off import tell_off

        key_id, said = await read_task(request, "key")
        await tell_off(ports, read_owner(said), key_id)
    elif path == RECONCILE_PATH:
        from shared.payments.reconcile import reconcile_payments

        await reconcile_payments(ports)
    elif path == LOOK_PATH:
        from shared.telegram.look_at_webhook import look_at_webhook

        await look_at_webhook(ports, webhook_url, await read_body(request, TASK_BYTES_MAX))
    else:
        delivery = read_delivery(request, ports.clock.now())
        await take_update(ports, await read_body(request, TASK_BYTES_MAX), delivery)
    return done()
