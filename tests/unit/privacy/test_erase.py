"""Everything of a person is erased a day after they asked, whatever dies on the way; money stays, the person does not."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import UnavailableError
from shared.jobs.sweep_work import sweep_work
from shared.people.nobody import is_nobody
from shared.privacy.erasure import DAY, VISITS
from shared.privacy.traces import TRACES
from tests.unit.privacy.rich_person import RICH, find_traces, live, say
from tests.world import World


async def ask(world: World) -> None:
    """/privacy, the button, and *yes*."""
    await world.send(say(world, "/privacy"))
    await world.deliver(world.tap("erase;ask", world.shown(RICH), user_id=RICH))
    await world.deliver(world.tap("erase;yes", world.shown(RICH), user_id=RICH))


async def sweep(world: World) -> None:
    await sweep_work(world.repair_ports)
    await world.settle()


async def pass_the_day(world: World) -> None:
    """The day, and the visits that follow it."""
    world.clock.advance(DAY.total_seconds())
    for _ in range(20):
        await sweep(world)
        if not world.store.collection("erasures"):
            return
        world.clock.advance(VISITS.total_seconds())
    raise AssertionError("it does not come to an end")


async def test_no_trace_is_left(world: World) -> None:
    """Neither number nor name nor word is left of somebody who had everything, in the database and in the bucket."""
    await live(world)
    before = find_traces(world)
    assert {trace.collection for trace in TRACES} | {"users", "invitations", "bucket"} <= before.keys()
    paid = sum(each.credits for each in world.transfers())
    world.check_money(at_rest=False)
    await ask(world)
    await pass_the_day(world)
    assert find_traces(world) == {}
    assert sum(each.credits for each in world.transfers()) >= paid
    world.check_money(at_rest=False)
