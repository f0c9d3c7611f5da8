"""Letting jobs in by the bytes they will hold."""

import asyncio

import pytest

from shared.errors import NoRoomError
from shared.jobs.limits import FILE_BYTES_MAX
from shared.pictures import byte_budget
from shared.pictures.byte_budget import ByteBudget, weigh_answer, weigh_material
from shared.pictures.picture import PictureRequest, Reference


def request(size: str = "1K", references: tuple[Reference, ...] = (), parent_id: str | None = None) -> PictureRequest:
    return PictureRequest("a fox", "fast", "1:1", size, references, parent_id, price=4)  # type: ignore[arg-type]


async def test_waits_until_there_is_room() -> None:
    """A worker that finds the budget spent is let in when somebody leaves, not before."""
    budget, entered = ByteBudget(10), asyncio.Event()

    async def second() -> None:
        async with budget.reserve(5):
            entered.set()

    async with budget.reserve(8):
        waiting = asyncio.create_task(second())
        for _ in range(5):
            await asyncio.sleep(0)
        assert not entered.is_set()
    await waiting
    assert entered.is_set()


async def test_gives_up_when_nobody_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full process says so in time for the job to go elsewhere."""
    monkeypatch.setattr(byte_budget, "ROOM_SECONDS_MAX", 0.01)
    budget = ByteBudget(10)
    async with budget.reserve(10):
        with pytest.raises(NoRoomError):
            async with budget.reserve(1):
                pytest.fail("let in")


async def test_frees_what_a_failed_job_held() -> None:
    """An exception inside gives the bytes back."""
    budget = ByteBudget(10)
    with pytest.raises(ValueError, match="broken"):
        async with budget.reserve(10):
            raise ValueError("broken")
    async with budget.reserve(10):
        pass


async def test_lets_the_largest_in_alone() -> None:
    """A file larger than the whole budget takes all of it instead of waiting forever."""
    async with ByteBudget(10).reserve(1000):
        pass


def test_heavier_requests_weigh_more() -> None:
    """References and an earlier version count as material; a file of unknown or impossible size is bounded."""
    assert weigh_material(request()) == 0
    assert weigh_material(request(parent_id="job")) > 0
    assert 0 < weigh_material(request(references=(Reference("f", 10**12),))) < byte_budget.MATERIAL_BYTES
    assert weigh_material(request(references=(Reference("f", 0),))) == weigh_material(
        request(references=(Reference("f", FILE_BYTES_MAX),))
    )


def test_larger_pictures_weigh_more() -> None:
    """Several of the largest answers fit at once, so that one is read while another is reduced."""
    assert weigh_answer(request()) < weigh_answer(request("2K")) < weigh_answer(request("4K"))
    assert 3 * weigh_answer(request("4K")) <= byte_budget.ANSWERS_BYTES


def test_reference_weighs_what_it_takes_on_its_way() -> None:
    """A file is held as bytes and once more, a third longer, in the body of the request."""
    assert weigh_material(request(references=(Reference("f", 1_000_000),))) >= 1_000_000 + 4 * 1_000_000 // 3


async def test_in_turn() -> None:
    """A large job that came first is not overtaken by a small one that there would be room for."""
    budget, entered = ByteBudget(10), list[str]()

    async def enter(name: str, wanted_bytes: int) -> None:
        async with budget.reserve(wanted_bytes):
            entered.append(name)

    async with budget.reserve(5):
        large = asyncio.create_task(enter("large", 10))
        await asyncio.sleep(0)
        small = asyncio.create_task(enter("small", 1))
        for _ in range(5):
            await asyncio.sleep(0)
        assert entered == []
    await asyncio.gather(large, small)
    assert entered == ["large", "small"]


async def test_next_in_turn_when_the_first_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that waited in vain does not keep those behind from entering."""
    monkeypatch.setattr(byte_budget, "ROOM_SECONDS_MAX", 0.01)
    budget = ByteBudget(10)
    async with budget.reserve(5):
        with pytest.raises(NoRoomError):
            async with budget.reserve(10):
                pytest.fail("let in")
        async with budget.reserve(5):
            pass


async def test_answers_wait_until_one_is_stored() -> None:
    """An answer is let in at the end of another's block; who waits for the model holds nothing."""
    budget, read = ByteBudget(answers_bytes=10), list[str]()

    async def answer(name: str) -> None:
        async with budget.expect(8) as take:
            await take()
            read.append(name)
            await asyncio.sleep(0)

    async with budget.expect(8), budget.expect(8) as take:
        await take()
        waiting = asyncio.create_task(answer("second"))
        for _ in range(5):
            await asyncio.sleep(0)
        assert read == []
    await waiting
    assert read == ["second"]


async def test_a_canceled_answer_gives_its_turn_back() -> None:
    """A worker that is canceled while waiting holds nothing and lets the next one in."""
    budget = ByteBudget(answers_bytes=10)

    async def answer() -> None:
        async with budget.expect(8) as take:
            await take()

    async with budget.expect(8) as take:
        await take()
        canceled, next_one = asyncio.create_task(answer()), asyncio.create_task(answer())
        await asyncio.sleep(0)
        canceled.cancel()
        await asyncio.wait({canceled})
    await next_one
    assert canceled.cancelled()


async def test_answers_do_not_wait_for_material() -> None:
    """A job that holds all the material may still read an answer; otherwise two jobs could deadlock."""
    budget = ByteBudget(10, 10)
    async with budget.reserve(10), budget.expect(10) as take:
        await asyncio.wait_for(take(), 1)


async def test_nothing_wanted_waits_for_nobody() -> None:
    """A job without material does not stand in the line of those who wait for room."""
    budget = ByteBudget(10)
    async with budget.reserve(10):
        waiting = asyncio.create_task(budget.reserve(5).__aenter__())
        await asyncio.sleep(0)
        async with budget.reserve(0):
            pass
        waiting.cancel()
        await asyncio.wait({waiting})
