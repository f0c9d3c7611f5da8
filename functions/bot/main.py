"""`bot`: handles one update (dialogs, menus, requests), closes one complete album, or asks for one order by card."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.bot.intake import take_draft, take_update
from shared.delivery import ACTS_PATH, LOOK_PATH, RECONCILE_PATH
from shared.http import TASK_BYTES_MAX, done, make_endpoint, read_body, read_delivery, read_id, read_task
from shared.jobs.publish_jobs import DUES_PATH
from shared.logs import configure_logs
from shared.payments.publish_card_order import CARD_ORDERS_PATH, find_told_invoice
from shared.people.user_documents import user_key
from shared.settings import BotSettings, load
from shared.wiring import Once, make_cards, make_ports, task_token

settings = load(BotSettings.read)
configure_logs("bot")
ports = Once(
    lambda: make_ports(settings.work, "bot", settings.order_keys, make_cards(settings.cards), settings.mini_app_url)
)


async def work(request: Request) -> Response:
    """POST / with an update as Telegram sent it; /acts with an act of the Mini App; /drafts, /card-orders, /dues with
    what is to be closed or is due; /payments to compare them; /webhook to ask Telegram about ours.
    """
    if request.url.path == ACTS_PATH:
        from shared.miniapp.acts import take_act

        await take_act(ports.get(), await read_body(request, TASK_BYTES_MAX))
    elif request.url.path == "/drafts":
        await take_draft(ports.get(), await read_id(request, "draft"))
    elif request.url.path == CARD_ORDERS_PATH:
        from shared.bot.take_card_order import take_card_order

        order, said = await read_task(request, "order")
        await take_card_order(ports.get(), order, find_told_invoice(said))
    elif request.url.path == DUES_PATH:
        from shared.growth.take_due import take_due

        due, said = await read_task(request, "due")
        await take_due(ports.get(), str(said.get("collection")), due)
    elif request.url.path == RECONCILE_PATH:
        from shared.payments.reconcile import reconcile_payments

        await reconcile_payments(ports.get())
    elif request.url.path == LOOK_PATH:
        from shared.telegram.look_at_webhook import look_at_webhook

        await look_at_webhook(ports.get(), settings.webhook_url, await read_body(request, TASK_BYTES_MAX))
    else:
        body = await read_body(request, TASK_BYTES_MAX)
        await take_update(ports.get(), body, read_delivery(request, ports.get().clock.now()))
    return done()


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([user_key(0)])


bot = make_endpoint("bot", settings.release, settings.caller.project, task_token(settings.caller), work, check)
loading.end()
