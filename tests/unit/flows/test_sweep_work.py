"""Whatever was left lying is moved on, and nothing else."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.domain.jobs import SWEEP_AFTER_SECONDS, JobState
from shared.errors import UnavailableError
from shared.flows.documents import draft_key, job_key
from shared.flows.sweep_work import BATCH_MAX, Swept, sweep_work
from shared.ports import Create, Write
from tests.world import ME, World, writes_to

FOX = "a red fox"


async def test_nothing_to_do(world: World) -> None:
    """A quiet system is left alone."""
    await world.send(world.message(FOX))
    world.clock.advance(24 * 3600)
    assert await sweep_work(world.repair_ports) == Swept(0, 0)
    assert world.tasks.tasks == []


async def test_lost_task(world: World) -> None:
    """A job whose task was lost gets another after a while, not before."""
    await world.deliver(world.message(FOX))
    world.tasks.take_all()
    assert await sweep_work(world.repair_ports) == Swept(0, 0)
    world.clock.advance(SWEEP_AFTER_SECONDS)
    assert await sweep_work(world.repair_ports) == Swept(1, 0)
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_sweeping_twice(world: World) -> None:
    """What was published a moment ago is not published again; later it is."""
    await world.deliver(world.message(FOX))
    world.tasks.take_all()
    world.clock.advance(SWEEP_AFTER_SECONDS)
    assert await sweep_work(world.repair_ports) == Swept(1, 0)
    assert await sweep_work(world.repair_ports) == Swept(0, 0)
    world.clock.advance(SWEEP_AFTER_SECONDS)
    assert await sweep_work(world.repair_ports) == Swept(1, 0)


async def test_somebody_moves_it_after_all(world: World) -> None:
    """A job or draft that is written between the search and the mark is left to whoever wrote it."""
    await world.deliver(world.message(FOX))
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    part = world.photo(media_group_id="7")
    world.tasks.take_all()
    world.clock.advance(60)
    job = world.job()
    world.store.interrupt(writes_to("jobs", sweeps=1), lambda: world.move(job))
    world.store.interrupt(writes_to("drafts", late_parts=0), lambda: world.deliver(part))
    assert await sweep_work(world.repair_ports) == Swept(0, 0)


async def test_lost_draft(world: World) -> None:
    """An album whose task was lost is closed."""
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    world.tasks.take_all()
    world.clock.advance(60)
    assert await sweep_work(world.repair_ports) == Swept(0, 1)
    await world.settle()
    assert world.job().state is JobState.DELIVERED


async def test_draft_that_waits_for_words(world: World) -> None:
    """A question waits for its answer however long it takes."""
    await world.send(world.photo())
    world.clock.advance(24 * 3600)
    assert await sweep_work(world.repair_ports) == Swept(0, 0)


async def test_oldest_first(world: World) -> None:
    """More than one call can take are taken by the next."""
    await world.give(4 * (BATCH_MAX + 1))
    update = world.message(FOX)
    await world.deliver(update)
    [(name, fields)] = world.store.collection("jobs").items()
    await copy_job(world, fields, BATCH_MAX)
    world.tasks.take_all()
    world.clock.advance(60)
    assert await sweep_work(world.repair_ports) == Swept(BATCH_MAX, 0)
    assert await sweep_work(world.repair_ports) == Swept(1, 0)
    assert name in world.store.collection("jobs")


async def copy_job(world: World, fields: dict[str, object], count: int) -> None:
    await world.store.commit([Create(job_key(f"copy-{n}"), {**fields, "id": f"copy-{n}"}) for n in range(count)])


async def test_every_commit_of_an_open_job_is_swept(world: World) -> None:
    """Whatever a job goes through, as long as it is open it has a time at which the sweep looks after it."""
    states: set[str] = set()

    def look(writes: Sequence[Write]) -> bool:
        for write in writes:
            if write.key.collection == "jobs":
                is_open = write.fields["state"] not in {"delivered", "failed", "canceled"}
                assert (write.fields["sweep_at"] is not None) is is_open
                states.add(write.fields["state"])
        return False

    world.store.interrupt(look, nothing)
    await world.send(world.message(FOX), world.message("a blue fox x2"))
    await world.deliver(world.message("a green fox"))
    await world.send(world.message("/cancel"))
    assert states >= {"queued", "working", "made", "delivered", "canceled"}
    assert world.messenger.messages(ME)


async def nothing() -> None:
    return


async def test_unreadable_documents(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A document that cannot be read is logged, and does not keep the others from being repaired."""
    await world.deliver(world.message(FOX))
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    world.tasks.take_all()
    world.clock.advance(SWEEP_AFTER_SECONDS)
    bad = {"sweep_at": world.now - timedelta(days=1), "state": "unheard of"}
    await world.store.commit([Create(job_key("bad-job"), bad), Create(draft_key("bad-draft"), bad)])
    world.clock.advance(60)
    assert await sweep_work(world.repair_ports) == Swept(1, 1)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = [line["key"] for line in lines if line["event"] == "document_unreadable"]
    assert found == ["jobs/bad-job", "drafts/bad-draft"]


async def test_sweep_when_the_queue_is_out(world: World) -> None:
    """An outage is no fault of the document: the sweep as a whole comes again."""
    await world.deliver(world.message(FOX))
    world.tasks.take_all()
    world.clock.advance(SWEEP_AFTER_SECONDS)
    world.tasks.outages = 1
    with pytest.raises(UnavailableError):
        await sweep_work(world.repair_ports)


async def test_draft_backs_off(world: World) -> None:
    """A draft that is never closed is published less and less often."""
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    world.clock.advance(60)
    for sweeps in range(1, 4):
        assert await sweep_work(world.repair_ports) == Swept(0, 1)
        [draft] = world.store.collection("drafts").values()
        pause = timedelta(seconds=SWEEP_AFTER_SECONDS * 2 ** (sweeps - 1))
        assert (draft["sweeps"], draft["sweep_at"]) == (sweeps, world.now + pause)
        world.clock.set(draft["sweep_at"])
