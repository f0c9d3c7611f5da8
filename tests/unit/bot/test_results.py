"""The buttons under a picture: each press is one wish of the person who asked."""

import asyncio

import pytest

from shared.bot.results import PATIENCE_SECONDS_MAX
from shared.domain.jobs import JobState
from shared.domain.outcomes import Made, PictureTask, Refused
from shared.errors import (
    DeliveryUnknownError,
    MessageGoneError,
    MessageRejectedError,
    NanoBananaError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.fakes.pictures import PNG
from tests.world import GROUP, ME, OTHER, World, writes_to

FOX = "a red fox"


async def make(world: World) -> Shown:
    await world.send(world.message(FOX))
    return world.shown()


async def test_again(world: World) -> None:
    """🔁 makes another picture of the same words with the same choices, one, and renews the keyboard."""
    await world.send(world.message(f"{FOX} 16:9 2K x2"))
    picture = world.shown()
    await world.send(world.tap("again", picture))
    job = world.jobs()[-1]
    assert (job.request.ratio, job.request.size, job.count) == ("16:9", "2K", 1)
    assert world.messenger.taps[-1].toast == "On it!"
    assert world.messenger.chats[ME][picture.message_id].buttons != picture.buttons
    world.check_money()


async def test_again_twice(world: World) -> None:
    """A press that comes again, under another update or at the same time, is one wish; a later press is another."""
    picture = await make(world)
    await asyncio.gather(world.deliver(world.tap("again", picture)), world.deliver(world.tap("again", picture)))
    await world.settle()
    assert len(world.jobs()) == 2
    await world.send(world.tap("again", world.messenger.chats[ME][picture.message_id]))
    assert len(world.jobs()) == 3
    world.check_money()


async def test_again_with_material(world: World) -> None:
    """The same pictures go along, and the same parent."""
    await world.send(world.photo("make it blue"))
    await world.send(world.tap("again", world.shown()))
    assert world.model.tasks[0] == world.model.tasks[1]
    await world.send(world.reply("and rounder", world.shown()))
    await world.send(world.tap("again", world.shown()))
    assert world.model.tasks[2] == world.model.tasks[3]


async def test_again_without_credits(world: World) -> None:
    """A wish that cannot be paid is declined in an alert that fits."""
    await world.give(4)
    await world.send(world.tap("again", await make(world)))
    assert world.messenger.taps[-1].alert
    assert "This costs 4 credits, you have 0" in world.messenger.taps[-1].toast
    world.check_money()


@pytest.mark.parametrize("job_id", ["", "x", "a/b", "..", "__0123456789ab__"])
async def test_impossible_job(world: World, job_id: str) -> None:
    """A forged button whose job can be none is answered like a forgotten one, and asks no store for it."""
    await world.send(world.tap_data(f"1;again;{job_id};x", 5))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-expired")
    assert world.jobs() == []


async def test_try_again_after_a_failure(world: World) -> None:
    """The failed card's button is a new request; pressed twice it is one."""
    world.model.script(FOX, Refused("SAFETY"))
    card = await make(world)
    await world.send(world.tap("again", card), world.tap("again", card))
    assert [job.state for job in world.jobs()] == [JobState.FAILED, JobState.DELIVERED]
    renewed = world.messenger.chats[ME][card.message_id]
    assert [button.label for row in renewed.buttons for button in row] == ["🔁 Try again"]
    await world.send(world.tap("again", renewed))
    assert len(world.jobs()) == 3
    world.check_money()


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
    """📄 sends the stored bytes, the second time by the file's id."""
    picture = await make(world)
    await world.send(world.tap("original", picture))
    document = world.shown()
    result = world.job().result
    assert result is not None
    assert world.messenger.files[document.file_id] == world.blobs.blobs[result.blob][0]
    assert document.reply_to == picture.message_id
    world.blobs.blobs.clear()
    await world.send(world.tap("original", world.messenger.chats[ME][picture.message_id]))
    assert world.shown().file_id == document.file_id
    assert len(world.messenger.sent("send_document")) == 2


async def test_original_twice(world: World) -> None:
    """One press, however often it comes, sends one file; the repetition renews the buttons too."""
    picture = await make(world)
    await world.send(world.tap("original", picture), world.tap("original", picture))
    assert [tap.toast for tap in world.messenger.taps] == ["Sending the file…", "This button was pressed already."]
    assert len(world.messenger.sent("send_document")) == 1
    assert len(world.messenger.sent("edit_buttons")) == 2


@pytest.mark.parametrize("error", [DeliveryUnknownError("?"), MessageRejectedError("400")])
async def test_original_is_not_repeated_blindly(world: World, error: NanoBananaError) -> None:
    """A file that may have arrived is not sent again; the button stays, with a new nonce, for a new wish."""
    picture = await make(world)
    tap = world.tap("original", picture)
    world.messenger.fail("send_document", error)
    await world.send(tap, tap)
    assert len(world.messenger.sent("send_document")) == 1
    await world.send(world.tap("original", world.messenger.chats[ME][picture.message_id]))
    assert world.shown().kind == "document"


async def test_original_is_gone(world: World) -> None:
    """A file that is no longer stored is said to be gone, and the press leaves no mark: later it may work."""
    picture = await make(world)
    files = dict(world.blobs.blobs)
    world.blobs.blobs.clear()
    await world.send(world.tap("original", picture))
    assert world.messenger.taps[-1].toast == "That picture is no longer stored."
    assert world.messenger.sent("send_document") == []
    world.blobs.blobs.update(files)
    await world.send(world.tap("original", picture))
    assert world.shown().kind == "document"


async def test_original_waits_for_flood_control(world: World) -> None:
    """429 certainly sent nothing: one more try after a pause that fits into the task."""
    picture = await make(world)
    world.messenger.fail("send_document", TooManyRequestsError(300))
    await world.send(world.tap("original", picture))
    assert world.shown().kind == "document"
    assert PATIENCE_SECONDS_MAX in world.clock.slept_seconds


async def test_original_waits_once(world: World) -> None:
    """Flood control that goes on leaves the button, with a new nonce."""
    picture = await make(world)
    world.messenger.fail("send_document", TooManyRequestsError(3), TooManyRequestsError(3))
    await world.send(world.tap("original", picture))
    assert len(world.messenger.sent("send_document")) == 2
    await world.send(world.tap("original", world.messenger.chats[ME][picture.message_id]))
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


async def test_delete(world: World) -> None:
    """🗑 removes files and message; no button of it does anything any more but 🗑, which says so again."""
    picture = await make(world)
    await world.send(world.tap("delete", picture))
    assert world.blobs.blobs == {}
    assert world.messenger.messages(ME) == []
    assert world.messenger.taps[-1].toast == "🗑 Deleted here and in my storage."
    await world.send(*(world.tap(action, picture) for action in ("again", "edit", "original")))
    assert {tap.toast for tap in world.messenger.taps[1:]} == {"That picture was deleted."}
    await world.send(world.tap("delete", picture))
    assert world.messenger.taps[-1].toast == "🗑 Deleted here and in my storage."
    assert len(world.jobs()) == 1
    world.check_money()


async def test_delete_twice_at_once(world: World) -> None:
    """Two presses at the same time are one deletion."""
    picture = await make(world)
    await asyncio.gather(world.deliver(world.tap("delete", picture)), world.deliver(world.tap("delete", picture)))
    assert world.job().deleted_at is not None


async def test_deletion_is_finished(world: World) -> None:
    """A deletion that marked the job and then lost its way to the message is finished by the next press."""
    picture = await make(world)
    world.messenger.fail("delete_message", DeliveryUnknownError("?"))
    await world.send(world.tap("delete", picture))
    assert world.job().deleted_at is not None
    assert [message.message_id for message in world.messenger.messages(ME)] == [picture.message_id]
    await world.send(world.tap("delete", picture))
    assert world.messenger.messages(ME) == []


async def test_delete_an_old_message(world: World) -> None:
    """A message that Telegram does not let go says that its file is deleted."""
    picture = await make(world)
    world.messenger.fail("delete_message", MessageRejectedError("too old"))
    await world.send(world.tap("delete", picture))
    assert "The file is deleted from my storage" in world.shown().text
    assert world.shown().buttons == ()
    assert world.blobs.blobs == {}


async def test_delete_before_it_is_there(world: World) -> None:
    """A forged press on a job without a picture deletes no job and no money."""
    await world.deliver(world.message(FOX))
    await world.send(world.tap_data(f"1;delete;{world.job().id};x", world.shown().message_id))
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_delete_when_the_store_is_out(world: World) -> None:
    """A deletion that could not be marked comes again."""
    picture = await make(world)

    async def fail() -> None:
        raise UnavailableError("no store")

    tap = world.tap("delete", picture)
    world.store.interrupt(writes_to("jobs"), fail)
    with pytest.raises(UnavailableError):
        await world.deliver(tap)
    await world.send(tap)
    assert world.job().deleted_at is not None
    assert world.messenger.messages(ME) == []


async def test_delete_without_signature(world: World) -> None:
    """A picture without a signature has one file to delete."""
    world.model.script(FOX, Made(PNG + b"x" * 20, "image/png"))
    await world.deliver(world.tap("delete", await make(world)))
    assert world.blobs.blobs == {}
    assert world.job().deleted_at is not None


async def test_again_without_a_card(world: World) -> None:
    """A forged press on a job that has no card yet has no keyboard to renew."""
    world.messenger.fail("send_text", DeliveryUnknownError("?"))
    await world.deliver(world.message(FOX))
    await world.deliver(world.tap_data(f"1;again;{world.job().id};x", 5))
    assert len(world.jobs()) == 2
    assert world.messenger.sent("edit_buttons") == []


@pytest.mark.parametrize("error", [MessageGoneError("query is too old"), DeliveryUnknownError("?")])
async def test_toast_is_a_courtesy(world: World, error: NanoBananaError) -> None:
    """A press whose query is too old to be answered still does its work."""
    picture = await make(world)
    world.messenger.fail("answer_tap", error)
    await world.send(world.tap("again", picture))
    assert len(world.jobs()) == 2


async def test_keyboard_cannot_be_renewed(world: World) -> None:
    """A message that is gone needs no new keyboard."""
    picture = await make(world)
    world.messenger.fail("edit_buttons", MessageGoneError("gone"))
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
