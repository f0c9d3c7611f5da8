"""`releases`: what workflows of GitHub report of releases, and the release bot. It can deploy nothing."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.http import make_site
from shared.logs import configure_logs
from shared.release_hook import UPDATE, ReleaseHook
from shared.release_site import ReleaseSite
from shared.release_tasks import PATHS, ReleaseTasks, Running
from shared.releases.environment import PRODUCTION
from shared.releases.release_documents import environment_key
from shared.settings import ReleasesSettings, TelemetrySettings, load
from shared.wiring import (
    Once,
    make_release_bot,
    make_release_ports,
    make_release_sender,
    make_workflow_tokens,
    start_telemetry,
    task_token,
)

settings = load(ReleasesSettings.read)
configure_logs("releases")
start_telemetry("releases", load(TelemetrySettings.read))
ports = Once(lambda: make_release_ports(settings))
bot = Once(lambda: make_release_bot(settings, ports.get()))
sender = Once(lambda: make_release_sender(settings, bot.get()))
site = Once(lambda: ReleaseSite(make_workflow_tokens(settings), ports.get))
hook = ReleaseHook(settings.webhook_secret, bot.get)
running = Running(settings.release.digest, settings.url)
tasks = ReleaseTasks(task_token(settings.caller), ports.get, sender.get, bot.get, running)


async def show(request: Request) -> Response:
    """POST /api/tg-bot/update from Telegram, tasks from ourselves; everything else is the API."""
    if request.method == "POST" and request.url.path == UPDATE:
        return await hook.take(request)
    if request.method == "POST" and request.url.path in PATHS:
        return await tasks.work(request)
    return await site.get().show(request)


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([environment_key(PRODUCTION)])


releases = make_site("releases", settings.release, settings.project, show, check)
loading.end()
