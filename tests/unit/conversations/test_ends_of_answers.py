"""An answer that was paid for is not thrown away, and one that was stopped is not asked for again."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.adapters.firestore_values import write_fields
from shared.conversations.answer import answer_of
from shared.conversations.show_stream import SILENCE_SECONDS_MAX
from shared.errors import PlaceRefusedError, UnavailableError
from shared.jobs.job import JobState
from shared.ports import Key, Record, Version, Write
from shared.providers.outcomes import Busy
from tests.fakes.text_model import Answer
from tests.unit.conversations.test_stream import SKY, WORDS, Talking, play
from tests.world import GROUP, ME, World, writes_to

LONG = "\n\n".join(f"Paragraph {n}. " + "words " * 60 for n in range(30))
INVISIBLE = "\u200b\u00ad\u2060"


async def test_a_lost_commit_of_an_answer(world: World) -> None:
    """If only the store's reply was lost, the answer is stored: one model call, one set of turns."""
    world.store.lose(writes_to("jobs", state="made"))
    await world.send(world.message(f"/ask {SKY}"))
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED]
    assert len(world.text_model.talks) == 1
    [conversation] = world.store.collection("conversations").values()
    assert conversation["count"] == 2
    world.check_money()


@pytest.mark.parametrize("refusals", [0, 1, 3])
async def test_a_store_that_is_out_when_an_answer_comes(world: World, refusals: int) -> None:
    """It is asked again for some seconds what became of the commit, which is then repeated; the model is asked once."""
    read, left = world.store.read, refusals

    async def refuse_some(keys: Sequence[Key]) -> list[Record | None]:
        nonlocal left
        left -= 1
        if left >= 0:
            raise UnavailableError("the store is out")
        world.store.read = read  # type: ignore[method-assign]
        return await read(keys)

    async def go_out() -> None:
        world.store.read = refuse_some  # type: ignore[method-assign]
        raise UnavailableError("the store is out")

    world.store.interrupt(writes_to("jobs", state="made"), go_out)
    await world.send(world.message(f"/ask {SKY}"))
    assert world.job().state is JobState.DELIVERED
    assert len(world.text_model.talks) == 1
    world.check_money()


def test_a_model_that_falls_silent() -> None:
    """After a stall of the model the person gets the whole sentences so far, and can continue the answer."""

    async def test(talking: Talking) -> None:
        world = talking.world

        async def hang(_: object) -> None:
            if "Sentence 2." in world.messenger.messages(ME)[0].text:
                await asyncio.sleep(10 * SILENCE_SECONDS_MAX)

        world.text_model.before = hang
        begun = world.now
        await (await talking.begin())
        assert world.job().state is JobState.DELIVERED
        assert answer_of(world.job()).said == "".join(WORDS[:4])
        assert answer_of(world.job()).is_partial
        assert len(world.text_model.talks) == 1
        assert (world.now - begun).total_seconds() < SILENCE_SECONDS_MAX + 20
        world.check_money()

    play(test)


async def test_an_answer_without_anything_to_see(world: World) -> None:
    """Signs that nobody sees are no answer: what was held goes back, and the next question is answered."""
    world.text_model.script(SKY, *(Answer((INVISIBLE,)) for _ in range(5)))
    await world.send(world.message(f"/ask {SKY}"), world.message("/ask and the sea?"))
    assert [job.state for job in world.jobs()][-1] is JobState.DELIVERED
    assert all(shown.text.strip() for shown in world.messenger.messages(ME))
    world.check_money()


async def test_a_topic_that_is_closed_within_a_long_answer(world: World) -> None:
    """The group takes no more of it after the first message: the person gets all of it in the private chat."""
    await world.send(world.message("/help"))
    world.text_model.script(SKY, Answer((LONG,)))

    async def refuse() -> None:
        world.messenger.closed.add(GROUP)

    await world.deliver(world.message(f"/ask {SKY}", chat_id=GROUP))
    world.messenger.stall("send_text", refuse)
    await world.settle()
    private = "".join(shown.text for shown in world.messenger.messages(ME))
    assert all(private.count(f"Paragraph {n}. ") == 1 for n in range(30))
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_a_private_chat_that_takes_no_more(world: World) -> None:
    """The person blocks us after the first message: that one is delivered, and the next question there may begin."""
    world.ports = replace(world.ports, drafts=False)
    world.text_model.script(SKY, Answer((LONG,)))
    await world.deliver(world.message(f"/ask {SKY}"))
    world.messenger.fail("send_text", PlaceRefusedError("closed"))
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert "Paragraph 0." in world.messenger.messages(ME)[0].text
    assert not world.user().mailboxes
    world.check_money()


def test_stop_before_the_next_attempt() -> None:
    """*Stop* counts also when the provider turns out to be busy: nothing is asked again, and nothing is paid."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(0.5)
        await world.deliver(world.tap("answer-stop", world.shown()))
        await running
        await asyncio.sleep(60)
        await world.move(world.job())
        assert world.job().state is JobState.CANCELED
        assert len(world.text_model.talks) == 1
        world.check_money()

    play(test, Talking(Answer((), ending=Busy("503"), pause_seconds=0.8)))


def test_stop_within_an_emoji() -> None:
    """A text cut inside a surrogate pair can be stored and shown: the half is dropped."""

    async def test(talking: Talking) -> None:
        world, commit = talking.world, talking.world.store.commit

        async def write_as_json(writes: Sequence[Write]) -> list[Version]:
            for write in writes:
                json.dumps(write_fields(write.fields), ensure_ascii=False).encode()
            return await commit(writes)

        world.store.commit = write_as_json  # type: ignore[method-assign]
        running = await talking.begin()
        await asyncio.sleep(3.2)
        await world.deliver(world.tap("answer-stop", world.shown()))
        await running
        assert answer_of(world.job()).said == "Hello "
        assert world.job().state is JobState.DELIVERED

    play(test, Talking(Answer(("Hello \ud83d", "\ude00 there. ", "More."), pause_seconds=3.0)))


async def test_the_task_of_the_next_question_is_lost(world: World) -> None:
    """The queue was out when the first answer was settled: the first one's task comes again, and the second begins."""
    await world.deliver(world.message("/ask one"))
    await world.deliver(world.message("/ask two"))

    async def go_out() -> None:
        world.tasks.outages = 1

    world.store.interrupt(writes_to("jobs", state="delivered"), go_out)
    first, _ = world.jobs()
    with pytest.raises(UnavailableError):
        await world.settle()
    world.tasks.take_all()
    await world.move(first)  # its task comes again
    await world.settle()
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED, JobState.DELIVERED]
    world.check_money()
