"""Many payments, told often, at once and in any order; and many who spend the same credits at once."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest

from shared.credits.ledger import TransferKind
from shared.errors import UnavailableError
from shared.jobs.job import JobState
from shared.ports import Key, Record, Version
from tests.unit.payments.conftest import KEY
from tests.unit.payments.test_reconcile import CREDITS, make_update, pay
from tests.world import ME, FragileStore, World, Writes

Json = dict[str, Any]
PAYMENTS, TIMES, AT_ONCE = 1_000, 5, 50
PEOPLE = range(601, 641)


class BusyStore(FragileStore):
    """A store on a network: others get their turn before each call."""

    async def read(self, keys: Sequence[Key]) -> list[Record | None]:
        await asyncio.sleep(0)
        return await super().read(keys)

    async def commit(self, writes: Writes) -> list[Version]:
        await asyncio.sleep(0)
        return await super().commit(writes)


@pytest.fixture
def world() -> World:
    """A world whose deliveries really get between each other."""
    return World(store=BusyStore())


async def deliver(world: World, update: Json) -> None:
    """As the queue does: what loses too many rounds comes again."""
    for failures in range(AT_ONCE):
        with suppress(UnavailableError):
            return await world.deliver(update, failures=failures)
    raise AssertionError("it never came through")


Arrange = Callable[[list[list[Json]], random.Random], list[Json]]


def far_apart(payments: list[list[Json]], dice: random.Random) -> list[Json]:
    """The deliveries of a payment come in different batches, hardly ever two of them together."""
    told = [each for deliveries in payments for each in deliveries]
    dice.shuffle(told)
    return told


def together(payments: list[list[Json]], dice: random.Random) -> list[Json]:
    """All deliveries of a payment come in one batch, in any order."""
    dice.shuffle(payments)
    told = [each for deliveries in payments for each in deliveries]
    batches = [told[start : start + AT_ONCE] for start in range(0, len(told), AT_ONCE)]
    return [each for batch in batches for each in dice.sample(batch, len(batch))]


@pytest.mark.no_cover  # its thousands of steps go where smaller tests go too
@pytest.mark.timeout(180)
@pytest.mark.parametrize("arrange", [far_apart, together])
async def test_a_thousand_payments_each_told_five_times(world: World, arrange: Arrange) -> None:
    """Told fifty at once, shuffled, as repetitions and under other update ids, each payment is credited once."""
    dice = random.Random(11)  # noqa: S311 — repeatable on purpose
    world.sell(KEY)
    payments = []
    for number in range(PAYMENTS):
        listed = pay(world, f"stx{number}", user_id=PEOPLE[number % len(PEOPLE)])
        first, second = make_update(world, listed), make_update(world, listed)
        payments.append([first, first, first, second, second])
    told = arrange(payments, dice)
    for start in range(0, len(told), AT_ONCE):
        await asyncio.gather(*(deliver(world, each) for each in told[start : start + AT_ONCE]))
        await settle_all(world)
    purchases = [each for each in world.transfers() if each.kind is TransferKind.PURCHASE]
    assert len(purchases) == len(world.store.collection("payments")) == PAYMENTS
    each_has = 20 + CREDITS * PAYMENTS // len(PEOPLE)
    assert {world.user(user_id).account.available for user_id in PEOPLE} == {each_has}
    thanks = sum("Thank you" in shown.text for user_id in PEOPLE for shown in world.messenger.messages(user_id))
    assert thanks == PAYMENTS
    world.check_money()


async def test_fifty_spend_at_once(world: World) -> None:
    """Of fifty pictures ordered at once, no more begin than the credits pay for, and nothing falls below zero."""
    await world.give(10 * 4 + 3)
    await asyncio.gather(*(deliver(world, world.message(f"/image a fox {number}")) for number in range(AT_ONCE)))
    assert 3 <= world.user().account.available < 10 * 4 + 3
    await settle_all(world)
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED] * 10
    assert world.user(ME).account.available == 3
    world.check_money()


async def settle_all(world: World) -> None:
    """Run what follows, also more tasks than a usual test has."""
    while await world.run_next():
        continue
