"""`make card-orders`: one command ends one order by card, and may be repeated; the bot books what came of it."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.cards import Cards, Offer, run_cards
from infra.operations import card_orders as verb
from shared.adapters.clock import SystemClock
from shared.adapters.firestore import FirestoreStore
from shared.codec import encode
from shared.errors import UnavailableError
from shared.payments.card_documents import card_order_key, create_card_order, decode_card_order
from shared.payments.card_order import CardOrder, CardState
from shared.payments.publish_card_order import card_order_id
from shared.people.card_settings import CardSettings
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User
from shared.ports import CardSale, Create, Store
from shared.settings import CardSettings as Providers
from shared.settings import LavaSettings, YooKassaSettings
from shared.wiring import make_cards

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ANN, PRICE = 7, 9900
WORDS = ["--by=Bob", "--reference=ticket-1", "--reason=as agreed"]
OFFER = Offer("836b9fc5-7ae9-4a27-9642-592bc44072b7", "60 credits", {"RUB": PRICE})
SALE = CardSale("inbox-1", "s", "60 credits", PRICE, "RUB", "en", "https://t.me/bot", "ann@example.com")


@dataclass
class Shop:
    """A project with Ann, who pays at the local providers."""

    project: str
    server: Cards
    store: Store

    async def open_order(self, provider: str, state: CardState, price: int = PRICE) -> CardOrder:
        """A paid invoice, and its order, which says that it cost this."""
        cards = make_cards(providers_of(self.server))
        opened = await cards[provider].create_invoice(SALE)
        await self.server.act(opened.id, "pay")
        invoice = await cards[provider].read_invoice(opened.id)
        assert invoice is not None
        made = CardOrder(
            card_order_id(provider, opened.id), provider, opened.id, invoice.offer, opened.url, "s", 60, price, "RUB",
            ANN, ANN, None, "en", SALE.email, NOW, None, state,
        )  # fmt: skip
        await self.store.commit([create_card_order(made)])
        for each in cards.values():
            await each.close()  # type: ignore[attr-defined]
        return made

    async def order(self, made: CardOrder) -> CardOrder:
        [record] = await self.store.read([card_order_key(made.id)])
        assert record is not None
        return decode_card_order(record)


def providers_of(server: Cards) -> Providers:
    shop_id, _, secret = server.yookassa_key.partition(":")
    lava = LavaSettings(server.lava_key, server.lava_url, {"s": OFFER.id})
    return Providers(lava, YooKassaSettings(shop_id, secret, server.yookassa_url, 1))


@pytest.fixture
async def shop(firestore_emulator: str, project_id: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shop]:
    """The shop, and the variables of a command about it."""
    async with run_cards(offers=(OFFER,)) as server:
        shop_id, _, secret = server.yookassa_key.partition(":")
        variables = {
            "FIRESTORE_EMULATOR_HOST": firestore_emulator,
            "GOOGLE_CLOUD_PROJECT": project_id,
            "LAVA_API_KEY": server.lava_key,
            "LAVA_OFFERS": f"s={OFFER.id}",
            "LAVA_BASE_URL": server.lava_url,
            "YOOKASSA_SHOP_ID": shop_id,
            "YOOKASSA_SECRET_KEY": secret,
            "YOOKASSA_BASE_URL": server.yookassa_url,
            "YOOKASSA_VAT_CODE": "1",
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        store = FirestoreStore(project_id)
        await store.commit([Create(user_key(ANN), encode(User(ANN, NOW, card=CardSettings(closed_at=NOW))))])
        yield Shop(project_id, server, store)
        await store.close()


async def say(*words: str) -> int:
    return await asyncio.to_thread(verb.main, words)


async def test_refund(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Said twice, the money goes back once; the order keeps who and why, and is due to be booked."""
    made = await shop.open_order("yookassa", CardState.PAID)
    for _ in range(2):
        assert await say("refund", made.invoice_id, "--amount=49.50", *WORDS) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{made.id}: refund of 49.50 RUB (ticket-1) {how}; the bot books it within a minute or two and tells 7"
        for how in ("noted", "was noted before")
    ]
    assert [each.refunded for each in shop.server.invoices.values()] == [4950]
    await shop.server.act(made.invoice_id, "return")
    assert await say("refund", made.id, "--by=Bob", "--reference=ticket-2", "--reason=all of it") == 0
    assert "all of it had gone back already" in capsys.readouterr().out
    order = await shop.order(made)
    [ruling] = order.rulings
    assert (ruling.by, ruling.reason, ruling.amount) == ("Bob", "as agreed", 4950)
    assert order.sweep_at is not None
    assert order.sweep_at <= SystemClock().now()


async def test_disputed(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Disputed orders are listed with what differs, and one that is credited says what was paid."""
    assert await say("list") == 0
    made = await shop.open_order("yookassa", CardState.DISPUTED, price=5000)
    assert await say("list") == 0
    assert await say("credit", made.id, "--paid", *WORDS) == 0
    assert await say("list") == 0
    shop.server.behaviour.status = 500
    assert await say("list") == 0
    lines = capsys.readouterr().out.splitlines()
    head = [
        f"{made.id}  yookassa {made.invoice_id}, person 7, 2026-01-02 00:00",
        f"    ordered: 60 credits for 50.00 RUB ({made.offer})",
    ]
    assert lines[:5] == [
        "no disputed orders", *head, "    provider: paid, 99.00 RUB", "    amount: ordered 5000, paid 9900",
    ]  # fmt: skip
    assert lines[5].startswith(f"{made.id}: 119 credits for 99.00 RUB (ticket-1) noted; ")
    assert "    credit by Bob, ticket-1: as agreed" in lines
    assert lines[-1] == "    the provider does not tell of it now"


@pytest.mark.parametrize("code", ["-bcdefghijklmnop", "--cdefghijklmnop", "abcdefghijklmnop"])
def test_code_with_a_dash(code: str) -> None:
    """A code that begins with a dash, as one of 64 does, is a code and no option."""
    command = verb.read_command(["refund", code, "--amount=1", *WORDS])
    assert (command.order, command.reference) == (code, "ticket-1")


async def test_by_hand(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the provider returns money by hand the command says where, and then takes the operator's word."""
    made = await shop.open_order("lava", CardState.PAID)
    with pytest.raises(SystemExit, match=r"nothing is changed: return it in lava.top's cabinet.*then say `returned`"):
        await say("refund", made.id, *WORDS)
    assert await say("returned", made.id, "--by=Bob", "--reference=ticket-2", "--reason=in the cabinet") == 0
    assert "returned of 99.00 RUB (ticket-2) noted" in capsys.readouterr().out
    assert (await shop.order(made)).returns.said == PRICE


async def test_part_of_a_disputed_payment_is_shown(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """What the provider has returned of a disputed payment stands in the list."""
    made = await shop.open_order("yookassa", CardState.PAID)
    assert await say("refund", made.id, "--amount=1", *WORDS) == 0
    [record] = await shop.store.read([card_order_key(made.id)])
    assert record is not None
    assert verb.describe_disputed(made, None)[-1] == "    the provider does not tell of it now"
    cards = make_cards(providers_of(shop.server))
    told = verb.describe_disputed(made, await cards["yookassa"].read_invoice(made.invoice_id))
    assert "    provider: paid, 99.00 RUB, 1.00 of it returned" in told
    for each in cards.values():
        await each.close()  # type: ignore[attr-defined]
    capsys.readouterr()


async def test_reopen(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Cards are opened again once, with a note of who and why."""
    for _ in range(2):
        assert await say("reopen", "7", "--by=Bob", "--reason=the bank was wrong") == 0
    assert capsys.readouterr().out.splitlines() == ["cards are open again for 7", "cards are not closed for 7"]
    [record] = await shop.store.read([user_key(ANN)])
    assert record is not None
    assert decode_user(record).card == CardSettings(opened="Bob: the bank was wrong")


async def test_refused(shop: Shop) -> None:
    """What makes no sense, and what the provider refuses, is one line, and changes nothing."""
    with pytest.raises(SystemExit, match=r"^card-orders: nothing is changed: no order nothing here"):
        await say("chargeback", "nothing", *WORDS)
    made = await shop.open_order("yookassa", CardState.PAID)
    shop.server.behaviour.refund_status = "canceled"
    with pytest.raises(SystemExit, match=r"^card-orders: nothing is changed: canceled, insufficient_funds$"):
        await say("refund", made.id, *WORDS)
    assert (await shop.order(made)).returns.asked == 0


async def test_to_be_said_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an outage one line says that the command is to be repeated."""
    assert shop

    async def fail(*_: object) -> list[str]:
        raise UnavailableError("lost")

    monkeypatch.setattr(verb, "carry_out", fail)
    with pytest.raises(SystemExit, match=r"^card-orders: say it again, with the same reference: lost$"):
        await say("list")


@pytest.mark.parametrize("amount", ["0", "x", "-1", "0.001"])
def test_amount(amount: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nonsense in place of an amount is refused by the command line."""
    with pytest.raises(SystemExit):
        verb.main(["refund", "order", f"--amount={amount}", *WORDS])
    assert "an amount above zero, such as 49.50" in capsys.readouterr().err


def test_no_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing variable is named."""
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    with pytest.raises(SystemExit, match=r"^card-orders: GOOGLE_CLOUD_PROJECT: not set$"):
        verb.main(["list"])


def test_the_local_system_is_where_make_run_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """`--local` finds the emulator and both local providers by the ports of `make run`."""
    asked: list[tuple[str, Any]] = []

    async def run(project: str, _database: str, settings: Providers, _command: object) -> list[str]:
        asked.append((project, settings))
        return ["done"]

    monkeypatch.setattr(verb, "_run", run)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "elsewhere:1")
    monkeypatch.setenv("NANOBANANA_PORT_BASE", "9100")
    assert verb.main(["list", "--local"]) == 0
    [(project, settings)] = asked
    assert (project, os.environ["FIRESTORE_EMULATOR_HOST"]) == ("nanobanana-local", "127.0.0.1:9104")
    assert settings.lava.base_url.endswith("/lava")
    assert settings.yookassa.base_url.endswith("/yookassa/v3")
