"""Starting and stopping the local Telegram, and the handle tests use."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.local.telegram.api import Cut
from infra.local.telegram.app import make_app
from infra.local.telegram.delivery import Webhook
from infra.local.telegram.drafts import list_drafts
from infra.local.telegram.faults import Fault
from infra.local.telegram.people import People
from infra.local.telegram.world import Account, Json, World

TEST_TOKEN = "1234567:TEST-not-a-real-token"  # noqa: S105 — obviously fake
FILE_BYTES_MAX = 256_000_000
_STOP_SECONDS = 0.5


class Telegram(People):
    """A running local Telegram: the acts of people, the bot's address, faults, logs, waiting."""

    def __init__(self, world: World, port: int) -> None:
        super().__init__(world)
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.token = world.account.token
        self.base_url = f"{self.url}/bot"
        self.base_file_url = f"{self.url}/file/bot"

    def messages(self, chat_id: int) -> list[Json]:
        """All messages of a chat now, each with `_versions`, `_history` and `_reactions`."""
        chat = self.world.chats.get(chat_id)
        return [message.to_json() for message in chat.messages.values()] if chat else []

    def drafts(self, chat_id: int) -> list[Json]:
        """The drafts that a chat shows now; `calls("sendMessageDraft")` has all there were."""
        chat = self.world.chats.get(chat_id)
        return list_drafts(self.world, chat) if chat else []

    def calls(self, method: str = "") -> list[Json]:
        """The log of Bot API calls, all or of one method."""
        return [call for call in self.world.log if method.lower() in {"", str(call["method"]).lower()}]

    def deliveries(self) -> list[Json]:
        """The log of updates given to the bot: `{update, status, try, time}` each."""
        return list(self.world.updates.history)

    def add_fault(self, kind: str, **settings: object) -> Fault:
        """Switch a fault on (see `faults`)."""
        return self.world.faults.add({"kind": kind, **settings})

    def clear_faults(self) -> None:
        """Switch all faults off."""
        self.world.faults.clear()

    def set_webhook(self, url: str, secret: str = "") -> None:
        """Point the bot at a webhook, as setWebhook does."""
        self.world.updates.set_webhook(Webhook(url, secret))

    def reset(self) -> None:
        """Forget all people, chats, files, waiting updates, faults and logs."""
        self.world.forget()

    async def wait_for(
        self, chat_id: int, is_met: Callable[[list[Json]], object], timeout_seconds: float = 5.0
    ) -> list[Json]:
        """Wait until the messages of a chat fulfil a condition; gives them, TimeoutError with them if not."""
        await self.wait_until(lambda: bool(is_met(self.messages(chat_id))), timeout_seconds)
        return self.messages(chat_id)

    async def wait_until(self, is_met: Callable[[], bool], timeout_seconds: float = 5.0) -> None:
        """Wait for anything that changes with messages, calls or deliveries; TimeoutError if it does not."""
        if not await self.world.feed.wait_until(is_met, timeout_seconds):
            last = [(call["method"], call["status"]) for call in list(self.world.log)[-10:]]
            raise TimeoutError(f"not within {timeout_seconds} s; the last calls were {last}")


class _Server(uvicorn.Server):
    """uvicorn inside a running loop: says when it is bound, ends at once, leaves signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()
        self.is_over = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    async def main_loop(self) -> None:
        await self.is_over.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for bound in sockets or []:
            bound.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()  # idle ones close, the others close after their answer
        answering = set(self.server_state.tasks)
        if answering:
            _, late = await asyncio.wait(answering, timeout=_STOP_SECONDS)
            for task in late:
                task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.close()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def cut(self, request: Request) -> None:
        """Break the connection a request came on, nothing is answered."""
        client = tuple(request.scope["client"])
        for connection in self.server_state.connections:
            if connection.transport.get_extra_info("peername")[:2] == client:
                connection.transport.abort()


@contextlib.asynccontextmanager
async def serve_app(make: Callable[[Cut], ASGIApp], port: int = 0) -> AsyncIterator[int]:
    """Serve an application on 127.0.0.1 while the block runs; gives the port (0 asks for a free one).

    `make` gets a function that breaks the connection of a request.
    """
    bound = _bind(port)
    config = uvicorn.Config(_refuse_early, log_level="error", access_log=False, lifespan="off")
    server = _Server(config)
    config.app = make(server.cut)  # the application needs the server and the server the application
    running = asyncio.create_task(server.serve([bound]))
    try:
        await server.is_up.wait()
        yield int(bound.getsockname()[1])
    finally:
        server.is_over.set()
        await running


def _bind(port: int) -> socket.socket:
    # With the protocol named asyncio sets TCP_NODELAY on accepted connections; without it every answer that
    # is written in two parts waits 40 ms for the client's delayed acknowledgement.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound


async def _refuse_early(scope: Scope, receive: Receive, send: Send) -> None:
    raise NotImplementedError


@contextlib.asynccontextmanager
async def run_telegram(
    *,
    token: str = TEST_TOKEN,
    username: str = "nanobanana_local_bot",
    name: str = "NanoBanana",
    links: tuple[tuple[str, str], ...] = (),
    port: int = 0,
    file_bytes_max: int = FILE_BYTES_MAX,
    seed: int | None = None,
) -> AsyncIterator[Telegram]:
    """A local Telegram on 127.0.0.1 (port 0: a free one) for as long as the block runs."""
    world = World(Account(token, username, name, links), file_bytes_max=file_bytes_max, seed=seed)
    people = People(world)
    async with serve_app(lambda cut: make_app(people, cut), port) as bound_port:
        try:
            yield Telegram(world, bound_port)
        finally:
            world.feed.close()
            await world.updates.close()
