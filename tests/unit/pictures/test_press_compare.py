"""*Before and after*: a picture beside what it was made from, for nothing."""

from shared.errors import BotBlockedError, DeliveryUnknownError, TooManyRequestsError
from shared.pictures.picture import request_of
from shared.pictures.press import IMPATIENCE
from shared.texts import plain_text
from tests.fakes.messenger import Shown
from tests.world import ME, World


def now(world: World, shown: Shown) -> Shown:
    return world.messenger.chats[ME][shown.message_id]


def toasts(world: World) -> list[str]:
    return [tap.toast for tap in world.messenger.taps]


async def open_tools(world: World, picture: Shown) -> str:
    """The data of the button that compares."""
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.send(world.tap("tools", now(world, picture)))
    world.clock.advance(IMPATIENCE.total_seconds())
    buttons = [button for row in now(world, picture).buttons for button in row]
    return next((each.data for each in buttons if each.data.endswith(";compare")), "")


async def edit(world: World) -> tuple[Shown, Shown]:
    """A picture and a version of it."""
    await world.give(100)
    await world.send(world.message("a red fox"))
    first = world.shown()
    await world.send(world.reply("make it blue", first))
    return first, world.shown()


async def test_two_versions(world: World) -> None:
    """The two stand side by side, the earlier one first; nothing is paid, and the first keyboard is back."""
    first, second = await edit(world)
    home, left = now(world, second).buttons, world.user().account.available
    data = await open_tools(world, second)
    await world.send(world.tap_data(data, second.message_id))
    before, after = world.messenger.messages(ME)[-2:]
    assert (before.file_id, after.file_id) == (now(world, first).file_id, now(world, second).file_id)
    assert before.text == plain_text("en", "compare-caption")
    assert before.reply_to == second.message_id
    assert [len(row) for row in now(world, second).buttons] == [len(row) for row in home]
    assert (len(world.jobs()), world.user().account.available) == (2, left)
    world.check_money()


async def test_they_belong_to_their_pictures(world: World) -> None:
    """A reply to one of the two is about that one; whoever deletes a picture deletes it here too."""
    first, second = await edit(world)
    data = await open_tools(world, second)
    await world.send(world.tap_data(data, second.message_id))
    before, after = world.messenger.messages(ME)[-2:]
    await world.send(world.reply("make it green", before), world.reply("make it red", after))
    assert [request_of(job).parent_id for job in world.jobs()[2:]] == [job.id for job in world.jobs()[:2]]
    world.clock.advance(IMPATIENCE.total_seconds())
    await world.send(world.tap("delete", now(world, second)))
    await world.send(world.tap("erase", now(world, second)))
    shown = world.messenger.chats[ME]
    assert (before.message_id in shown, after.message_id in shown) == (True, False)
    assert first.message_id in shown


async def test_once_a_minute(world: World) -> None:
    """A second press at once sends nothing; one after a minute does."""
    _, second = await edit(world)
    data = await open_tools(world, second)
    for _ in range(2):
        await world.send(world.tap_data(data, second.message_id))
    assert toasts(world)[-2:] == [plain_text("en", "toast-comparing"), plain_text("en", "toast-compared")]
    world.clock.advance(61)
    await world.send(world.tap_data(data, second.message_id))
    assert len(world.messenger.sent("send_album")) == 2


async def test_a_photo_and_its_edit(world: World) -> None:
    """A photo that somebody sent stands beside what was made of it; a file cannot, and the person hears why."""
    await world.give(100)
    await world.send(world.photo("make it blue"))
    picture = world.shown()
    data = await open_tools(world, picture)
    await world.send(world.tap_data(data, picture.message_id))
    before, after = world.messenger.messages(ME)[-2:]
    assert before.file_id != after.file_id == now(world, picture).file_id
    world.clock.advance(61)
    world.messenger.documents.add(before.file_id)
    await world.send(world.tap_data(data, picture.message_id))
    assert world.shown().text == plain_text("en", "compare-file")


async def test_nothing_to_compare(world: World) -> None:
    """A picture from words alone has no such button, and a forged press finds nothing; neither does one after the
    earlier version was deleted.
    """
    first, second = await edit(world)
    assert await open_tools(world, first) == ""
    await world.send(world.tap_data(f"1;toolopen;{world.jobs()[0].id};0;0;compare", first.message_id))
    assert toasts(world)[-1] == plain_text("en", "toast-gone")
    data = await open_tools(world, second)
    await world.send(world.tap("back", now(world, first)))
    await world.send(world.tap("delete", now(world, first)))
    await world.send(world.tap("erase", now(world, first)))
    await world.send(world.tap_data(data, second.message_id))
    assert toasts(world)[-1] == plain_text("en", "toast-gone")
    assert world.messenger.sent("send_album") == []


async def test_telegram_does_not_take_it(world: World) -> None:
    """Flood control is waited for; what certainly was not sent may be asked for again, what may have been may not."""
    _, second = await edit(world)
    data = await open_tools(world, second)
    world.messenger.fail("send_album", TooManyRequestsError(3))
    await world.send(world.tap_data(data, second.message_id))
    assert len(world.messenger.messages(ME)) == 4
    world.clock.advance(61)
    world.messenger.fail("send_album", BotBlockedError("blocked"))
    for _ in range(2):
        await world.send(world.tap_data(data, second.message_id))
    assert len(world.messenger.messages(ME)) == 6
    world.clock.advance(61)
    world.messenger.fail("send_album", DeliveryUnknownError("lost"))
    for _ in range(2):
        await world.send(world.tap_data(data, second.message_id))
    assert toasts(world)[-1] == plain_text("en", "toast-compared")
