"""`bot`: handles one update (dialogs, menus, requests), or a task: a complete album, an order by card, a broadcast."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.bot_tasks import take_task
from shared.http import make_endpoint
from shared.logs import configure_logs
from shared.people.user_documents import user_key
from shared.settings import BotSettings, TelemetrySettings, load
from shared.wiring import Once, make_bot_ports, start_telemetry, task_token

settings = load(BotSettings.read)
configure_logs("bot")
start_telemetry("bot", load(TelemetrySettings.read))
ports = Once(lambda: make_bot_ports(settings))


async def work(request: Request) -> Response:
    """POST / with an update as Telegram sent it; other paths with a task of ours."""
    return await take_task(ports.get(), request, settings.webhook_url)


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([user_key(0)])


bot = make_endpoint("bot", settings.release, settings.caller.project, task_token(settings.caller), work, check)
loading.end()
