"""The worker of a broadcast: each person at most once, whatever breaks, and nobody else held up."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.broadcasts import send_people
from shared.broadcasts.broadcast import Broadcast, BroadcastState, Outcome
from shared.broadcasts.broadcast_documents import broadcast_key, create_mark, mark_key, update_broadcast
from shared.broadcasts.carry_broadcast import carry_broadcast
from shared.broadcasts.mark_person import mark_person, note_outcome
from shared.broadcasts.publish_broadcast import BROADCASTS_PATH, read_round
from shared.broadcasts.sweep_broadcasts import sweep_broadcasts
from shared.codec import decode
from shared.errors import (
    BotBlockedError,
    ConflictError,
    DeliveryUnknownError,
    MessageRejectedError,
    PlaceRefusedError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.people.note_seen import note_blocked
from shared.people.user_documents import user_key
from shared.ports import Create, Query, Record, Update
from shared.task import Task
from tests.unit.broadcasts.operators import ANN, BEN, BROADCAST_ID, employ, keep, news_of, stored
from tests.world import ME, OTHER, World, writes_to

State = BroadcastState


@pytest.fixture
async def crowd(world: World) -> World:
    """A bot with operators, and a broadcast that is to be sent to four people."""
    await employ(world, ME, OTHER, ANN, BEN)
    await keep(world)
    return world


async def carry(world: World, round_number: int = 0) -> Broadcast:
    await carry_broadcast(world.ports, BROADCAST_ID, round_number)
    return stored(world, BROADCAST_ID)


async def change(world: World, **fields: object) -> None:
    """Somebody else changes the broadcast."""
    [record] = await world.store.read([broadcast_key(BROADCAST_ID)])
    assert record is not None
    changed = replace(decode(Broadcast, record.fields), **fields)  # type: ignore[arg-type]
    await world.store.commit([update_broadcast(changed, record)])


async def test_outcomes(crowd: World) -> None:
    """What cannot arrive, what Telegram refuses and what is unclear is counted, and none of it is tried again."""
    errors = BotBlockedError("blocked by the user"), PlaceRefusedError("forbidden"), DeliveryUnknownError("timed out")
    crowd.messenger.fail("send_text", *errors)
    done = await carry(crowd)
    assert done.state is State.DONE
    progress = done.progress
    assert (progress.sent, progress.blocked, progress.refused, progress.unclear) == (1, 1, 1, 1)
    assert sum(len(news_of(crowd, each)) for each in (ME, OTHER, ANN, BEN)) == 1


async def test_blocked_people(crowd: World) -> None:
    """Who has blocked the bot is left out of the next broadcast, until they write to the bot again."""
    crowd.messenger.blocked.add(ANN)
    assert (await carry(crowd)).progress.blocked == 1
    crowd.clock.advance(60)
    await keep(crowd, "broadcast-0000-2")
    await carry_broadcast(crowd.ports, "broadcast-0000-2", 0)
    assert stored(crowd, "broadcast-0000-2").progress.people == 3
    await crowd.send(crowd.message("/help", user_id=ANN, chat_id=-7))  # in a group, which shows nothing
    assert crowd.user(ANN).news.blocked_at is not None
    crowd.messenger.blocked.clear()
    await crowd.send(crowd.message("/help", user_id=ANN))
    assert crowd.user(ANN).news.blocked_at is None
    await keep(crowd, "broadcast-0000-3")
    await carry_broadcast(crowd.ports, "broadcast-0000-3", 0)
    assert len(news_of(crowd, ANN)) == 1


async def test_block_that_is_not_noted(crowd: World) -> None:
    """A block that cannot be stored, or whose person was erased meanwhile, holds nothing up."""
    crowd.messenger.blocked.add(ANN)

    async def fail() -> None:
        raise UnavailableError("out")

    crowd.store.interrupt(writes_to("users"), fail)
    assert (await carry(crowd)).progress.blocked == 1
    await note_blocked(crowd.ports, 999)
    assert "999" not in crowd.store.collection("users")


async def test_message_that_nobody_can_get(world: World) -> None:
    """A message that Telegram refuses again and again pauses the broadcast before everybody was tried."""
    await employ(world, *range(700, 760))
    await keep(world)
    world.messenger.fail("send_text", *[MessageRejectedError("can't parse entities")] * 100)
    paused = await carry(world)
    assert (paused.state, paused.trouble) == (State.PAUSED, "broadcast-trouble-refused")
    assert paused.progress.refused < 60
    assert world.store.collection("controls")["broadcasts"] == {"broadcast": ""}


async def test_news_is_off(crowd: World) -> None:
    """The button under a broadcast turns news off and on again, for this person, and leaves the message as it is."""
    await carry(crowd)
    [shown] = news_of(crowd, ANN)
    await crowd.send(crowd.tap("news;off", shown, user_id=ANN))
    assert crowd.user(ANN).news.is_off
    [shown] = news_of(crowd, ANN)
    assert [button.label for row in shown.buttons for button in row] == ["🔔 News again"]
    await keep(crowd, "broadcast-0000-2")
    await carry_broadcast(crowd.ports, "broadcast-0000-2", 0)
    assert len(news_of(crowd, ANN)) == 1
    await crowd.send(crowd.tap("news;on", shown, user_id=ANN))
    assert not crowd.user(ANN).news.is_off
    for data in ("news;maybe;broadcast-0000-1", "news;off;a/b"):
        await crowd.send(crowd.tap_data(f"1;{data}", shown.message_id, user_id=ANN))
        assert not crowd.user(ANN).news.is_off
    await crowd.send(crowd.tap_data("1;news;off;broadcast-0000-9", shown.message_id, user_id=ANN))
    assert crowd.user(ANN).news.is_off


async def test_setting(world: World) -> None:
    """The same choice is a button of /settings."""
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;news;off", world.shown()))
    assert world.user().news.is_off
    assert any(button.label == "News from us: no" for row in world.shown().buttons for button in row)


async def test_short_429(crowd: World) -> None:
    """Everybody waits as long as Telegram says, and whoever was refused gets it afterwards."""
    crowd.messenger.fail("send_text", TooManyRequestsError(4))
    done = await carry(crowd)
    assert done.progress.sent == 4
    assert max(crowd.clock.slept_seconds) > 3.5


async def test_long_429(crowd: World) -> None:
    """A pause that is longer than a round ends it: the next task comes when Telegram allows it, and goes on there."""
    crowd.messenger.fail("send_text", TooManyRequestsError(120))
    begun = crowd.now
    left = await carry(crowd)
    assert (left.state, left.round) == (State.SENDING, 1)
    [task] = crowd.tasks.tasks
    assert task.not_before == left.not_before
    assert task.not_before is not None
    assert task.not_before >= begun + timedelta(seconds=120)
    await carry(crowd, 1)  # too early: nothing is sent
    await crowd.settle()
    assert stored(crowd, BROADCAST_ID).progress.sent == 4
    assert crowd.now >= begun + timedelta(seconds=120)


async def test_store_out_at_a_mark(crowd: World) -> None:
    """A person whose mark could not be written, or whose mark's answer was lost, gets it after a second."""

    async def fail() -> None:
        raise UnavailableError("out")

    crowd.store.interrupt(writes_to("broadcast_marks"), fail)
    crowd.store.lose(writes_to("broadcast_marks", state="sending"))
    done = await carry(crowd)
    assert (done.state, done.progress.sent) == (State.DONE, 4)


async def test_bug(crowd: World) -> None:
    """An error that nobody expects ends the round, is told, and loses nobody whose message had not begun."""

    async def fail() -> None:
        raise RuntimeError("a bug")

    crowd.store.interrupt(writes_to("broadcast_marks"), fail)
    with pytest.raises(RuntimeError):
        await carry(crowd)
    done = await carry(crowd)
    assert (done.state, done.progress.sent + done.progress.unclear) == (State.DONE, 4)
    assert done.progress.unclear == 0


async def test_one_at_a_time(crowd: World) -> None:
    """While one broadcast is sent the next one waits, and begins once that has ended."""
    crowd.messenger.fail("send_text", TooManyRequestsError(300))
    await carry(crowd)
    await keep(crowd, "broadcast-0000-2")
    await carry_broadcast(crowd.ports, "broadcast-0000-2", 0)
    assert stored(crowd, "broadcast-0000-2").state is State.WAITING
    await crowd.settle()
    assert stored(crowd, BROADCAST_ID).state is State.DONE
    assert stored(crowd, "broadcast-0000-2").state is State.DONE
    assert crowd.store.collection("controls")["broadcasts"] == {"broadcast": ""}


async def test_other_begins_at_the_same_time(crowd: World) -> None:
    """Of two broadcasts that begin at the same moment one waits, also if it was stopped meanwhile."""
    await keep(crowd, "broadcast-0000-2")
    crowd.messenger.fail("send_text", TooManyRequestsError(300))

    async def begin_other() -> None:
        await carry_broadcast(crowd.ports, "broadcast-0000-2", 0)

    crowd.store.interrupt(writes_to("broadcasts", state="sending"), begin_other)
    await carry(crowd)
    states = {stored(crowd, each).state for each in (BROADCAST_ID, "broadcast-0000-2")}
    assert states == {State.WAITING, State.SENDING}
    await change(crowd, state=State.SENDING)  # as no rule would: the lock is the other's
    await change(crowd, state=State.PAUSED, sweep_at=None)


async def test_lock_of_another(crowd: World) -> None:
    """A broadcast that ends frees no lock that another one holds."""
    await keep(crowd, "broadcast-0000-2", state=State.SENDING)
    await crowd.store.commit([Create(replace(broadcast_key("broadcasts"), collection="controls"), {"broadcast": "x"})])
    await carry_broadcast(crowd.ports, "broadcast-0000-2", 0)
    assert stored(crowd, "broadcast-0000-2").state is State.DONE
    assert crowd.store.collection("controls")["broadcasts"] == {"broadcast": "x"}


async def test_pause_while_it_is_sent(world: World) -> None:
    """An operator's pause stops the worker at its next commit; who was reached is not reached again afterwards."""
    await employ(world, *range(700, 760))
    await keep(world)

    async def pause() -> None:
        await world.deliver(world.tap_data(f"1;cast;pause;{BROADCAST_ID}", 7))

    world.store.interrupt(lambda writes: any(_sent(write) >= 10 for write in writes), pause)
    paused = await carry(world)
    assert paused.state is State.PAUSED
    assert 10 <= paused.progress.sent < 60
    await world.send(world.tap_data(f"1;cast;resume;{BROADCAST_ID}", 7))
    assert stored(world, BROADCAST_ID).progress.sent == 60
    assert all(len(news_of(world, each)) == 1 for each in range(700, 760))


def _sent(write: object) -> int:
    fields = write.fields if isinstance(write, Update) else {}
    return int(fields.get("progress", {}).get("sent", 0))


async def test_worker_that_stalled(world: World) -> None:
    """A worker whose broadcast was taken over stops at its next commit and writes nothing more."""
    await employ(world, *range(700, 760))
    await keep(world)

    async def take_over() -> None:
        await change(world, fence=7)

    world.store.interrupt(lambda writes: any(_sent(write) >= 10 for write in writes), take_over)
    left = await carry(world)
    assert (left.fence, left.progress.sent) == (7, 0)
    done = await carry(world)
    assert (done.state, done.progress.sent) == (State.DONE, 60)
    assert all(len(news_of(world, each)) == 1 for each in range(700, 760))


async def test_tasks_of_other_rounds(crowd: World) -> None:
    """A task of an old round does nothing; one of the round before creates the next task again."""
    await change(crowd, round=5)
    await carry(crowd, 2)
    assert crowd.tasks.take_all() == []
    await carry(crowd, 4)
    [task] = crowd.tasks.take_all()
    assert (task.path, json.loads(task.body)) == (BROADCASTS_PATH, {"broadcast": BROADCAST_ID, "round": 5})
    assert not news_of(crowd, ANN)


@pytest.mark.parametrize(("said", "number"), [({"round": 3}, 3), ({}, -1), ({"round": "3"}, -1), ({"round": True}, -1)])
def test_round_of_a_task(said: dict[str, object], number: int) -> None:
    """A task without a number of its round is of no round."""
    assert read_round(said) == number


async def test_task_before_its_time(crowd: World) -> None:
    """A task that comes before the time of its broadcast makes one for then."""
    at = crowd.now + timedelta(hours=1)
    await change(crowd, send_at=at)
    assert (await carry(crowd)).state is State.WAITING
    assert [task.not_before for task in crowd.tasks.take_all()] == [at]


async def test_claimed_at_the_same_time(crowd: World) -> None:
    """Of two deliveries of a task at the same moment one works."""

    async def other() -> None:
        await carry(crowd)

    crowd.store.interrupt(writes_to("broadcasts", state="sending"), other)
    assert (await carry(crowd)).progress.sent == 4
    assert all(len(news_of(crowd, each)) == 1 for each in (ME, OTHER, ANN, BEN))


async def test_sweep(crowd: World) -> None:
    """A broadcast whose task was lost gets another one after a minute, once."""
    crowd.tasks.take_all()
    crowd.clock.advance(61)
    assert (await sweep_broadcasts(crowd.repair_ports)).moved == 1
    assert (await sweep_broadcasts(crowd.repair_ports)).moved == 0
    await crowd.settle()
    assert stored(crowd, BROADCAST_ID).state is State.DONE

    async def other() -> None:
        await change(crowd, fence=9)

    await change(crowd, state=State.WAITING, sweep_at=crowd.now)
    crowd.store.interrupt(writes_to("broadcasts"), other)
    assert (await sweep_broadcasts(crowd.repair_ports)).moved == 0


async def test_broadcast_is_gone(world: World) -> None:
    """A task of a broadcast that does not exist ends without an error."""
    await world.run_task(Task("bot", BROADCASTS_PATH, json.dumps({"broadcast": BROADCAST_ID, "round": 0}).encode()))
    assert not world.messenger.calls


async def test_people_who_cannot_be_read(crowd: World) -> None:
    """A user's document that this release cannot read is left out, and counted by nobody."""
    [record] = await crowd.store.read([user_key(ANN)])
    assert record is not None
    await crowd.store.commit([Update(record.key, {"news": 7}, record.version)])
    done = await carry(crowd)
    assert (done.progress.read, done.progress.people) == (4, 3)


async def test_rounds_of_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """More people than fit into a round are reached by several, at the same pace, each read once."""
    monkeypatch.setattr(send_people, "ROUND_SECONDS", 4.0)
    for user_id in range(1000, 1250):
        await world.give(5, user_id)
    await keep(world)
    begun = world.now
    await carry(world)
    await world.settle()
    done = stored(world, BROADCAST_ID)
    assert (done.state, done.progress.sent, done.progress.read) == (State.DONE, 250, 250)
    assert done.round == 2
    assert (world.now - begun).total_seconds() >= 250 / 20 - 1


async def test_count_of_many(world: World) -> None:
    """Counting takes several rounds where time runs out, and counts each person once."""
    for user_id in range(1000, 1250):
        await world.give(5, user_id)
    await keep(world, state=State.COUNTING, people=0)
    find = world.store.find

    async def slow(query: Query) -> list[Record]:
        world.clock.advance(15)
        return await find(query)

    world.store.find = slow  # type: ignore[method-assign]
    assert (await carry(world)).state is State.COUNTING
    await world.settle()
    assert (stored(world, BROADCAST_ID).state, stored(world, BROADCAST_ID).people) == (State.COUNTED, 250)


async def mark(world: World, owner: str = "1:1") -> Record | Outcome:
    return await mark_person(world.ports, BROADCAST_ID, ANN, owner)


@pytest.mark.parametrize("state", ["sent", "blocked", "refused", "unclear", "sending", "of a newer release"])
async def test_mark_of_an_earlier_worker(world: World, state: str) -> None:
    """Whoever finds the mark of another worker sends nothing, and counts what the mark says."""
    kept = create_mark(BROADCAST_ID, ANN, "0:1", world.now)
    await world.store.commit([replace(kept, fields=kept.fields | {"state": state})])
    known = {"sent": Outcome.SENT, "blocked": Outcome.BLOCKED, "refused": Outcome.REFUSED}
    assert await mark(world) is known.get(state, Outcome.UNCLEAR)


async def test_mark_that_is_held(world: World) -> None:
    """Of two workers that try a held person at the same time one sends; if it is refused too, the other tries again."""
    kept = create_mark(BROADCAST_ID, ANN, "0:1", world.now)
    await world.store.commit([replace(kept, fields=kept.fields | {"state": "held"})])
    others: list[object] = []

    async def other() -> None:
        others.append(await mark(world, "1:2"))

    world.store.interrupt(lambda writes: isinstance(writes[0], Update), other)
    with pytest.raises(UnavailableError):
        await mark(world)
    [taken] = others
    assert isinstance(taken, Record)
    assert await mark(world) is Outcome.UNCLEAR
    await note_outcome(world.ports, taken, "held")
    assert isinstance(await mark(world), Record)


async def test_mark_that_expired(world: World) -> None:
    """A mark that is gone at the moment when it is read counts as unclear."""

    async def conflict() -> None:
        raise ConflictError("it was there")

    world.store.interrupt(writes_to("broadcast_marks"), conflict)
    assert await mark(world) is Outcome.UNCLEAR
    assert mark_key(BROADCAST_ID, ANN).id not in world.store.collection("broadcast_marks")
