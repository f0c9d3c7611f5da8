"""What Cloud Tasks and the scheduler have `releases` do. Both carry a token for this function.

POST /              each minute: deadlines, outboxes that nobody has sent, whether the documents say what runs, and a
                    look at the release bot's webhook
POST /tasks/send    send what one release has in its outbox: {"release": "<id>"}
"""

from collections.abc import Callable
from dataclasses import dataclass

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
from shared.releases.watch_production import watch_production

SWEEP_PATH = "/"
PATHS = frozenset({SWEEP_PATH, SEND_PATH})


@dataclass(frozen=True, slots=True)
class Running:
    """What others see of the process."""

    digest: str
    """Of its image."""
    url: str
    """The function's own, to which the release bot's webhook has to lead."""


class ReleaseTasks:
    """One per process."""

    def __init__(
        self,
        authenticate: Authenticate,
        ports: Callable[[], ReleasePorts],
        sender: Callable[[], Sender],
        bot: Callable[[], BotPorts | None],
        running: Running,
    ) -> None:
        self._authenticate, self._ports, self._sender = authenticate, ports, sender
        self._bot, self._running = bot, running

    async def work(self, request: Request) -> Response:
        """Do what the path says. Raises ForbiddenError, UnusableUpdateError, UnavailableError."""
        await self._authenticate(request)
        if request.url.path == SEND_PATH:
            id_ = read_published(await read_body(request, TASK_BYTES_MAX))
            await send_outgoing(self._ports(), self._sender(), id_)
            return done()
        ports = self._ports()
        due = await sweep_releases(ports)
        drifted = await watch_production(ports, self._running.digest)
        log_event("releases_swept", due=due, unanswered=await watch_candidates(ports), drifted=drifted)
        await look_at_release_webhook(self._bot(), self._running.url)
        return done(due=due)
