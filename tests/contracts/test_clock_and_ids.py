"""What every Clock and Ids do, and how a test moves the fake clock."""

import asyncio
import re
from datetime import timedelta

import pytest

from shared.adapters.clock import SystemClock
from shared.adapters.ids import RandomIds
from shared.ports import Clock, Ids
from tests.fakes.clock import FakeClock
from tests.fakes.ids import FakeIds


@pytest.mark.parametrize("clock", [SystemClock(), FakeClock()])
async def test_sleep_takes_time(clock: Clock) -> None:
    """Times are in UTC, and at least as much later as was slept."""
    before = clock.now()
    await clock.sleep(0.01)
    assert before.utcoffset() == timedelta(0)
    assert clock.now() - before >= timedelta(seconds=0.01)


@pytest.mark.parametrize("ids", [RandomIds(), FakeIds()])
def test_ids_are_short_words(ids: Ids) -> None:
    """16 characters that fit a URL and callback data, never two alike; jitter is a share of one."""
    made = [ids.new() for _ in range(1000)]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{16}", word) for word in made)
    assert len(set(made)) == 1000
    assert all(0 <= ids.jitter() < 1 for _ in range(1000))


def test_fake_ids_come_from_the_seed() -> None:
    """A run can be repeated."""
    assert FakeIds(1).new() == FakeIds(1).new() != FakeIds(2).new()


async def test_sleepers_may_wait_for_the_test() -> None:
    """With waiting sleepers, each wakes when its time has come and not before."""
    clock = FakeClock(sleepers_wait=True)
    woken: list[int] = []

    async def sleep(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as group:
        for seconds in (5, 10):
            group.create_task(sleep(seconds))
        await asyncio.sleep(0)
        clock.advance(4.9)
        await asyncio.sleep(0)
        assert woken == []
        clock.advance(0.1)
        await asyncio.sleep(0)
        assert woken == [5]
        clock.advance(100)
    assert woken == [5, 10]
