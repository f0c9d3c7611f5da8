"""Whatever was left lying is moved on, and nothing else."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.codec import update
from shared.errors import UnavailableError
from shared.jobs.job import SWEEP_AFTER_SECONDS, JobState
from shared.jobs.job_documents import job_key
from shared.jobs.lanes import SHARDS, shard_of
from shared.jobs.shards import due_for_sweep, due_without_shard
from shared.jobs.sweep_work import PAGE_MAX, PAGES_MAX, SECONDS_MAX, UNREADABLE_PAUSE, Swept, sweep_work
from shared.pictures.draft_documents import draft_key
from shared.ports import Create, Key, Update, Write
from tests.stored import read_job
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
    """A job published a moment ago is not published again; later it is."""
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
    """Page by page one call takes what it can, the next one takes the rest."""
    fields = await overdue_job(world)
    many = PAGE_MAX * PAGES_MAX
    for page in range(PAGES_MAX):
        await copy_job(world, fields, PAGE_MAX, f"page-{page}")
    assert await sweep_work(world.repair_ports) == Swept(many, 0)
    assert await sweep_work(world.repair_ports) == Swept(1, 0)


async def test_no_page_is_begun_late(world: World) -> None:
    """A sweep whose first page took long leaves the second one to the next call."""
    fields = await overdue_job(world)
    await copy_job(world, fields, PAGE_MAX)

    async def wait() -> None:
        world.clock.advance(SECONDS_MAX + 1)

    world.store.interrupt(writes_to("jobs", sweeps=1), wait)
    assert await sweep_work(world.repair_ports) == Swept(PAGE_MAX, 0)


async def overdue_job(world: World) -> dict[str, object]:
    """The fields of a job that is overdue."""
    await world.deliver(world.message(FOX))
    world.tasks.take_all()
    world.clock.advance(60)
    [fields] = world.store.collection("jobs").values()
    return fields


async def test_unreadable_documents_block_nothing(world: World) -> None:
    """A thousand jobs behind five hundred documents that cannot be read are moved in one call."""
    fields = await overdue_job(world)
    bad = {**fields, "sweep_at": world.now - timedelta(days=1), "fence": "none"}
    await copy_job(world, bad, 500, "bad")
    await copy_job(world, fields, 499, "good")
    await copy_job(world, fields, 500, "more")
    assert await sweep_work(world.repair_ports) == Swept(1_000, 0, unreadable=500)
    assert await sweep_work(world.repair_ports) == Swept(0, 0)
    world.clock.advance(UNREADABLE_PAUSE.total_seconds())
    assert (await sweep_work(world.repair_ports)).unreadable == 500


async def test_unreadable_document_that_somebody_mends(world: World) -> None:
    """A document that is written while it is put aside is left to whoever wrote it."""
    fields = await overdue_job(world)
    await copy_job(world, {**fields, "fence": "none"}, 1)
    [record] = await world.store.read([job_key("copy-0")])
    assert record is not None
    theirs = {"fence": 0, "sweep_at": world.now + timedelta(minutes=1)}
    mend = Update(record.key, theirs, record.version)
    world.store.interrupt(lambda writes: "fence" not in writes[0].fields, lambda: world.store.commit([mend]))
    assert await sweep_work(world.repair_ports) == Swept(1, 0, unreadable=1)
    assert theirs.items() <= world.store.collection("jobs")["copy-0"].items()


async def test_each_shard_is_searched(world: World) -> None:
    """Overdue work is found in every shard, the oldest first."""
    fields = await overdue_job(world)
    for minutes, name in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight"]):
        await copy_job(world, {**fields, "sweep_at": world.now - timedelta(minutes=minutes)}, 8, name)
    stored = world.store.collection("jobs")
    assert {each["shard"] for each in stored.values()} == set(range(SHARDS))
    found = await world.store.find(due_for_sweep("jobs", world.now, 100))
    assert [record.fields["sweep_at"] for record in found] == sorted(each["sweep_at"] for each in stored.values())
    assert await sweep_work(world.repair_ports) == Swept(len(stored), 0)


async def test_what_an_older_release_wrote(world: World) -> None:
    """Jobs and drafts without a shard are swept after the others; with that they have one."""
    fields = await overdue_job(world)
    await copy_job(world, fields, 1)
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    world.tasks.take_all()
    world.clock.advance(60)
    for key in [job_key("copy-0"), *(draft_key(each) for each in world.store.collection("drafts"))]:
        forget_shard(world, key)
    await world.store.commit([Create(job_key("bad"), {"sweep_at": world.now, "state": "unheard of"})])
    assert await sweep_work(world.repair_ports) == Swept(2, 1, unreadable=1)
    assert [task.body for task in world.tasks.tasks][-1:] == [b'{"job": "copy-0"}']
    stored = world.store.collection("jobs") | world.store.collection("drafts")
    assert all(each["shard"] == shard_of(name) for name, each in stored.items())
    assert await sweep_work(world.repair_ports) == Swept(0, 0)


async def test_an_older_release_finds_what_is_written_today(world: World) -> None:
    """The search of 0.3, by `sweep_at` alone, finds jobs with a shard, and its way of writing keeps the shard."""
    await overdue_job(world)
    [record] = await world.store.find(due_without_shard("jobs", world.now, 10))
    assert update(record, read_job(record.fields)).fields["shard"] == shard_of(record.key.id)


def forget_shard(world: World, key: Key) -> None:
    """As if an older release had written the document."""
    record = world.store._documents[key]
    del record.fields["shard"]


async def copy_job(world: World, fields: dict[str, object], count: int, name: str = "copy") -> None:
    ids = [f"{name}-{n}" for n in range(count)]
    await world.store.commit([Create(job_key(each), {**fields, "id": each, "shard": shard_of(each)}) for each in ids])


async def test_every_commit_of_an_open_job_is_swept(world: World) -> None:
    """Whatever a job goes through, as long as it is open it has a time at which the sweep looks after it."""
    states: set[str] = set()

    def look(writes: Sequence[Write]) -> bool:
        for write in writes:
            if write.key.collection == "jobs":
                is_open = write.fields["state"] not in {"delivered", "failed", "canceled"}
                assert (write.fields["sweep_at"] is not None) is is_open
                states.add(str(write.fields["state"]))
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
    assert await sweep_work(world.repair_ports) == Swept(1, 1, unreadable=2)
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
