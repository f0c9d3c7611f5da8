"""The buttons under a picture: each press is one wish of the person who asked."""

import asyncio
from dataclasses import replace

import pytest

from shared.errors import (
    DeliveryUnknownError,
    FileTooLargeError,
    FileUnreadableError,
    MessageGoneError,
    MessageRejectedError,
    NanoBananaError,
    TooManyRequestsError,
)
from shared.jobs.job import JobState
from shared.pictures.keyboards import result_buttons
from shared.pictures.picture import artefacts_of, request_of
from shared.pictures.press import IMPATIENCE
from shared.providers.outcomes import Broken, NoResult, PictureTask, Refused
from shared.telegram.claim_sending import SENT_ALREADY
from shared.telegram.send_patiently import PATIENCE_SECONDS_MAX
from shared.texts import plain_text
from tests.fakes.clock import FakeClock
from tests.fakes.messenger import Shown
from tests.fakes.model import paint
from tests.world import GROUP, ME, OTHER, World

FOX = "a red fox"


async def make(world: World, words: str = FOX) -> Shown:
    await world.send(world.message(words))
    return world.shown()


async def make_picture(world: World) -> Shown:
    """The picture, where something else comes after it."""
    await world.send(world.message(FOX))
    return [shown for shown in world.messenger.messages(ME) if shown.kind == "photo"][-1]


def now(world: World, shown: Shown) -> Shown:
    return world.messenger.chats[ME][shown.message_id]


def labels(shown: Shown) -> list[list[str]]:
    return [[button.label for button in row] for row in shown.buttons]


@pytest.mark.parametrize("job_id", ["", "x", "a/b", "..", "__0123456789ab__"])
async def test_impossible_job(world: World, job_id: str) -> None:
    """A forged button whose job can be none is answered like a forgotten one, and asks no store for it."""
    await world.send(world.tap_data(f"1;again;{job_id};x", 5))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-expired")
    assert world.jobs() == []


@pytest.mark.parametrize("action", ["again", "edit", "original", "delete"])
async def test_other_persons_picture(world: World, action: str) -> None:
    """In a group only who asked may press; anybody else is told so, without an alert."""
    await world.send(world.message(f"/image {FOX}", chat_id=GROUP))
    await world.send(world.tap(action, world.shown(GROUP), user_id=OTHER, chat_id=GROUP))
    assert (world.messenger.taps[-1].alert, len(world.messenger.taps)) == (False, 1)
    assert "somebody else" in world.messenger.taps[-1].toast
    assert len(world.jobs()) == 1
    assert world.job().deleted_at is None


async def test_other_persons_cancel(world: World) -> None:
    """Nor may anybody else cancel."""
    await world.deliver(world.message(f"/image {FOX}", chat_id=GROUP))
    await world.send(world.tap("cancel", world.shown(GROUP), user_id=OTHER, chat_id=GROUP))
    assert world.job().state is JobState.DELIVERED


async def test_cancel_in_a_group(world: World) -> None:
    """A canceled card in a group does not show the price."""
    await world.deliver(world.message(f"/image {FOX}", chat_id=GROUP))
    await world.send(world.tap("cancel", world.shown(GROUP), chat_id=GROUP))
    assert world.shown(GROUP).text.endswith("✖️ Canceled.")


async def test_original(world: World) -> None:
    """📄 sends the stored bytes; pressed again at once it points at them, later it sends them by the file's id."""
    picture = await make(world)
    await world.send(world.tap("original", picture))
    document = world.shown()
    result = artefacts_of(world.job()).result
    assert result is not None
    assert world.messenger.files[document.file_id] == paint(world.model.tasks[0])
    assert document.reply_to == picture.message_id
    for _ in range(3):
        await world.send(world.tap("original", picture))
    assert {tap.toast for tap in world.messenger.taps[1:]} == {plain_text("en", "toast-sent-already")}
    world.clock.advance(SENT_ALREADY.total_seconds())
    world.blobs.blobs.clear()
    await world.send(world.tap("original", picture))
    assert world.shown().file_id == document.file_id
    assert len(world.messenger.sent("send_document")) == 2


async def test_original_twice_at_once(world: World) -> None:
    """Of two presses at the same time one sends the file."""
    picture = await make(world)
    await asyncio.gather(*(world.deliver(world.tap("original", picture)) for _ in range(2)))
    assert len(world.messenger.sent("send_document")) == 1


async def test_late_press_of_original(world: World) -> None:
    """A press that was made at once and is handled much later means what was seen then."""
    picture = await make(world)
    pressed_at = world.now
    await world.send(world.tap("original", picture))
    world.clock.advance(3600)
    await world.deliver(world.tap("original", picture), received_at=pressed_at)
    assert len(world.messenger.sent("send_document")) == 1


async def test_original_that_came_by_itself(world: World) -> None:
    """The file that the settings asked for is one that was sent."""
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;original;on", world.shown()))
    picture = await make_picture(world)
    await world.send(world.tap("original", picture))
    assert len(world.messenger.sent("send_document")) == 1


async def test_original_is_not_repeated_blindly(world: World) -> None:
    """A file that may have arrived is not sent again for a minute."""
    picture = await make(world)
    world.messenger.fail("send_document", DeliveryUnknownError("?"))
    await world.send(world.tap("original", picture), world.tap("original", picture))
    assert len(world.messenger.sent("send_document")) == 1
    world.clock.advance(SENT_ALREADY.total_seconds())
    await world.send(world.tap("original", picture))
    assert world.shown().kind == "document"


async def test_original_was_refused(world: World) -> None:
    """A file that Telegram certainly refused may be requested again at once."""
    picture = await make(world)
    world.messenger.fail("send_document", MessageRejectedError("400"))
    await world.send(world.tap("original", picture), world.tap("original", picture))
    assert world.shown().kind == "document"


async def test_original_is_gone(world: World) -> None:
    """A file that is no longer stored is said to be gone, and the press leaves no mark: later it may work."""
    picture = await make(world)
    files = dict(world.blobs.blobs)
    world.blobs.blobs.clear()
    await world.send(world.tap("original", picture))
    assert world.messenger.taps[-1].toast == "That is no longer stored."
    assert world.messenger.sent("send_document") == []
    world.blobs.blobs.update(files)
    await world.send(world.tap("original", picture))
    assert world.shown().kind == "document"


async def test_edit_question_waits_for_flood_control(world: World) -> None:
    """A question that flood control refused is asked when the press comes again."""
    picture = await make(world)
    world.messenger.fail("send_text", TooManyRequestsError(5))
    await world.send(world.tap("edit", picture))
    assert world.shown().force_reply
    await world.send(world.reply("make it blue", world.shown()))
    assert request_of(world.jobs()[1]).parent_id == world.jobs()[0].id


async def test_original_waits_for_flood_control(world: World) -> None:
    """429 certainly sent nothing: one more try after a pause that fits into the task."""
    picture = await make(world)
    world.messenger.fail("send_document", TooManyRequestsError(300))
    await world.send(world.tap("original", picture))
    assert world.shown().kind == "document"
    assert PATIENCE_SECONDS_MAX in world.clock.slept_seconds


async def test_original_waits_once(world: World) -> None:
    """Flood control that goes on leaves the button."""
    picture = await make(world)
    world.messenger.fail("send_document", TooManyRequestsError(3), TooManyRequestsError(3))
    await world.send(world.tap("original", picture))
    assert len(world.messenger.sent("send_document")) == 2
    await world.send(world.tap("original", picture))
    assert world.shown().kind == "document"


async def test_original_before_it_is_there(world: World) -> None:
    """A forged press on a job without a picture is put off."""
    await world.deliver(world.message(FOX))
    await world.deliver(world.tap_data(f"1;original;{world.job().id};x", world.shown().message_id))
    assert "Wait until it is finished" in world.messenger.taps[-1].toast


async def test_original_is_not_free(world: World) -> None:
    """A picture whose credits went back because it could not be delivered is not handed out for a forged press."""
    await world.deliver(world.message(FOX))
    world.messenger.blocked.add(ME)
    await world.settle()
    assert world.user().account.available == 20
    world.messenger.blocked.clear()
    await world.send(world.tap_data(f"1;original;{world.job().id};forged", 5))
    assert world.messenger.sent("send_document") == []


@pytest.mark.parametrize("error", [MessageGoneError("query is too old"), DeliveryUnknownError("?")])
async def test_toast_is_a_courtesy(world: World, error: NanoBananaError) -> None:
    """A press whose query is too old to be answered still does its work."""
    picture = await make(world)
    world.messenger.fail("answer_tap", error)
    await world.send(world.tap("again", picture))
    assert len(world.jobs()) == 2


async def test_edit_while_it_is_drawn_again(world: World) -> None:
    """✏️ asks at once, whatever else goes on."""
    picture = await make(world)
    await world.deliver(world.tap("again", picture))

    async def press(_: PictureTask) -> None:
        await world.deliver(world.tap("edit", picture))

    world.model.before = press
    await world.settle()
    assert any(message.force_reply == "Make the sky purple…" for message in world.messenger.messages(ME))


async def test_edit(world: World) -> None:
    """✏️ asks once however often it is pressed; the next message, a reply or not, goes on from the picture."""
    picture = await make(world)
    for _ in range(3):
        await world.deliver(world.tap("edit", picture))
    assert [tap.toast for tap in world.messenger.taps] == ["", *[plain_text("en", "toast-waiting")] * 2]
    assert sum(message.force_reply is not None for message in world.messenger.messages(ME)) == 1
    await world.send(world.message("make it blue"))
    first, second = world.jobs()
    assert request_of(second).parent_id == first.id


async def test_other_words(world: World) -> None:
    """After refused words there is no second try, but a question for other words about the same material."""
    world.model.script("make it bad", Refused("SAFETY"))
    await world.send(world.photo("make it bad"))
    card = world.shown()
    assert labels(card) == [["✏️ Other words", "ℹ️ Details"], ["✨ Improve"]]
    await world.deliver(world.tap("edit", card))
    assert world.shown().text == plain_text("en", "reword-ask")
    await world.send(world.reply("make it good", world.shown()))
    assert request_of(world.jobs()[-1]).references == request_of(world.jobs()[0]).references
    assert world.shown().kind == "photo"


async def test_details(world: World) -> None:
    """The code of a failure, as the logs have it, and the model's own words, are in an alert that fits."""
    world.model.script(FOX, *[NoResult("STOP", "Je préfère <b>en</b> parler. " * 30)] * 2)
    card = await make(world)
    assert "E-" not in card.text
    assert "parler" not in card.text
    await world.send(world.tap("details", card))
    [tap] = world.messenger.taps
    assert tap.alert
    assert tap.toast.startswith(f"Code E-IMG-NONE · {world.job().id[:6]}\nThe model's own words: “Je préfère <b>en</b>")
    assert len(tap.toast) <= 200


async def test_details_without_words(world: World) -> None:
    """Where the model said nothing there is the code alone; a forged press on a job without a failure finds none."""
    world.model.script(FOX, Broken("400"))
    card = await make(world)
    await world.send(world.tap("details", card))
    assert world.messenger.taps[-1].toast == f"Code E-OURS · {world.job().id[:6]}"


@pytest.mark.parametrize("error", [FileUnreadableError("?"), FileTooLargeError("?")])
async def test_no_second_try_with_the_same_file(world: World, error: NanoBananaError) -> None:
    """A file that cannot be used would fail again: the card says what to send instead."""
    world.messenger.fail("download", error)
    await world.send(world.photo("make it blue"))
    assert labels(world.shown()) == [["ℹ️ Details"]]


# --- several pictures of one request ---------------------------------------------------------------------------


async def make_set(world: World, count: int = 3) -> list[Shown]:
    await world.send(world.message(f"{FOX} x{count}"))
    return world.messenger.messages(ME)[-count:]


async def test_one_keyboard_for_several(world: World) -> None:
    """Only the last of several pictures has a keyboard; a number opens what can be done with that picture."""
    *others, last = await make_set(world)
    assert [shown.buttons for shown in others] == [(), ()]
    assert labels(last) == [["🔁 Again ×3", "📐 Format"], ["🖼 1", "🖼 2", "🖼 3"]]
    await world.send(press_number(world, last, 2))
    assert labels(now(world, last)) == [
        ["✏️ Edit", "📄 File"],
        ["🎬 Animate · 16", "🪄 Tools"],
        ["🔗 Share", "🗑 Delete"],
        ["« Back"],
    ]
    await world.send(world.tap("original", now(world, last)))
    assert world.shown().reply_to == others[1].message_id
    await world.deliver(world.tap("edit", now(world, last)))
    await world.send(world.message("make it blue"))
    assert request_of(world.jobs()[-1]).parent_id == world.jobs()[1].id
    await world.send(world.tap("back", now(world, last)))
    assert now(world, last).buttons == last.buttons


async def test_several_again(world: World) -> None:
    """🔁 under several makes as many again, once."""
    await world.give(100)
    *_, last = await make_set(world)
    await world.deliver(world.tap("again", last))
    await world.deliver(world.tap("again", now(world, last)))
    assert len(world.jobs()) == 6
    cards = [labels(shown) for shown in world.messenger.messages(ME)[-3:]]
    assert cards == [[["✕ Cancel"]], [["✕ Cancel"]], [["✕ Cancel", "✕ All"], ["➕ One more · 4"]]]
    await world.settle()
    world.check_money()


async def test_cancel_all(world: World) -> None:
    """✕ All stops every picture of the request that still waits."""
    await world.deliver(world.message(f"{FOX} x3"))
    await world.send(world.tap("stop", world.shown()))
    assert {job.state for job in world.jobs()} == {JobState.CANCELED}
    assert world.user().account.available == 20
    assert world.messenger.taps[-1].toast == "Canceled"
    await world.send(world.tap_data(f"1;stop;{world.jobs()[0].id};0", 5))
    assert world.user().account.available == 20


async def test_one_of_several_fails() -> None:
    """Its card says why and tries that one again; its number says that there is no picture."""
    world = World(FakeClock(sleepers_wait=True))
    await world.give(100)
    world.model.script(FOX, Broken("400"))
    cards = await make_set(world)
    *_, last = cards
    failed = next(index for index, job in enumerate(world.jobs()) if job.state is JobState.FAILED)
    await world.send(press_number(world, last, failed + 1))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-not-made")
    card = cards[failed]
    await world.send(world.tap("retry", card))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-ended")
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.send(world.tap("retry", card))
    assert (world.jobs()[-1].count, len(world.jobs())) == (1, 4)
    await world.deliver(world.tap("retry", now(world, card)))
    await world.deliver(world.tap("retry", now(world, card)))
    assert len(world.jobs()) == 5


async def test_the_last_of_several_fails(world: World) -> None:
    """The keyboard of them all stands under its card too."""
    await world.deliver(world.message(f"{FOX} x2"))
    first, last = world.jobs()
    world.clock.advance(5)
    await world.move(first)
    world.model.script(FOX, NoResult("?"), NoResult("?"))
    await world.settle()
    assert labels(world.shown()) == [["🔁 Try again", "ℹ️ Details"], ["🔁 Again ×2", "📐 Format"], ["🖼 1", "🖼 2"]]
    await world.send(press_number(world, world.shown(), 1))
    assert labels(world.shown())[0][0] == "✏️ Edit"
    assert last.index == 2


async def test_number_of_a_picture_that_is_being_made(world: World) -> None:
    """A number whose picture is not there yet says so."""
    await world.deliver(world.message(f"{FOX} x2"))
    await world.deliver(world.tap_data(f"1;pick;{world.jobs()[0].id};0", world.shown().message_id))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-not-done")


async def test_delete_one_of_several(world: World) -> None:
    """The picture goes, a line with *Undo* comes, and the keyboard of the others stays."""
    first, second, last = await make_set(world)
    await world.send(press_number(world, last, 2))
    await world.deliver(world.tap("delete", now(world, last)))
    await world.deliver(world.tap("erase", now(world, last)))
    assert [shown.message_id for shown in world.messenger.messages(ME)][:2] == [first.message_id, last.message_id]
    assert (world.shown().text, labels(world.shown())) == ("🗑 Picture 2 is deleted.", [["↩️ Undo"]])
    assert now(world, last).buttons == last.buttons
    await world.deliver(press_number(world, last, 2))
    assert world.messenger.taps[-1].toast == "That picture was deleted."
    await world.deliver(world.tap("undo", world.shown()))
    assert (world.shown().kind, world.shown().buttons) == ("photo", ())
    assert world.messenger.chats[ME].keys().isdisjoint({second.message_id})


async def test_delete_the_last_of_several(world: World) -> None:
    """The keyboard of the others moves to the line that is left."""
    await world.give(100)
    *_, last = await make_set(world)
    await world.send(press_number(world, last, 3))
    await world.deliver(world.tap("delete", now(world, last)))
    await world.deliver(world.tap("erase", now(world, last)))
    home = [["🔁 Again ×3", "📐 Format"], ["🖼 1", "🖼 2", "🖼 3"]]
    assert labels(world.shown()) == [["↩️ Undo"], *home]
    await world.settle()
    assert labels(world.shown()) == home
    await world.send(press_number(world, world.shown(), 1))
    await world.send(world.tap("back", world.shown()))
    assert labels(world.shown()) == home
    await world.deliver(world.tap("again", world.shown()))
    assert len(world.jobs()) == 6


async def test_several_of_an_earlier_release(world: World) -> None:
    """Pictures whose documents do not tell their request keep a keyboard each."""
    await world.send(world.message(f"{FOX} x2"))
    job = replace(world.jobs()[0], intent="")
    assert next(button.label for row in result_buttons(job) for button in row) == "🔁 Again"


def press_number(world: World, shown: Shown, number: int) -> dict[str, object]:
    button = next(b for row in shown.buttons for b in row if b.label == f"🖼 {number}")
    return world.tap_data(button.data, shown.message_id)


async def test_draw_pressed_twice(world: World) -> None:
    """*Cancel* comes where *Draw this* was: a second press of *Draw this* cancels nothing."""
    await world.send(world.message("fox"))
    await world.deliver(world.tap("draw", world.shown()))
    await world.deliver(world.tap("cancel", world.shown()))
    assert (world.job().state, world.messenger.taps[-1].toast) == (JobState.QUEUED, "On it!")
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.deliver(world.tap("cancel", world.shown()))
    assert world.job().state is JobState.CANCELED
