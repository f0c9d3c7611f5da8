"""`api`: the Mini App, the REST API below /api/, and what programs' webhooks are sent. No bot token, no model.

People sign in by what Telegram has signed, their programs by a key, and Cloud Tasks by a token.
"""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.http import make_site
from shared.logs import configure_logs
from shared.people.user_documents import user_key
from shared.rest_site import RestSite, is_of_api
from shared.settings import ApiSettings, TelemetrySettings, load
from shared.site import Site
from shared.webhook_tasks import WebhookTasks, is_task
from shared.wiring import Once, make_app_ports, start_telemetry, task_token

settings = load(ApiSettings.read)
configure_logs("api")
start_telemetry("api", load(TelemetrySettings.read))
ports = Once(lambda: make_app_ports(settings))
app, rest = Site(settings, ports.get), RestSite(ports.get, settings.webhook_url)
tasks = WebhookTasks(task_token(settings.caller), ports.get)


async def show(request: Request) -> Response:
    """Who answers which address."""
    if is_task(request):
        return await tasks.work(request)
    return await (rest if is_of_api(request.url.path) else app).show(request)


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([user_key(0)])


api = make_site("api", settings.release, settings.repair.queue.project, show, check)
loading.end()
