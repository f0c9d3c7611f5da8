"""`api`: the Mini App. No bot token, no model: people sign in by what Telegram has signed."""

from shared import loading
from shared.http import make_site
from shared.logs import configure_logs
from shared.people.user_documents import user_key
from shared.settings import ApiSettings, TelemetrySettings, load
from shared.site import Site
from shared.wiring import Once, make_app_ports, start_telemetry

settings = load(ApiSettings.read)
configure_logs("api")
start_telemetry("api", load(TelemetrySettings.read))
ports = Once(lambda: make_app_ports(settings))


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([user_key(0)])


api = make_site("api", settings.release, settings.repair.queue.project, Site(settings, ports.get).show, check)
loading.end()
