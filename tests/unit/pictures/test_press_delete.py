"""Deleting asks once, takes everything along, and can be undone for a minute."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.errors import (
    BotBlockedError,
    ChatMigratedError,
    DeliveryUnknownError,
    MessageGoneError,
    MessageRejectedError,
    MessengerError,
    PlaceRefusedError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.job import SWEEP_AFTER_SECONDS
from shared.jobs.next_step import UNDO_SECONDS
from shared.jobs.sweep_work import Swept, sweep_work
from shared.pictures.picture import artefacts_of
from shared.ports import Write
from shared.providers.outcomes import Made
from shared.telegram.address import chat_of
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.fakes.pictures import PNG
from tests.world import GROUP, ME, World, changes_card, writes_to

FOX = "a red fox"


async def make(world: World, words: str = FOX) -> Shown:
    await world.send(world.message(words))
    return world.shown()


async def delete(world: World, picture: Shown) -> Shown:
    """Press *Delete* and *Yes*; the message that stays."""
    await world.deliver(world.tap("delete", picture))
    await world.deliver(world.tap("erase", now(world, picture)))
    return world.shown()


def now(world: World, shown: Shown) -> Shown:
    return world.messenger.chats[ME][shown.message_id]


def labels(shown: Shown) -> list[list[str]]:
    return [[button.label for button in row] for row in shown.buttons]


async def test_it_asks_once(world: World) -> None:
    """🗑 asks in the keyboard itself, and *Keep* puts the keyboard back: nothing happened."""
    picture = await make(world)
    await world.send(world.tap("delete", picture))
    assert labels(now(world, picture)) == [["🗑 Yes, delete", "Keep"]]
    await world.send(world.tap("keep", now(world, picture)))
    assert now(world, picture).buttons == picture.buttons
    assert world.job().deleted_at is None
    assert [tap.toast for tap in world.messenger.taps] == ["Delete it?", "It stays."]


async def test_files_of_every_attempt_go(world: World) -> None:
    """Also the file of an attempt whose worker died before it could write down that it is there."""
    picture = await make(world)
    await world.blobs.put(f"jobs/{world.job().id}/0", b"earlier", "image/png")
    await world.blobs.put(f"jobs/{world.job().id}x/1", b"another's", "image/png")
    await delete(world, picture)
    await world.settle()
    assert set(world.blobs.blobs) == {f"jobs/{world.job().id}x/1"}


async def test_delete(world: World) -> None:
    """Picture, copies and questions go at once, one line stays; a minute later the files go too."""
    picture = await make(world)
    await world.send(world.tap("original", picture))
    await world.deliver(world.tap("edit", picture))
    notice = await delete(world, picture)
    assert world.messenger.messages(ME) == [notice]
    assert (notice.text, labels(notice)) == ("🗑 Deleted.", [["↩️ Undo"]])
    assert world.blobs.blobs != {}
    await world.settle()
    assert world.blobs.blobs == {}
    assert (world.shown().text, world.shown().buttons) == ("🗑 Deleted here and in my storage.", ())
    assert (world.now - (world.job().deleted_at or world.now)).total_seconds() == UNDO_SECONDS
    world.clock.advance(24 * 3600)
    assert await sweep_work(world.repair_ports) == Swept(0, 0)
    world.check_money()


@pytest.mark.parametrize("action", ["again", "edit", "original", "format", "delete", "keep"])
async def test_buttons_of_a_deleted_picture(world: World, action: str) -> None:
    """An old keyboard of a deleted picture does nothing but say so."""
    picture = await make(world)
    await delete(world, picture)
    await world.deliver(world.tap_data(f"1;{action};{world.job().id};0", picture.message_id))
    assert world.messenger.taps[-1].toast == "That picture was deleted."
    assert len(world.jobs()) == 1


async def test_undo(world: World) -> None:
    """↩️ turns the line back into the picture, with its keyboard, as often as it is deleted."""
    picture = await make(world)
    for _ in range(2):
        notice = await delete(world, world.shown())
        await world.deliver(world.tap("undo", notice))
        back = world.shown()
        assert (back.kind, back.file_id, back.buttons) == ("photo", picture.file_id, picture.buttons)
        assert back.text == picture.text
    await world.settle()
    assert world.job().deleted_at is None
    assert len(world.blobs.blobs) == 1
    await world.send(world.tap("original", world.shown()))
    assert world.shown().kind == "document"


async def test_undo_keeps_the_count(world: World) -> None:
    """After presses of *Again* a deletion and its *Undo* leave a keyboard whose next press buys."""
    picture = await make(world)
    for _ in range(2):
        await world.send(world.tap("again", now(world, picture)))
    await world.deliver(world.tap("delete", now(world, picture)))
    await world.deliver(world.tap("erase", now(world, picture)))
    await world.deliver(world.tap("undo", world.shown()))
    await world.send(world.tap("again", world.shown()))
    assert len(world.jobs()) == 4


async def test_undo_is_shown_again(world: World) -> None:
    """A press whose picture Telegram did not take yet brings it later; one that comes again changes nothing."""
    notice = await delete(world, await make(world))
    tap = world.tap("undo", notice)
    world.messenger.fail("edit_photo", TooManyRequestsError(5))
    await world.send(tap)
    assert world.shown().kind == "photo"
    await world.send(world.tap_data(f"1;undo;{world.job().id};0", notice.message_id))
    assert world.shown().kind == "photo"
    await world.send(world.tap_data(f"1;undo;{world.job().id};0", 5))
    assert world.messenger.taps[-1].toast == "It is back."


async def test_undo_without_a_file_id(world: World) -> None:
    """Where the answer that told the preview's id was lost, a new preview is made; the file itself may be too large."""
    world.messenger.lose("edit_photo")
    picture = await make(world)
    await world.send(world.tap("undo", await delete(world, picture)))
    assert (world.shown().kind, world.shown().file_id) == ("photo", picture.file_id)
    assert world.messenger.taps[-1].toast == "It is back."
    result = artefacts_of(world.job()).result
    assert result is not None
    assert result.photo_file_id == picture.file_id


@pytest.mark.parametrize("error", [TooManyRequestsError(5), DeliveryUnknownError("?")])
async def test_undo_that_telegram_does_not_take_now(world: World, error: MessengerError) -> None:
    """A new preview that Telegram does not take now is shown later."""
    world.messenger.lose("edit_photo")
    notice = await delete(world, await make(world))
    world.messenger.fail("edit_photo", error)
    await world.send(world.tap("undo", notice))
    assert world.shown().kind == "photo"


async def test_undo_whose_preview_cannot_be_made(world: World) -> None:
    """Where the message is gone by then, nothing is repeated for ever; nor where the same preview is shown twice."""
    world.messenger.lose("edit_photo")
    notice = await delete(world, await make(world))
    await world.deliver(world.tap("undo", notice))
    [task] = [task for task in world.tasks.tasks if task.not_before is None]
    world.messenger.fail("edit_photo", MessageGoneError("deleted again"))
    await world.run_task(task)
    assert world.shown().kind == "text"
    world.messenger.lose("edit_photo")
    await world.run_task(task)
    await world.settle()
    assert world.shown().kind == "photo"


async def test_undo_too_late(world: World) -> None:
    """After a minute a press that comes anyway says so, and takes the button away."""
    notice = await delete(world, await make(world))
    world.messenger.fail("edit_text", DeliveryUnknownError("?"))
    world.messenger.fail("edit_caption", DeliveryUnknownError("?"))
    await world.settle()
    assert labels(world.shown()) == [["↩️ Undo"]]
    await world.send(world.tap("undo", notice))
    assert world.messenger.taps[-1].alert
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-undo-late")
    assert world.shown().buttons == ()


async def test_undo_at_the_last_moment(world: World) -> None:
    """A picture that is brought back while its files are about to go keeps them."""
    notice = await delete(world, await make(world))
    world.store.interrupt(purges, lambda: world.deliver(world.tap("undo", notice)))
    await world.settle()
    assert (world.job().deleted_at, world.job().purged_at) == (None, None)
    assert world.blobs.blobs != {}


async def test_purge_is_lost(world: World) -> None:
    """Without its task `sweep` removes the files; a worker that dies in the middle is followed by another."""
    await delete(world, await make(world))
    world.tasks.take_all()
    world.clock.advance(UNDO_SECONDS + SWEEP_AFTER_SECONDS)
    assert await sweep_work(world.repair_ports) == Swept(1, 0)

    async def fail() -> None:
        raise UnavailableError("no store")

    world.store.interrupt(
        lambda writes: any(w.fields.get("purged_at") and not w.fields["sweep_at"] for w in writes), fail
    )
    with pytest.raises(UnavailableError):
        await world.settle()
    assert world.job().purged_at is not None
    world.clock.advance(SWEEP_AFTER_SECONDS)
    assert await sweep_work(world.repair_ports) == Swept(1, 0)
    await world.settle()
    assert world.blobs.blobs == {}
    assert world.job().sweep_at is None


async def test_delete_twice_at_once(world: World) -> None:
    """Two presses at the same time are one deletion."""
    picture = await make(world)
    await world.deliver(world.tap("delete", picture))
    asked = now(world, picture)
    await asyncio.gather(world.deliver(world.tap("erase", asked)), world.deliver(world.tap("erase", asked)))
    assert world.job().deleted_at is not None
    assert picture.message_id not in world.messenger.chats[ME]


async def test_deletion_is_finished(world: World) -> None:
    """A message whose deletion may have been lost is deleted by the next press of the same button."""
    picture = await make(world)
    world.messenger.fail("delete_message", DeliveryUnknownError("?"))
    await delete(world, picture)
    assert len(world.messenger.messages(ME)) == 2
    await world.deliver(world.tap("erase", now(world, picture)))
    [notice] = world.messenger.messages(ME)
    assert labels(notice) == [["↩️ Undo"]]


async def test_deletion_goes_on_after_an_outage(world: World) -> None:
    """A deletion that could not be marked, or whose line was not written down, comes again."""
    picture = await make(world)
    await world.deliver(world.tap("delete", picture))

    async def fail() -> None:
        raise UnavailableError("no store")

    tap = world.tap("erase", now(world, picture))
    for when in (writes_to("jobs"), changes_card):
        world.store.interrupt(when, fail)
        with pytest.raises(UnavailableError):
            await world.deliver(tap)
    await world.deliver(tap)
    job = world.job()
    assert labels(world.messenger.chats[ME][chat_of(job).card_message_id or 0]) == [["↩️ Undo"]]
    assert picture.message_id not in world.messenger.chats[ME]


async def test_an_old_message(world: World) -> None:
    """A picture that Telegram does not let go says that only its file is deleted; it can be brought back too."""
    picture = await make(world)
    await world.send(world.tap("original", picture))
    world.messenger.fail("delete_message", MessageRejectedError("too old"), MessageRejectedError("too old"))
    await world.deliver(world.tap("delete", picture))
    await world.deliver(world.tap("erase", now(world, picture)))
    assert "The file is deleted from my storage" in now(world, picture).text
    assert labels(now(world, picture)) == [["↩️ Undo"]]
    await world.deliver(world.tap("undo", now(world, picture)))
    assert now(world, picture).buttons == picture.buttons
    await world.deliver(world.tap("delete", now(world, picture)))
    world.messenger.fail("delete_message", MessageRejectedError("too old"), MessageRejectedError("too old"))
    await world.deliver(world.tap("erase", now(world, picture)))
    await world.settle()
    assert now(world, picture).buttons == ()
    assert world.blobs.blobs == {}


@pytest.mark.parametrize("error", [MessageRejectedError("no"), MessageGoneError("no caption")])
async def test_an_old_question(world: World, error: MessageRejectedError) -> None:
    """A message that can be neither deleted nor changed is left alone; the line comes all the same."""
    picture = await make(world)
    world.messenger.fail("delete_message", MessageRejectedError("too old"))
    world.messenger.fail("edit_caption", error)
    notice = await delete(world, picture)
    assert labels(notice) == [["↩️ Undo"]]


async def test_blocked_meanwhile(world: World) -> None:
    """A person who stopped the bot loses the picture a minute later all the same."""
    picture = await make(world)
    await world.deliver(world.tap("delete", picture))
    world.messenger.fail("delete_message", BotBlockedError("403"))
    world.messenger.fail("send_text", BotBlockedError("403"))
    await world.send(world.tap("erase", now(world, picture)))
    assert world.blobs.blobs == {}
    assert chat_of(world.job()).card_message_id is None


@pytest.mark.parametrize("error", [PlaceRefusedError("kicked"), ChatMigratedError(-9)])
async def test_copy_in_a_lost_group(world: World, error: MessengerError) -> None:
    """A copy in a group that put us out does not keep the rest of a picture from being deleted, and undone."""
    picture = await make(world)
    await world.send(world.tap("original", picture))
    world.messenger.fail("delete_message", error)
    line = await delete(world, picture)
    assert "Deleted" in line.text
    await world.deliver(world.tap("undo", line))
    assert world.job().deleted_at is None


async def test_old_copy_in_another_chat(world: World) -> None:
    """A card in a group that is too old to be deleted is told so there, and not under a message of the same number."""
    await world.deliver(world.message(f"/image {FOX}", chat_id=GROUP))
    world.messenger.photoless.add(GROUP)
    await world.settle()
    picture = world.shown()
    world.messenger.fail("delete_message", MessageRejectedError("too old"))
    await delete(world, picture)
    assert {call.chat_id for call in world.messenger.sent("edit_caption")} <= {GROUP}


async def test_before_it_is_there(world: World) -> None:
    """Forged presses on a job without a picture delete no job and no money."""
    await world.deliver(world.message(FOX))
    for action in ("delete", "erase"):
        await world.deliver(world.tap_data(f"1;{action};{world.job().id};x", world.shown().message_id))
    assert {tap.toast for tap in world.messenger.taps} == {plain_text("en", "toast-not-done")}
    await world.settle()
    assert world.shown().kind == "photo"
    world.check_money()


async def test_yes_after_a_minute(world: World) -> None:
    """A press of an old *Yes* changes nothing about what is gone."""
    picture = await make(world)
    await delete(world, picture)
    await world.settle()
    await world.deliver(world.tap_data(f"1;erase;{world.job().id};0", picture.message_id))
    assert world.tasks.tasks == []
    assert world.shown().buttons == ()


async def test_without_signature(world: World) -> None:
    """A picture without a signature has one file to delete."""
    world.model.script(FOX, Made(PNG + b"x" * 20, "image/png"))
    await delete(world, await make(world))
    await world.settle()
    assert world.blobs.blobs == {}


async def test_in_a_group(world: World) -> None:
    """The line stands where the picture stood."""
    await world.send(world.message(f"/image {FOX}", chat_id=GROUP))
    picture = world.shown(GROUP)
    await world.deliver(world.tap("delete", picture, chat_id=GROUP))
    await world.deliver(world.tap("erase", world.shown(GROUP), chat_id=GROUP))
    assert labels(world.shown(GROUP)) == [["↩️ Undo"]]
    assert world.messenger.messages(ME) == []


async def test_late_part_of_a_deleted_picture(world: World) -> None:
    """A late update does not draw a picture's caption over the remaining line of the album."""
    await world.send(world.photo("make it blue", media_group_id="7"))
    late = world.photo(media_group_id="7")
    await delete(world, world.shown())
    await world.deliver(late)
    assert artefacts_of(world.job()).late_parts == 1
    assert world.shown().text == "🗑 Deleted."


def purges(writes: Sequence[Write]) -> bool:
    return any(write.fields.get("purged_at") for write in writes)


def ends_purge(writes: Sequence[Write]) -> bool:
    return any(write.fields.get("purged_at") and not write.fields["sweep_at"] for write in writes)
