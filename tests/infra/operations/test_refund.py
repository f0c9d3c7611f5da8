"""`make refund`: a payment is given back at Telegram and in the books by one command, which may be repeated."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

import pytest

from infra.local.telegram import TEST_TOKEN, Telegram, run_telegram
from infra.operations import ledger
from infra.operations import refund as verb
from shared.adapters.firestore import FirestoreStore
from shared.codec import encode
from shared.credits.ledger import Charge, book_purchase
from shared.credits.transfer_documents import create_transfer
from shared.errors import DeliveryUnknownError, MessengerError
from shared.payments.payment_documents import PaymentRecord, create_payment, payment_id
from shared.payments.refund_payment import Refunded
from shared.people.user_documents import user_key
from shared.people.users import User, new_user
from shared.ports import Create
from shared.settings import TelegramSettings

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ANN, CHARGE = 7, "stx1"
PAID = PaymentRecord(payment_id("stars", CHARGE), "stars", CHARGE, ANN, "", 50, "XTR", 60, NOW)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """A Telegram that Ann has paid at."""
    async with run_telegram() as running:
        person = {"id": ANN, "first_name": "Ann", "language_code": "en"}
        await running.send(person, text="/start")
        partner = {"type": "user", "transaction_type": "invoice_payment", "user": person, "invoice_payload": "o1"}
        running.world.transactions.append({"id": CHARGE, "amount": 50, "date": 1_767_000_000, "source": partner})
        yield running


@pytest.fixture
async def project(firestore_emulator: str, project_id: str, telegram: Telegram, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project in which her payment is booked."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_emulator)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", project_id)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", telegram.token)
    monkeypatch.setenv("TELEGRAM_API_BASE_URL", telegram.url)
    user, gift = new_user(ANN, NOW)
    account, purchase = book_purchase(user.account, Charge(PAID.id, ANN, PAID.credits), NOW)
    store = FirestoreStore(project_id)
    person = Create(user_key(ANN), encode(User(ANN, NOW, account)))
    await store.commit([person, create_transfer(gift), create_transfer(purchase), create_payment(PAID)])
    await store.close()
    return project_id


async def test_once(project: str, telegram: Telegram, capsys: pytest.CaptureFixture[str]) -> None:
    """Said twice, the payment is given back once and its credits are taken once, and the books balance."""
    for _ in range(2):
        assert await asyncio.to_thread(verb.main, [CHARGE]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "50 Stars returned to 7; 60 credits taken back: 20 available now",
        "50 Stars returned to 7; 60 credits were taken back before: 20 available now",
    ]
    assert sum("receiver" in each for each in telegram.world.transactions) == 1
    async with ledger.open_database(project) as client:
        assert await ledger.audit_books(client, at_rest=True) == ([], 3)


async def test_unknown_charge(project: str) -> None:
    """One line says that no such payment is booked."""
    assert project
    with pytest.raises(SystemExit, match=r"^refund: no payment with this charge is booked"):
        await asyncio.to_thread(verb.main, ["stx2"])


async def test_telegram_refuses(project: str, telegram: Telegram) -> None:
    """What Telegram refuses is said, and takes no credits."""
    assert project
    telegram.world.transactions.clear()
    with pytest.raises(SystemExit, match=r"^refund: Telegram refuses it, nothing is changed: charge_not_found$"):
        await asyncio.to_thread(verb.main, [CHARGE])


@pytest.mark.parametrize("error", [DeliveryUnknownError("TimedOut")])
def test_to_be_said_again(monkeypatch: pytest.MonkeyPatch, error: MessengerError) -> None:
    """After an outage one line says that the command is to be repeated."""

    async def fail(*_: object) -> Refunded:
        raise error

    monkeypatch.setattr(verb, "give_back", fail)
    with pytest.raises(SystemExit, match=r"^refund: say it again: TimedOut$"):
        verb.main([CHARGE, "--local"])


def test_the_local_system_is_where_make_run_has_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--local` finds emulator and Telegram by the ports of `make run`, also where others were chosen."""
    asked: list[tuple[str, str, str]] = []

    async def give_back(project: str, _database: str, telegram: TelegramSettings, _charge_id: str) -> Refunded:
        asked.append((project, os.environ["FIRESTORE_EMULATOR_HOST"], telegram.api_base_url))
        return Refunded(PAID, -40, is_new=True)

    monkeypatch.setattr(verb, "give_back", give_back)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "elsewhere:1")
    monkeypatch.setenv("NANOBANANA_PORT_BASE", "9100")
    assert verb.main([CHARGE, "--local"]) == 0
    assert asked == [("nanobanana-local", "127.0.0.1:9104", "http://127.0.0.1:9100")]
    assert "-40 available now" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"TELEGRAM_BOT_TOKEN": TEST_TOKEN}, r"^refund: GOOGLE_CLOUD_PROJECT: not set$"),
        ({"GOOGLE_CLOUD_PROJECT": "nanobanana-dev"}, r"^settings: TELEGRAM_BOT_TOKEN: not set$"),
    ],
)
def test_what_is_missing_is_one_line(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str], said: str) -> None:
    """The missing setting is named."""
    for name in ("GOOGLE_CLOUD_PROJECT", "TELEGRAM_BOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=said):
        verb.main([CHARGE])
