"""While the model works people see life where only they are, and a group is spared."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from shared.errors import DeliveryUnknownError, MessageGoneError, TooManyRequestsError, UnavailableError
from shared.jobs import watch_job
from shared.jobs.job import JobState, renew_lease
from shared.jobs.open_jobs import change_job, open_jobs
from shared.jobs.time_limits import LEASE_SECONDS
from shared.jobs.watch_job import BEAT_SECONDS, FIRST_BEAT_SECONDS
from shared.ports import Media, Place, Screen, Sent
from shared.providers.outcomes import PictureTask
from shared.telegram import finish_edit
from tests.fakes.clock import FakeClock
from tests.world import GROUP, ME, World

FOX = "a red fox"


class Drawing:
    """A picture that is being drawn for as long as a test wants; time passes only by `pass_time`."""

    def __init__(self) -> None:
        self.world = World(FakeClock(sleepers_wait=True))
        self.world.model.before = self._wait
        self._asked, self._answer = asyncio.Event(), asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def begin(self, words: str = FOX, chat_id: int = ME) -> None:
        await self.world.deliver(self.world.message(words, chat_id=chat_id))
        self._running = asyncio.create_task(self.world.settle())
        await self._asked.wait()
        await self._let_others_work()

    async def pass_time(self, seconds: float) -> None:
        """The lease is renewed by the loop's own time, which stands still here: so the test does it."""
        self.world.clock.advance(seconds)
        for opened in await open_jobs(self.world.ports, [job.id for job in self.world.jobs()]):
            if seconds < LEASE_SECONDS:
                await change_job(self.world.ports, opened, lambda job: renew_lease(job, job.fence, self.world.now))
        await self._let_others_work()

    async def end(self) -> None:
        assert self._running is not None
        self._answer.set()
        while not self._running.done():  # who meets a renewal in a commit waits a moment
            self.world.clock.advance(0.1)
            await asyncio.sleep(0)
        await self._running

    async def _wait(self, _: PictureTask) -> None:
        self._asked.set()
        await self._answer.wait()

    async def _let_others_work(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


class ClockEdits:
    """Holds the model's answer until the clock's first edit is on its way; that edit awaits `then`."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        world.clock = FakeClock(sleepers_wait=True)
        world.__post_init__()
        self._clock = world.clock
        world.model.before = self._wait
        self.seen: list[str] = []
        self.then: Callable[[], Awaitable[object]] = asyncio.Event().wait
        self._started = asyncio.Event()
        self._edit_text, self._edit_photo = world.messenger.edit_text, world.messenger.edit_photo
        monkeypatch.setattr(world.messenger, "edit_text", self.edit_text)
        monkeypatch.setattr(world.messenger, "edit_photo", self.edit_photo)

    async def edit_text(self, place: Place, message_id: int, screen: Screen) -> None:
        self.seen.append("clock starts")
        self._started.set()
        try:
            await self.then()
        except asyncio.CancelledError:
            self.seen.append("clock is let go")
            raise
        await self._edit_text(place, message_id, screen)
        self.seen.append("clock ends")

    async def edit_photo(self, place: Place, message_id: int, photo: Media, caption: Screen) -> Sent:
        self.seen.append("picture")
        return await self._edit_photo(place, message_id, photo, caption)

    async def _wait(self, _: PictureTask) -> None:
        await asyncio.sleep(0)
        self._clock.advance(FIRST_BEAT_SECONDS)
        await self._started.wait()


async def test_clock_moves() -> None:
    """The card's clock starts within two seconds, moves at least every 5 s for half a minute, then every 10 s."""
    drawing = Drawing()
    await drawing.begin()
    start, moved = drawing.world.job().created_at, list[float]()
    await drawing.pass_time(FIRST_BEAT_SECONDS)
    for _ in range(16):
        if len(drawing.world.messenger.sent("edit_text")) > len(moved):
            moved.append((drawing.world.now - start).total_seconds())
        await drawing.pass_time(BEAT_SECONDS)
    pauses = [later - earlier for earlier, later in pairwise(moved)]
    assert moved[0] <= 2
    assert max(pause for at, pause in zip(moved, pauses, strict=False) if at < 25) <= 5
    assert 5 < max(pauses) <= 10
    assert "Drawing · 1:" in drawing.world.shown().text
    assert "longer than the usual" in drawing.world.shown().text
    await drawing.end()
    assert [message.kind for message in drawing.world.messenger.messages(ME)] == ["photo", "text"]
    drawing.world.check_money()


async def test_chat_action() -> None:
    """From the card to the picture Telegram shows that a photo is on its way, without a gap of more than 5 s."""
    drawing = Drawing()
    await drawing.begin()
    messenger, shown = drawing.world.messenger, [drawing.world.job().created_at]
    assert len(messenger.sent("send_action")) == 1
    await drawing.pass_time(FIRST_BEAT_SECONDS)
    for _ in range(5):
        shown += [drawing.world.now] * (len(messenger.sent("send_action")) - len(shown))
        await drawing.pass_time(BEAT_SECONDS)
    assert len(shown) == 6
    assert max(b - a for a, b in pairwise(shown)) < timedelta(seconds=5)
    await drawing.end()


async def test_group_card_is_written_once() -> None:
    """In a group there is one message for a picture, and two calls beside the reactions, which do not count there:
    the card, and the edit into the picture.
    """
    drawing = Drawing()
    await drawing.begin(f"/image {FOX}", GROUP)
    assert "Got it. Usually 5–15 s" in drawing.world.shown(GROUP).text
    for _ in range(9):
        await drawing.pass_time(BEAT_SECONDS)
    await drawing.end()
    calls = [call.method for call in drawing.world.messenger.calls if call.chat_id == GROUP]
    assert [method for method in calls if method != "react"] == [
        "send_text",
        "edit_photo",
    ]
    assert drawing.world.shown(GROUP).kind == "photo"


async def test_canceled_in_a_group() -> None:
    """A cancel is noticed even without the card's clock."""
    drawing = Drawing()
    await drawing.begin(f"/image {FOX}", GROUP)
    world = drawing.world
    await world.deliver(world.tap("cancel", world.shown(GROUP), chat_id=GROUP))
    await drawing.pass_time(FIRST_BEAT_SECONDS)
    assert drawing._running is not None
    await drawing._running
    assert "Canceled" in world.shown(GROUP).text
    world.check_money()


async def test_outage_is_no_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that does not answer for a moment does not stop the picture."""
    drawing = Drawing()
    await drawing.begin()

    async def fail(*_: object) -> None:
        raise UnavailableError("no store")

    with monkeypatch.context() as patch:
        patch.setattr(watch_job, "open_job", fail)
        await drawing.pass_time(FIRST_BEAT_SECONDS)
    await drawing.end()
    assert drawing.world.job().state is JobState.DELIVERED


async def test_lease_ends() -> None:
    """After the lease the card is another worker's to draw: nothing more is shown, and the answer is waited for."""
    drawing = Drawing()
    await drawing.begin()
    await drawing.pass_time(LEASE_SECONDS + 1)
    edits = len(drawing.world.messenger.sent("edit_text"))
    await drawing.pass_time(BEAT_SECONDS)
    assert len(drawing.world.messenger.sent("edit_text")) == edits
    await drawing.end()
    assert drawing.world.job().state is JobState.DELIVERED


@pytest.mark.parametrize("error", [TooManyRequestsError(9), MessageGoneError("gone"), DeliveryUnknownError("?")])
@pytest.mark.parametrize("method", ["edit_text", "send_action"])
async def test_life_is_a_courtesy(method: str, error: Exception) -> None:
    """A card that cannot show life is left alone, and a cancel is noticed all the same."""
    drawing = Drawing()
    await drawing.begin()
    world = drawing.world
    world.messenger.fail(method, error)  # type: ignore[arg-type]
    await drawing.pass_time(FIRST_BEAT_SECONDS)
    await drawing.pass_time(BEAT_SECONDS)
    assert len(world.messenger.sent("edit_text")) == (method == "edit_text")
    await world.deliver(world.tap("cancel", world.shown()))
    await drawing.pass_time(BEAT_SECONDS)
    assert drawing._running is not None
    await drawing._running
    assert world.job().state is JobState.CANCELED
    world.check_money()


async def test_worker_is_stopped() -> None:
    """A worker that is told to stop lets go of the model and of the clock."""
    drawing = Drawing()
    await drawing.begin()
    assert drawing._running is not None
    drawing._running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing._running
    assert len(asyncio.all_tasks()) == 1


async def test_last_edit_of_the_clock_is_seen_through(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock has stopped before the picture is shown: an edit on its way is waited for, and not repeated."""
    edits = ClockEdits(world, monkeypatch)

    async def finish() -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    edits.then = finish
    await world.send(world.message(FOX))
    assert edits.seen == ["clock starts", "clock ends", "picture"]
    assert world.shown().kind == "photo"


async def test_hanging_clock_does_not_hold_the_picture(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit that Telegram never answers is let go after its time."""
    monkeypatch.setattr(finish_edit, "EDIT_SECONDS_MAX", 0.01)
    edits = ClockEdits(world, monkeypatch)
    edits.then = asyncio.Event().wait
    async with asyncio.timeout(10):
        await world.send(world.message(FOX))
    assert edits.seen == ["clock starts", "clock is let go", "picture"]
    assert world.job().state is JobState.DELIVERED


async def test_last_edit_of_the_clock_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit that is refused while it is waited for does no harm, and leaves no complaint behind."""
    complaints = list[str]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))
    edits = ClockEdits(world, monkeypatch)

    async def fail() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        raise MessageGoneError("gone")

    edits.then = fail
    await world.send(world.message(FOX))
    gc.collect()
    assert world.job().state is JobState.DELIVERED
    assert complaints == []


async def test_broken_clock_does_not_cost_the_picture(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bug in showing the progress is logged, and the picture delivered."""
    edits, failed = ClockEdits(world, monkeypatch), asyncio.Event()

    async def fail() -> None:
        failed.set()
        raise ZeroDivisionError

    async def wait(_: PictureTask) -> None:
        world.clock.advance(FIRST_BEAT_SECONDS)
        await failed.wait()
        for _turn in range(20):
            await asyncio.sleep(0)

    edits.then, world.model.before = fail, wait
    await world.send(world.message(FOX))
    assert world.job().state is JobState.DELIVERED
    assert "progress_failed" in capsys.readouterr().out
