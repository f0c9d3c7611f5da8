"""A process that dies anywhere in a payment, a refund or the night's comparison loses nothing and doubles nothing.

Each test counts the calls to the outside that an undisturbed run makes, and then dies once before and once after each.
"""

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest

from shared.credits.ledger import TransferKind
from shared.delivery import RECONCILE_PATH
from shared.payments.compare_payments import SETTLED_AFTER
from shared.payments.refund_payment import refund_payment
from shared.task import Task
from tests.unit.payments.conftest import KEY
from tests.unit.payments.test_reconcile import CREDITS, make_update, pay
from tests.world import ME, World

CALLS = (
    ("store", "commit"), ("messenger", "send_text"), ("messenger", "return_stars"),
    ("messenger", "list_star_transactions"), ("tasks", "enqueue"),
)  # fmt: skip
Act = Callable[[World], Awaitable[object]]


class DeathError(BaseException):
    """The process is gone: nothing in it can catch this."""


class Reaper:
    """Counts the calls to the outside, and ends the process before or after one of them."""

    def __init__(self, world: World, at: int, *, after: bool) -> None:
        self.count, self._at, self._after = 0, at, after
        for port, method in CALLS:
            self._watch(getattr(world, port), method)

    def _watch(self, port: Any, method: str) -> None:
        call = getattr(port, method)

        async def watched(*arguments: Any, **named: Any) -> Any:
            self.count += 1
            is_time = self.count == self._at
            if is_time and not self._after:
                raise DeathError
            result = await call(*arguments, **named)
            if is_time:
                raise DeathError
            return result

        setattr(port, method, watched)


async def open_shop() -> World:
    world = World()
    world.sell(KEY)
    await world.send(world.message("/start"))
    return world


async def sell_once() -> World:
    world = await open_shop()
    pay(world)
    await tell(world)
    await world.settle()
    return world


async def tell(world: World) -> None:
    """Telegram's newest transaction comes as a task with its update."""
    update = make_update(world, world.messenger.transactions[-1])
    await world.tasks.enqueue(Task("bot", "/", json.dumps(update).encode()))


async def compare(world: World) -> None:
    """The night's comparison comes as a task."""
    await world.tasks.enqueue(Task("bot", RECONCILE_PATH, b"{}"))


async def settle(world: World, *commands: Act) -> None:
    """Say the commands and run all tasks. What dies comes again: an operator repeats, and the queue keeps its task."""
    left = list(commands)
    while left or world.tasks.tasks:
        task = None if left else world.tasks.tasks[0]
        with suppress(DeathError):
            await (left[0](world) if task is None else world.run_task(task))
            if task is None:
                left.pop()
            else:
                world.tasks.tasks.remove(task)


async def try_everywhere(
    prepare: Callable[[], Awaitable[World]], check: Callable[[World], None], *commands: Act
) -> int:
    """Die before and after each call to the outside; how many calls there are."""
    undisturbed = await prepare()
    reaper = Reaper(undisturbed, 0, after=False)
    await settle(undisturbed, *commands)
    for at in range(1, reaper.count + 1):
        for after in (False, True):
            world = await prepare()
            Reaper(world, at, after=after)
            await settle(world, *commands)
            check(world)
            world.check_money()
    return reaper.count


def count(world: World, kind: TransferKind) -> int:
    return sum(each.kind is kind for each in world.transfers())


@pytest.mark.parametrize("begin", [tell, compare])
async def test_a_payment(begin: Act) -> None:
    """Whether Telegram told of it or the night found it: credited once, and the thanks are there."""

    async def prepare() -> World:
        world = await open_shop()
        pay(world)
        world.clock.advance(SETTLED_AFTER.total_seconds())
        await begin(world)
        return world

    def check(world: World) -> None:
        assert count(world, TransferKind.PURCHASE) == 1
        assert world.user().account.available == 20 + CREDITS
        assert any("Thank you" in each.text for each in world.messenger.messages(ME))

    assert await try_everywhere(prepare, check) >= 3


@pytest.mark.parametrize("begin", [tell, compare])
async def test_a_return(begin: Act) -> None:
    """Whether Telegram told of it or the night found it: taken back once, and told."""

    async def prepare() -> World:
        world = await sell_once()
        await world.messenger.return_stars(ME, "stx1")
        world.clock.advance(2 * SETTLED_AFTER.total_seconds())
        await begin(world)
        return world

    def check(world: World) -> None:
        assert count(world, TransferKind.REFUND) == 1
        assert world.user().account.available == 20
        assert any("returned" in each.text for each in world.messenger.messages(ME))

    assert await try_everywhere(prepare, check) >= 3


async def test_an_operators_refund() -> None:
    """The Stars are given back once, and the credits are taken once."""

    async def refund(world: World) -> None:
        await refund_payment(world.store, world.clock, world.messenger, "stx1")

    def check(world: World) -> None:
        assert count(world, TransferKind.REFUND) == 1
        assert world.user().account.available == 20
        assert sum(each.is_returned for each in world.messenger.transactions) == 1

    assert await try_everywhere(sell_once, check, refund) == 2
