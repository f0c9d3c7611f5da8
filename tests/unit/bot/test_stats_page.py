"""/stats tells a person's own numbers from what is stored anyway, with few reads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.bot import stats_page
from shared.codec import encode
from shared.credits.ledger import ROUTES, Transfer, TransferKind
from shared.jobs import popular
from shared.jobs.check_books import check_books
from shared.jobs.day_numbers import DayNumbers
from shared.jobs.job import Job
from shared.jobs.popular import BOOKS, PEOPLE_MIN, order_kinds
from shared.people.talk import TalkSettings
from shared.pictures.picture import PictureRequest
from shared.ports import Create
from shared.statement.next_steps import KINDS, list_next_steps
from shared.statement.own_numbers import TRANSFERS_MAX, WINDOW, count_numbers, usual_seconds
from shared.usage import start_usage
from tests.unit.gallery.test_find_results import FOX, OWL, draw, film
from tests.unit.jobs.test_job import JOB
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


def asking(**request: object) -> Job:
    """A picture that was asked for so."""
    picture = {"prompt": "a fox", "model": "fast", "ratio": "1:1", "size": "1K", "price": 4}
    return replace(JOB, request=PictureRequest(**(picture | request)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "talk", "jobs", "popular", "steps"),
    [
        ({}, TalkSettings(), [], (), ("picture", "video")),
        ({}, TalkSettings(), [], ("speech", "export", "answer"), ("speech", "answer")),
        (
            {"picture": 1},
            TalkSettings(free_day="2026-11-30", heard_day="2026-11-30"),
            [asking()],
            (),
            ("edit", "video"),
        ),
        ({"picture": 2}, TalkSettings(), [asking(parent_id="A")], ("transcript",), ("styles", "transcript")),
        ({"picture": 2, "": 3}, TalkSettings(), [asking(parent_id="A", tool="cutout")], (), ("video", "answer")),
        (dict.fromkeys(KINDS, 1), TalkSettings(), [asking(parent_id="A", tool="cutout")], KINDS, ()),
    ],
)
def test_what_to_try_next(
    made: dict[str, int], talk: TalkSettings, jobs: list[Job], popular: tuple[str, ...], steps: tuple[str, ...]
) -> None:
    """What goes on from one's own pictures comes first, then what is new to the person, as frequent as it is."""
    assert list_next_steps(made, talk, jobs, popular) == steps


def test_popular_tells_of_many_only() -> None:
    """Of a day with few people there is no order: it could tell what one of them did."""
    ends = {"delivered video": 3, "delivered picture": 9, "failed E-BUSY": 99}
    assert order_kinds(DayNumbers("2026-11-30", PEOPLE_MIN, ends)) == ("picture", "video")
    assert order_kinds(DayNumbers("2026-11-30", PEOPLE_MIN - 1, ends)) == ()


async def test_the_steps_are_shown(world: World) -> None:
    """/stats ends with them; the order of the last day counts."""
    day = DayNumbers("2026-11-30", PEOPLE_MIN, {"delivered speech": 9})
    await world.store.commit([Create(BOOKS, {"recent": [encode(day)]})])
    await world.send(world.message("/stats"))
    assert "What to try next" in world.shown().text
    assert world.shown().text.index("Hear an answer") < world.shown().text.index("A picture:")


async def test_nothing_is_new(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has tried everything is told no steps, and no heading of them."""
    monkeypatch.setattr(stats_page, "list_next_steps", lambda *_: ())
    await world.send(world.message("/stats"))
    assert "What to try next" not in world.shown().text


async def test_the_night_keeps_the_order(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of the books stores the order of the day that it has added up, and keeps it until the next one."""
    monkeypatch.setattr(popular, "PEOPLE_MIN", 1)
    await world.give(100)
    await draw(world, FOX)
    for order in ((), ("picture",), ("picture",)):
        assert await popular.find_popular(world.ports.store) == order
        world.clock.advance(timedelta(days=1).total_seconds())
        await check_books(world.repair_ports, world.now)
        await draw(world, OWL)
