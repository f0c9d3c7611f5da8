"""/stats tells a person's own numbers from what is stored anyway, with few reads."""

from datetime import UTC, datetime, timedelta

from shared.credits.ledger import ROUTES, Transfer, TransferKind
from shared.statement.own_numbers import TRANSFERS_MAX, WINDOW, count_numbers, usual_seconds
from shared.usage import start_usage
from tests.unit.gallery.test_find_results import FOX, OWL, draw, film
from tests.world import GROUP, ME, OTHER, World

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def move(kind: TransferKind, job_id: str, credit_count: int, *, days_ago: int = 0) -> Transfer:
    at = NOW - timedelta(days=days_ago)
    return Transfer(f"{kind}:{job_id}", kind, *ROUTES[kind], ME, credit_count, at, job_id, job_kind="picture")


def test_numbers() -> None:
    """Captures are spent, whole releases came back, the rest of a capture and what is older count for nothing."""
    moved = [
        move(TransferKind.CAPTURE, "a", 3),
        move(TransferKind.RELEASE, "a", 1),
        move(TransferKind.RELEASE, "b", 4),
        move(TransferKind.CAPTURE, "old", 50, days_ago=31),
    ]
    numbers = count_numbers(moved, NOW)
    assert (dict(numbers.made), numbers.spent, numbers.returned) == ({"picture": 1}, 3, 4)
    assert numbers.since == NOW - WINDOW


def test_of_very_many() -> None:
    """Whoever moves more than is read gets the numbers of the days that were read."""
    moved = [move(TransferKind.CAPTURE, str(n), 1, days_ago=n // 100) for n in range(TRANSFERS_MAX)]
    numbers = count_numbers(moved, NOW)
    assert (numbers.since, numbers.spent) == (NOW - timedelta(days=2), TRANSFERS_MAX)


def test_usual_time() -> None:
    """The median, at least a second; nothing without a result."""
    assert [usual_seconds([]), usual_seconds([0.1]), usual_seconds([8.0, 9.0, 60.0])] == [None, 1, 9]


async def test_page(world: World) -> None:
    """What was made, spent and returned, and the usual time; of nobody else, within a few reads."""
    await world.give(1000)
    await draw(world, FOX, OWL)
    await draw(world, "a wolf", user_id=OTHER)
    await film(world, "a running fox")
    await world.deliver(world.message("a heron"))
    await world.send(world.message("/cancel"))
    usage = start_usage()
    await world.send(world.message("/stats"))
    assert usage.store_reads < 30
    text = world.shown().text
    for words in ("2 pictures", "1 video", "Spent: 23 credits", "Came back", "A picture usually takes you"):
        assert words in text


async def test_nothing_yet(world: World) -> None:
    """Somebody new is told that there is nothing; in a group the numbers come in private."""
    await world.send(world.message("/stats"))
    assert "Nothing was paid" in world.shown().text
    await world.send(world.message("/stats", chat_id=GROUP, user_id=OTHER))
    assert all("Spent" not in each.text for each in world.messenger.messages(GROUP))
