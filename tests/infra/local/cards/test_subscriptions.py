"""Subscriptions of the local lava.top: taken by themselves on its own time, refused, canceled, and told of as badly."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from infra.local.cards import Cards, Hook, Offer, run_cards
from infra.local.cards.__main__ import read_offer
from tests.contracts.http_server import Server, serve_http
from tests.infra.local.cards.test_server import LAVA

Json = dict[str, Any]
OFFER = Offer("local-offer-plus", "300 credits", {"RUB": 34900}, "MONTHLY")
MONTH = timedelta(days=30, minutes=1)


@pytest.fixture
def product() -> Iterator[Server]:
    """Whoever is told."""
    with serve_http() as server:
        yield server


@pytest.fixture
async def cards(product: Server) -> AsyncIterator[Cards]:
    async with run_cards(offers=(OFFER,), hooks={"lava": Hook(product.url)}, retry_seconds=0.0) as running:
        yield running


@pytest.fixture
async def client(cards: Cards) -> AsyncIterator[httpx.AsyncClient]:
    key = {"X-Api-Key": cards.lava_key}
    async with httpx.AsyncClient(base_url=cards.base_url, headers=key, trust_env=False) as made:
        yield made


async def subscribe(cards: Cards, client: httpx.AsyncClient) -> str:
    """The first invoice of a subscription that was paid."""
    sale = LAVA | {"offerId": OFFER.id, "periodicity": "MONTHLY"}
    answer = await client.post("/lava/api/v2/invoice", json=sale)
    assert answer.status_code == 201
    invoice_id = str(answer.json()["id"])
    assert await cards.act(invoice_id, "pay")
    return invoice_id


def told(product: Server) -> list[Json]:
    return [json.loads(request.body) for request in product.requests]


def events(cards: Cards) -> list[str]:
    return [each.body["eventType"] for each in cards.notices]


async def test_taken_by_itself(cards: Cards, client: httpx.AsyncClient, product: Server) -> None:
    """Every 30 days a payment is taken and told under a contract of its own, with that of the first."""
    first = await subscribe(cards, client)
    await cards.advance(3 * MONTH)
    assert events(cards) == ["payment.success", *["subscription.recurring.payment.success"] * 3]
    contracts = {said["contractId"] for said in told(product)}
    assert len(contracts) == 4
    assert {said.get("parentContractId") for said in told(product)} == {None, first}
    known = (await client.get(f"/lava/api/v1/subscriptions/{first}")).json()
    assert {each["id"] for each in known["recurrentPayments"]} == contracts - {first}


async def test_refused_and_canceled(cards: Cards, client: httpx.AsyncClient) -> None:
    """Without money it is tried three times, then it is over; nothing is taken later."""
    first = await subscribe(cards, client)
    cards.subscriptions[first].has_money = False
    await cards.advance(MONTH + timedelta(days=2))
    refused = "subscription.recurring.payment.failed"
    assert events(cards)[1:] == [refused] * 3 + ["subscription.cancelled"]
    cards.subscriptions[first].has_money = True
    await cards.advance(3 * MONTH)
    assert len(cards.notices) == 5


async def test_page(cards: Cards, client: httpx.AsyncClient) -> None:
    """The page of a paid first invoice has the next payment, taken or refused, and *Cancel*, until it is canceled."""
    first = await subscribe(cards, client)
    acts = ("renew", "miss", "cancel")
    page = (await client.get(f"/pay/{first}")).text
    assert all(f'data-testid="{act}"' in page for act in acts)
    for act in acts:
        await client.post(f"/pay/{first}", content=f"act={act}")
    assert "renew" not in (await client.get(f"/pay/{first}")).text
    assert not await cards.act(first, "renew")
    assert events(cards)[1:] == [
        "subscription.recurring.payment.success",
        "subscription.recurring.payment.failed",
        "subscription.cancelled",
    ]


async def test_control(cards: Cards, client: httpx.AsyncClient) -> None:
    """Another process moves the time, and a lie names a contract that nobody paid."""
    await subscribe(cards, client)
    cards.behaviour.lie = True
    answer = await client.post("/control/advance", json={"seconds": MONTH.total_seconds()})
    assert answer.json()["now"] > (cards.now() - timedelta(minutes=1)).isoformat()
    recurring = [each.body["contractId"] for each in cards.notices if "recurring" in each.body["eventType"]]
    assert len([each for each in recurring if each not in cards.invoices]) == 1


async def test_strictness(cards: Cards, client: httpx.AsyncClient) -> None:
    """The offer's own periodicity, a key and the buyer's e-mail are needed; nothing is canceled twice."""
    first = await subscribe(cards, client)
    cancel = {"contractId": first, "email": LAVA["email"]}
    once = LAVA | {"offerId": OFFER.id}
    assert (await client.post("/lava/api/v2/invoice", json=once)).status_code == 400
    keyless = {"X-Api-Key": "other"}
    path = "/lava/api/v1/subscriptions"
    assert (await client.get(f"{path}/{first}", headers=keyless)).status_code == 401
    assert (await client.delete(path, params=cancel, headers=keyless)).status_code == 401
    assert (await client.delete(path, params=cancel | {"email": "bob@example.com"})).status_code == 404
    assert (await client.get(f"{path}/other")).status_code == 404
    assert [(await client.delete(path, params=cancel)).status_code for _ in range(2)] == [204, 400]


def test_offer_of_a_subscription() -> None:
    """The command line names the offers of subscriptions."""
    assert read_offer("local-offer-plus=300 credits=RUB:34900=MONTHLY") == OFFER
