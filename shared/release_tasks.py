"""What Cloud Tasks and the scheduler have `releases` do. Both carry a token for this function.

POST /              each minute: deadlines, outboxes that nobody has sent, a look at the release bot's webhook
POST /tasks/send    send what one release has in its outbox: {"release": "<id>"}
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from shared.http import TASK_BYTES_MAX, Authenticate, done, read_body
from shared.logs import log_event
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.look_at_release_webhook import look_at_release_webhook
from shared.releases.publish_release import SEND_PATH, read_published
from shared.releases.release_ports import ReleasePorts, Sender
from shared.releases.send_outgoing import send_outgoing
from shared.releases.sweep_releases import sweep_releases
from shared.releases.watch_candidates import watch_candidates

SWEEP_PATH = "/"
PATHS = frozenset({SWEEP_PATH, SEND_PATH})


class ReleaseTasks:
    """One per process."""

    def __init__(
        self,
        authenticate: Authenticate,
        ports: Callable[[], ReleasePorts],
        sender: Callable[[], Sender],
        bot: Callable[[], BotPorts | None],
        url: str,
    ) -> None:
        """`url` is the function's own, to which the release bot's webhook has to lead."""
        self._authenticate, self._ports, self._sender = authenticate, ports, sender
        self._bot, self._url = bot, url

    async def work(self, request: Request) -> Response:
        """Do what the path says. Raises ForbiddenError, UnusableUpdateError, UnavailableError."""
        await self._authenticate(request)
        if request.url.path == SEND_PATH:
            id_ = read_published(await read_body(request, TASK_BYTES_MAX))
            await send_outgoing(self._ports(), self._sender(), id_)
            return done()
        due = await sweep_releases(self._ports())
        log_event("releases_swept", due=due, unanswered=await watch_candidates(self._ports()))
        await look_at_release_webhook(self._bot(), self._url)
        return done(due=due)
