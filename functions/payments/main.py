"""`payments`: the webhooks of card providers. No bot token: what people have to hear goes to `bot` as a task."""

from starlette.requests import Request
from starlette.responses import Response

from shared import loading
from shared.errors import UnauthenticatedError
from shared.http import done, make_endpoint
from shared.logs import configure_logs
from shared.people.user_documents import user_key
from shared.settings import PaymentsSettings, load
from shared.wiring import Once, make_payment_ports

settings = load(PaymentsSettings.read)
configure_logs("payments")
ports = Once(lambda: make_payment_ports(settings))


async def authenticate(request: Request) -> None:
    """No provider is configured, so nobody is one."""
    raise UnauthenticatedError(f"no provider at {request.url.path[:40]}")


async def take_notice(_: Request) -> Response:
    """POST /<provider> with the notice of a payment."""
    return done()


async def check() -> None:
    """Check that the store answers."""
    await ports.get().store.read([user_key(0)])


payments = make_endpoint("payments", settings.release, settings.queue.project, authenticate, take_notice, check)
loading.end()
