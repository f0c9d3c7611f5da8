"""A request is taken once, whole or not at all, however often and in whatever company it comes."""

import asyncio
import json
from typing import Any

import pytest

from shared.errors import ConflictError, UnavailableError
from shared.jobs.job import JobState
from shared.jobs.publish_jobs import publish_job
from shared.people.accounts import TRIES_MAX
from shared.ports import Key, Update
from shared.providers.outcomes import DeclineReason
from tests.world import ME, World, any_commit, writes_to


async def test_first_contact(world: World) -> None:
    """A stranger's first message brings their gift, a hold, a job, its card and its picture."""
    await world.deliver(world.message("a red fox"))
    job = world.job()
    assert job.state is JobState.QUEUED
    assert world.user().account.held == job.request.price == 4
    assert {transfer.id for transfer in world.transfers()} == {"credit:welcome:501", f"hold:{job.id}"}
    assert [task.queue for task in world.tasks.tasks] == ["image"]
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert world.shown().kind == "photo"
    world.check_money()


async def test_second_request_changes_the_account(world: World) -> None:
    """A known person gets no second gift."""
    await world.send(world.message("a red fox"), world.message("a blue fox"))
    assert world.user().account.available == 12
    world.check_money()


async def test_delivery_again(world: World) -> None:
    """The same update a second time creates nothing, but sees that the job has a task."""
    update = world.message("a red fox x2")
    await world.deliver(update)
    world.tasks.take_all()
    await world.deliver(update)
    assert len(world.jobs()) == 2
    assert len(world.messenger.messages(ME)) == 2
    assert len(world.tasks.tasks) == 2
    await world.send(update)
    await world.deliver(update)
    assert world.tasks.tasks == []
    world.check_money()


async def test_same_message_under_another_update(world: World) -> None:
    """The intent counts: a message that comes again as a new update is the same request."""
    update = world.message("a red fox x2")
    await world.send(update, update | {"update_id": update["update_id"] + 7})
    assert len(world.jobs()) == 2
    world.check_money()


async def test_same_message_when_the_money_is_spent(world: World) -> None:
    """Known jobs are found although a new request could not be paid any more."""
    await world.give(4)
    update = world.message("a red fox")
    await world.send(update, update | {"update_id": update["update_id"] + 7})
    assert len(world.messenger.messages(ME)) == 1
    world.check_money()


async def test_two_deliveries_at_once(world: World) -> None:
    """Two instances take the same message at the same time: one set of jobs and of cards."""
    update = world.message("a red fox x2")
    again = update | {"update_id": update["update_id"] + 7}
    await asyncio.gather(world.deliver(update), world.deliver(again), world.deliver(update))
    await world.settle()
    assert len(world.jobs()) == len(world.messenger.messages(ME)) == 2
    world.check_money()


async def test_two_requests_at_once(world: World) -> None:
    """Two messages of a stranger at the same time are both taken, and the gift is given once."""
    await asyncio.gather(world.deliver(world.message("a red fox")), world.deliver(world.message("a blue fox")))
    await world.settle()
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED] * 2
    assert world.user().account.available == 12
    world.check_money()


async def test_others_always_win(world: World) -> None:
    """A worker that loses every round asks for the update to come again, and nothing was written."""
    for _ in range(TRIES_MAX):
        world.store.interrupt(any_commit, conflict)
    with pytest.raises(UnavailableError):
        await world.deliver(world.message("a red fox"))
    assert world.store.collection("jobs") == {}
    assert len(world.clock.slept_seconds) == TRIES_MAX


async def test_the_other_delivery_did_something_else(world: World) -> None:
    """An update whose other delivery found the person in another mode is not taken once more, and nobody fights it."""
    await world.send(world.message("/mode"))
    menu, update = world.shown(), world.message("a red fox")

    async def deliver_in_other_mode() -> None:
        await world.deliver(world.tap("mode;video", menu))
        await world.deliver(update)

    world.store.interrupt(writes_to("jobs"), deliver_in_other_mode)
    await world.send(update)
    assert world.jobs() == []
    assert "Nothing is spent before you press" in world.shown().text
    assert len(world.clock.slept_seconds) <= 1
    world.check_money()


async def test_lost_answer_of_the_commit(world: World) -> None:
    """A commit that happened without our knowing is found by the next delivery."""
    update = world.message("a red fox")
    world.store.lose(writes_to("jobs"))
    with pytest.raises(UnavailableError):
        await world.deliver(update)
    world.clock.advance(16)
    await world.send(update)
    assert world.job().state is JobState.DELIVERED
    assert len(world.messenger.messages(ME)) == 1
    world.check_money()


async def test_canceled_before_it_came(world: World) -> None:
    """A /cancel that overtook its message uses it up: no credits move, no picture is made."""
    late = world.message("a red fox x2")
    await world.send(world.message("/cancel"), late)
    assert {job.state for job in world.jobs()} == {JobState.CANCELED}
    assert world.model.tasks == []
    assert [transfer.kind for transfer in world.transfers()] == ["credit"]
    world.check_money()
    await world.send(world.message("a blue fox"))
    assert world.jobs()[-1].state is JobState.DELIVERED


SAID = {
    DeclineReason.NOT_ENOUGH_CREDITS: "you have",
    DeclineReason.TOO_MANY_JOBS: "in the works",
    DeclineReason.DAILY_CAP: "today's limit",
    DeclineReason.PROMPT_MISSING: "Write what should be",
    DeclineReason.PROMPT_TOO_LONG: "characters",
}


@pytest.mark.parametrize(
    ("text", "account", "reason"),
    [
        ("a fox x4", {"available": 15}, DeclineReason.NOT_ENOUGH_CREDITS),
        ("a fox", {"available": 99, "active_jobs": 10}, DeclineReason.TOO_MANY_JOBS),
        (
            "a fox",
            {"available": 99, "spend_day": "2026-01-02", "spent_credits": 1000},
            DeclineReason.DAILY_CAP,
        ),
        ("/image 16:9", {"available": 20}, DeclineReason.PROMPT_MISSING),
        ("a " * 2050, {"available": 20}, DeclineReason.PROMPT_TOO_LONG),
    ],
)
async def test_declined(world: World, text: str, account: dict[str, Any], reason: DeclineReason) -> None:
    """Each reason is told in words, without its code, in one message; nothing is held and no job exists."""
    await world.give(**account)
    update = world.message(text)
    await world.send(update, update)
    [answer] = world.messenger.messages(ME)
    assert SAID[reason] in answer.text
    assert "E-" not in answer.text
    assert world.jobs() == []
    assert world.user().account.available == account["available"]


async def test_declined_stranger_keeps_the_gift(world: World) -> None:
    """A first contact that leads to nothing still leaves the welcome credits."""
    await world.send(world.message("a fox x4 4K"))
    assert world.user().account.available == 20
    world.check_money()


async def test_inbox_names_the_jobs(world: World) -> None:
    """The mark of an update says which jobs came of it, and when it may be forgotten."""
    await world.deliver(world.message("a red fox x2"))
    [mark] = world.store.collection("inbox").values()
    assert mark["jobs"] == [job.id for job in world.jobs()]
    assert (mark["expire_at"] - mark["received_at"]).days == 35


async def test_documents_of_a_neighbouring_version(world: World) -> None:
    """Fields that this version does not know are ignored and survive it."""
    await world.deliver(world.message("a red fox"))
    [record] = await world.store.read([Key("users", str(ME))])
    assert record is not None
    record.fields.update(nickname="Ann")
    await world.store.commit([Update(record.key, record.fields, record.version)])
    await world.settle()
    assert world.store.collection("users")[str(ME)]["nickname"] == "Ann"
    world.check_money()


async def conflict() -> None:
    raise ConflictError("somebody was faster")


async def test_task_is_json(world: World) -> None:
    """A job's task holds its id and, if it follows the card, the document with it."""
    await world.deliver(world.message("a red fox"))
    [task] = world.tasks.take_all()
    said = json.loads(task.body)
    assert (said.keys(), said["job"]) == ({"job", "record"}, world.job().id)
    await publish_job(world.ports, world.job())
    assert json.loads(world.tasks.take_all()[0].body) == {"job": world.job().id}
