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
def test_jitter_is_a_share_of_one(ids: Ids) -> None:
    """Never one whole, and spread over all of it."""
    shares = [ids.jitter() for _ in range(1000)]
    assert all(0 <= share < 1 for share in shares)
    assert {int(share * 10) for share in shares} == set(range(10))


@pytest.mark.parametrize("ids", [RandomIds(), FakeIds()])
def test_tokens_fit_into_links(ids: Ids) -> None:
    """A token has 22 characters that a deep link may hold, and no two are the same."""
    tokens = {ids.token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in tokens)


def test_fake_ids_come_from_the_seed() -> None:
    """A run can be repeated."""
    assert FakeIds(1).jitter() == FakeIds(1).jitter() != FakeIds(2).jitter()


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
