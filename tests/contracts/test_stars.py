"""Telegram's list of Stars and their return: the fake, and the adapter in front of the local Telegram."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest

from infra.local.telegram import Telegram, run_telegram
from shared.adapters.telegram import TelegramMessenger
from shared.errors import MessageRejectedError
from shared.ports import Messenger, StarTransaction
from tests.fakes.messenger import FakeMessenger

ANN, BOB = 7, 8
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
Json = dict[str, Any]


class Stars(Protocol):
    """A Telegram that lists what a test lists."""

    messenger: Messenger

    def list(self, *transactions: StarTransaction) -> None: ...


class FakeStars:
    def __init__(self) -> None:
        self.fake = FakeMessenger()
        self.messenger: Messenger = self.fake

    def list(self, *transactions: StarTransaction) -> None:
        self.fake.transactions.extend(transactions)


class LocalStars:
    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.adapter = TelegramMessenger(telegram.token, telegram.url)
        self.messenger: Messenger = self.adapter

    def list(self, *transactions: StarTransaction) -> None:
        self.telegram.world.transactions.extend(map(_as_telegram, transactions))


@pytest.fixture(params=["fake", "telegram"])
async def stars(request: pytest.FixtureRequest) -> AsyncIterator[Stars]:
    if request.param == "fake":
        yield FakeStars()
        return
    async with run_telegram() as telegram:
        await telegram.send({"id": ANN, "first_name": "Ann", "language_code": "ru"}, text="/start")
        local = LocalStars(telegram)
        yield local
        await local.adapter.close()


def _as_telegram(listed: StarTransaction) -> Json:
    """A StarTransaction of the Bot API; without a person it is a withdrawal."""
    person: Json = {"id": listed.user_id, "is_bot": False, "first_name": "Ann", "language_code": listed.language_code}
    partner: Json = {"type": "user", "transaction_type": "invoice_payment", "user": person}
    partner |= {"invoice_payload": listed.payload}
    if listed.period_seconds:
        partner["subscription_period"] = listed.period_seconds
    if not listed.user_id:
        partner = {"type": "fragment"}
    side = "receiver" if listed.is_returned or not listed.user_id else "source"
    return {"id": listed.charge_id, "amount": listed.stars, "date": int(listed.at.timestamp()), side: partner}


def pay(charge_id: str, **fields: Any) -> StarTransaction:
    return StarTransaction(**{"charge_id": charge_id, "at": AT, "stars": 50, "user_id": ANN, "payload": "o1", **fields})


async def test_what_is_listed(stars: Stars) -> None:
    """Payments, returns, subscriptions and what is no payment come as they are, the oldest first."""
    listed = (
        pay("stx1", language_code="ru"),
        pay("stx2", period_seconds=2_592_000),
        pay("stx1", is_returned=True),
        StarTransaction("w1", AT, 900, user_id=0),
    )
    stars.list(*listed)
    assert await stars.messenger.list_star_transactions(0) == listed
    assert await stars.messenger.list_star_transactions(3) == listed[3:]
    assert await stars.messenger.list_star_transactions(4) == ()


async def test_a_page(stars: Stars) -> None:
    """At most a hundred come at once."""
    stars.list(*(pay(f"stx{number}") for number in range(120)))
    page = await stars.messenger.list_star_transactions(10)
    assert [each.charge_id for each in page] == [f"stx{number}" for number in range(10, 110)]


async def test_a_payment_is_returned_once(stars: Stars) -> None:
    """What was returned before counts as done, and the list has one return with the payment's id."""
    stars.list(pay("stx1"))
    for _ in range(2):
        await stars.messenger.return_stars(ANN, "stx1")
    listed = await stars.messenger.list_star_transactions(0)
    assert [(each.charge_id, each.is_returned) for each in listed] == [("stx1", False), ("stx1", True)]
    assert listed[1].stars == 50


@pytest.mark.parametrize(("user_id", "charge_id"), [(BOB, "stx1"), (ANN, "stx2")])
async def test_what_is_not_returned(stars: Stars, user_id: int, charge_id: str) -> None:
    """Somebody else's payment, and an unknown one, are refused."""
    stars.list(pay("stx1"))
    with pytest.raises(MessageRejectedError):
        await stars.messenger.return_stars(user_id, charge_id)
