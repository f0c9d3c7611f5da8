"""Around the providers: which rung is asked, for how long, and what is counted, remembered and written down."""

import asyncio
import json

import pytest

from shared.credits.catalogue import NANO_BANANA, NANO_BANANA_PRO
from shared.jobs.ask_ladder import ask_ladder
from shared.jobs.time_limits import MODEL_SECONDS_MAX
from shared.pictures.make_picture import picture_call
from shared.providers.breaker import FAILURES_MAX
from shared.providers.images import Image
from shared.providers.ladder import GONE_SECONDS
from shared.providers.outcomes import Broken, Busy, Gone, Made, ModelOutcome, PictureTask, TimedOut, Turn
from shared.usage import start_usage
from tests.simulation.virtual_time import VirtualClock, run_virtually
from tests.world import World

TASK = PictureTask("a red fox", "1:1", "1K")
BOTH = (NANO_BANANA, NANO_BANANA_PRO)
Lines = pytest.CaptureFixture[str]


async def ask(world: World, task: PictureTask = TASK) -> ModelOutcome:
    return await ask_ladder(world.ports, world.studio, BOTH, picture_call(world.studio, BOTH[0], task), {"job_id": "j"})


async def test_a_gone_model_is_replaced(world: World) -> None:
    """The next rung makes the picture and is written into it; each call counts."""
    world.model.script(TASK.prompt, Gone())
    usage = start_usage()
    outcome = await ask(world)
    assert isinstance(outcome, Made)
    assert outcome.model_id == NANO_BANANA_PRO.id
    assert usage.model_calls == len(world.model.rungs) == 2


async def test_a_gone_model_is_remembered(world: World) -> None:
    """For minutes a model that is gone is not asked for; then it is, and paints if it is back."""
    world.model.script(TASK.prompt, Gone())
    await ask(world)
    await ask(world)
    world.clock.advance(GONE_SECONDS)
    await ask(world)
    assert world.model.rungs == [NANO_BANANA, NANO_BANANA_PRO, NANO_BANANA_PRO, NANO_BANANA]


async def test_no_model_left_is_our_fault(world: World) -> None:
    """A ladder full of retired models is broken, also while nobody needs to be asked for that."""
    world.model.script(TASK.prompt, Gone(), Gone())
    assert [await ask(world) for _ in range(2)] == [Broken("NOT_FOUND")] * 2
    assert world.model.rungs == list(BOTH)


async def test_a_signature_is_not_for_the_next_model(world: World) -> None:
    """The fallback gets the earlier version without the signature that the wanted model gave."""
    world.model.script(TASK.prompt, Gone())
    parent = Turn("a fox", Image(b"old", "image/png"), b"signature")
    await ask(world, PictureTask(TASK.prompt, "1:1", "1K", parent=parent))
    assert [task.parent.signature for task in world.model.tasks if task.parent] == [b"signature", b""]


async def test_the_breaker_counts_each_rung(world: World) -> None:
    """While the wanted model is gone, failures of the fallback open the fallback's gauge and no other."""
    world.model.script(TASK.prompt, Gone(), *[Busy("503")] * FAILURES_MAX)
    for _ in range(FAILURES_MAX):
        assert await ask(world) == Busy("503")
    assert [world.studio.breaker.admits(rung.name, "job", world.now) for rung in BOTH] == [True, False]


def test_the_time_limit_covers_all_rungs() -> None:
    """Falling back does not start the clock again."""

    async def play() -> float:
        world = World(clock=VirtualClock())  # type: ignore[arg-type]
        world.model.script(TASK.prompt, Gone())

        async def take_time(_: PictureTask) -> None:
            await asyncio.sleep(0.7 * MODEL_SECONDS_MAX)

        world.model.before = take_time
        assert await ask(world) == TimedOut()
        assert world.model.rungs == list(BOTH)
        return asyncio.get_running_loop().time()

    assert run_virtually(play()) == MODEL_SECONDS_MAX


async def test_a_canceled_call_costs_what_was_asked(world: World, capsys: Lines) -> None:
    """A worker that gives up while the fallback works leaves a line with the fallback's id and cost."""
    world.model.script(TASK.prompt, Gone())
    started = asyncio.Event()

    async def wait(_: PictureTask) -> None:
        if len(world.model.rungs) == len(BOTH):
            started.set()
            await asyncio.Event().wait()

    world.model.before = wait
    asking = asyncio.create_task(ask(world))
    await started.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["event"], line["outcome"], line["job_id"]) == ("model_answered", "canceled", "j")
    assert (line["model_id"], line["cost_usd_micros"]) == (NANO_BANANA_PRO.id, 134_400)
