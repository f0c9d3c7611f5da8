"""The notices by which the providers tell us of a payment: repeated, delayed, reordered, untrue or lost on request."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from infra.local.cards.invoices import Book, Invoice, Json

TRIES_MAX = 20
"""As lava.top: the first try and 19 more, until any 2xx or 3xx."""
FIRST_REFUSAL = 400
SENT_SECONDS_MAX = 10.0


@dataclass(frozen=True, slots=True)
class Hook:
    """Where a provider's notices go."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """With the key, where there is one."""


@dataclass(slots=True)
class Notice:
    """One notice, and what was answered to each of its deliveries; 0: nobody answered."""

    provider: str
    body: Json
    answers: list[int] = field(default_factory=list)


class Notifier:
    """Sends notices in the background."""

    def __init__(self, book: Book, hooks: Mapping[str, Hook], retry_seconds: float) -> None:
        self.notices: list[Notice] = []
        self._book = book
        self._hooks = hooks
        self._retry_seconds = retry_seconds
        self._held: list[Notice] = []
        self._running: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(trust_env=False, timeout=SENT_SECONDS_MAX)

    def tell(self, invoice: Invoice, describe: Callable[[Invoice], Json | None]) -> None:
        """Send a notice of what became of an invoice."""
        body, behaviour = describe(invoice), self._book.behaviour
        if body is None or behaviour.lose or invoice.provider not in self._hooks:
            return
        for _ in range(behaviour.repeat):
            notice = Notice(invoice.provider, body)
            self.notices.append(notice)
            if behaviour.hold:
                self._held.append(notice)
            else:
                self._start(notice)

    def release(self) -> None:
        """Send what was held, the last first."""
        held, self._held = self._held, []
        for notice in reversed(held):
            self._start(notice)

    async def wait(self) -> None:
        """Return when no notice is under way."""
        while self._running:
            await asyncio.gather(*self._running)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._client.aclose()

    def _start(self, notice: Notice) -> None:
        task = asyncio.create_task(self._send(notice))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _send(self, notice: Notice) -> None:
        hook = self._hooks[notice.provider]
        await asyncio.sleep(self._book.behaviour.delay_seconds)
        for _ in range(TRIES_MAX):
            status = 0
            with contextlib.suppress(httpx.HTTPError):
                status = (await self._client.post(hook.url, json=notice.body, headers=hook.headers)).status_code
            notice.answers.append(status)
            if 0 < status < FIRST_REFUSAL:
                return
            await asyncio.sleep(self._retry_seconds)
