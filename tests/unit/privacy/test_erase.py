"""Everything of a person is erased a day after they asked, whatever dies on the way; money stays, the person does not."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.bot.route_due import route_due
from shared.credits.ledger import TransferKind
from shared.errors import (
    BotBlockedError,
    ConflictError,
    DeliveryUnknownError,
    MessageRejectedError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.job import JobState
from shared.jobs.sweep_work import sweep_work
from shared.people.nobody import is_nobody
from shared.people.users import User
from shared.ports import Version
from shared.privacy import traces
from shared.privacy.erasure import DAY, VISITS, ErasureState
from shared.privacy.traces import TRACES
from tests.unit.privacy.rich_person import ERASURE_KEY, NAME, RICH, find_traces, live, person, say
from tests.world import OTHER, World, Writes, any_commit, writes_to


async def ask(world: World) -> None:
    """/privacy, the button, and *yes*."""
    await world.send(say(world, "/privacy"))
    await world.deliver(world.tap("erase;ask", world.shown(RICH), user_id=RICH))
    await world.deliver(world.tap("erase;yes", world.shown(RICH), user_id=RICH))


async def sweep(world: World) -> None:
    """Do what is due now."""
    await sweep_work(world.repair_ports)
    await world.settle()


async def pass_the_day(world: World) -> None:
    """The day, and the visits that follow it."""
    world.clock.advance(DAY.total_seconds())
    for _ in range(60):
        await sweep(world)
        if not world.store.collection("erasures"):
            return
        world.clock.advance(VISITS.total_seconds())
    raise AssertionError("it does not come to an end")


def states(world: World) -> list[str]:
    """The states of all erasures."""
    return [fields["state"] for fields in world.store.collection("erasures").values()]


@pytest.fixture
async def rich(world: World) -> World:
    """A world with somebody who has everything."""
    await live(world)
    return world


@pytest.fixture
async def poor(world: World) -> World:
    """A world in which people are erased, with somebody who has begun."""
    world.ports = replace(world.ports, erasure_keys=(ERASURE_KEY,))
    await world.send(say(world, "/start"))
    return world


async def test_no_trace_is_left(rich: World) -> None:
    """Neither number nor name nor word of somebody who had everything is left in the database or the bucket."""
    before = find_traces(rich)
    assert {trace.collection for trace in TRACES} | {"users", "invitations", "bucket"} <= before.keys()
    own = {each.id: each.credits for each in rich.transfers() if each.user_id == RICH}
    rich.check_money(at_rest=False)
    await ask(rich)
    await pass_the_day(rich)
    assert find_traces(rich) == {}
    moved = [each for each in rich.transfers() if is_nobody(each.user_id)]
    assert sum(own.values()) <= sum(each.credits for each in moved)
    assert len({each.user_id for each in moved}) == 1
    rich.check_money(at_rest=False)
    assert rich.messenger.subscriptions == {(RICH, "stx9"): True}
    assert "is erased" in rich.shown(RICH).text


STEP = 1 if os.environ.get("TEST_SIZE") == "long" else 31
"""How many calls lie between two deaths: about 200 calls are made."""


class DiedError(BaseException):
    """The process is gone."""


class Mortal:
    """Dies just before the call of this number, or just after it, of all that an erasure makes."""

    def __init__(self, number: int, *, is_after: bool) -> None:
        self.left, self._is_after = number, is_after

    def around(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The call, deadly when its turn has come."""

        async def made(*given: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self._is_after:
                raise DiedError
            result = await call(*given, **named)
            if self.left == 0:
                raise DiedError
            return result

        return made


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
async def test_dies_anywhere(monkeypatch: pytest.MonkeyPatch, is_after: bool) -> None:  # noqa: FBT001 — a parameter
    """Wherever a visit dies, before or after any commit, message or deletion of files, another ends what it began."""
    monkeypatch.setattr(traces, "PAGE", 3)
    number, has_died = 1 - STEP, True
    while has_died:
        number += STEP
        world = World()
        await live(world)
        await ask(world)
        with monkeypatch.context() as patched:
            mortal = Mortal(number, is_after=is_after)
            patched.setattr(world.store, "commit", mortal.around(world.store.commit))
            patched.setattr(world.messenger, "send_text", mortal.around(world.messenger.send_text))
            patched.setattr(world.messenger, "edit_subscription", mortal.around(world.messenger.edit_subscription))
            patched.setattr(world.blobs, "delete_all", mortal.around(world.blobs.delete_all))
            try:
                await pass_the_day(world)
                has_died = False
            except DiedError:
                world.tasks.take_all()
        world.clock.advance(VISITS.total_seconds())
        await pass_the_day(world)
        assert find_traces(world) == {}
        world.check_money(at_rest=False)
        assert world.messenger.subscriptions == {(RICH, "stx9"): True}
    assert number > 50


async def test_kept(poor: World) -> None:
    """*Keep my data* within the day ends it, also from /privacy; a *yes* that comes again erases nothing."""
    await poor.send(say(poor, "/privacy"))
    await poor.send(poor.tap("erase;ask", poor.shown(RICH), user_id=RICH))
    sure = poor.tap("erase;yes", poor.shown(RICH), user_id=RICH)
    await poor.send(sure, sure)
    assert "change your mind" in poor.shown(RICH).text
    await poor.send(say(poor, "/privacy"))
    assert "change your mind" in poor.shown(RICH).text
    keep = poor.tap("erase;keep", poor.shown(RICH), user_id=RICH)
    await poor.send(keep, keep)
    assert "Your data stays" in poor.shown(RICH).text
    await poor.send(sure, keep)
    assert states(poor) == []
    poor.clock.advance(2 * DAY.total_seconds())
    await sweep(poor)
    assert poor.user(RICH).id == RICH


async def test_asked_twice(poor: World) -> None:
    """Two questions and two *yes* are one erasure; an old question is asked anew, with what is true by now."""
    await poor.send(say(poor, "/privacy"))
    page = poor.shown(RICH)
    await poor.send(poor.tap("erase;ask", page, user_id=RICH))
    first = poor.shown(RICH)
    poor.clock.advance(2 * 3600)
    await poor.send(poor.tap("erase;yes", first, user_id=RICH))
    assert states(poor) == []
    fresh = poor.shown(RICH)
    assert "20 credits" in fresh.text
    yes = poor.tap("erase;yes", fresh, user_id=RICH)
    poor.store.interrupt(writes_to("erasures"), lambda: poor.deliver(poor.tap("erase;yes", fresh, user_id=RICH)))
    await poor.send(yes)
    assert states(poor) == [ErasureState.ASKED]
    await poor.send(poor.tap("erase;ask", page, user_id=RICH))
    assert "change your mind" in poor.shown(RICH).text


async def test_whose_buttons(poor: World) -> None:
    """Nobody erases or keeps somebody else; in a group, without a key, or with nothing asked, nothing happens."""
    await poor.send(say(poor, "/privacy"))
    await poor.send(poor.tap("erase;ask", poor.shown(RICH), user_id=RICH))
    asked = poor.shown(RICH)
    await poor.send(poor.tap("erase;yes", asked))
    assert "somebody else" in poor.messenger.taps[-1].toast
    await poor.send(poor.tap("erase;yes", asked, user_id=RICH, chat_id=-1001))
    await poor.send(poor.tap_data("1;erase", 7, user_id=RICH), poor.tap_data(f"1;erase;all;{RICH}", 7, user_id=RICH))
    await poor.send(poor.tap_data(f"1;erase;keep;{RICH}", 7, user_id=RICH))
    assert "Nothing of yours" in poor.messenger.taps[-1].toast
    poor.ports = replace(poor.ports, erasure_keys=())
    await poor.send(poor.tap("erase;yes", asked, user_id=RICH))
    assert states(poor) == []
    await poor.send(say(poor, "/privacy"))
    assert "🗑 erases" not in poor.shown(RICH).text


async def test_the_day_is_over(poor: World) -> None:
    """Before the day is over nothing happens; once it began, it is too late to keep anything."""
    await ask(poor)
    waiting = poor.shown(RICH)
    [erasure_id] = poor.store.collection("erasures")
    await route_due(poor.ports, "erasures", erasure_id)
    await route_due(poor.ports, "erasures", "no-such-erasure")
    assert states(poor) == [ErasureState.ASKED]
    poor.clock.advance(DAY.total_seconds())
    await sweep(poor)
    assert states(poor) == [ErasureState.CLOSED]
    assert "erasing everything about you now" in poor.shown(RICH).text
    await poor.deliver(poor.tap("erase;keep", waiting, user_id=RICH))
    await route_due(poor.ports, "erasures", erasure_id)
    assert states(poor) == [ErasureState.CLOSED]
    await pass_the_day(poor)
    assert "Nothing of yours" in poor.messenger.taps[-1].toast
    assert find_traces(poor) == {}


async def test_comes_back(rich: World) -> None:
    """Whoever comes back is new, without welcome credits, a second use of a promo code, or an inviter."""
    await ask(rich)
    await pass_the_day(rich)
    await rich.send(say(rich, "/promo AB23CD45EF"))
    assert "used" in rich.shown(RICH).text
    await rich.send(say(rich, "/start"), say(rich, "/memory"), say(rich, "/gallery"))
    assert rich.user(RICH).account.available == 0
    assert rich.user(RICH).perks.invited_by == 0
    await ask(rich)
    await pass_the_day(rich)
    assert find_traces(rich) == {}
    rich.clock.advance(DAY.total_seconds())
    await rich.send(say(rich, "/start"))
    assert rich.user(RICH).account.available <= 4
    rich.check_money(at_rest=False)
