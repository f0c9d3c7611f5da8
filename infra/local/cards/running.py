"""Starting and stopping the server: in the caller's event loop, on 127.0.0.1 only."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

import uvicorn

from infra.local.cards.invoices import LAVA_KEY, YOOKASSA_KEY, Behaviour, Book, Invoice, Offer, Subscription
from infra.local.cards.notices import Hook, Notice, Notifier
from infra.local.cards.server import Door, create_app
from infra.local.ports import HOST
from infra.local.serving import QuietServer, listen


class Cards:
    """A running server of both providers."""

    lava_key = LAVA_KEY
    yookassa_key = YOOKASSA_KEY

    def __init__(self, book: Book, door: Door, notifier: Notifier, base_url: str) -> None:
        self._book = book
        self._door = door
        self._notifier = notifier
        self.base_url = base_url
        self.lava_url = f"{base_url}/lava"
        self.yookassa_url = f"{base_url}/yookassa/v3"

    @property
    def behaviour(self) -> Behaviour:
        """To be changed at any time."""
        return self._book.behaviour

    @property
    def invoices(self) -> dict[str, Invoice]:
        """By id, in the order in which they were made."""
        return self._book.invoices

    @property
    def subscriptions(self) -> dict[str, Subscription]:
        """By the id of the first invoice, from its payment on."""
        return self._book.subscriptions

    def now(self) -> datetime:
        """The server's time."""
        return self._book.now()

    @property
    def notices(self) -> list[Notice]:
        """What was told, with the answers."""
        return self._notifier.notices

    async def act(self, invoice_id: str, act: str) -> bool:
        """Do what a person does on the page, and return when everybody was told."""
        done = self._door.act(self._book.invoices[invoice_id], act)
        await self._notifier.wait()
        return done

    async def advance(self, time: timedelta) -> None:
        """Move the server's time with what subscriptions bring until then, and return when everybody was told."""
        self._door.advance(time.total_seconds())
        await self._notifier.wait()

    async def release(self) -> None:
        """Send the notices that were held, in another order, and return when that is done."""
        self._notifier.release()
        await self._notifier.wait()


@contextlib.asynccontextmanager
async def run_cards(
    *,
    port: int = 0,
    offers: tuple[Offer, ...] = (),
    hooks: Mapping[str, Hook] | None = None,
    retry_seconds: float = 0.05,
    log: bool = False,
) -> AsyncIterator[Cards]:
    """A server for the time of the block; port 0 takes a free one. OSError when the port is taken."""
    listener = listen(port)
    base_url = f"http://{HOST}:{listener.getsockname()[1]}"
    book, stopping = Book(offers), asyncio.Event()
    notifier = Notifier(book, hooks or {}, retry_seconds)
    door = Door(book, notifier, base_url, log=log)
    config = uvicorn.Config(
        create_app(door),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = QuietServer(config, stopping)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield Cards(book, door, notifier, base_url)
    finally:
        await notifier.close()
        server.should_exit = True
        stopping.set()
        await serving
