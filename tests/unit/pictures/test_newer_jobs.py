"""Jobs of newer releases stand among a person's messages: nothing that a person does with them breaks or is charged."""

from typing import Any

import pytest

from shared.jobs.job import DEADLINE_SECONDS, JobState
from shared.jobs.job_documents import job_key
from shared.jobs.sweep_work import sweep_work
from shared.ports import Update
from tests.unit.pictures.albums import album
from tests.world import World

NEWER: dict[str, dict[str, Any]] = {
    "a kind": {"kind": "newer", "request": {"price": 4}},
    "a surface": {"surface": "newer"},
    "a model": {"request": {"prompt": "a red fox", "model": "newer", "ratio": "1:1", "size": "1K", "price": 4}},
    "a size": {"request": {"prompt": "a red fox", "model": "fast", "ratio": "1:1", "size": "8K", "price": 4}},
}
each_newer = pytest.mark.parametrize("change", NEWER.values(), ids=NEWER.keys())
NEWER_KIND = NEWER["a kind"]


async def make_newer(world: World, change: dict[str, Any]) -> str:
    """A delivered picture whose document then comes to look like a newer release's job; its id."""
    await world.send(world.message("a red fox"))
    [job_id] = world.store.collection("jobs")
    await turn_into(world, job_id, change)
    return job_id


async def turn_into(world: World, job_id: str, change: dict[str, Any]) -> None:
    """Change a job's document as no code of this release does."""
    [record] = await world.store.read([job_key(job_id)])
    assert record is not None
    await world.store.commit([Update(record.key, change, record.version)])


@each_newer
@pytest.mark.parametrize("action", ["again", "edit", "original", "delete", "format"])
async def test_press(world: World, change: dict[str, Any], action: str) -> None:
    """A press on a button of ours says that it is of no use any more, and changes nothing."""
    await make_newer(world, change)
    before = world.store.collection("jobs")
    await world.send(world.tap(action, world.shown()))
    assert world.messenger.taps[-1].toast
    assert world.store.collection("jobs") == before


@pytest.mark.parametrize("words", ["make it darker", "9:16"])
async def test_reply(world: World, words: str) -> None:
    """A reply to what this release cannot tell to be a picture is answered, and buys nothing."""
    await make_newer(world, NEWER_KIND)
    before, said = world.store.collection("jobs"), len(world.messenger.calls)
    await world.send(world.reply(words, world.shown()))
    assert world.store.collection("jobs") == before
    assert len(world.messenger.calls) > said


async def test_answer_to_its_question(world: World) -> None:
    """The words after *Edit*, whose picture then turns out to be a newer release's, buy nothing."""
    await world.send(world.message("a red fox"))
    await world.send(world.tap("edit", world.shown()))
    [job] = world.jobs()
    await turn_into(world, job.id, NEWER_KIND)
    await world.send(world.message("make it darker"))
    assert len(world.store.collection("jobs")) == 1


@each_newer
async def test_edited_message(world: World, change: dict[str, Any]) -> None:
    """An edit of the message that asked for it is answered, and leaves it as it is."""
    message = world.message("a red fox")
    await world.send(message)
    [job] = world.jobs()
    await turn_into(world, job.id, change | {"state": "queued"})
    before = world.store.collection("jobs")
    await world.send(world.edited(message, "a blue fox"))
    assert world.store.collection("jobs") == before
    assert "a newer version of the bot" in world.shown().text


async def test_late_part_of_an_album(world: World) -> None:
    """A part that comes too late for it is taken as it is: nothing is written into what this release cannot read."""
    first, second, third = album(world)
    await world.send(first, second)
    [job] = world.jobs()
    await turn_into(world, job.id, NEWER_KIND)
    before = world.store.collection("jobs")
    await world.send(third)
    assert world.store.collection("jobs") == before
    assert not world.store.collection("quarantine")


@pytest.mark.parametrize("name", ["a model", "a size"])
async def test_its_credits_go_back(world: World, name: str) -> None:
    """A job whose model only another release sells is not made here; at its deadline it ends and costs nothing."""
    await world.deliver(world.message("a red fox"))
    [job] = world.jobs()
    await turn_into(world, job.id, NEWER[name])
    await world.settle()
    assert world.job().state is JobState.QUEUED
    world.clock.advance(DEADLINE_SECONDS)
    await sweep_work(world.repair_ports)
    await world.settle()
    assert world.job().state is JobState.FAILED
    assert world.user().account.held == 0
    assert "back" in world.shown().text


async def test_cancel_of_a_newer_model(world: World) -> None:
    """/cancel stops it as well: who paid for it need not know who sells it."""
    await world.deliver(world.message("a red fox"))
    [job] = world.jobs()
    await turn_into(world, job.id, NEWER["a model"])
    await world.send(world.message("/cancel"))
    assert world.job().state is JobState.CANCELED
    assert world.user().account.held == 0


@pytest.mark.parametrize("broken", [{"chat_id": "none"}, {"result": 7}, {"request": {"price": 4}}])
async def test_unreadable_parts(world: World, broken: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """A worker that cannot read a job says so once, and asks for no further delivery of its task."""
    await world.deliver(world.message("a red fox"))
    [job] = world.jobs()
    await turn_into(world, job.id, broken)
    await world.run_next()
    assert capsys.readouterr().out.count('"event": "document_unreadable"') == 1
    assert not world.tasks.take_all()


@pytest.mark.parametrize("change", [NEWER["a kind"], NEWER["a surface"]])
async def test_commands(world: World, change: dict[str, Any]) -> None:
    """/balance and /cancel answer beside it, and leave it as it is."""
    job_id = await make_newer(world, change | {"state": "queued", "sweep_at": world.now})
    before = world.store.collection("jobs")[job_id]
    await world.send(world.message("/balance"), world.message("/cancel"), world.message(f"/start get_{job_id}"))
    assert world.store.collection("jobs")[job_id] == before
    assert not world.store.collection("quarantine")


@pytest.mark.parametrize("name", ["a kind", "a model"])
async def test_new_version_of_it(world: World, name: str) -> None:
    """A new version of a newer model's picture is made; where none can be read, it ends without a charge."""
    await world.send(world.message("a red fox"))
    await world.deliver(world.reply("make it darker", world.shown()))
    parent, version = world.jobs()
    await turn_into(world, parent.id, NEWER[name])
    await world.settle()
    ended = {job.id: job for job in world.jobs()}[version.id]
    assert ended.state is (JobState.DELIVERED if name == "a model" else JobState.FAILED)
    assert world.user().account.held == 0


@pytest.mark.parametrize("name", ["a model", "a size"])
@pytest.mark.parametrize("words", ["9:16", "4K", "2 more"])
async def test_reply_with_a_format(world: World, name: str, words: str) -> None:
    """Another format of a picture that only another release sells cannot be had here: it says so, for free."""
    await make_newer(world, NEWER[name])
    before = world.store.collection("jobs")
    await world.send(world.reply(words, world.shown()))
    assert world.store.collection("jobs") == before
    assert "a newer version of the bot" in world.shown().text
