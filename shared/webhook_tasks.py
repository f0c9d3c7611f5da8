"""What Cloud Tasks has `api` do: POST /tasks/webhook-events sends an event to a program's webhook.

The task carries a token for this function, as everywhere; the rest of `api` is for everybody and knows no such token.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from shared.http import Authenticate, done, read_task
from shared.ports import AppPorts
from shared.rest.describe_job import describe_untold
from shared.webhooks.deliver_event import deliver_event
from shared.webhooks.publish_event import EVENTS_PATH, read_waits
from shared.webhooks.sending_room import SendingRoom


def is_task(request: Request) -> bool:
    """Whether Cloud Tasks calls, or somebody who says so."""
    return request.method == "POST" and request.url.path == EVENTS_PATH


class WebhookTasks:
    """One per process."""

    def __init__(self, authenticate: Authenticate, ports: Callable[[], AppPorts]) -> None:
        self._authenticate, self._ports, self._room = authenticate, ports, SendingRoom()

    async def work(self, request: Request) -> Response:
        """Send the event. Raises ForbiddenError, UnusableUpdateError, UnavailableError."""
        await self._authenticate(request)
        event_id, said = await read_task(request, "event")
        await deliver_event(self._ports(), self._room, describe_untold, event_id, read_waits(said))
        return done()
