"""An answer is shown while it is written, and ends when the person, the process or somebody else ends it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from shared.adapters.telegram_pace import Pace, limits_of
from shared.conversations.answer import answer_of
from shared.conversations.show_stream import (
    DRAFT_SECONDS,
    FADING_SECONDS,
    GROUP_SECONDS,
    LONG_CHARACTERS,
    PRIVATE_SECONDS,
    pause_after,
)
from shared.conversations.watch_stop import LOOK_SECONDS, hurry, may_be_hurried
from shared.delivery import STOPS_PATH
from shared.errors import MessageGoneError, MessageRejectedError, TooManyRequestsError
from shared.jobs.job import ORDER_SECONDS, JobState, claim
from shared.jobs.job_documents import update_job
from shared.jobs.move_job import move_job
from shared.jobs.open_jobs import open_job
from shared.ports import Place, Screen
from shared.providers.outcomes import Busy
from shared.telegram.drafts import draft_id_of
from shared.usage import start_usage
from tests.fakes.text_model import Answer, FakeTextModel
from tests.simulation.virtual_time import VirtualClock, run_virtually
from tests.world import BOT_ID, GROUP, ME, OTHER, World

SKY = "why is the sky blue?"
WORDS = tuple(f"Sentence {n}. " for n in range(10))


class Talking:
    """A world in virtual time, with one answer being written: a word every second."""

    def __init__(self, answer: Answer | None = None, *, drafts: bool = False) -> None:
        clock = VirtualClock()
        self.world = World(clock=clock, text_model=FakeTextModel(clock))  # type: ignore[arg-type]
        self.world.ports = replace(self.world.ports, drafts=drafts)
        self.world.text_model.script(SKY, answer or Answer(WORDS, pause_seconds=1.0))

    async def begin(self, chat_id: int = ME) -> "asyncio.Task[object]":
        """The answer to a question in a person's own chat, or of a person in a group."""
        user_id = chat_id if chat_id > 0 else ME
        await self.world.deliver(self.world.message(f"/ask {SKY}", user_id=user_id, chat_id=chat_id))
        await asyncio.sleep(ORDER_SECONDS)
        self.world.tasks.take_all()
        world = self.world
        return asyncio.create_task(move_job(world.ports, world.talk_studio, world.chat_kinds, world.jobs()[-1].id))

    def frames(self) -> list[str]:
        """What the card showed, one edit after another."""
        return [call.screen.text for call in self.world.messenger.sent("edit_text") if call.screen is not None]


def play(test: Callable[[Talking], Awaitable[None]], talking: Talking | None = None) -> None:
    """Run a test in virtual time."""

    async def run() -> None:
        await test(talking or Talking())

    run_virtually(run())


def test_words_are_shown_as_they_come() -> None:
    """The card grows at Telegram's pace, each time by what is new, and ends as the whole answer."""

    async def test(talking: Talking) -> None:
        await (await talking.begin())
        frames = talking.frames()
        assert frames[0] == WORDS[0].strip()
        assert all(later.startswith(earlier) for earlier, later in pairwise(frames))
        assert 5 <= len(frames) <= 9
        assert frames[-1] == "".join(WORDS).strip()
        assert [bool(shown.buttons) for shown in talking.world.messenger.messages(ME)] == [True]
        talking.world.check_money()

    play(test)


def test_pace() -> None:
    """Edits come slower in groups, and slower still where an edit shows little that is new."""
    long = "a" * (LONG_CHARACTERS + 1)
    assert pause_after("a", is_draft=False, is_private=True) == PRIVATE_SECONDS
    assert pause_after("a", is_draft=False, is_private=False) == GROUP_SECONDS
    assert pause_after(long, is_draft=False, is_private=True) == 2 * PRIVATE_SECONDS
    assert pause_after(long, is_draft=True, is_private=True) == DRAFT_SECONDS


def test_a_group_keeps_calls_for_answers() -> None:
    """Three answers within a minute, at the pace of `chat`, are there when they are whole: none waits for edits."""

    async def test(talking: Talking) -> None:
        world = talking.world
        _keep_pace(world, Pace(limits_of("chat"), asyncio.get_running_loop().time))
        for _ in range(3):
            world.text_model.script(SKY, Answer(WORDS, pause_seconds=1.0))
            running = await talking.begin(GROUP)
            begun_at = world.now
            await running
            assert (world.now - begun_at).total_seconds() < len(WORDS) + 5
            assert world.shown(GROUP).text == "".join(WORDS).strip()
        assert [job.state for job in world.jobs()] == [JobState.DELIVERED] * 3

    play(test)


def _keep_pace(world: World, pace: Pace) -> None:
    edit = world.messenger.edit_text

    async def edit_in_turn(place: Place, message_id: int, screen: Screen) -> None:
        await asyncio.sleep(pace.book(place.chat_id))
        await edit(place, message_id, screen)

    world.messenger.edit_text = edit_in_turn  # type: ignore[method-assign]
    world.messenger.room = pace.room  # type: ignore[method-assign]
    world.messenger.wait_seconds = pace.wait_seconds  # type: ignore[method-assign]


def test_stop() -> None:
    """*Stop* ends the model's call within moments; what was said stays, can be continued, and is known later."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(4.5)
        await world.deliver(world.tap("answer-stop", world.shown()))
        await world.deliver(world.tap("answer-stop", world.shown()))
        await asyncio.sleep(LOOK_SECONDS)
        assert len(world.text_model.canceled) == 1
        await running
        job = world.job()
        assert job.state is JobState.DELIVERED
        assert answer_of(job).is_partial
        assert answer_of(job).said.startswith("Sentence 0.")
        assert "answer-continue" in world.shown().buttons[0][0].data
        assert len({tap.toast for tap in world.messenger.taps}) == 1
        world.check_money()

    play(test)


def test_stop_that_finds_its_process() -> None:
    """The task of *Stop* has the answering process look at once; for a job that is not answered there it does nothing.

    A usual answer costs no read for its *Stop*: the worker looks by itself after LOOK_SECONDS only.
    """

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(LOOK_SECONDS - 2)
        hurry(world.talk_studio, "somebody else's")
        hurry(world.talk_studio, world.job().id)
        await asyncio.sleep(0.1)
        assert not world.text_model.canceled
        await world.deliver(world.tap("answer-stop", world.shown()))
        [task] = world.tasks.take_all()
        assert (task.queue, task.path) == ("chat", STOPS_PATH)
        await world.run_task(task)
        await asyncio.sleep(0.1)
        assert len(world.text_model.canceled) == 1
        await running
        assert not world.talk_studio.hurries
        await world.run_task(task)
        world.check_money()

    play(test)


def test_a_job_that_another_worker_has() -> None:
    """A worker that finds that its job is another's ends the call, and shows and settles nothing."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(2.5)
        opened = await open_job(world.ports, world.job().id)
        assert opened is not None
        await world.store.commit([update_job(claim(opened.job, world.now), opened.record)])
        hurry(world.talk_studio, opened.job.id)
        await asyncio.sleep(0.1)
        assert len(world.text_model.canceled) == 1
        await running
        assert world.job().state is JobState.WORKING

    play(test)


def test_a_job_that_comes_back() -> None:
    """Where a process has a job again that it lost, the end of the first visit does not take the second one's bell."""

    async def test(talking: Talking) -> None:
        await talking.begin()
        studio, job = talking.world.talk_studio, talking.world.job()
        with may_be_hurried(studio, job) as first:
            second = may_be_hurried(studio, job)
            bell = second.__enter__()
        assert bell is not first
        assert studio.hurries[job.id] is bell
        second.__exit__(None, None, None)
        assert not studio.hurries

    play(test)


def test_finger_that_meant_stop_buys_no_speech() -> None:
    """🔊 may come under a finger that presses *Stop* twice: within two seconds it still means *Stop*."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(3.2)
        await world.deliver(world.tap("answer-stop", world.shown()))
        await running
        await world.deliver(world.tap("speak", world.shown()))
        assert [job.kind for job in world.jobs()] == ["answer"]
        assert world.messenger.taps[-1].toast == "Stopping; what was said stays."

    play(test, Talking(Answer(WORDS, pause_seconds=3.0)))


def test_stop_before_a_word_is_said() -> None:
    """An answer stopped before its first word is canceled and free."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(2)
        await world.deliver(world.tap("answer-stop", world.shown()))
        await running
        assert world.job().state is JobState.CANCELED
        assert world.user().talk.free_used == 0
        assert "Canceled" in world.shown().text
        world.check_money()

    play(test, Talking(Answer(WORDS, pause_seconds=30)))


def test_stop_before_it_begins() -> None:
    """A question that waits for its turn is canceled by *Stop*."""

    async def test(talking: Talking) -> None:
        world = talking.world
        await world.deliver(world.message(f"/ask {SKY}"))
        await world.deliver(world.tap("answer-stop", world.shown()))
        assert world.job().state is JobState.CANCELED
        assert world.messenger.taps[-1].toast == "Canceled"

    play(test)


def test_stop_too_late() -> None:
    """*Stop* under an answer that is there changes nothing."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        card = world.shown()
        await running
        await world.deliver(world.tap("answer-stop", card))
        assert world.messenger.taps[-1].toast == "Too late: it is made."
        assert world.job().state is JobState.DELIVERED

    play(test)


def test_cancel_ends_the_call() -> None:
    """/cancel is a *Stop* for an answer that is being written: what was read stays, and is one of the day's."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(3.5)
        await world.deliver(world.message("/cancel"))
        [task] = world.tasks.take_all()
        assert task.path == STOPS_PATH
        await world.run_task(task)
        await running
        assert world.job().state is JobState.DELIVERED
        assert len(world.text_model.canceled) == 1
        assert world.messenger.messages(ME)[0].text == "".join(WORDS[:3]).strip()
        assert "Stopped 1 answer" in world.messenger.messages(ME)[1].text
        assert world.user().talk.free_used == 1
        world.check_money()

    play(test)


def test_flood_control_makes_it_pause() -> None:
    """While Telegram wants the chat to be left alone nothing is shown; the answer is, all the same."""

    async def test(talking: Talking) -> None:
        talking.world.messenger.fail("edit_text", TooManyRequestsError(6.0))
        await (await talking.begin())
        first, second, *_ = talking.frames()
        assert (first, second) == ("Sentence 0.", "".join(WORDS[:6]).strip())
        assert talking.world.job().state is JobState.DELIVERED

    play(test)


def test_a_card_that_is_gone_ends_the_showing() -> None:
    """A person who deletes the card gets the answer once, in a message of its own."""

    async def test(talking: Talking) -> None:
        world = talking.world
        world.messenger.fail("edit_text", MessageGoneError("gone"), MessageGoneError("gone"))
        await (await talking.begin())
        assert [shown.text for shown in world.messenger.messages(ME)][-1] == "".join(WORDS).strip()

    play(test)


def test_the_next_worker_answers_anew() -> None:
    """SIGTERM in the middle: the job is given back, the next worker asks again, one answer is shown and paid."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(3)
        world.talk_studio.stopping.set()
        await running
        assert world.job().state is JobState.QUEUED
        world.talk_studio.stopping.clear()
        world.text_model.script(SKY, Answer(("Anew.",)))
        await move_job(world.ports, world.talk_studio, world.chat_kinds, world.job().id)
        assert [shown.text for shown in world.messenger.messages(ME)] == ["Anew."]
        assert len(world.store.collection("conversations")) == 1
        world.check_money()

    play(test)


def test_a_connection_that_broke() -> None:
    """The text so far is delivered as a part, and can be continued."""

    async def test(talking: Talking) -> None:
        await (await talking.begin())
        answer = answer_of(talking.world.job())
        assert (answer.said, answer.is_partial) == ("".join(WORDS[:3]), True)

    play(test, Talking(Answer(WORDS[:3], ending=Busy("503"), pause_seconds=1.0)))


def test_in_a_group() -> None:
    """A group's card is edited rarely: it has 20 messages a minute for everybody."""

    async def test(talking: Talking) -> None:
        await (await talking.begin(GROUP))
        assert len(talking.frames()) <= 4
        assert talking.world.shown(GROUP).text == "".join(WORDS).strip()

    play(test)


def test_a_question_while_another_is_answered() -> None:
    """It says that it is next, waits for its turn, and knows what was said before it."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(2)
        await world.deliver(world.message("/ask And at night?"))
        await asyncio.sleep(ORDER_SECONDS)
        assert "after what you asked" in world.shown().text
        [early] = world.tasks.take_all()
        await world.run_task(early)
        assert len(world.text_model.talks) == 1
        await running
        [task] = world.tasks.take_all()
        assert json.loads(task.body) == json.loads(early.body)
        await world.run_task(task)
        assert world.text_model.talks[-1].lines[0].text == SKY
        world.check_money()

    play(test)


def test_others_may_not_press() -> None:
    """In a group the buttons are those of the person who asked."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin(GROUP)
        await world.deliver(world.tap("answer-stop", world.shown(GROUP), user_id=OTHER, chat_id=GROUP))
        await running
        assert not answer_of(world.job()).is_partial

    play(test)


def drafts_of(talking: Talking) -> list[str]:
    """What the draft showed, one after another."""
    return [call.screen.text for call in talking.world.messenger.sent("send_draft") if call.screen is not None]


def test_a_draft() -> None:
    """In a private chat a draft comes at once and grows; then one message takes its place, without a second sound."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        assert drafts_of(talking) == [""]
        assert not world.messenger.messages(ME)
        await running
        drafts = drafts_of(talking)
        assert all(later.startswith(earlier) for earlier, later in pairwise(drafts))
        assert len(drafts) >= 8
        assert {call.draft_id for call in world.messenger.sent("send_draft")} == {draft_id_of(world.job())}
        assert [shown.text for shown in world.messenger.messages(ME)] == ["".join(WORDS).strip()]
        world.check_money()

    play(test, Talking(drafts=True))


def test_a_waiting_draft_leaves_its_turn_to_the_answer() -> None:
    """Drafts that wait behind other chats' are given up at the last word: the message goes in the next free turn."""

    async def test(talking: Talking) -> None:
        world, loop = talking.world, asyncio.get_running_loop()
        pace, limits = Pace(limits_of("chat"), loop.time), limits_of("chat")
        _keep_pace(world, pace)
        draft = world.messenger.send_draft

        async def draft_in_turn(place: Place, draft_id: int, screen: Screen) -> None:
            await asyncio.sleep(pace.book(place.chat_id))
            await draft(place, draft_id, screen)

        world.messenger.send_draft = draft_in_turn  # type: ignore[method-assign]
        running = await talking.begin()
        begun_at = loop.time()
        await asyncio.sleep(7.5)
        for other in range(2 * limits.total_per_second):
            pace.book(1_000_000 + other)
        shown = drafts_of(talking)
        await running
        assert drafts_of(talking) == shown
        assert loop.time() - begun_at == pytest.approx(9.5, abs=0.1)

    play(test, Talking(Answer(WORDS[:8], pause_seconds=1.0), drafts=True))


def test_an_answer_reads_four_documents() -> None:
    """`bot` reads the mark and the person; `chat` the conversation, and the person again.

    The sums of what models cost come on top: each process reads them every ten seconds, whoever asks.
    """

    async def test(talking: Talking) -> None:
        world = talking.world
        await world.ports.spending.rest_until()
        usage = start_usage()
        await world.deliver(world.message(f"/ask {SKY}"))
        assert usage.store_reads == 2
        await asyncio.sleep(ORDER_SECONDS)
        [task] = world.tasks.take_all()
        usage = start_usage()
        await world.run_task(task)
        assert world.job().state is JobState.DELIVERED
        assert usage.store_reads == 2

    play(test, Talking(Answer(WORDS[:3], pause_seconds=1.0), drafts=True))


def test_a_draft_does_not_fade() -> None:
    """While the model thinks for long the empty draft is shown again and again."""

    async def test(talking: Talking) -> None:
        await (await talking.begin())
        assert drafts_of(talking)[:3] == ["", "", ""]
        assert talking.world.job().state is JobState.DELIVERED

    play(test, Talking(Answer(("Yes.",), pause_seconds=FADING_SECONDS * 2.5), drafts=True))


def test_stop_at_a_draft() -> None:
    """Telegram's own *Stop* ends the answer that the draft shows, and no other."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(4.5)
        await world.deliver(world.stopped(draft_id_of(world.job()) + 1))
        assert answer_of(world.job()).stop_asked_at is None
        await world.deliver(world.stopped(draft_id_of(world.job())))
        await running
        assert len(world.text_model.canceled) == 1
        assert answer_of(world.job()).is_partial
        await world.deliver(world.stopped(draft_id_of(world.job())))
        world.check_money()

    play(test, Talking(drafts=True))


@pytest.mark.parametrize("person", [ME, 2**40 - 1])
def test_stop_that_names_the_bot(person: int) -> None:
    """Where Telegram names the bot as the chat, the draft's number says whose answer is to end."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin(person)
        await asyncio.sleep(4.5)
        await world.deliver(world.stopped(draft_id_of(world.job()), user_id=BOT_ID))
        assert answer_of(world.job()).stop_asked_at is not None
        await running
        world.check_money()

    play(test, Talking(drafts=True))


def test_a_draft_of_a_longer_id() -> None:
    """Of a person whose id leaves no room for it the draft's number holds no person, and is a number all the same."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin(2**52 - 1)
        assert 0 < draft_id_of(world.job()) <= 2**32
        await asyncio.sleep(4.5)
        await world.deliver(world.stopped(draft_id_of(world.job()), user_id=BOT_ID))
        assert answer_of(world.job()).stop_asked_at is None
        await running

    play(test, Talking(drafts=True))


def test_drafts_are_refused() -> None:
    """If Telegram refuses drafts, there is no preview, but the answer arrives."""

    async def test(talking: Talking) -> None:
        talking.world.messenger.fail("send_draft", *[MessageRejectedError("no drafts")] * 3)
        await (await talking.begin())
        assert len(drafts_of(talking)) == 2
        assert [shown.text for shown in talking.world.messenger.messages(ME)] == ["".join(WORDS).strip()]

    play(test, Talking(drafts=True))


def test_a_provider_that_is_away_is_said_in_a_message() -> None:
    """A wait that lasts longer than a draft has a message of its own, which becomes the answer."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await running
        assert "busy" in world.shown().text
        [task] = world.tasks.take_all()
        await asyncio.sleep(60)
        await world.run_task(task)
        assert len(world.messenger.messages(ME)) <= 2
        assert world.job().state is JobState.DELIVERED

    play(test, Talking(Answer(ending=Busy("503")), drafts=True))


def test_the_second_question_has_a_message() -> None:
    """A question that has to wait is told so in a message; no two drafts run at once."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(2)
        await world.deliver(world.message("/ask And at night?"))
        await asyncio.sleep(ORDER_SECONDS)
        assert "after what you asked" in world.shown().text
        await running
        await world.run_task(world.tasks.take_all()[-1])
        assert [job.state for job in world.jobs()] == [JobState.DELIVERED] * 2

    play(test, Talking(drafts=True))


def test_a_finger_still_on_stop() -> None:
    """A second press of *Stop* that lands on what came in its place buys nothing; later the button does."""

    async def test(talking: Talking) -> None:
        world, running = talking.world, await talking.begin()
        await asyncio.sleep(3.5)
        await world.deliver(world.tap("answer-stop", world.shown()))
        await running
        again = world.tap("answer-again", world.shown())
        await world.deliver(again)
        assert len(world.jobs()) == 1
        await asyncio.sleep(2)
        await world.deliver(world.tap("answer-again", world.shown()))
        assert len(world.jobs()) == 2

    play(test)
