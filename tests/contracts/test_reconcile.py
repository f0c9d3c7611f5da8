"""The night's comparison with a real Firestore and the local Telegram: a payment whose update never came."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from infra.local.telegram import Telegram, run_telegram
from shared.adapters.firestore import FirestoreStore
from shared.adapters.telegram import TelegramMessenger
from shared.payments.order import Order, write_payload
from shared.payments.payment_documents import payment_id, payment_key
from shared.payments.reconcile import reconcile_payments, start_reconciliation
from tests.world import World

ANN = 7
KEY = b"k" * 32


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with run_telegram() as running:
        await running.send({"id": ANN, "first_name": "Ann", "language_code": "en"}, text="/start")
        yield running


async def test_a_payment_that_never_came(
    firestore_emulator: str,
    project_id: str,
    telegram: Telegram,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is credited once and told in the first night, confirmed in the second, and never a gap again."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    world = World()
    store, messenger = FirestoreStore(project_id), TelegramMessenger(telegram.token, telegram.url)
    world.sell(KEY)
    world.ports = replace(world.ports, store=store, messenger=messenger)
    world.repair_ports = replace(world.repair_ports, store=store)
    order = Order("o" * 16, ANN, 50, 60, world.now.replace(microsecond=0))
    person = {"id": ANN, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    partner = {"type": "user", "transaction_type": "invoice_payment", "user": person}
    partner |= {"invoice_payload": write_payload(order, KEY)}
    paid_at = int((world.now - timedelta(hours=2)).timestamp())
    telegram.world.transactions.append({"id": "stx1", "amount": 50, "date": paid_at, "source": partner})
    for _ in range(3):
        await start_reconciliation(world.repair_ports)
        await world.settle()
        world.clock.advance(24 * 3600)
    await reconcile_payments(world.ports)
    assert capsys.readouterr().out.count('"payment_gap"') == 2  # message and event of one line
    [record] = await store.read([payment_key(payment_id("stars", "stx1"))])
    assert record is not None
    assert record.fields["confirmed_at"] is not None
    thanks = [text for each in telegram.messages(ANN) if "Thank you! 60 credits" in (text := each.get("text", ""))]
    assert len(thanks) == 1
    await messenger.close()
    await store.close()
