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
from shared.settings import BotSettings, TelemetrySettings, load
from shared.wiring import Once, make_bot_ports, start_telemetry, task_token

settings = load(BotSettings.read)
configure_logs("bot")
start_telemetry("bot", load(TelemetrySettings.read))
ports = Once(lambda: make_bot_ports(settings))


async def work(request: Request) -> Response:
    """POST / with an update as Telegram sent it; other paths with a task of ours."""
    if (path := request.url.path) == ACTS_PATH:
        from shared.miniapp.acts import take_act

        await take_act(ports.get(), await read_body(request, TASK_BYTES_MAX))
    elif path == "/drafts":
        await take_draft(ports.get(), await read_id(request, "draft"))
    elif path == CARD_ORDERS_PATH:
        from shared.bot.take_card_order import take_card_order

        order, said = await read_task(request, "order")
        await take_card_order(ports.get(), order, find_told_invoice(said))
    elif path == DUES_PATH:
        from shared.growth.take_due import take_due

        due, said = await read_task(request, "due")
        await take_due(ports.get(), str(said.get("collection")), due)
    elif path == RECONCILE_PATH:
        from shared.payments.reconcile import reconcile_payments

        await reconcile_payments(ports.get())
    elif path == LOOK_PATH:
        from shared.telegram.look_at_webhook import look_at_webhook

        await look_at_webhook(ports.get(), settings.webhook_url, await read_body(request, TASK_BYTES_MAX))
    else:
        delivery = read_delivery(request, ports.get().clock.now())
        await take_update(ports.get(), await read_body(request, TASK_BYTES_MAX), delivery)
    return done()


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([user_key(0)])


bot = make_endpoint("bot", settings.release, settings.caller.project, task_token(settings.caller), work, check)
loading.end()
