"""Answers that are no job's card: shown again while nobody knows that they came, and once however often one comes."""

import asyncio
import json
from datetime import timedelta

import pytest

import tests.world
from shared.bot.intake import DEFERRALS_MAX
from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    MessengerError,
    PlaceRefusedError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.identity import update_key
from shared.jobs.job import TELLINGS_MAX, JobState
from shared.jobs.job_documents import inbox_key
from shared.ports import Button, Mark, Place, Record, Screen
from shared.telegram.answers import ANSWERED_WITHIN, mark_answer, read_answer
from shared.usage import start_usage
from tests.world import BOT_ID, GROUP, ME, Json, World, any_commit

PEOPLE = range(601, 621)
LINES = pytest.CaptureFixture[str]


def is_down() -> MessengerError:
    return DeliveryUnknownError("502")


async def test_bad_seconds_lose_no_answer(world: World) -> None:
    """Twenty people write while Telegram answers 5xx: each is answered afterwards, and nothing is put away."""
    world.messenger.fail("send_text", *[is_down() for _ in range(3 * len(PEOPLE))])
    await world.send(*[world.message("/help", user_id=person) for person in PEOPLE])
    assert [len(world.messenger.messages(person)) for person in PEOPLE] == [1] * len(PEOPLE)
    assert world.store.collection("quarantine") == {}


async def test_what_was_refused_is_not_bought_by_its_repetition(world: World) -> None:
    """A redelivered update gets the stored answer: nothing is decided again."""
    await world.give(3)
    world.messenger.lose("send_text")
    await world.send(world.message("a red fox"))
    first, second = world.messenger.messages(ME)
    assert first.text == second.text
    assert world.jobs() == []
    assert world.user().account.available == 3


async def test_question_is_asked_again(world: World) -> None:
    """A question whose sending ended unknown is asked again; the message does not answer it itself."""
    world.messenger.fail("send_text", is_down(), is_down())
    await world.send(world.message("fox"))
    assert "fox" in world.shown().text
    assert world.jobs() == []
    await world.send(world.tap("draw", world.shown()))
    assert world.job().state is JobState.DELIVERED


async def test_message_that_comes_again_answers_no_later_question(world: World) -> None:
    """A word that was asked about does not say, when it comes again, what to do with a photo that came after it."""
    first = world.message("fox")
    await world.send(first, world.photo())
    await world.send(first | {"update_id": first["update_id"] + 1000})
    assert world.jobs() == []


async def test_group_question_of_an_album_is_asked_again(world: World) -> None:
    """So is the question of a draft that is closed by a task of its own."""
    world.messenger.fail("send_text", *[is_down() for _ in range(4)])
    await world.send(world.photo(media_group_id="7"))
    assert "Got the picture" in world.shown().text


async def test_second_delivery_is_left_alone(world: World) -> None:
    """The same update twice within milliseconds is answered once, however the two meet."""
    for person in range(700, 750):
        update = world.message("/help", user_id=person)
        await asyncio.gather(world.deliver(update), world.deliver(update))
        assert len(world.messenger.messages(person)) == 1


async def test_second_delivery_while_the_first_is_put_off(world: World) -> None:
    """The first goes on being the one that answers."""
    update = world.message("/help")
    world.messenger.fail("send_text", is_down())
    await world.send(update, update)
    assert len(world.messenger.messages(ME)) == 1


async def test_task_that_died_answers_again(world: World) -> None:
    """A worker that is gone between its mark and its answer leaves that to the repetition of its task."""
    world.store.lose(any_commit)
    update = world.message("/help")
    with pytest.raises(UnavailableError):
        await world.deliver(update)
    await world.deliver(update, failures=1)
    assert len(world.messenger.messages(ME)) == 1


async def test_two_deliveries_to_somebody_known(world: World) -> None:
    """Of two that decide on the same answer at once the one that writes it down first sends it."""
    await world.send(world.message("/start"))
    before, update = len(world.messenger.messages(ME)), world.message("/help")
    world.store.interrupt(any_commit, lambda: world.deliver(update))
    await world.deliver(update)
    assert len(world.messenger.messages(ME)) == before + 1


async def test_second_delivery_outlives_the_first(world: World) -> None:
    """A queue may deliver a task twice and forget it after the first 200: where the other one dies between mark and
    answer, the delivery that was answered with 200 has made sure that the answer comes."""
    update = world.message("/help")
    world.store.lose(any_commit)
    with pytest.raises(UnavailableError):
        await world.deliver(update)
    await world.deliver(update)
    assert world.messenger.messages(ME) == []
    await world.settle()
    assert len(world.messenger.messages(ME)) == 1


async def test_delivery_that_lost_the_mark_outlives_the_winner(world: World) -> None:
    """Two deliveries decide at the same moment. The one that writes the mark dies before it sends the answer; the
    other one, which was answered with 200, has made sure that the answer comes."""
    await world.send(world.message("/start"))
    before, update = len(world.messenger.messages(ME)), world.message("/help")

    async def decide_and_die() -> None:
        world.store.lose(any_commit)
        with pytest.raises(UnavailableError):
            await world.deliver(update)

    world.store.interrupt(any_commit, decide_and_die)
    await world.deliver(update)
    assert len(world.messenger.messages(ME)) == before
    await world.settle()
    assert len(world.messenger.messages(ME)) == before + 1


async def test_what_was_sent_is_not_sent_again(world: World) -> None:
    """A task that comes again because the queue lost our 200 sends nothing more."""
    update = world.message("/help")
    await world.deliver(update)
    await world.deliver(update, failures=1)
    assert len(world.messenger.messages(ME)) == 1


async def test_who_cannot_write_that_it_was_sent(world: World) -> None:
    """The answer is there all the same; in doubt it comes a second time."""
    update = world.message("/help")
    await world.send(world.message("/start"))
    before = len(world.messenger.messages(ME))
    world.store.interrupt(lambda writes: "sent" in writes[0].fields, fail)
    await world.deliver(update)
    assert len(world.messenger.messages(ME)) == before + 1
    await world.deliver(update, failures=1)
    assert len(world.messenger.messages(ME)) == before + 2


async def fail() -> None:
    raise UnavailableError("the store is out")


@pytest.mark.parametrize("text", ["/help", "/settings", "/image", "thanks"])
async def test_cost(world: World, text: str) -> None:
    """An answer costs one read of mark and user, and two writes: what is sent, and that it was."""
    await world.send(world.message("/start"))
    usage = start_usage()
    await world.send(world.message(text))
    assert (usage.store_reads, usage.store_writes) == (2, 2)


@pytest.mark.parametrize("error", [is_down(), TooManyRequestsError(1)])
async def test_old_answer_is_dropped(world: World, error: MessengerError, capsys: LINES) -> None:
    """An answer that Telegram never takes ends after ten minutes: no alarm, nothing put away, few tries."""
    update, begun_at = world.message("/help"), world.now
    world.messenger.fail("send_text", *[error] * 100)
    await world.deliver(update, received_at=begun_at)
    await world.settle()
    assert ANSWERED_WITHIN <= world.now - begun_at <= ANSWERED_WITHIN + timedelta(minutes=1)
    assert len(world.messenger.sent("send_text")) < DEFERRALS_MAX
    assert world.store.collection("quarantine") == {}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["severity"] for line in lines if line["event"] == "answer_dropped"] == ["WARNING"]
    assert not [line for line in lines if line["severity"] == "ERROR"]


async def test_flood_control_waits(world: World) -> None:
    """An answer comes back when Telegram said, however long that is."""
    begun_at = world.now
    world.messenger.fail("send_text", TooManyRequestsError(900))
    await world.send(world.message("/help"))
    assert world.now == begun_at + timedelta(seconds=900)
    assert len(world.messenger.messages(ME)) == 1


async def test_one_call_of_a_hundred_is_refused(world: World) -> None:
    """One percent of the calls answered 429: every person is answered once, without an alarm."""
    people = range(1000, 1300)
    for number, person in enumerate(people):
        if number % 100 == 7:
            world.messenger.fail("send_text", TooManyRequestsError(3))
        await world.deliver(world.message("/help", user_id=person))
    await world.settle()
    assert [len(world.messenger.messages(person)) for person in people] == [1] * len(people)
    assert world.store.collection("quarantine") == {}


async def test_place_refused(world: World) -> None:
    """If a group refuses the answer, the message in the private chat is repeated too."""
    world.messenger.fail("send_text", PlaceRefusedError("closed"), is_down(), PlaceRefusedError("closed"))
    await world.send(world.message("/help", chat_id=GROUP))
    assert len(world.messenger.messages(ME)) == 1
    assert world.messenger.messages(GROUP) == []


@pytest.mark.parametrize("error", [is_down(), TooManyRequestsError(5), BotBlockedError("403")])
async def test_answer_to_a_chat(world: World, error: MessengerError) -> None:
    """A person who writes in a group's name is answered again too, unless the group does not want it."""
    update = world.message("/image a fox", chat_id=GROUP, sender_chat={"id": GROUP})
    world.messenger.fail("send_text", error)
    await world.send(update, update)
    assert len(world.messenger.messages(GROUP)) == (0 if isinstance(error, BotBlockedError) else 1)


async def test_edit_question_is_asked_again(world: World) -> None:
    """*Edit*, whose question may not have come, asks again."""
    await world.send(world.message("a red fox"))
    world.messenger.fail("send_text", is_down())
    await world.send(world.tap("edit", world.shown()))
    assert world.shown().force_reply is not None


async def test_end_is_told_a_bounded_number_of_times(world: World) -> None:
    """With unknown outcomes a job's end is sent eight times at most; its credits are back."""
    await world.send(world.message("a red fox"))
    update: Json = world.message("a blue fox")
    world.messenger.lose("send_text", 1000)
    await world.deliver(update)
    sent = len(world.messenger.sent("send_text"))
    await world.send(world.message("/cancel"))
    told = [call for call in world.messenger.sent("send_text")[sent:] if "Canceled" in _text(call.screen)]
    cards = [call for call in told if "Nano Banana" in _text(call.screen)]
    assert len(cards) == TELLINGS_MAX
    assert world.jobs()[-1].state is JobState.CANCELED
    world.check_money()


async def test_end_that_no_edit_shows_is_left_after_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit shows the same however often it is made: it is tried for a day, and then the job is at its end."""
    monkeypatch.setattr(tests.world, "TASKS_MAX", 2000)
    await world.deliver(world.message("a red fox"))
    world.messenger.fail("edit_text", *[is_down()] * 1000)
    begun_at = world.now
    await world.send(world.message("/cancel"))
    assert timedelta(days=1) <= world.now - begun_at < timedelta(days=1, minutes=10)
    assert world.job().state is JobState.CANCELED


def test_mark_keeps_the_answer() -> None:
    """What is read back is what was written: buttons, place, markup, the demand for a reply; older marks hold none."""
    place = Place(GROUP, 3, 9)
    screen = Screen(
        "<b>A</b>",
        ((Button("one", "1;a"), Button("two", url="https://t.me/x")), (Button("three", "1;b"),)),
        "Values…",
        (Mark("bold", 0, 1),),
    )
    now = World().now
    mark = mark_answer(update_key(BOT_ID, 1), ME, place, screen, now)
    assert read_answer(Record(mark.key, mark.fields, 1)) == (place, screen)
    assert read_answer(Record(inbox_key("x"), {"jobs": []}, 1)) is None


def _text(screen: Screen | None) -> str:
    assert screen is not None
    return screen.text
