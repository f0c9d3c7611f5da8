"""What the model is given: files fetched in time, earlier versions, and time enough."""

import asyncio

import pytest

from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    FileAwayError,
    FileTooManyPixelsError,
    FileUnreadableError,
    TooManyRequestsError,
)
from shared.jobs.job import JobState
from shared.pictures import make_picture
from shared.pictures.picture import artefacts_of, request_of
from shared.providers.images import Image
from shared.providers.outcomes import FailureReason, Made
from tests.fakes.pictures import PNG
from tests.world import ME, Json, World

FOX = "a red fox"


async def test_material_goes_to_the_model(world: World) -> None:
    """A photo's bytes are fetched, checked and given along."""
    await world.send(world.photo("make it blue"))
    [task] = world.model.tasks
    [reference] = task.references
    assert (reference.content.startswith(PNG), reference.mime_type) == (True, "image/png")


@pytest.mark.parametrize(
    ("picture", "reason"),
    [(b"not a picture", FailureReason.FILE_UNREADABLE), (bytes(20 * 1024 * 1024 + 1), FailureReason.FILE_TOO_LARGE)],
)
async def test_unusable_material(world: World, picture: bytes, reason: FailureReason) -> None:
    """A file that cannot be used ends the job before the model is asked; no attempt is counted."""
    update = world.photo("make it blue", picture=picture)
    update["message"]["photo"][0]["file_size"] = 1
    await world.send(update)
    assert (world.job().state, world.job().failure) == (JobState.FAILED, reason)
    assert world.job().attempts == ()
    assert world.model.tasks == []
    world.check_money()


@pytest.mark.parametrize("error", [TooManyRequestsError(9), DeliveryUnknownError("?")])
async def test_telegram_does_not_hand_out_the_file_now(world: World, error: Exception) -> None:
    """Material that cannot be had now is asked for later, and costs no attempt."""
    await world.deliver(world.photo("make it blue"))
    world.messenger.fail("download", error)  # type: ignore[arg-type]
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.job().attempts) == 1
    world.check_money()


async def test_file_is_not_handed_out(world: World) -> None:
    """A refusal of Telegram to hand out a file is final."""
    await world.deliver(world.photo("make it blue"))
    world.messenger.fail("download", BotBlockedError("403"))
    await world.settle()
    assert world.job().failure is FailureReason.UNDELIVERABLE
    world.check_money()


async def test_parent_and_its_signature(world: World) -> None:
    """A new version starts from what was asked and made before, signature included."""
    await world.send(world.message(FOX))
    await world.send(world.reply("make it blue", world.shown()))
    parent = world.model.tasks[1].parent
    assert parent is not None
    made = artefacts_of(world.jobs()[0]).result
    assert made is not None
    stored, _ = world.blobs.blobs[made.blob]
    assert parent.prompt == FOX
    assert parent.signature.startswith(b"signature of ")
    assert (parent.picture.content, parent.signature) == (stored[: made.size_bytes], stored[made.size_bytes :])


async def test_parent_without_signature(world: World) -> None:
    """A parent that was not signed is used all the same."""
    world.model.script(FOX, Made(PNG + b"x" * 20, "image/png"))
    await world.send(world.message(FOX))
    await world.send(world.reply("make it blue", world.shown()))
    parent = world.model.tasks[1].parent
    assert parent is not None
    assert parent.signature == b""


async def test_parent_of_another_model(world: World) -> None:
    """A signature is only given to the model that wrote it."""
    await world.send(world.message("/settings"))
    panel = world.shown()
    await world.send(world.message(FOX))
    picture = world.shown()
    await world.send(world.tap("set;model;best", panel))
    await world.send(world.reply("make it blue", picture))
    parent = world.model.tasks[1].parent
    assert parent is not None
    assert parent.signature == b""


async def test_large_parent(world: World) -> None:
    """A parent too large for a call is reduced first, and then has no signature."""
    world.model.script(FOX, Made(PNG + bytes(6_000_001), "image/png", b"signature"))
    await world.send(world.message(FOX))
    checked = world.pictures.checked
    await world.send(world.reply("make it blue", world.shown()))
    parent = world.model.tasks[1].parent
    assert parent is not None
    assert (parent.signature, world.pictures.checked) == (b"", checked + 1)


@pytest.mark.parametrize("lost", ["file", "mark"])
async def test_parent_is_gone(world: World, lost: str) -> None:
    """A version of a picture that is no longer stored cannot be made; the credits go back."""
    await world.send(world.message(FOX))
    picture = world.shown()
    await world.deliver(world.reply("make it blue", picture))
    if lost == "file":
        world.blobs.blobs.clear()
    else:
        await world.deliver(world.tap("delete", picture))
        await world.deliver(world.tap("erase", world.messenger.chats[ME][picture.message_id]))
    await world.settle()
    assert world.jobs()[1].failure is FailureReason.FILE_GONE
    world.check_money()


async def test_downloads_have_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Material that does not come in its time is asked for later, and costs no attempt."""
    download, hanging = world.messenger.download, [True]

    async def hang(file_id: str) -> bytes:
        if hanging.pop() if hanging else False:
            await asyncio.Event().wait()
        return await download(file_id)

    monkeypatch.setattr(world.messenger, "download", hang)
    monkeypatch.setattr(make_picture, "MATERIAL_SECONDS_MAX", 0.01)
    await world.deliver(world.photo("make it blue"))
    await world.run_next()
    assert (world.job().state, world.model.tasks) == (JobState.QUEUED, [])
    monkeypatch.setattr(make_picture, "MATERIAL_SECONDS_MAX", 60)
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.job().attempts) == 1
    world.check_money()


async def test_first_bad_file_stops_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One unusable picture of an album ends the job at once: downloads under way are let go."""
    stopped = list[str]()

    async def download(file_id: str) -> bytes:
        if not stopped and file_id == bad:
            await asyncio.sleep(0)
            raise FileUnreadableError(file_id)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append(file_id)
            raise
        return b""

    monkeypatch.setattr(world.messenger, "download", download)
    parts = [world.photo("make it blue", media_group_id="7"), world.photo(picture=PNG + b"bad", media_group_id="7")]
    bad = parts[1]["message"]["photo"][0]["file_id"]
    await world.send(*parts)
    assert (world.job().failure, len(stopped)) == (FailureReason.FILE_UNREADABLE, 1)
    world.check_money()


def document(world: World, words: str, width: int, height: int) -> Json:
    """A picture sent as a file, of which Telegram tells neither shape nor size."""
    content = PNG + b"\0\0\0\x0dIHDR" + width.to_bytes(4) + height.to_bytes(4)
    file = {"file_id": world.messenger.add_file(content), "mime_type": "image/png"}
    return world.message(document=file, caption=words)


@pytest.mark.parametrize("times", [1, 3])
async def test_file_that_is_away_for_a_moment(world: World, times: int) -> None:
    """Telegram says "temporarily unavailable": the file is asked for again, and nothing is said."""
    await world.deliver(world.photo("make it blue"))
    world.messenger.fail("download", *[FileAwayError("400")] * times)
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    assert len(world.job().attempts) == 1
    world.check_money()


async def test_file_that_stays_away(world: World) -> None:
    """A file that Telegram never hands out ends the job, and is not called unreadable."""
    await world.deliver(world.photo("make it blue"))
    world.messenger.fail("download", *[FileAwayError("400")] * 4)
    await world.settle()
    assert (world.job().failure, world.model.tasks) == (FailureReason.FILE_GONE, [])
    world.check_money()


async def test_too_many_pixels(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The card says why, and what to do; the model was not asked."""

    async def check(_: bytes) -> Image:
        raise FileTooManyPixelsError

    monkeypatch.setattr(world.pictures, "check", check)
    await world.send(world.photo("make it blue"))
    assert (world.job().failure, world.model.tasks) == (FailureReason.FILE_TOO_LARGE, [])
    assert "too many pixels" in world.shown().text
    assert "Send it as a photo" in world.shown().text
    world.check_money()


@pytest.mark.parametrize(("words", "ratio"), [("make it blue", "8:1"), ("make it blue 4:3", "4:3")])
async def test_shape_of_a_file_is_known_when_it_is_opened(world: World, words: str, ratio: str) -> None:
    """A panorama without a thumbnail keeps its shape unless another is named. The caption shows it."""
    await world.send(document(world, words, 12_000, 300))
    assert (world.model.tasks[0].ratio, request_of(world.job()).ratio) == (ratio, ratio)
    assert f" {ratio} " in world.shown().text
    await world.send(world.reply("and rounder", world.shown()))
    assert world.model.tasks[1].ratio == ratio


async def test_shape_is_known_at_the_second_try(world: World) -> None:
    """*Try again* after a file that could not be opened takes the shape from the file, too."""
    await world.deliver(document(world, "make it blue", 300, 12_000))
    world.messenger.fail("download", *[FileAwayError("400")] * 4)
    await world.settle()
    world.clock.advance(60)
    await world.send(world.tap("again", world.shown()))
    assert [task.ratio for task in world.model.tasks] == ["1:8"]


async def test_other_words_for_a_file_keep_its_shape(world: World) -> None:
    """A reply to the failed card starts from the same file, and its shape."""
    await world.deliver(document(world, "make it blue", 300, 12_000))
    world.messenger.fail("download", *[FileAwayError("400")] * 4)
    await world.settle()
    await world.send(world.reply("make it green", world.shown()))
    assert [task.ratio for task in world.model.tasks] == ["1:8"]
