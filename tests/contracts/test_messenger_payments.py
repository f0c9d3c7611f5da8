"""Invoices and subscriptions of every Messenger: the fake, and the adapter in front of the local Telegram."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from infra.local.telegram import Telegram, run_telegram
from infra.local.telegram.subscriptions import pay_link
from shared.adapters.telegram import TelegramMessenger
from shared.errors import DeliveryUnknownError, MessageRejectedError, TooManyRequestsError
from shared.ports import Invoice, Messenger
from tests.contracts.test_messenger import ANNA, HERE, UNLIMITED
from tests.fakes.messenger import FakeMessenger

ONCE = Invoice("60 credits", "Credits for this bot", "order-1", 50)
MONTHLY = Invoice("300 credits", "Credits every 30 days", "order-2", 231, 30)


class Shop(Protocol):
    """A Telegram in which Anna may pay."""

    messenger: Messenger

    def offered(self, link: str) -> Invoice: ...
    async def subscribe(self, link: str) -> str: ...
    def is_stopped(self, charge_id: str) -> bool: ...
    def lose_answer(self) -> None: ...
    def flood(self) -> None: ...


class FakeShop:
    def __init__(self) -> None:
        self.fake = FakeMessenger()
        self.messenger: Messenger = self.fake

    def offered(self, link: str) -> Invoice:
        return self.fake.invoice_links[link]

    async def subscribe(self, link: str) -> str:
        self.fake.subscriptions[ANNA, link] = False
        return link

    def is_stopped(self, charge_id: str) -> bool:
        return self.fake.subscriptions[ANNA, charge_id]

    def lose_answer(self) -> None:
        self.fake.lose("edit_subscription")

    def flood(self) -> None:
        self.fake.fail("create_invoice_link", TooManyRequestsError(3))


class LocalShop:
    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.messenger: Messenger = TelegramMessenger(telegram.token, telegram.url, limits=UNLIMITED)

    def offered(self, link: str) -> Invoice:
        sold = self.telegram.world.invoice_links[link]
        days = sold.get("subscription_period", 0) // 86_400
        return Invoice(sold["title"], sold["description"], sold["payload"], sold["total_amount"], days)

    async def subscribe(self, link: str) -> str:
        world = self.telegram.world
        paying = asyncio.create_task(pay_link(self.telegram, ANNA, link))
        await self.telegram.wait_until(lambda: bool(world.checkouts))
        next(iter(world.checkouts.values()))["answer"] = {"ok": True, "error": ""}
        world.feed.wake()
        return str((await paying)["charge_id"])

    def is_stopped(self, charge_id: str) -> bool:
        return bool(self.telegram.world.subscriptions[charge_id]["is_stopped"])

    def lose_answer(self) -> None:
        self.telegram.add_fault("lost_answer", count=1)

    def flood(self) -> None:
        self.telegram.add_fault("flood", retry_after=3, count=1)


@pytest.fixture(params=["fake", "telegram"])
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    if request.param == "fake":
        yield FakeShop()
        return
    async with run_telegram() as telegram:
        await telegram.send(ANNA, text="/start")
        local = LocalShop(telegram)
        yield local
        assert isinstance(local.messenger, TelegramMessenger)
        await local.messenger.close()


@pytest.mark.parametrize("invoice", [ONCE, MONTHLY])
async def test_a_link(shop: Shop, invoice: Invoice) -> None:
    """A link sells what the invoice says, once or every 30 days; asked for again it is another link."""
    link = await shop.messenger.create_invoice_link(invoice)
    assert link.startswith("https://t.me/$")
    assert shop.offered(link) == invoice
    assert await shop.messenger.create_invoice_link(invoice) != link


async def test_an_invoice(shop: Shop) -> None:
    """An invoice is a message."""
    assert await shop.messenger.send_invoice(HERE, ONCE) > 0


@pytest.mark.parametrize(
    "invoice",
    [
        Invoice("a", "b", "order", 231, 7),
        Invoice("a", "b", "order", 10_001, 30),
        Invoice("a", "b", "order", 25_001),
        Invoice("a", "b", "", 50),
        Invoice("a", "b", "я" * 65, 50),
    ],
)
async def test_a_refused_link(shop: Shop, invoice: Invoice) -> None:
    """Another period, more Stars than allowed, a payload that is empty or too long: refused for good."""
    with pytest.raises(MessageRejectedError):
        await shop.messenger.create_invoice_link(invoice)


async def test_a_subscription_is_stopped_and_allowed(shop: Shop) -> None:
    """Both say what is wanted, so that each may be repeated."""
    charge_id = await shop.subscribe(await shop.messenger.create_invoice_link(MONTHLY))
    for is_canceled in (True, True, False, False):
        assert await shop.messenger.edit_subscription(ANNA, charge_id, is_canceled=is_canceled)
        assert shop.is_stopped(charge_id) is is_canceled


async def test_an_unknown_subscription(shop: Shop) -> None:
    """What Telegram does not know it does not change, and that is no error."""
    assert await shop.messenger.edit_subscription(ANNA, "stx-unknown", is_canceled=True) is False


async def test_a_lost_answer(shop: Shop) -> None:
    """An edit whose answer was lost may have happened: the caller is told so."""
    charge_id = await shop.subscribe(await shop.messenger.create_invoice_link(MONTHLY))
    shop.lose_answer()
    with pytest.raises(DeliveryUnknownError):
        await shop.messenger.edit_subscription(ANNA, charge_id, is_canceled=True)
    assert shop.is_stopped(charge_id)


async def test_too_many_links(shop: Shop) -> None:
    """Flood control holds for links too."""
    shop.flood()
    with pytest.raises(TooManyRequestsError):
        await shop.messenger.create_invoice_link(ONCE)
