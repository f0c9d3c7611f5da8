"""Errors are counted by the names of the code, off the work's way, and read as groups of two days."""

from datetime import timedelta

import pytest

from shared.errors import UnavailableError
from shared.jobs.count_errors import GROUPS_MAX, OTHERS, ErrorCounts, day_keys, read_errors
from tests.world import World

BOT = {"function": "bot"}


@pytest.fixture
def counts(world: World) -> ErrorCounts:
    return ErrorCounts(world.store, world.clock, world.ports.ids)


async def told(world: World) -> list[tuple[str, int, int]]:
    return [(each.name, each.today, each.yesterday) for each in await read_errors(world.store, world.now)]


async def test_groups_of_two_days(world: World, counts: ErrorCounts) -> None:
    """By function, event and class, or by medium and code; jobs whose person is the cause are no errors."""
    counts.take("update_failed", "ERROR", UnavailableError("x"), BOT)
    await counts.export()
    world.clock.advance(timedelta(days=1).total_seconds())
    for _ in range(2):
        counts.take("update_failed", "ERROR", UnavailableError("x"), BOT)
    counts.take("ledger_mismatched", "ERROR", None, {})
    for outcome in ("failed", "refused"):
        counts.follow("job_refused", {"outcome": outcome, "medium": "image", "code": "E-BUSY"})
    counts.follow("job_delivered", {"outcome": "failed"})
    await counts.export()
    await counts.export()
    assert await told(world) == [
        ("bot update_failed UnavailableError", 2, 1),
        ("image E-BUSY", 1, 0),
        ("ledger_mismatched", 1, 0),
    ]


async def test_words_are_no_names(world: World, counts: ErrorCounts) -> None:
    """What is no name of the code is not stored, and too many names are counted together."""
    counts.take("a secret prompt", "ERROR", None, BOT)
    for number in range(GROUPS_MAX + 5):
        counts.take(f"event_{number}", "ERROR", None, BOT)
    await counts.export()
    groups = {name: today for name, today, _ in await told(world)}
    assert (groups["bot ?"], groups[OTHERS], len(groups)) == (1, 6, GROUPS_MAX + 1)


async def test_an_outage_of_the_store(world: World, counts: ErrorCounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written waits, with what is counted meanwhile."""
    counts.take("x", "ERROR", None, BOT)
    with monkeypatch.context() as patch:
        patch.setattr(world.store, "commit", fail)
        with pytest.raises(UnavailableError):
            await counts.export()
    counts.take("x", "ERROR", None, BOT)
    await counts.export()
    assert await told(world) == [("bot x", 2, 0)]
    assert len(day_keys(world.now)) == 4


async def fail(*_: object) -> None:
    raise UnavailableError("the store is out")
