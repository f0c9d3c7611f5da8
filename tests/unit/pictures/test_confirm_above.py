"""One price above which the bot asks first, for whatever is ordered in words."""

from dataclasses import replace

import pytest

from shared.bot.menus import settings_panel
from shared.jobs.job import JobState
from shared.people.accounts import change_user, open_user
from shared.people.talk import CONFIRM_ABOVE
from shared.people.users import User
from shared.texts import plain_text
from tests.unit.pictures.albums import album
from tests.world import GROUP, ME, OTHER, World


async def confirm_above(world: World, price: int) -> None:
    """Choose a limit, as /settings does."""

    def choose(user: User) -> User:
        return replace(user, talk=replace(user.talk, confirm_above=price))

    await change_user(world.ports, await open_user(world.ports, ME), choose)


async def test_dear_order_is_asked_about(world: World) -> None:
    """A clear order above the limit is a question with its price, for free; the press makes it."""
    await world.give(100)
    await confirm_above(world, 4)
    await world.send(world.message("/image a red fox x2"))
    asked = world.shown()
    limit = "this costs more than I spend without asking (💳 in /settings)"
    assert asked.text == f"💳 “a red fox x2”: {limit}. Shall I make it?"
    assert [button.label for button in asked.buttons[0]] == ["🎨 Draw this · 8 credits"]
    assert world.user().account.available == 100
    await world.send(world.tap("draw", asked))
    assert len(world.jobs()) == 2
    world.check_money()


async def test_cheap_order_is_made(world: World) -> None:
    """Up to the limit nothing is asked; without one, nothing is asked either."""
    await world.give(100)
    await world.send(world.message("/image a red fox x4"))
    await confirm_above(world, 20)
    await world.send(world.message("/image an owl x4"))
    assert len(world.jobs()) == 8


async def test_auto_follows_the_limit(world: World) -> None:
    """*Auto* draws a plain description up to the limit, also above its own usual one, and asks above it."""
    await world.give(200)
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;auto", world.shown()))
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;size;4K", world.shown()))
    await world.send(world.message("a red fox in the snow, watercolour"))
    assert world.jobs() == []
    await confirm_above(world, 50)
    await world.send(world.message("a grey owl at night, watercolour"))
    assert len(world.jobs()) == 1


async def test_album_is_asked_about(world: World) -> None:
    """An album with a caption is a clear order too."""
    await world.give(100)
    await confirm_above(world, 4)
    await world.send(*album(world, caption="make one picture of these x2"))
    assert "Shall I make it?" in world.shown().text
    await world.send(world.tap("draw", world.shown()))
    assert len(world.jobs()) == 2


async def test_changed_picture(world: World) -> None:
    """A reply that only changes the size is asked about above the limit; two presses buy once."""
    await world.give(100)
    await world.send(world.message("/image a red fox"))
    picture = world.shown()
    await confirm_above(world, 4)
    reply = world.reply("4K x2", picture)
    await world.send(reply)
    asked = world.shown()
    assert "more than I spend without asking" in asked.text
    assert len(world.jobs()) == 1
    yes = world.tap("order", asked)
    await world.send(yes, world.tap("order", asked))
    assert len(world.jobs()) == 3
    assert {job.state for job in world.jobs()} == {JobState.DELIVERED}
    assert world.messenger.messages(ME)[-3].buttons == ()
    await world.deliver(reply | {"update_id": 77})
    await world.settle()
    assert len(world.jobs()) == 3
    world.check_money()


async def test_long_recording_is_asked_about(world: World) -> None:
    """A recording that may cost much is asked about; with *Yes* its words come, and are handled as ever."""
    await world.give(100)
    await confirm_above(world, 4)
    sound = world.voice("why is the sky blue?", seconds=3)
    sound["message"]["voice"]["duration"] = 3000
    await world.send(sound)
    asked = world.shown()
    assert "credits at most" in asked.text
    assert world.jobs() == []
    await world.send(world.tap("order", asked))
    assert world.jobs()[0].kind == "transcript"
    world.check_money()


async def test_dear_answer_is_asked_about(world: World) -> None:
    """So is an answer with a search, whose hold is above the limit."""
    await world.give(100)
    await confirm_above(world, 4)
    await world.send(world.message("/search who won the match yesterday?"))
    assert world.jobs() == []
    await world.send(world.tap("order", world.shown()))
    assert [(job.kind, job.state) for job in world.jobs()] == [("answer", JobState.DELIVERED)]
    world.check_money()


async def test_yes_of_others_and_too_late(world: World) -> None:
    """Nobody else may say yes, nor may the person after a day or to something unknown."""
    await world.give(100)
    await confirm_above(world, 4)
    await world.send(world.message("/search who won the match yesterday?", chat_id=GROUP))
    asked = world.shown(GROUP)
    assert [button.label for row in asked.buttons for button in row] == ["✅ Yes"]
    assert "9" not in asked.text
    await world.send(world.tap("order", asked, user_id=OTHER, chat_id=GROUP))
    await world.send(world.tap_data("1;order;nonsense", asked.message_id))
    await world.send(world.tap_data("1;order", asked.message_id))
    world.clock.advance(24 * 3600)
    await world.send(world.tap("order", asked, chat_id=GROUP))
    toasts = [tap.toast for tap in world.messenger.taps]
    assert toasts == [plain_text("en", "not-yours"), *[plain_text("en", "toast-expired")] * 3]
    assert world.jobs() == []


async def test_yes_without_credits(world: World) -> None:
    """Whoever spent the credits meanwhile learns that when pressing, and keeps the button."""
    await world.give(10)
    await confirm_above(world, 4)
    await world.send(world.message("/search who won the match yesterday?"))
    asked = world.shown()
    await confirm_above(world, 0)
    await world.send(world.message("/image a red fox x2"))
    await world.send(world.tap("order", asked))
    assert "credits" in world.messenger.taps[-1].toast
    assert len(world.jobs()) == 2


async def test_video_follows_the_limit(world: World) -> None:
    """With a limit a clear video begins at once up to it, and has its review above it."""
    await world.give(200)
    await confirm_above(world, 50)
    await world.send(world.message("/video a fox runs through snow"))
    assert [job.kind for job in world.jobs()] == ["video"]
    await confirm_above(world, 4)
    await world.send(world.message("/video an owl flies through the night"))
    assert len(world.jobs()) == 1
    assert any("Make it" in button.label for row in world.shown().buttons for button in row)


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_chosen_in_settings(world: World, language: str) -> None:
    """A press goes to the next limit and at last back to none; with a limit the one for videos alone is gone."""
    await world.send(world.message("/settings", language=language))
    for value in (*CONFIRM_ABOVE[1:], CONFIRM_ABOVE[0]):
        shown = world.shown()
        await world.send(world.tap(f"set;confirm_above;{value}", shown, language=language))
        assert world.user().talk.confirm_above == value
        data = [button.data for row in world.shown().buttons for button in row]
        assert any("review_above" in each for each in data) is not bool(value)


async def test_unknown_limit(world: World) -> None:
    """A limit that is not offered is not stored; /mode leaves its own prices out while there is one for all."""
    await world.send(world.message("/settings"))
    await world.send(world.tap_data(f"1;set;confirm_above;7;{ME}", world.shown().message_id))
    assert world.user().talk.confirm_above == 0
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;auto", world.shown()))
    assert "≤ 4" in str(world.shown().buttons)
    await confirm_above(world, 20)
    await world.send(world.message("/mode"))
    assert "≤" not in str(world.shown().buttons)
    assert "20" in settings_panel(world.user(), "en").text


@pytest.mark.parametrize("words", ["yes", "да", "ok"])
async def test_yes_in_words_leads_to_the_button(world: World, words: str) -> None:
    """A "yes" to the question about a price, which only its button answers, buys nothing and says where to press."""
    await world.give(400)
    await world.send(world.message("/image a red fox"))
    await world.send(world.reply("4K x4", world.shown()))
    await world.send(world.message(words))
    assert world.shown().text == plain_text("en", "answer-yes")
    assert len(world.jobs()) == 1
