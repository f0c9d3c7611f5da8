"""What a person has is shown to them alone."""

import pytest

from shared.bot.balance import ENTRIES_SHOWN
from shared.domain.outcomes import Refused
from shared.errors import BotBlockedError, DeliveryUnknownError, MessageRejectedError, NanoBananaError
from shared.texts import html_text
from tests.world import GROUP, ME, World


async def test_balance_of_a_stranger(world: World) -> None:
    """A first contact has the gift and no entries yet."""
    await world.send(world.message("/balance"))
    assert world.shown().text == "You have <b>20</b> credits\n\nNo entries yet."


async def test_balance(world: World) -> None:
    """Each job is one line: reserved, spent or returned; the newest first; prompts are escaped."""
    world.model.script("a bad fox", Refused("SAFETY"))
    await world.deliver(world.message("a <b>red</b> fox"))
    world.clock.advance(1)
    await world.settle()
    world.clock.advance(60)
    await world.send(world.message("a bad fox"))
    world.clock.advance(60)
    await world.deliver(world.message("a blue fox"))
    world.tasks.take_all()
    await world.send(world.message("/balance"))
    title, _, *lines, times = world.shown().text.splitlines()
    assert title == "You have <b>12</b> credits · 4 reserved for pictures in the works"
    assert times == "<i>Times are UTC.</i>"
    assert [line.split(" · ", 1)[1] for line in lines] == [
        "4 reserved · a blue fox",
        "4 credits returned · a bad fox",
        "−4 · a &lt;b&gt;red&lt;/b&gt; fox",
        "+20 · welcome gift",
    ]


async def test_long_balance(world: World) -> None:
    """Only the newest entries are shown."""
    await world.give(100)
    for number in range(ENTRIES_SHOWN + 5):
        await world.send(world.message(f"fox {number}"))
        world.clock.advance(60)
    await world.send(world.message("/balance"))
    lines = world.shown().text.splitlines()[2:-1]
    assert len(lines) == ENTRIES_SHOWN
    assert lines[0].endswith(f"fox {ENTRIES_SHOWN + 4}")
    world.check_money()


async def test_free_credits_of_the_day(world: World) -> None:
    """The daily allowance is no welcome gift."""
    await world.give(1)
    world.clock.advance(24 * 3600)
    await world.send(world.message("/balance"))
    await world.send(world.message("/balance"))
    assert "+3 · free credits of the day" in world.shown().text


@pytest.mark.parametrize("command", ["/balance", "/profile", "/settings"])
async def test_in_a_group(world: World, command: str) -> None:
    """What was asked for in a group is answered in private, and the group reads only that."""
    await world.send(world.message(command, chat_id=GROUP))
    assert world.shown(GROUP).text == html_text("en", "wrote-you")
    assert len(world.messenger.messages(ME)) == 1


@pytest.mark.parametrize("error", [BotBlockedError("403"), MessageRejectedError("chat not found")])
async def test_in_a_group_before_the_private_chat(world: World, error: NanoBananaError) -> None:
    """Who never opened the private chat gets a button that opens it, and the answer there."""
    world.messenger.fail("send_text", error)
    await world.send(world.message("/balance", chat_id=GROUP))
    [[button]] = world.shown(GROUP).buttons
    assert (button.url, button.data) == ("https://t.me/nanobanana_test_bot?start=balance", "")
    await world.send(world.message("/start balance"))
    assert "You have <b>20</b> credits" in world.shown().text


async def test_unknown_delivery_is_not_repeated(world: World) -> None:
    """An answer that perhaps arrived is not sent again, nor denied."""
    world.messenger.fail("send_text", DeliveryUnknownError("?"))
    await world.send(world.message("/balance", chat_id=GROUP))
    assert world.messenger.messages(GROUP) == []
