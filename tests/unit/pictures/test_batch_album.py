"""The album of a batch: every picture in its place, once, whatever happens to the album or to a worker."""

import pytest

from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    MessageRejectedError,
    NanoBananaError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.job import JobState
from shared.pictures.picture import request_of, result_of
from shared.providers.outcomes import Broken, PictureTask, Refused
from shared.telegram.address import chat_of
from shared.texts import plain_text
from tests.unit.pictures.test_press_batch import ask, draw, labels, now, photos, placeholders, settle_after_a_death
from tests.world import ME, OTHER, World, writes_to


async def want_files(world: World) -> None:
    """Originals in addition, by the setting."""
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;original;on", world.shown()))
    assert world.user().settings.original


@pytest.mark.parametrize("error", [MessageRejectedError("no"), DeliveryUnknownError(), TooManyRequestsError(3.0)])
async def test_no_album(world: World, error: NanoBananaError) -> None:
    """Where Telegram takes no album, or does not say so, each picture comes in a message with its buttons."""
    world.messenger.fail("send_album", error)
    card = await draw(world)
    assert ["✏️ Edit" in labels(shown) for shown in photos(world)] == [True] * 3
    assert labels(card) == ["🖼 As an album"]
    world.check_money()


async def test_one_picture_needs_none(world: World) -> None:
    """Of one prompt there is no album."""
    await draw(world, "/batch a fox")
    assert world.messenger.sent("send_album") == []
    assert len(photos(world)) == 1


async def test_a_placeholder_was_deleted(world: World) -> None:
    """A picture whose place in the album the person deleted comes in a message of its own."""
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    gone = placeholders(world)[1]
    del world.messenger.chats[ME][gone.message_id]
    await world.settle()
    assert [shown.in_album for shown in photos(world)] == [True, True, False]
    assert "✏️ Edit" in labels(photos(world)[2])
    assert labels(now(world, asked)) == ["1", "2", "3"]
    world.check_money()


@pytest.mark.parametrize("state", ["made", "delivered"])
@pytest.mark.parametrize("is_lost", [True, False])
async def test_dies_at_each_commit(world: World, state: str, *, is_lost: bool) -> None:
    """Whether a commit happened or not: each picture stands in its place, once, and is paid once."""
    await want_files(world)
    world.model.script("a cat", *[Refused("SAFETY")] * 4)
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    await settle_after_a_death(world, state, is_lost=is_lost)
    fox, _, dog = world.jobs()
    assert [shown.message_id for shown in photos(world)] == [chat_of(job).card_message_id for job in (fox, dog)]
    assert [shown.kind for shown in placeholders(world)].count("photo") == 0
    assert len([shown for shown in world.messenger.messages(ME) if shown.kind == "document"]) == 2
    assert world.messenger.sent("send_document") == []
    world.check_money()


async def test_dies_before_the_album_is_noted(world: World) -> None:
    """Then the album is forgotten; each picture comes alone, and none is paid twice."""
    asked = await ask(world)
    press = world.tap("batch;", asked)

    async def fail() -> None:
        raise UnavailableError("gone")

    async def die() -> None:
        world.store.interrupt(writes_to("jobs", state="queued"), fail)

    world.messenger.stall("send_album", die)
    with pytest.raises(UnavailableError):
        await world.deliver(press)
    await world.send(press)
    assert [shown.in_album for shown in photos(world)] == [False] * 3
    assert "Ready: 3 of 3" in now(world, asked).text
    world.check_money()


async def test_files_too(world: World) -> None:
    """Who wants the files gets a second album, of documents, in the same order; nothing is sent besides."""
    await want_files(world)
    world.model.script("a cat", Refused("SAFETY"))
    await draw(world)
    files = [shown for shown in world.messenger.messages(ME) if shown.kind == "document"]
    fox, cat, dog = world.jobs()
    assert cat.state is JobState.FAILED
    assert [shown.file_id for shown in files] == [result_of(job).document_file_id for job in (fox, dog)]
    assert world.messenger.sent("send_document") == []
    await world.send(world.reply("make it blue", files[1]))
    assert request_of(world.jobs()[-1]).parent_id == dog.id
    world.check_money()


async def test_a_file_whose_place_is_gone(world: World) -> None:
    """A file whose placeholder was deleted comes in a message of its own, once."""
    await want_files(world)
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    gone = next(each for each in placeholders(world) if each.kind == "document")
    del world.messenger.chats[ME][gone.message_id]
    await world.settle()
    assert len(world.messenger.sent("send_document")) == 1
    assert len([shown for shown in world.messenger.messages(ME) if shown.kind == "document"]) == 3
    world.check_money()


async def test_photos_without_files(world: World) -> None:
    """Where Telegram takes the photos and not the files, each file comes alone."""
    await want_files(world)
    world.messenger.fail("send_file_album", MessageRejectedError("no"))
    await draw(world)
    assert len(world.messenger.sent("send_document")) == 3
    assert [shown.in_album for shown in photos(world)] == [True] * 3


async def test_the_end_is_put_off(world: World) -> None:
    """While Telegram does not delete a placeholder yet, the end is told later; what it refuses for good stays."""
    world.model.script("a dog", Broken("400"))
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    world.messenger.fail("delete_message", TooManyRequestsError(3.0))
    await world.settle()
    assert placeholders(world) == []
    assert "Ready: 2 of 3" in now(world, asked).text
    world.model.script("a dog", Broken("400"))
    again = await ask(world)
    await world.deliver(world.tap("batch;", again))
    world.messenger.fail("delete_message", BotBlockedError())
    await world.settle()
    assert "Ready: 2 of 3" in now(world, again).text
    world.check_money()


async def test_the_phone_rings_once(world: World) -> None:
    """A batch that took long ends with one short message, since edits make no sound; a quick one with none."""
    await world.give(100)
    await draw(world)

    def rung() -> int:
        return [shown.text for shown in world.messenger.messages(ME)].count(plain_text("en", "batch-ready"))

    assert rung() == 0

    async def wait(_: PictureTask) -> None:
        world.clock.advance(40)

    world.model.before = wait
    await draw(world)
    assert rung() == 1


async def test_shown_as_ready_and_then_refused(world: World) -> None:
    """A picture that Telegram refuses after the card said the end: the card says that too, and it is refunded."""
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))

    async def others() -> None:
        await world.run_next()
        await world.run_next()
        world.messenger.fail("edit_photo", *[MessageRejectedError("no")] * 2)

    async def stall(task: PictureTask) -> None:
        if task.prompt == "a fox":
            world.messenger.fail("edit_photo", TooManyRequestsError(1.0))

    world.model.before = stall
    await world.run_next()
    await others()
    await world.settle()
    [failed] = [job for job in world.jobs() if job.state is JobState.FAILED]
    assert f"⚠️ {failed.index}." in now(world, asked).text
    assert placeholders(world) == []
    assert len(photos(world)) == 2
    world.check_money()


async def test_telegram_refuses_the_edit(world: World) -> None:
    """Where Telegram does not let a placeholder become the picture, that comes in a message of its own."""
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    world.messenger.fail("edit_photo", MessageRejectedError("Can't change media type in the album"))
    await world.settle()
    assert [shown.in_album for shown in photos(world)] == [True, True, False]
    assert placeholders(world) == []
    world.check_money()


async def test_none_was_made(world: World) -> None:
    """A batch without any picture ends with its reasons and without a ring; its album is gone."""

    async def wait(_: PictureTask) -> None:
        world.clock.advance(40)

    world.model.before = wait
    for words in ("a fox", "a cat", "a dog"):
        world.model.script(words, Refused("SAFETY"))
    card = await draw(world)
    assert (photos(world), placeholders(world), card.buttons) == ([], [], ())
    assert plain_text("en", "batch-ready") not in [shown.text for shown in world.messenger.messages(ME)]
    world.check_money()


async def test_a_worker_that_comes_too_late(world: World) -> None:
    """A press that was paused until everything was canceled sends no album."""
    asked = await ask(world)

    async def others() -> None:
        world.clock.advance(3)
        await world.deliver(world.message("/cancel"))

    world.messenger.stall("edit_text", others)
    await world.send(world.tap("batch;", asked))
    assert {job.state for job in world.jobs()} == {JobState.CANCELED}
    assert world.messenger.sent("send_album") == []
    world.check_money()


async def test_an_answer_to_a_deletion_is_lost(world: World) -> None:
    """A deletion whose answer is lost is repeated at once, and with the telling of the end after that."""
    world.model.script("a dog", Broken("400"))
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    world.messenger.lose("delete_message", 2)
    await world.settle()
    assert placeholders(world) == []
    assert "Ready: 2 of 3" in now(world, asked).text


async def test_a_number_brings_the_picture(world: World) -> None:
    """A number under the card brings that picture with its buttons, which buy as under any other."""
    card = await draw(world)
    await world.send(world.tap_data(card.buttons[0][1].data, card.message_id))
    shown = photos(world)[-1]
    assert "“a cat”" in shown.text
    assert "✏️ Edit" in labels(shown)
    await world.send(world.tap("again", shown))
    assert request_of(world.jobs()[-1]).prompt == "a cat"
    await world.send(world.tap_data(card.buttons[0][1].data, card.message_id, user_id=OTHER))
    assert world.messenger.taps[-1].toast == plain_text("en", "not-yours")


async def test_numbers_of_nothing(world: World) -> None:
    """A number whose picture is not made yet, or that does not exist, is answered in words."""
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    batch = chat_of(world.jobs()[0]).batch
    said = []
    for number in ("1", "9", ""):
        await world.deliver(world.tap_data(f"1;batchpic;{batch};{number}", asked.message_id))
        said.append(world.messenger.taps[-1].toast)
    assert said == [plain_text("en", "toast-not-done"), *[plain_text("en", "toast-gone")] * 2]
