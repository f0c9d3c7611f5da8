"""Sending events: at least once, whatever dies; growing pauses; switched off and told; no server holds up others."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.errors import BotBlockedError, DeliveryUnknownError, TooManyRequestsError, UnavailableError
from shared.jobs.cancel_jobs import cancel_job
from shared.jobs.job_documents import job_key
from shared.jobs.sweep_work import sweep_work
from shared.people.accounts import change_user, open_user
from shared.people.user_documents import user_key
from shared.people.users import User
from shared.people.webhooks import FAILING_MAX, OffReason
from shared.providers.outcomes import Refused
from shared.rest.describe_job import describe_untold
from shared.webhooks.deliver_event import deliver_event
from shared.webhooks.event import EARLY_MAX, PAUSES_SECONDS, SWEEP_AFTER
from shared.webhooks.event_documents import event_key
from shared.webhooks.publish_event import read_owner, read_waits
from shared.webhooks.sending_room import AT_ONCE_MAX, OF_ONE_PERSON_MAX, SendingRoom
from shared.webhooks.sweep_events import sweep_events
from shared.webhooks.tell_off import TOLD_WITHIN
from tests.unit.rest.program import Json, Program, load_program
from tests.world import ME, World, nth_commit, writes_to

URL = "https://partner.example.org/hook"
EVENTS = "webhook_events"
FOX = {"prompt": "a red fox", "price": 4}


@pytest.fixture
async def program(world: World) -> Program:
    program = await load_program(world)
    assert (await program.put("/webhook", {"url": URL})).status_code == 201
    return program


async def order(program: Program, key: str = "order-1") -> str:
    """The id of a picture that is ordered."""
    return str((await program.post("/pictures", FOX, key)).json()["jobs"][0]["id"])


async def make_test(program: Program) -> str:
    return str((await program.post("/webhook/test", None)).json()["id"])


def told(world: World) -> list[Json]:
    """What the receiver was sent."""
    return [json.loads(each.body) for each in world.receivers.sent]


def event(world: World) -> dict[str, Any]:
    """The only one, as it is stored."""
    [fields] = world.store.collection(EVENTS).values()
    return fields


async def change(world: World, change: Callable[[User], User]) -> None:
    await change_user(world.ports, await open_user(world.ports, ME), change)


async def let_time_pass(world: World) -> None:
    """Until nothing is left to do for tasks and the sweep."""
    await world.settle()
    while due := [each["sweep_at"] for each in world.store.collection(EVENTS).values() if each["sweep_at"]]:
        world.clock.set(max(world.now, min(due)))
        await sweep_events(world.repair_ports)
        await world.settle()


async def test_each_end_has_its_event(program: Program) -> None:
    """Delivered, failed and canceled jobs are told, each once, with the state that the API shows."""
    world = program.world
    world.model.script("a red fox", Refused("SAFETY"))
    await order(program)
    await world.settle()
    await order(program, "order-2")
    await world.settle()
    await cancel_job(world.ports, await order(program, "order-3"))
    await world.settle()
    said = [(each["type"], each["data"]["job"]["state"]) for each in told(world)]
    assert said == [("job.failed", "failed"), ("job.delivered", "done"), ("job.canceled", "canceled")]
    world.check_money()


async def test_nobody_else_is_told(program: Program) -> None:
    """What is made in the chat, and what a key without a webhook orders, has no event."""
    world = program.world
    await world.send(world.message("a red fox"))
    await program.delete("/webhook")
    await order(program)
    await world.settle()
    assert (world.store.collection(EVENTS), told(world)) == ({}, [])


async def test_words_that_are_incognito_are_not_sent(program: Program) -> None:
    """Of an incognito job the receiver learns everything but the words, and the event is kept for two days."""
    world = program.world
    job_id = await order(program)
    world.store._documents[job_key(job_id)].fields["is_incognito"] = True
    await world.settle()
    job = told(world)[0]["data"]["job"]
    assert (job["id"], job["prompt"], job["state"]) == (job_id, "", "done")
    assert event(world)["expire_at"] - event(world)["created_at"] == timedelta(days=2)


@pytest.mark.parametrize("number", range(8))
async def test_dies_at_each_commit(program: Program, number: int) -> None:
    """Whichever commit of making and telling loses its answer, the event is told, and the picture paid once."""
    world = program.world
    world.receivers.answers = [503]
    await order(program)
    world.store.lose(nth_commit(number))
    for _ in range(4):
        try:
            await world.settle()
        except UnavailableError:
            world.clock.advance(3600)
        await sweep_work(world.repair_ports)
        await sweep_events(world.repair_ports)
    assert len({each["id"] for each in told(world)}) == 1
    assert len(told(world)) >= 2
    assert event(world)["state"] == "delivered"
    world.check_money()


async def test_the_task_of_an_end_is_lost(program: Program) -> None:
    """A worker that dies between the commit and the task leaves an event that the sweep sends."""
    world = program.world
    await order(program)

    async def lose_tasks() -> None:
        world.tasks.outages = 9

    world.store.interrupt(writes_to(EVENTS), lose_tasks)
    await world.settle()
    assert told(world) == []
    world.tasks.outages = 0
    world.clock.advance(SWEEP_AFTER.total_seconds())
    assert (await sweep_events(world.repair_ports)).moved == 1
    await world.settle()
    assert [each["type"] for each in told(world)] == ["job.delivered"]


async def test_pauses_grow_and_end(program: Program) -> None:
    """An address that never answers well is tried over a day under one id; then the event has failed."""
    world = program.world
    begun_at = world.now
    world.receivers.answers = [500, "unreached", "slow", "private", 302, 404, 429, 503, 500]
    await make_test(program)
    await let_time_pass(world)
    assert len(told(world)) == len(PAUSES_SECONDS) + 1
    assert len({each.headers["webhook-id"] for each in world.receivers.sent}) == 1
    assert len({each.headers["webhook-timestamp"] for each in world.receivers.sent}) == len(PAUSES_SECONDS) + 1
    assert timedelta(days=1) < world.now - begun_at < timedelta(days=1.3)
    assert (event(world)["state"], event(world)["sweep_at"]) == ("failed", None)
    troubles = [each["trouble"] for each in event(world)["tries"]]
    assert troubles == ["refused", "unreached", "slow", "private", *["refused"] * 5]
    assert world.user().webhooks[0].failing_since == begun_at
    assert (await program.get("/webhook")).json()["state"] == "failing"
    await make_test(program)
    await let_time_pass(world)
    assert world.user().webhooks[0].failing_since is None


async def test_a_task_that_comes_twice_sends_once(program: Program) -> None:
    """Tasks of one event that run at the same time, early or after the end send nothing more."""
    world = program.world
    event_id = await make_test(program)
    world.store.interrupt(writes_to(EVENTS), lambda: deliver(world, event_id))
    await deliver(world, event_id)
    await deliver(world, event_id)
    await deliver(world, "AAAAAAAAAAAAAAAA")
    assert len(told(world)) == 1
    world.receivers.answers = [500]
    event_id = await make_test(program)
    await deliver(world, event_id)
    world.clock.advance(PAUSES_SECONDS[0] - EARLY_MAX.total_seconds() - 0.1)
    await deliver(world, event_id)
    assert len(told(world)) == 2
    world.clock.advance(1)
    await deliver(world, event_id)
    assert len(told(world)) == 3


def deliver(world: World, event_id: str) -> Awaitable[None]:
    return deliver_event(world.app_ports, world.sending_room, describe_untold, event_id)


@pytest.mark.parametrize("taken", [{ME: OF_ONE_PERSON_MAX}, {-n: 1 for n in range(AT_ONCE_MAX)}])
async def test_slow_receivers_hold_up_nobody(program: Program, taken: dict[int, int]) -> None:
    """While as many events are being sent as there are places, for one person or all, others come back later."""
    world = program.world
    event_id = await make_test(program)
    world.tasks.take_all()
    world.sending_room._taken.update(taken)
    await deliver(world, event_id)
    for pause_seconds in (2, 4, 8, 16, 32, 64, 128, 128):
        [task] = world.tasks.tasks
        assert task.not_before == world.now + timedelta(seconds=pause_seconds)
        await world.run_next()
    assert told(world) == []
    world.sending_room._taken.clear()
    await world.settle()
    assert len(told(world)) == 1
    assert world.sending_room._taken.total() == 0


def test_a_place_is_given_back() -> None:
    """Two of one person have places, a third not until one is back, also after an error."""
    room = SendingRoom()
    with room.take(1) as first, room.take(1) as second, room.take(1) as third, room.take(2) as other:
        assert (first, second, third, other) == (True, True, False, True)
    assert not room._taken


async def test_410_switches_off_and_its_person_is_told(program: Program) -> None:
    """The person hears it once, with the server's name; nothing is sent or written any more."""
    world = program.world
    world.receivers.answers = [410]
    await make_test(program)
    await world.settle()
    assert world.user().webhooks[0].off_reason is OffReason.GONE
    [call] = [call for call in world.messenger.calls if "partner.example.org" in str(call)]
    assert "410" in str(call)
    await order(program)
    await let_time_pass(world)
    assert len(told(world)) == 1
    assert len(world.store.collection(EVENTS)) == 1


async def test_three_days_without_a_success(program: Program) -> None:
    """An address that takes nothing for three days is switched off; events that wait then end."""
    world = program.world
    world.receivers.answers = [500] * 99
    await make_test(program)
    await let_time_pass(world)
    world.clock.advance(FAILING_MAX.total_seconds())
    ids = [await make_test(program) for _ in range(2)]
    await let_time_pass(world)
    assert world.user().webhooks[0].off_reason is OffReason.FAILING
    stored = [world.store._documents[event_key(each)].fields for each in ids]
    assert [each["state"] for each in stored] == ["failed"] * 2
    assert {each["tries"][-1]["trouble"] for each in stored} == {"off"}
    assert len([call for call in world.messenger.calls if "partner.example.org" in str(call)]) == 1


@pytest.mark.parametrize("error", [TooManyRequestsError(30), DeliveryUnknownError("x"), BotBlockedError("x")])
async def test_telling_meets_trouble(program: Program, error: Exception) -> None:
    """What Telegram holds up is told later; whoever has blocked the bot is not told again."""
    world = program.world
    world.receivers.answers = [410]
    await make_test(program)
    world.messenger.calls.clear()
    world.messenger.fail("send_text", error)  # type: ignore[arg-type]
    await world.settle()
    shown = [call for call in world.messenger.calls if "partner.example.org" in str(call)]
    assert len(shown) == (1 if isinstance(error, BotBlockedError) else 2)
    assert world.user().webhooks[0].is_told


async def test_telling_ends_after_a_day(program: Program) -> None:
    """Flood control that lasts longer than a day ends the telling."""
    world = program.world
    world.receivers.answers = [410]
    await make_test(program)
    await world.run_next()
    world.clock.advance(TOLD_WITHIN.total_seconds())
    world.messenger.fail("send_text", TooManyRequestsError(30))
    await world.settle()
    assert world.user().webhooks[0].is_told


async def test_switched_on_before_it_is_told(program: Program) -> None:
    """Whoever has switched it on again, or removed it, hears nothing; nor does a task that names nobody."""
    world = program.world
    world.receivers.answers = [410]
    await make_test(program)
    await world.run_next()
    await program.put("/webhook", {"url": URL})
    world.messenger.calls.clear()
    await world.settle()
    assert world.messenger.calls == []
    assert (read_owner({"user": "x"}), read_owner({"user": 7})) == (0, 7)
    assert (read_waits({"waits": -1}), read_waits({"waits": "x"})) == (0, 0)


@pytest.mark.parametrize("what", ["job", "person", "erased", "webhook", "event"])
async def test_something_is_gone(program: Program, what: str) -> None:
    """What is gone is not told: the event ends without a POST, or was deleted with its person."""
    world = program.world
    job_id = await order(program)
    while event_count(world) == 0:
        await world.run_next()
    if what == "job":
        del world.store._documents[job_key(job_id)]
    elif what == "person":
        del world.store._documents[user_key(ME)]
    elif what == "erased":
        world.store._documents[user_key(ME)].fields["erased_as"] = -7
    elif what == "webhook":
        await change(world, lambda user: replace(user, webhooks=()))
    else:
        del world.store._documents[event_key(next(iter(world.store.collection(EVENTS))))]
    await let_time_pass(world)
    assert told(world) == []
    if what != "event":
        assert (event(world)["state"], len(event(world)["tries"])) == ("failed", 1)


def event_count(world: World) -> int:
    return len(world.store.collection(EVENTS))


async def test_erased_while_it_is_sent(program: Program) -> None:
    """An event that goes away with its person during the POST is not written again."""
    world = program.world
    event_id = await make_test(program)

    def erase() -> None:
        for key in (event_key(event_id), user_key(ME)):
            del world.store._documents[key]

    world.receivers.on_post = erase
    await world.settle()
    assert (len(told(world)), world.store.collection(EVENTS)) == (1, {})
    assert user_key(ME) not in world.store._documents


async def test_removed_while_it_fails(program: Program) -> None:
    """A webhook that is removed during a failing POST stays removed; the event ends with the next try."""
    world = program.world
    world.receivers.answers = [500]
    await make_test(program)
    world.receivers.on_post = lambda: world.store._documents[user_key(ME)].fields.update(webhooks=[])
    await world.settle()
    assert (len(told(world)), world.user().webhooks) == (1, ())
    assert event(world)["state"] == "failed"
