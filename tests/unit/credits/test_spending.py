"""Nothing more is bought once a cap is reached or an operator says stop; what waits goes on afterwards."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.credits.bounds import Caps, end_of_day, end_of_hour
from shared.credits.catalogue import price_of
from shared.credits.spending import CACHE_SECONDS, SHARDS, STOP, SpendingBook, shard_keys
from shared.errors import UnavailableError
from shared.jobs.job import DEADLINE_SECONDS, JobState
from shared.ports import Create, Increment, Update
from shared.providers.outcomes import Busy, FailureReason
from shared.texts import write_moment
from tests.fakes.ids import FakeIds
from tests.world import GROUP, ME, World

FOX = "a red fox"
COST = 33_600
WIDE = Caps(10**9, 10**9)


async def stop(world: World, **fields: Any) -> None:
    await world.store.commit([Create(STOP, fields)])
    world.clock.advance(CACHE_SECONDS)


def levels(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, int]]:
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    return [(line["window"], line["percent"]) for line in lines if line["event"] == "spend_level_reached"]


async def test_each_call_is_counted_before_it_is_made(world: World) -> None:
    """When the model is asked, the hour and the day have its cost already; a second call counts again."""
    counted: list[int] = []

    async def look(_: object) -> None:
        counted.append(sum(fields["day"] for fields in world.store.collection("spend").values()))

    world.model.before = look
    world.model.script(FOX, Busy("429"))
    await world.send(world.message(FOX))
    assert counted == [COST, 2 * COST]
    fields = {name for each in world.store.collection("spend").values() for name in each}
    assert fields == {"day", f"hour_{world.now:%H}"}


async def test_a_cap_declines_and_holds_nothing() -> None:
    """Once the hour's cap is reached a request is told until when, in a group too, and no credit is held."""
    world = World(caps=Caps(COST, 10**9))
    await world.send(world.message(FOX))
    before = world.store.collection("users")[str(ME)]["account"]
    await world.send(world.message("another fox"), world.message("/image a fox", chat_id=GROUP))
    until = f"{write_moment('en', end_of_hour(world.now))} UTC"
    assert until in world.shown().text
    assert until in world.shown(GROUP).text
    assert len(world.jobs()) == len(world.model.tasks) == 1
    assert world.store.collection("users")[str(ME)]["account"] == before
    world.clock.set(end_of_hour(world.now))
    await world.send(world.message("a third fox"))
    assert len(world.model.tasks) == 2
    world.check_money()


async def test_a_request_is_found_again_while_all_rests() -> None:
    """A message whose jobs were accepted before the cap was reached is answered with them when it comes again."""
    world = World(caps=Caps(COST, 10**9))
    update = world.message(FOX)
    await world.send(update)
    await world.send(update)
    assert len(world.messenger.messages(ME)) == 1


async def test_jobs_wait_for_the_next_hour() -> None:
    """A job that was accepted before the cap was reached waits, asks nobody, and is made when the hour is over."""
    world = World(caps=Caps(2 * COST, 10**9))
    world.clock.set(end_of_hour(world.now) - timedelta(minutes=5))
    await world.deliver(world.message(FOX))
    await world.store.commit([Increment(shard_keys(world.now)[0], {"day": 2 * COST, f"hour_{world.now:%H}": 2 * COST})])
    world.clock.advance(CACHE_SECONDS)
    begun = world.now
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.job().attempts) == len(world.model.tasks) == 1
    assert begun.hour != world.now.hour
    world.check_money()


async def test_a_stop_is_not_the_providers_fault() -> None:
    """A job whose provider was busy before everything rested ends as late, not as busy."""
    world = World()
    world.model.script(FOX, Busy("429"))
    await world.deliver(world.message(FOX))
    await world.run_next()
    assert world.job().busy_since is not None
    await stop(world, until=world.now + timedelta(days=1))
    world.clock.advance(CACHE_SECONDS)
    await world.settle()
    assert world.job().failure is FailureReason.LATE
    world.check_money()


async def test_jobs_do_not_wait_for_ever() -> None:
    """A job whose deadline comes while all rests gives its credits back."""
    world = World()
    await world.deliver(world.message(FOX))
    await stop(world, until=world.now + timedelta(days=1))
    await world.settle()
    assert (world.job().failure, world.model.tasks) == (FailureReason.LATE, [])
    assert world.now - world.job().created_at < timedelta(seconds=DEADLINE_SECONDS + 90)
    world.check_money()


async def test_an_operators_stop(world: World) -> None:
    """A document stops all buying until its time, within seconds; one without a readable time until it is deleted."""
    await world.send(world.message(FOX))
    until = world.now + timedelta(hours=30)
    await stop(world, until=until)
    assert await world.ports.spending.rest_until() == until
    world.clock.set(until)
    assert await world.ports.spending.rest_until() is None
    [record] = await world.store.read([STOP])
    assert record is not None
    await world.store.commit([Update(STOP, {"until": "tomorrow"}, record.version)])
    world.clock.advance(CACHE_SECONDS)
    assert await world.ports.spending.rest_until() == end_of_hour(world.now)


async def test_instances_see_each_other(world: World) -> None:
    """An instance knows its own spending at once, that of others after its next read."""
    caps = Caps(10**9, 2 * COST)
    one, other = (SpendingBook(world.store, world.clock, FakeIds(n), caps) for n in range(2))
    assert await other.rest_until() is None
    await one.book(COST)
    await one.book(COST)
    assert await one.rest_until() == end_of_day(world.now)
    assert await other.rest_until() is None
    world.clock.advance(CACHE_SECONDS)
    assert await other.rest_until() == end_of_day(world.now)


async def test_an_hour_ends_in_the_middle_of_a_cache(world: World) -> None:
    """A sum read before the hour ended does not count for the next hour."""
    book = SpendingBook(world.store, world.clock, FakeIds(), Caps(COST, 10**9))
    world.clock.set(end_of_hour(world.now) - timedelta(seconds=1))
    await book.book(COST)
    assert await book.rest_until() is not None
    world.clock.advance(1)
    assert await book.rest_until() is None


async def test_reads_are_few(world: World) -> None:
    """Within ten seconds the counters are read once, however often they are asked for."""
    book = SpendingBook(world.store, world.clock, FakeIds(), WIDE)
    for _ in range(5):
        await book.book(COST)
        await book.rest_until()
    await world.store.commit([Increment(key, {"day": 10**9}) for key in shard_keys(world.now)])
    assert await book.rest_until() is None
    assert len(shard_keys(world.now)) == SHARDS


async def test_levels_are_told_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """50, 80 and 100 % of each cap are told when they are reached, once in a process, and again in the next hour."""
    book = SpendingBook(world.store, world.clock, FakeIds(), Caps(100, 1000))
    for amount in (49, 1, 1, 35, 20, 50):
        await book.book(amount)
    assert levels(capsys) == [("hour", 50), ("hour", 80), ("hour", 100)]
    world.clock.set(end_of_hour(world.now))
    await book.book(99)
    await book.book(900)
    assert levels(capsys) == [("hour", 80), ("hour", 100), ("day", 100)]


async def test_nothing_is_bought_that_cannot_be_counted(world: World) -> None:
    """While the counters cannot be written no model is asked; the job goes on when they can."""
    await world.deliver(world.message(FOX))

    async def fail() -> None:
        raise UnavailableError("the counters are out")

    world.store.interrupt(lambda writes: any(isinstance(each, Increment) for each in writes), fail)
    with pytest.raises(UnavailableError):
        await world.run_next()
    assert world.model.tasks == []
    world.clock.advance(30)
    await world.move(world.job())
    assert world.job().state is JobState.DELIVERED


async def test_material_costs_too(world: World) -> None:
    """Pictures that are sent along are part of the estimate."""
    await world.send(world.photo("make it blue"))
    [fields] = world.store.collection("spend").values()
    assert fields["day"] == COST + 2_000
    assert world.job().request.price == price_of("fast", "1K")


AHEAD = Caps(100 * 3 * COST, 10**9)
"""One percent of the hour's cap is three calls."""


def counted(world: World, at: datetime | None = None) -> int:
    """What stands in the documents for the hour of `at`; None: for all hours."""
    names = ("day",) if at is None else (f"hour_{at:%H}",)
    return sum(fields.get(name, 0) for fields in world.store.collection("spend").values() for name in names)


async def test_calls_are_counted_ahead(world: World) -> None:
    """A process counts three calls with one write, and the fourth with the next three; never less than it asked for."""
    book = SpendingBook(world.store, world.clock, FakeIds(), AHEAD, books_ahead=True)
    sums = []
    for _ in range(4):
        await book.book(COST)
        sums.append(counted(world))
    assert sums == [3 * COST, 3 * COST, 3 * COST, 6 * COST]
    await book.book(5 * COST)  # a dearer call is counted in full, and what is left stays
    await book.book(2 * COST)
    assert counted(world) == 11 * COST


async def test_few_cents_are_counted_one_by_one(world: World) -> None:
    """Where one percent of the cap is less than a call, and in other functions, each call is counted alone."""
    for caps, is_ahead in ((Caps(99 * COST, 10**9), True), (AHEAD, False)):
        before, book = counted(world), SpendingBook(world.store, world.clock, FakeIds(), caps, books_ahead=is_ahead)
        await book.book(COST)
        await book.book(COST)
        assert counted(world) - before == 2 * COST


async def test_what_is_left_is_given_back(world: World) -> None:
    """At its end a process gives back what it counted for calls that do not come: once, also if that is lost."""
    book = SpendingBook(world.store, world.clock, FakeIds(), AHEAD, books_ahead=True)
    await book.give_back()
    await book.book(COST)
    await book.give_back()
    await book.give_back()
    assert counted(world) == counted(world, world.now) == COST
    await book.book(COST)

    async def fail() -> None:
        raise UnavailableError("the counters are out")

    world.store.interrupt(lambda _: True, fail)
    await book.give_back()
    await book.give_back()
    assert counted(world) == 4 * COST


async def test_an_hour_ends_with_calls_ahead(world: World) -> None:
    """What an hour did not use counts neither for it nor for the next, in which the process counts anew."""
    book = SpendingBook(world.store, world.clock, FakeIds(), AHEAD, books_ahead=True)
    begun = world.now
    await book.book(COST)
    world.clock.set(end_of_hour(begun))
    await book.book(COST)
    assert (counted(world, begun), counted(world, world.now)) == (COST, 3 * COST)
    assert counted(world) == 4 * COST


async def test_calls_at_once_are_all_counted(world: World) -> None:
    """Calls that begin together may each count some ahead; all of it is used before more is counted."""
    book = SpendingBook(world.store, world.clock, FakeIds(), AHEAD, books_ahead=True)
    await asyncio.gather(*(book.book(COST) for _ in range(3)))
    once = counted(world)
    assert once >= 3 * COST
    for _ in range(once // COST - 3):
        await book.book(COST)
    assert counted(world) == once
