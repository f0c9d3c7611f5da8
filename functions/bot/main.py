"""`bot`: handles one update (dialogs, menus, requests), or closes one complete album."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.bot.intake import take_draft, take_update
from shared.delivery import ACTS_PATH, RECONCILE_PATH
from shared.growth.take_due import take_due
from shared.http import TASK_BYTES_MAX, done, make_endpoint, read_body, read_delivery, read_id, read_task
from shared.jobs.publish_jobs import DUES_PATH
from shared.logs import configure_logs
from shared.miniapp.acts import take_act
from shared.payments.reconcile import reconcile_payments
from shared.people.user_documents import user_key
from shared.settings import BotSettings, load
from shared.wiring import Once, make_ports, task_token

settings = load(BotSettings.read)
configure_logs("bot")
ports = Once(lambda: make_ports(settings.work, "bot", settings.order_keys, settings.mini_app_url))


async def work(request: Request) -> Response:
    """POST / with an update as Telegram sent it, /drafts with the id of a draft to close, /acts with an act of the Mini
    App, /dues with what is due with a gift or a purchase, /payments to compare them.
    """
    if request.url.path == ACTS_PATH:
        await take_act(ports.get(), await read_body(request, TASK_BYTES_MAX))
    elif request.url.path == "/drafts":
        await take_draft(ports.get(), await read_id(request, "draft"))
    elif request.url.path == DUES_PATH:
        due, said = await read_task(request, "due")
        await take_due(ports.get(), str(said.get("collection")), due)
    elif request.url.path == RECONCILE_PATH:
        await reconcile_payments(ports.get())
    else:
        body = await read_body(request, TASK_BYTES_MAX)
        await take_update(ports.get(), body, read_delivery(request, ports.get().clock.now()))
    return done()


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([user_key(0)])


bot = make_endpoint("bot", settings.release, settings.caller.project, task_token(settings.caller), work, check)
loading.end()
