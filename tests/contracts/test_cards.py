"""Providers of card payments: the fake, and each adapter in front of a local server that speaks its protocol."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from infra.local.cards import Cards, Offer, run_cards
from shared.adapters.card_http import CardHttp
from shared.adapters.lava import LavaCards
from shared.adapters.money import read_amount, write_amount
from shared.adapters.yookassa import YooKassaCards
from shared.errors import CardsByHandError, CardsRefusedError, CardsUnavailableError
from shared.ports import (
    CardPayments,
    CardPlans,
    CardRefund,
    CardRenewal,
    CardSale,
    CardSubscription,
    InvoiceState,
)
from tests.contracts.http_server import Reply, Server, serve_http
from tests.fakes.cards import FakeCards

OFFER = Offer("836b9fc5-7ae9-4a27-9642-592bc44072b7", "60 credits", {"RUB": 9900, "USD": 99, "EUR": 99})
PLAN = Offer("0a1b9fc5-7ae9-4a27-9642-592bc44072b7", "300 credits", {"RUB": 34900, "USD": 349}, "MONTHLY")
SALE = CardSale("inbox-0000000001", "s", "60 credits", 9900, "RUB", "ru", "https://t.me/local_bot", "ann@example.com")
PLAN_SALE = replace(SALE, package="plus", title="300 credits", amount=34900, days=30)
Act = Callable[[str, str], Awaitable[object]]


@dataclass
class Provider:
    """A provider, and what people do on its page."""

    cards: CardPayments
    act: Act

    @property
    def plans(self) -> CardPlans:
        assert self.cards.plans is not None
        return self.cards.plans

    async def read(self, invoice_id: str) -> CardSubscription:
        known = await self.plans.read_subscription(invoice_id)
        assert known is not None
        return known


@pytest.fixture
async def local() -> AsyncIterator[Cards]:
    async with run_cards(offers=(OFFER, PLAN)) as server:
        yield server


@pytest.fixture
async def lava(local: Cards) -> AsyncIterator[LavaCards]:
    made = LavaCards(local.lava_key, {"s": OFFER.id, "plus": PLAN.id}, local.lava_url)
    yield made
    await made.close()


@pytest.fixture
async def yookassa(local: Cards) -> AsyncIterator[YooKassaCards]:
    shop_id, _, secret = local.yookassa_key.partition(":")
    made = YooKassaCards(shop_id, secret, local.yookassa_url)
    yield made
    await made.close()


@pytest.fixture(params=["fake", "lava", "yookassa"])
async def provider(request: pytest.FixtureRequest, local: Cards, lava: LavaCards, yookassa: YooKassaCards) -> Provider:
    """Each implementation of the port."""
    real: dict[str, CardPayments] = {"lava": lava, "yookassa": yookassa}
    return Provider(real[request.param], local.act) if request.param in real else make_fake()


def make_fake() -> Provider:
    """The provider in memory."""
    fake, states = FakeCards(), {"pay": "paid", "decline": "failed", "withdraw": "cancelled"}

    async def act(invoice_id: str, act: str) -> None:
        if act in states:
            fake.settle(invoice_id, InvoiceState(states[act]))
        if act == "pay":
            fake.pay(invoice_id)
        elif act == "return":
            fake.give_back(invoice_id, SALE.amount)
        elif act == "renew":
            fake.renew(invoice_id)
        elif act in {"miss", "cancel"}:
            fake.switch(invoice_id, CardRenewal.FAILED if act == "miss" else CardRenewal.CANCELED)

    return Provider(fake, act)


@pytest.fixture(params=["fake", "lava"])
async def seller(request: pytest.FixtureRequest, local: Cards, lava: LavaCards) -> Provider:
    """Each provider that sells subscriptions."""
    return make_fake() if request.param == "fake" else Provider(lava, local.act)


async def test_from_the_invoice_to_the_money(provider: Provider) -> None:
    """An invoice has our amount and currency, waits with a page, and is paid when its person pays."""
    opened = await provider.cards.create_invoice(SALE)
    before = await provider.cards.read_invoice(opened.id)
    assert before is not None
    assert opened.url.startswith("http")
    assert (before.id, before.state) == (opened.id, InvoiceState.OPEN)
    assert (before.amount, before.currency) == (SALE.amount, SALE.currency)
    await provider.act(opened.id, "pay")
    paid = await provider.cards.read_invoice(opened.id)
    assert paid is not None
    assert replace(paid, paid_at=None) == replace(before, state=InvoiceState.PAID)


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        (["decline"], InvoiceState.FAILED),
        (["withdraw"], InvoiceState.CANCELLED),
        (["pay", "return"], InvoiceState.RETURNED),
    ],
)
async def test_what_else_becomes_of_it(provider: Provider, acts: list[str], state: InvoiceState) -> None:
    """Refused, paid at the second try, withdrawn, given back: each is told when the provider is asked."""
    opened = await provider.cards.create_invoice(SALE)
    for act in acts:
        await provider.act(opened.id, act)
    invoice = await provider.cards.read_invoice(opened.id)
    assert invoice is not None
    assert invoice.state is state


async def test_lava_tells_a_chargeback_apart(local: Cards, lava: LavaCards, yookassa: YooKassaCards) -> None:
    """lava.top's word for it is read, and YooKassa's API has none: there an operator's word counts."""
    for cards, state in ((lava, InvoiceState.CHARGED_BACK), (yookassa, InvoiceState.PAID)):
        opened = await cards.create_invoice(SALE)
        await local.act(opened.id, "pay")
        await local.act(opened.id, "chargeback")
        invoice = await cards.read_invoice(opened.id)
        assert invoice is not None
        assert invoice.state is state


async def open_paid(cards: CardPayments, act: Act, reference: str = SALE.reference) -> CardRefund:
    """A paid invoice, and the return of all of it."""
    opened = await cards.create_invoice(replace(SALE, reference=reference))
    await act(opened.id, "pay")
    return CardRefund(opened.id, "ticket-1", SALE.amount, SALE.amount, SALE.currency, SALE.title, SALE.email)


@pytest.fixture(params=["fake", "yookassa"])
async def returning(request: pytest.FixtureRequest, local: Cards, yookassa: YooKassaCards) -> Provider:
    """Each provider that returns money by its API."""
    if request.param == "yookassa":
        return Provider(yookassa, local.act)
    fake = FakeCards()

    async def act(invoice_id: str, _: str) -> None:
        fake.pay(invoice_id)

    return Provider(fake, act)


async def test_money_goes_back_in_parts(returning: Provider) -> None:
    """Each part leads to its total, once however often it is said, until all is back."""
    cards, seen = returning.cards, []
    whole = await open_paid(cards, returning.act)
    for total in (2500, 2500, 9900, 2500):
        await cards.return_money(replace(whole, total=total, reference=f"ticket-{total}"))
        invoice = await cards.read_invoice(whole.invoice_id)
        assert invoice is not None
        seen.append((invoice.state, invoice.returned))
    part, rest = (InvoiceState.PAID, 2500), (InvoiceState.RETURNED, 9900)
    assert seen == [part, part, rest, rest]


async def test_yookassa_returns_all_without_a_receipt(local: Cards, yookassa: YooKassaCards) -> None:
    """YooKassa has the receipt of the whole; that of a part is sent along, or the local server refuses it."""
    whole = await open_paid(yookassa, local.act)
    await yookassa.return_money(whole)
    part = replace(await open_paid(yookassa, local.act, "inbox-0000000002"), total=100)
    await yookassa.return_money(part)
    assert [each.refunded for each in local.invoices.values()] == [9900, 100]


async def test_yookassa_is_asked_again(local: Cards, yookassa: YooKassaCards) -> None:
    """A refund whose answer was lost, or that is under way, is not made again."""
    refund = replace(await open_paid(yookassa, local.act), total=100)
    local.behaviour.refund_status = "pending"
    for _ in range(2):
        await yookassa.return_money(refund)
    assert len(local.invoices[refund.invoice_id].refunds) == 1
    local.behaviour.status = 500
    with pytest.raises(CardsUnavailableError):
        await yookassa.return_money(replace(refund, total=200))


@pytest.mark.parametrize("total", [100, 9900])
async def test_yookassa_cancels_a_refund(local: Cards, yookassa: YooKassaCards, total: int) -> None:
    """A canceled refund is a refusal with YooKassa's reason; under another reference it may be tried again."""
    refund = replace(await open_paid(yookassa, local.act), total=total)
    local.behaviour.refund_status = "canceled"
    for _ in range(2):
        with pytest.raises(CardsRefusedError, match="canceled, insufficient_funds"):
            await yookassa.return_money(refund)
    local.behaviour.refund_status = "succeeded"
    await yookassa.return_money(replace(refund, reference="ticket-2"))
    assert local.invoices[refund.invoice_id].refunded == total


async def test_yookassa_refuses_a_refund(local: Cards, yookassa: YooKassaCards) -> None:
    """What was never paid, and more than was paid, is refused with YooKassa's code."""
    opened = await yookassa.create_invoice(SALE)
    refund = CardRefund(opened.id, "ticket-1", 100, SALE.amount, SALE.currency, SALE.title, SALE.email)
    with pytest.raises(CardsRefusedError, match="status 400, invalid_request"):
        await yookassa.return_money(refund)
    await local.act(opened.id, "pay")
    with pytest.raises(CardsRefusedError, match="status 400"):
        await yookassa.return_money(replace(refund, total=9901))


async def test_lava_returns_by_hand(local: Cards, lava: LavaCards) -> None:
    """lava.top has no call for it, and the error says where it is done."""
    refund = await open_paid(lava, local.act)
    with pytest.raises(CardsByHandError, match=f"lava.top's cabinet: the sale {refund.invoice_id}"):
        await lava.return_money(refund)
    assert (lava.tells_returns, YooKassaCards.tells_returns) == (False, True)


async def test_second_try(local: Cards, lava: LavaCards, yookassa: YooKassaCards) -> None:
    """A refused card may be tried again on the page of lava.top; YooKassa has canceled the payment for good."""
    states = []
    for cards in (lava, yookassa):
        opened = await cards.create_invoice(SALE)
        await local.act(opened.id, "decline")
        await local.act(opened.id, "pay")
        invoice = await cards.read_invoice(opened.id)
        assert invoice is not None
        states.append(invoice.state)
    assert states == [InvoiceState.PAID, InvoiceState.FAILED]


async def test_from_the_first_payment_to_the_next(seller: Provider) -> None:
    """Each later payment of a subscription is an invoice of its own, at the same price, that names the first one."""
    opened = await seller.cards.create_invoice(PLAN_SALE)
    assert await seller.plans.read_subscription(opened.id) is None
    await seller.act(opened.id, "pay")
    assert (await seller.read(opened.id)).renewal is CardRenewal.ON
    for _ in range(2):
        await seller.act(opened.id, "renew")
    known = await seller.read(opened.id)
    assert known.renewal is CardRenewal.ON
    invoices = [await seller.cards.read_invoice(each) for each in (opened.id, *known.paid_ids)]
    assert len({each.id for each in invoices if each is not None}) == 3
    for each in invoices:
        assert each is not None
        assert (each.state, each.amount, each.currency) == (InvoiceState.PAID, 34900, "RUB")
        assert each.first_id == ("" if each.id == opened.id else opened.id)


async def test_end_of_a_subscription(seller: Provider) -> None:
    """A refused payment and a cancel are told when the provider is asked; what was paid stays paid."""
    opened = await seller.cards.create_invoice(PLAN_SALE)
    await seller.act(opened.id, "pay")
    await seller.act(opened.id, "miss")
    known = await seller.read(opened.id)
    assert (known.renewal, known.paid_ids) == (CardRenewal.FAILED, ())
    assert await seller.plans.cancel_subscription(opened.id, PLAN_SALE.email)
    assert not await seller.plans.cancel_subscription(opened.id, PLAN_SALE.email)
    assert (await seller.read(opened.id)).renewal is CardRenewal.CANCELED
    invoice = await seller.cards.read_invoice(opened.id)
    assert invoice is not None
    assert invoice.state is InvoiceState.PAID


async def test_unknown_subscription(seller: Provider) -> None:
    """A subscription that the provider does not know is none, and cannot be canceled."""
    assert await seller.plans.read_subscription("7ea82675-4ded-4133-95a7-a6efbaf165cc") is None
    assert not await seller.plans.cancel_subscription("7ea82675-4ded-4133-95a7-a6efbaf165cc", PLAN_SALE.email)


async def test_what_is_sold_as_a_subscription(lava: LavaCards, yookassa: YooKassaCards) -> None:
    """lava.top sells a plan that has an offer there; YooKassa sells none."""
    assert [lava.sells(name) for name in ("plus", "pro")] == [True, False]
    assert yookassa.plans is None


async def test_period_of_lava(local: Cards, lava: LavaCards) -> None:
    """The times of payments and the end of the paid period are lava.top's; others cannot cancel."""
    opened = await lava.create_invoice(PLAN_SALE)
    await local.act(opened.id, "pay")
    first = await lava.read_invoice(opened.id)
    assert first is not None
    assert first.paid_at is not None
    assert first.paid_until is not None
    assert abs(first.paid_until - first.paid_at - timedelta(days=30)) < timedelta(minutes=1)
    await local.advance(timedelta(days=31))
    known = await lava.read_subscription(opened.id)
    assert known is not None
    assert known.paid_until == local.subscriptions[opened.id].expires_at
    assert known.paid_until > first.paid_until
    assert not await lava.cancel_subscription(opened.id, "bob@example.com")


async def test_card_without_money(local: Cards, lava: LavaCards) -> None:
    """lava.top tries three times within a day, then it cancels; an invoice that was refused is not paid."""
    opened = await lava.create_invoice(PLAN_SALE)
    await local.act(opened.id, "pay")
    local.subscriptions[opened.id].has_money = False
    seen = []
    for time in (timedelta(days=30, minutes=1), timedelta(hours=9), timedelta(hours=16)):
        await local.advance(time)
        known = await lava.read_subscription(opened.id)
        assert known is not None
        seen.append(known.renewal)
    assert seen == [CardRenewal.FAILED, CardRenewal.FAILED, CardRenewal.CANCELED]
    refused = [await lava.read_invoice(each.id) for each in local.subscriptions[opened.id].payments]
    assert [each.state for each in refused if each is not None] == [InvoiceState.FAILED] * 3


async def test_unknown_invoice(provider: Provider) -> None:
    """An invoice that the provider does not know is none, and no error."""
    assert await provider.cards.read_invoice("7ea82675-4ded-4133-95a7-a6efbaf165cc") is None


async def test_lava_in_each_currency(lava: LavaCards) -> None:
    """lava.top sells the offer at the price that it has in each currency."""
    for currency, amount in OFFER.prices.items():
        opened = await lava.create_invoice(replace(SALE, currency=currency, amount=amount, language="en"))
        invoice = await lava.read_invoice(opened.id)
        assert invoice is not None
        assert (invoice.amount, invoice.currency) == (amount, currency)


async def test_lava_without_an_offer(lava: LavaCards) -> None:
    """A package without an offer in the cabinet is not sold, and lava.top is not even asked."""
    with pytest.raises(CardsRefusedError):
        await lava.create_invoice(replace(SALE, package="xl"))


async def test_refused_email(lava: LavaCards, yookassa: YooKassaCards) -> None:
    """An e-mail that a provider does not take is a refusal of this sale, not an outage."""
    for cards in (lava, yookassa):
        with pytest.raises(CardsRefusedError):
            await cards.create_invoice(replace(SALE, email="nobody"))


async def test_yookassa_makes_one_payment_for_a_reference(local: Cards, yookassa: YooKassaCards) -> None:
    """A repeated call finds the payment of the first, and another reference makes another."""
    first, again = await yookassa.create_invoice(SALE), await yookassa.create_invoice(SALE)
    other = await yookassa.create_invoice(replace(SALE, reference="inbox-0000000002"))
    assert first == again != other
    assert len(local.invoices) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 429, 401, 403])
async def test_outage(local: Cards, lava: LavaCards, yookassa: YooKassaCards, status: int) -> None:
    """An answer that says nothing about the invoice is an outage for both calls."""
    local.behaviour.status = status
    for cards in (lava, yookassa):
        with pytest.raises(CardsUnavailableError):
            await cards.create_invoice(SALE)
        with pytest.raises(CardsUnavailableError):
            await cards.read_invoice("7ea82675-4ded-4133-95a7-a6efbaf165cc")


async def test_wrong_key(local: Cards) -> None:
    """A key that is refused is an outage of ours: the person hears that it does not work now."""
    for cards in (
        LavaCards("wrong", {"s": OFFER.id}, local.lava_url),
        YooKassaCards("1", "wrong", local.yookassa_url),
    ):
        with pytest.raises(CardsUnavailableError):
            await cards.create_invoice(SALE)
        await cards.close()


@pytest.fixture
def server() -> Iterator[Server]:
    """A provider that answers as a test wants."""
    with serve_http() as made:
        yield made


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b"{" * 100_000,
        b'{"id": "../../x", "paymentUrl": "https://x", "confirmation": {"confirmation_url": "https://x"}}',
        b'{"id": "12345678", "paymentUrl": "javascript:1", "confirmation": {"confirmation_url": "javascript:1"}}',
        b'{"id": "12345678", "paymentUrl": 5, "confirmation": 5}',
        b'{"status": "completed", "receipt": {"amount": "1e400", "currency": "RUB"}, "product": {}}',
        b'{"items": [{"status": "succeeded", "amount": {"value": "x"}}]}',
        b'{"items": [5]}',
        b'{"subscriptionStatus": "STOLEN"}',
        b'{"subscriptionStatus": "ACTIVE", "recurrentPayments": 5}',
        b'{"subscriptionStatus": "ACTIVE", "recurrentPayments": [5]}',
        b'{"subscriptionStatus": "ACTIVE", "recurrentPayments": [{"id": "/", "status": "COMPLETED", "datetime": 1}]}',
        b'{"id": "1", "status": "stolen", "receipt": {"amount": 1}, "amount": {"value": "1", "currency": "RUB"}}',
        b" " * 300_000,
    ],
)
async def test_nonsense(server: Server, body: bytes) -> None:
    """Whatever a provider answers, it is an outage and never another error, an open page or an amount."""
    server.answer = lambda _: Reply(200, body)
    for cards in (LavaCards("key", {"s": OFFER.id}, server.url), YooKassaCards("1", "key", server.url)):
        with pytest.raises(CardsUnavailableError):
            await cards.create_invoice(SALE)
        with pytest.raises(CardsUnavailableError):
            await cards.read_invoice("12345678")
        if cards.plans is not None:
            with pytest.raises(CardsUnavailableError):
                await cards.plans.read_subscription("12345678")
        await cards.close()
    cards = YooKassaCards("1", "key", server.url)
    with pytest.raises(CardsUnavailableError):
        await cards.return_money(CardRefund("12345678", "t", 1, 2, "RUB", "60 credits", "ann@example.com"))
    await cards.close()


async def test_refusal_without_words(server: Server) -> None:
    """A refusal that says nothing usable has no words of the provider's in its error."""
    server.answer = lambda request: (
        Reply(200, b'{"items": []}') if request.method == "GET" else Reply(400, b'{"code": 5}')
    )
    cards = YooKassaCards("1", "key", server.url)
    with pytest.raises(CardsRefusedError, match="status 400, without a reason"):
        await cards.return_money(CardRefund("12345678", "t", 1, 2, "RUB", "60 credits", "ann@example.com"))
    await cards.close()


@pytest.mark.parametrize("at", ["", "soon", None, 5, "2026-11-29T12:00:00", "2026-11-29T12:00:00.1234567+03:00"])
async def test_times(server: Server, at: object) -> None:
    """A time that is none, or has no zone, is not told; every other one is."""
    known = {"subscriptionStatus": "ACTIVE", "expiredAt": at, "recurrentPayments": None}
    server.answer = lambda _: Reply(200, json.dumps(known).encode())
    cards = LavaCards("key", {}, server.url)
    subscription = await cards.read_subscription("12345678")
    assert subscription is not None
    assert (subscription.paid_until is not None) == (isinstance(at, str) and at.endswith("+03:00"))
    await cards.close()


async def test_nobody_answers(server: Server) -> None:
    """A provider that cannot be reached, or is too slow, is an outage."""
    gone = CardHttp("http://127.0.0.1:1", {})
    with pytest.raises(CardsUnavailableError, match="not reached"):
        await gone.get("/")
    slow = CardHttp(server.url, {}, seconds_max=0.0)
    with pytest.raises(CardsUnavailableError, match="no answer"):
        await slow.get("/")
    await slow.close()


async def test_what_is_sent(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    """Keys travel in their header alone, and neither they nor the e-mail are logged or told in an error."""
    caplog.set_level(logging.DEBUG)
    server.answer = lambda _: Reply(400, b"{}")
    lava = LavaCards("TEST-lava-key", {"s": OFFER.id}, server.url)
    yookassa = YooKassaCards("1", "TEST-yookassa-key", server.url)
    told = ""
    for cards in (lava, yookassa):
        with pytest.raises(CardsRefusedError) as caught:
            await cards.create_invoice(SALE)
        told += f"{caught.value!r}"
        await cards.close()
    of_lava, of_yookassa = server.requests
    assert of_lava.headers["x-api-key"] == "TEST-lava-key"
    assert of_yookassa.headers["authorization"].startswith("Basic ")
    assert of_yookassa.headers["idempotence-key"] == SALE.reference
    assert all("TEST" not in each.path and b"TEST" not in each.body for each in server.requests)
    assert not [secret for secret in ("TEST", SALE.email) if secret in told + caplog.text + repr(SALE)]


@pytest.mark.parametrize(
    ("said", "amount"), [(99, 9900), (99.9, 9990), ("99.90", 9990), (0.1 + 0.2, None), ("x", None)]
)
def test_amounts(said: object, amount: int | None) -> None:
    """Only whole kopecks and cents are an amount."""
    if amount is None:
        with pytest.raises(ValueError, match="not an amount"):
            read_amount(said)
    else:
        assert read_amount(said) == amount


@pytest.mark.parametrize("said", [None, True, [], {}, -1, "NaN", "Infinity", "1e9", 10**30])
def test_no_amounts(said: object) -> None:
    """Nothing else is one."""
    with pytest.raises(ValueError, match="not an amount"):
        read_amount(said)


def test_writing_amounts() -> None:
    """Kopecks become the decimals of the API."""
    assert [write_amount(each) for each in (1, 99, 9900, 219_905)] == ["0.01", "0.99", "99.00", "2199.05"]
