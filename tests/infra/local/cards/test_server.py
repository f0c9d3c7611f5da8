"""The local providers of card payments: as strict as the real ones, and as unreliable as a test wants."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from infra.local.cards import Cards, Hook, Offer, run_cards
from infra.local.cards.__main__ import read_offer
from tests.contracts.http_server import Reply, Server, serve_http

Json = dict[str, Any]
OFFER = Offer("local-offer-s", "60 credits", {"RUB": 9900, "USD": 99})
LAVA: Json = {
    "email": "ann@example.com",
    "offerId": OFFER.id,
    "currency": "RUB",
    "periodicity": "ONE_TIME",
    "buyerLanguage": "RU",
}
MONEY: Json = {"value": "99.00", "currency": "RUB"}
ITEM: Json = {
    "description": "60 credits",
    "quantity": "1.00",
    "amount": MONEY,
    "vat_code": 1,
    "payment_mode": "full_payment",
    "payment_subject": "service",
}
YOOKASSA: Json = {
    "amount": MONEY,
    "capture": True,
    "confirmation": {"type": "redirect", "return_url": "https://t.me/bot"},
    "description": "60 credits",
    "receipt": {"customer": {"email": "ann@example.com"}, "items": [ITEM]},
}


@pytest.fixture
def product() -> Iterator[Server]:
    """Whoever is told."""
    with serve_http() as server:
        yield server


@pytest.fixture
async def cards(product: Server) -> AsyncIterator[Cards]:
    hooks = {"lava": Hook(f"{product.url}/lava", {"X-Api-Key": "key"}), "yookassa": Hook(f"{product.url}/yookassa")}
    async with run_cards(offers=(OFFER,), hooks=hooks, retry_seconds=0.0) as running:
        yield running


@pytest.fixture
async def client(cards: Cards) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=cards.base_url, trust_env=False) as made:
        yield made


async def order(cards: Cards, client: httpx.AsyncClient) -> str:
    """A new invoice of lava.top; its id."""
    answer = await client.post("/lava/api/v2/invoice", json=LAVA, headers={"X-Api-Key": cards.lava_key})
    assert answer.status_code == 201
    return str(answer.json()["id"])


@pytest.mark.parametrize(
    "change",
    [
        {"email": "ann"},
        {"offerId": "other"},
        {"currency": "GBP"},
        {"currency": "EUR"},
        {"periodicity": "MONTHLY"},
        {"buyerLanguage": "DE"},
        {"paymentMethod": "PAYPAL"},
        {"amount": 1},
        {"clientUtm": {"other": "x"}},
    ],
)
async def test_lava_refuses(cards: Cards, client: httpx.AsyncClient, change: Json) -> None:
    """What lava.top would refuse or only ignore is refused, and no invoice is made."""
    headers = {"X-Api-Key": cards.lava_key}
    assert (await client.post("/lava/api/v2/invoice", json=LAVA | change, headers=headers)).status_code == 400
    assert (await client.post("/lava/api/v2/invoice", content=b"[", headers=headers)).status_code == 400
    assert (await client.post("/lava/api/v2/invoice", json=LAVA)).status_code == 401
    assert cards.invoices == {}


@pytest.mark.parametrize(
    "change",
    [
        {"amount": {"value": 99, "currency": "RUB"}},
        {"amount": {"value": "99.00", "currency": "USD"}},
        {"capture": False},
        {"confirmation": {"type": "redirect"}},
        {"description": ""},
        {"receipt": None},
        {"receipt": {"customer": {"email": "ann"}, "items": [ITEM]}},
        {"receipt": {"customer": {"email": "ann@example.com"}, "items": [ITEM | {"vat_code": 13}]}},
        {
            "receipt": {
                "customer": {"email": "ann@example.com"},
                "items": [ITEM | {"amount": MONEY | {"value": "1.00"}}],
            }
        },
        {"other": 1},
    ],
)
async def test_yookassa_refuses(cards: Cards, client: httpx.AsyncClient, change: Json) -> None:
    """So with YooKassa, whose receipts have to fit the payment."""
    shop_id, _, secret = cards.yookassa_key.partition(":")
    once = {"Idempotence-Key": "1"}
    for body, headers, auth, status in (
        (YOOKASSA | change, once, (shop_id, secret), 400),
        (YOOKASSA, {}, (shop_id, secret), 400),
        (YOOKASSA, once, (shop_id, "wrong"), 401),
    ):
        answer = await client.post("/yookassa/v3/payments", json=body, headers=headers, auth=auth)
        assert answer.status_code == status
    assert cards.invoices == {}


async def test_notices(cards: Cards, client: httpx.AsyncClient, product: Server) -> None:
    """A payment is told with the key, repeated on request, and again until it is accepted."""
    invoice_id, answers = await order(cards, client), iter([503, 503])
    cards.behaviour.repeat = 2
    product.answer = lambda _: Reply(next(answers, 200))
    assert await cards.act(invoice_id, "pay")
    assert sorted(len(notice.answers) for notice in cards.notices) in ([1, 3], [2, 2])
    assert {request.headers["x-api-key"] for request in product.requests} == {"key"}
    assert not await cards.act(invoice_id, "pay")


async def test_notices_that_are_lost_late_or_untrue(cards: Cards, client: httpx.AsyncClient, product: Server) -> None:
    """A lost notice never comes, held ones come the last first, and a lie tells of money that nobody paid."""
    first, second = await order(cards, client), await order(cards, client)
    cards.behaviour.lose = True
    await cards.act(await order(cards, client), "pay")
    assert product.requests == []
    cards.behaviour.lose, cards.behaviour.hold = False, True
    await cards.act(first, "pay")
    await cards.act(second, "decline")
    assert product.requests == []
    await cards.release()
    assert len(product.requests) == 2
    cards.behaviour.hold, cards.behaviour.lie = False, True
    liar = await order(cards, client)
    await product.wait_for_requests(3)
    assert cards.invoices[liar].state == "open"
    assert (cards.notices[-1].body["eventType"], cards.notices[-1].body["amount"]) == ("payment.success", 100.0)


async def test_the_page(cards: Cards, client: httpx.AsyncClient) -> None:
    """The page shows what is to be paid, and only what can be done now."""
    invoice_id = await order(cards, client)
    page = (await client.get(f"/pay/{invoice_id}")).text
    assert "99.00 RUB" in page
    assert "return" not in page
    pressed = await client.post(f"/pay/{invoice_id}", content=b"act=pay")
    assert pressed.status_code == 303
    assert "Give back" in (await client.get(f"/pay/{invoice_id}")).text
    await client.post(f"/pay/{invoice_id}", content=b"act=steal")
    assert (await client.get("/pay/unknown")).status_code == 404


async def test_control(cards: Cards, client: httpx.AsyncClient, product: Server) -> None:
    """Another process steers the server by JSON."""
    invoice_id = await order(cards, client)
    assert (await client.post("/control/behaviour", json={"hold": True})).json()["hold"] is True
    assert (await client.post("/control/behaviour", json={"steal": True})).status_code == 400
    assert (await client.post("/control/act", json={"id": invoice_id, "act": "pay"})).status_code == 200
    assert (await client.post("/control/act", json={"id": "unknown", "act": "pay"})).status_code == 409
    await client.post("/control/release")
    await product.wait_for_requests(1)
    [notice] = (await client.get("/control/notices")).json()["notices"]
    assert notice["body"]["contractId"] == invoice_id


def test_offers_of_the_command_line() -> None:
    """An offer with its prices is one argument."""
    assert read_offer("local-offer-s=60 credits=RUB:9900,USD:99") == OFFER
