"""The operators' chat gets the numbers of the day before once, also when Telegram does not take them at first."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.errors import BotBlockedError, ConflictError, DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.check_books import DAYS_KEPT, check_books
from shared.jobs.rating import UP, Rating, count_change
from shared.payments import tell_day as module
from shared.payments.payment_documents import PaymentRecord, create_payment
from shared.payments.tell_day import DayMoney, read_money, tell_day
from shared.ports import Messenger
from tests.world import World, writes_to

OPERATORS = -1001


@pytest.fixture
async def morning(world: World) -> World:
    """The night after a day with a picture."""
    await world.send(world.message("a red fox"))
    world.clock.advance(timedelta(days=1).total_seconds())
    await check_books(world.repair_ports, world.now)
    return world


async def tell(world: World) -> list[str]:
    """Tell; what the chat has then."""
    chat: Callable[[], tuple[Messenger, int]] = lambda: (world.messenger, OPERATORS)  # noqa: E731
    await tell_day(world.repair_ports, chat)
    return [message.text for message in world.messenger.messages(OPERATORS)]


async def test_a_day_is_told_once(morning: World) -> None:
    """The message has the picture, the credits and the cost; the next calls have nothing to tell."""
    [text] = await tell(morning)
    assert "Delivered: 1 (picture 1)" in text
    assert "Failed: 0\n" in text
    assert "Results rated: 0 👍, 0 👎" in text
    assert await tell(morning) == [text]
    await check_books(morning.repair_ports, morning.now)
    assert await tell(morning) == [text]


async def test_the_last_days_are_kept(morning: World) -> None:
    """The operators' pages show the last fourteen days, each once, by offer too."""
    [first] = morning.store.collection("controls")["books"]["recent"]
    assert first["models"] == {"delivered fast": 1}
    for _ in range(DAYS_KEPT):
        morning.clock.advance(timedelta(days=1).total_seconds())
        await check_books(morning.repair_ports, morning.now)
        await check_books(morning.repair_ports, morning.now)
    days = [each["day"] for each in morning.store.collection("controls")["books"]["recent"]]
    assert (len(days), days == sorted({*days}), first["day"] in days) == (DAYS_KEPT, True, False)


async def test_ratings_of_a_day(morning: World) -> None:
    """What people thought of results on that day is told."""
    [day] = [fields["untold"]["day"] for fields in morning.store.collection("controls").values() if "untold" in fields]
    await morning.store.commit([count_change(0, Rating(501, "picture", UP, morning.now, day, morning.now))])
    [text] = await tell(morning)
    assert "Results rated: 1 👍, 0 👎" in text


async def test_nothing_was_checked(world: World) -> None:
    """A new environment has nothing to tell, and nobody is written to."""
    assert await tell(world) == []


@pytest.mark.parametrize(
    ("error", "told_again"),
    [(TooManyRequestsError(1.0), 1), (DeliveryUnknownError("no answer"), 0), (BotBlockedError("left"), 0)],
)
async def test_telegram_does_not_take_it(morning: World, error: MessengerError, told_again: int) -> None:
    """What Telegram did not take yet is sent in a minute; what may have arrived, or never can, is not."""
    morning.messenger.fail("send_text", error)
    assert await tell(morning) == []
    assert len(await tell(morning)) == told_again


async def test_the_check_goes_on_in_between(morning: World) -> None:
    """If the document of the check changed meanwhile, the next call tells again: a message twice loses nothing."""

    async def change() -> None:
        raise ConflictError("changed")

    morning.store.interrupt(writes_to("controls"), change)
    assert len(await tell(morning)) == 1
    assert len(await tell(morning)) == 2


async def test_money_of_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Payments of that day count, by currency; what came before or after, or went back, does not."""
    midnight = world.now.replace(hour=0, minute=0, second=0, microsecond=0)
    paid = [(-1, 1, "XTR"), (0, 50, "XTR"), (86_399, 149_900, "RUB"), (86_399, 1_400, "USD"), (86_400, 7, "XTR")]
    for number, (seconds, amount, currency) in enumerate(paid):
        at = midnight + timedelta(seconds=seconds)
        record = PaymentRecord(f"p{number}", "stars", "", 501, "", amount, currency, 60, at)
        await world.store.commit([create_payment(record)])
    for number, (amount, left) in enumerate(((300, 0), (149_900, 1_000)), len(paid)):
        at, back = midnight + timedelta(seconds=number), amount - left
        record = PaymentRecord(f"p{number}", "cards", "", 501, "", amount, "RUB", 60, at, returned_amount=back)
        await world.store.commit([create_payment(record)])
    wanted = {"XTR": 50, "RUB": 150_900, "USD": 1_400}
    for page in (1, 2, 200):
        monkeypatch.setattr(module, "PAGE", page)
        assert await read_money(world.store, midnight.date()) == DayMoney(0, wanted, 4)
    assert (await read_money(world.store, midnight.date() - timedelta(days=9))).payments == 0
    assert DayMoney(0, wanted, 4).income_usd_micros > 0


async def test_a_loss(morning: World) -> None:
    """A day that cost more than it brought says so with a minus."""
    [text] = await tell(morning)
    assert "margin: -$" in text
    assert "Income: $0" in text
