"""A picture is shown once and paid once, whatever breaks between the two."""

import pytest

from shared.errors import (
    DeliveryUnknownError,
    MessageGoneError,
    MessageRejectedError,
    NanoBananaError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.job import JobState
from shared.jobs.next_step import DELIVERY_SECONDS_MAX
from shared.pictures.picture import artefacts_of, result_of
from shared.providers.outcomes import FailureReason
from shared.telegram.address import chat_of
from shared.telegram.chat import PLACES_MAX
from tests.fakes.model import paint
from tests.world import GROUP, ME, World, writes_to

FOX = "a red fox"


async def test_caption(world: World) -> None:
    """The picture says what it is, what it cost and what is left, over three rows of buttons."""
    await world.send(world.message(FOX))
    picture = world.shown()
    assert picture.text == "<b>Nano Banana</b> · 1:1 · 1K · 4 credits · 16\u00a0left"
    assert [[button.label for button in row] for row in picture.buttons] == [
        ["🔁 Again", "✏️ Edit"],
        ["🎬 Animate · 16", "🪄 Tools"],
        ["📐 Format", "📄 File"],
        ["🔗 Share", "🗑 Delete"],
    ]


@pytest.mark.parametrize("error", [TooManyRequestsError(7), DeliveryUnknownError("?")])
async def test_telegram_is_out(world: World, error: NanoBananaError) -> None:
    """A picture that Telegram does not take now is kept and shown later from the bucket; it is made once."""
    await world.deliver(world.message(FOX))
    world.messenger.fail("edit_photo", error)
    await world.run_next()
    assert world.job().state is JobState.MADE
    assert world.user().account.held == 4
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.model.tasks) == 1
    assert [message.kind for message in world.messenger.messages(ME)] == ["photo"]
    world.check_money()


async def test_lost_answer_of_the_edit(world: World) -> None:
    """An edit that happened without our knowing is repeated and changes nothing; its money is taken once."""
    await world.deliver(world.message(FOX))
    world.messenger.lose("edit_photo")
    await world.settle()
    assert len(world.messenger.sent("edit_photo")) == 2
    assert [message.kind for message in world.messenger.messages(ME)] == ["photo"]
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_died_before_the_capture(world: World) -> None:
    """Shown, but not settled: the next worker shows the same once more and takes the money."""
    await world.deliver(world.message(FOX))

    async def die() -> None:
        raise UnavailableError("no store")

    world.store.interrupt(writes_to("jobs", state="delivered"), die)
    [task] = world.tasks.take_all()
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    assert (world.shown().kind, world.job().state) == ("photo", JobState.MADE)
    await world.run_task(task)
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.model.tasks) == 1
    world.check_money()


async def test_lost_answer_of_the_capture(world: World) -> None:
    """A settlement that happened without our knowing is not repeated."""
    await world.deliver(world.message(FOX))
    world.store.lose(writes_to("jobs", state="delivered"))
    [task] = world.tasks.take_all()
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    await world.run_task(task)
    await world.settle()
    assert world.user().account.available == 16
    world.check_money()


async def test_account_changed_meanwhile(world: World) -> None:
    """Another request of the same person between show and capture is no obstacle."""
    await world.deliver(world.message(FOX))
    other = world.message("a blue fox")
    world.store.interrupt(writes_to("jobs", state="delivered"), lambda: world.deliver(other))
    await world.settle()
    assert [job.state for job in world.jobs()] == [JobState.DELIVERED] * 2
    world.check_money()


async def test_card_was_deleted(world: World) -> None:
    """Without its card a picture gets a new one, once, which is remembered beside the old."""
    await world.deliver(world.message(FOX))
    world.messenger.chats[ME].clear()
    await world.settle()
    assert [message.kind for message in world.messenger.messages(ME)] == ["photo"]
    assert len(chat_of(world.job()).messages) == 2
    assert chat_of(world.job()).card_message_id == world.shown().message_id
    world.check_money()


async def test_no_card_can_be_had(world: World) -> None:
    """If new cards are deleted again and again, the job ends and the credits go back."""
    await world.deliver(world.message(FOX))
    world.messenger.fail("edit_photo", *[MessageGoneError("gone")] * PLACES_MAX)
    await world.settle()
    assert (world.job().state, world.job().failure) == (JobState.FAILED, FailureReason.UNDELIVERABLE)
    assert world.user().account.available == 20
    world.check_money()


async def test_new_card_is_refused_for_now(world: World) -> None:
    """Flood control of the new card: later, without making the picture again."""
    await world.deliver(world.message(FOX))
    world.messenger.chats[ME].clear()
    world.messenger.fail("send_text", TooManyRequestsError(7))
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.model.tasks) == 1
    world.check_money()


@pytest.mark.parametrize("blocked", [True, False])
async def test_undeliverable(world: World, *, blocked: bool) -> None:
    """If the person blocked the bot, or Telegram refuses the picture: no charge, the result is kept, the job ends."""
    await world.deliver(world.message(FOX))
    if blocked:
        world.messenger.blocked.add(ME)
    else:
        world.messenger.fail("edit_photo", MessageRejectedError("400"))
    await world.settle()
    assert (world.job().state, world.job().failure) == (JobState.FAILED, FailureReason.UNDELIVERABLE)
    assert artefacts_of(world.job()).result is not None
    assert world.user().account.available == 20
    world.check_money()


async def test_telegram_is_out_for_a_day(world: World) -> None:
    """A picture nobody can be shown is given up after a day, and not paid."""
    await world.deliver(world.message(FOX))
    world.messenger.fail("edit_photo", DeliveryUnknownError("?"))
    await world.run_next()
    world.clock.advance(DELIVERY_SECONDS_MAX + 1)
    await world.settle()
    assert world.job().failure is FailureReason.UNDELIVERABLE
    world.check_money()


@pytest.mark.parametrize("lost", [True, False])
async def test_stored_picture_is_gone(world: World, *, lost: bool) -> None:
    """A stored picture that is lost or broken cannot be shown later: the credits go back."""
    await world.deliver(world.message(FOX))
    world.messenger.fail("edit_photo", TooManyRequestsError(7))
    await world.run_next()
    name = result_of(world.job()).blob
    if lost:
        del world.blobs.blobs[name]
    else:
        world.blobs.blobs[name] = (b"broken", "image/png")
    await world.settle()
    assert (world.job().state, world.job().failure) == (JobState.FAILED, FailureReason.FILE_GONE)
    world.check_money()


async def test_long_job_rings(world: World) -> None:
    """After more than a minute a message of its own says that the picture is ready."""
    await world.deliver(world.message(FOX))
    world.clock.advance(61)
    await world.settle()
    card, ready = world.messenger.messages(ME)
    assert (card.kind, ready.text, ready.reply_to) == ("photo", "✨ Your picture is ready.", card.message_id)


async def test_long_job_does_not_ring_for_a_group(world: World) -> None:
    """In a group nothing but the picture is sent after the card: the limit per minute is for pictures."""
    await world.deliver(world.message(f"/image {FOX}", chat_id=GROUP))
    world.clock.advance(61)
    await world.settle()
    assert [shown.kind for shown in world.messenger.messages(GROUP)] == ["photo"]


async def test_short_job_does_not_ring(world: World) -> None:
    """A picture that came at once is only the card."""
    await world.send(world.message(FOX))
    assert len(world.messenger.messages(ME)) == 1


async def test_original_by_setting(world: World) -> None:
    """With the setting on the file comes too, as it was made, and its file id is kept."""
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;original;on", world.shown()))
    await world.send(world.message(FOX))
    document = world.shown()
    result = artefacts_of(world.job()).result
    assert document.kind == "document"
    assert result is not None
    assert world.messenger.files[document.file_id] == paint(world.model.tasks[0])
    assert result.document_file_id == document.file_id
    assert chat_of(world.job()).card_message_id != document.message_id
    assert f"{ME}:{document.message_id}" in chat_of(world.job()).messages


@pytest.mark.parametrize("error", [TooManyRequestsError(9), DeliveryUnknownError("?")])
async def test_original_is_sent_at_most_once(world: World, error: NanoBananaError) -> None:
    """A file that may or may not have arrived is not sent again; the job is done all the same."""
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;original;on", world.shown()))
    world.messenger.fail("send_document", error)
    await world.send(world.message(FOX))
    assert len(world.messenger.sent("send_document")) == 1
    assert world.job().state is JobState.DELIVERED
