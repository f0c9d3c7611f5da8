"""Free answers are counted by the person's calendar, and nobody gains any by moving from zone to zone."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.codec import update
from shared.conversations.answer import question_of
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY
from shared.people.talk import TalkSettings, count_free, count_reading, day_counted, is_free, may_be_read, return_free
from shared.people.user_documents import user_key
from shared.people.zones import local_day
from shared.providers.outcomes import Refused
from tests.fakes.clock import START
from tests.fakes.text_model import Answer
from tests.world import ME, World

EAST, WEST = "Etc/GMT-14", "Etc/GMT+12"
ZONES = (EAST, WEST, "UTC", "Europe/Moscow", "America/New_York", "Asia/Kolkata")


async def use_up(world: World, day: str) -> None:
    """A person who had all free answers of this day."""
    await world.give(20)
    [record] = await world.store.read([user_key(ME)])
    assert record is not None
    talk = TalkSettings(free_day=day, free_used=FREE_ANSWERS_PER_DAY)
    await world.store.commit([update(record, replace(world.user(), talk=talk))])


async def ask(world: World, language: str = "en") -> bool:
    """Whether the next answer was free."""
    await world.send(world.message("/ask why?", language=language))
    return bool(question_of(world.jobs()[-1]).free_day)


async def test_the_day_begins_at_home(world: World) -> None:
    """When it is midnight in Moscow, answers are free again there, three hours before UTC."""
    world.clock.set(world.now.replace(hour=20, minute=59))
    await use_up(world, world.now.date().isoformat())
    assert not await ask(world, "ru")
    world.clock.set(world.now.replace(hour=21, minute=0))
    assert await ask(world, "ru")
    assert world.user().talk.free_used == 1
    world.check_money()


async def test_moving_west_brings_none(world: World) -> None:
    """Moving to a zone where it is still yesterday gives no second allowance."""
    await use_up(world, local_day(EAST, world.now))
    await world.send(world.message("/zone -12"))
    assert not await ask(world)
    assert not await ask(world)


async def test_moving_east_takes_from_tomorrow(world: World) -> None:
    """Moving to a zone where it is already tomorrow uses tomorrow's allowance, which is then used up at home."""
    world.clock.set(world.now.replace(hour=12))
    await use_up(world, world.now.date().isoformat())
    await world.send(world.message("/zone +14"))
    for _ in range(FREE_ANSWERS_PER_DAY):
        assert await ask(world)
    assert not await ask(world)
    await world.send(world.message("/zone +0"))
    world.clock.set(world.now.replace(hour=6) + timedelta(days=1))
    assert not await ask(world)
    world.clock.advance(timedelta(days=1).total_seconds())
    assert await ask(world)
    world.check_money()


async def test_a_refused_answer_comes_back_after_a_move(world: World) -> None:
    """The free answer that ended without one is returned to the day to which it was counted."""
    tomorrow = local_day(EAST, world.now)
    await use_up(world, tomorrow)
    [record] = await world.store.read([user_key(ME)])
    assert record is not None
    user = world.user()
    await world.store.commit([update(record, replace(user, talk=replace(user.talk, free_used=3)))])
    world.text_model.script("why?", Answer(ending=Refused("SAFETY")))
    assert await ask(world)
    assert world.user().talk == replace(world.user().talk, free_day=tomorrow, free_used=3)


@given(st.lists(st.tuples(st.sampled_from(ZONES), st.integers(0, 30)), max_size=60))
def test_flipping_zones_gains_nothing(moves: list[tuple[str, int]]) -> None:
    """Whatever zones somebody chooses at whatever hours, each date brings one allowance, and none comes back.

    So nobody ever had more than somebody who always lived where the day begins first.
    """
    talk, now, had = TalkSettings(), START, 0
    for zone, hours in moves:
        now += timedelta(hours=hours)
        day = local_day(zone, now)
        while is_free(talk, day):
            talk, had = count_free(talk, day), had + 1
        dates = (date.fromisoformat(local_day(EAST, now)) - _first_day(WEST)).days + 1
        assert had <= dates * FREE_ANSWERS_PER_DAY


def _first_day(zone: str) -> date:
    return date.fromisoformat(local_day(zone, START))


def test_days_only_go_forward() -> None:
    """A day before the last is counted as the last, for answers and for readings."""
    late = count_free(TalkSettings(), "2026-11-30")
    assert day_counted(late, "2026-11-29") == "2026-11-30"
    assert count_free(late, "2026-11-29").free_used == 2
    assert return_free(late, "2026-11-29") == late
    read = TalkSettings(readings_day="2026-11-30", readings=200)
    assert not may_be_read(read, "2026-11-29")
    assert count_reading(read, "2026-11-29") == replace(read, readings=201)
    assert may_be_read(read, "2026-12-01")
