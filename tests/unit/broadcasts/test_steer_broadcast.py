"""Operators lead a broadcast from its first words to its end by the buttons of its card."""

from datetime import timedelta

import pytest

from shared.broadcasts import broadcast as rules
from shared.broadcasts.broadcast import BroadcastState
from shared.broadcasts.sweep_broadcasts import sweep_broadcasts
from shared.errors import BotBlockedError, DeliveryUnknownError, MessageRejectedError, TooManyRequestsError
from tests.fakes.messenger import Shown
from tests.unit.broadcasts.operators import ANN, BEN, count, employ, keep, news_of, press, stored, write
from tests.world import GROUP, ME, OTHER, World, writes_to

State = BroadcastState


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


def toast(world: World) -> str:
    return world.messenger.taps[-1].toast


async def test_from_words_to_everybody(world: World) -> None:
    """Seen by oneself, counted, confirmed: then each person gets it once, and the card says what became of it."""
    await employ(world, ANN, BEN, OTHER)
    card = await write(world)
    assert "Nothing is sent yet" in card.text
    assert not any("Count" in label for label in labels(card))
    card = await press(world, "test", card)
    assert "how people will see it" in toast(world)
    assert len(news_of(world, ME)) == 1
    assert not news_of(world, ANN)
    card = await press(world, "count", card)
    assert "<b>4</b> people would get it, 20 a second" in card.text
    assert "about 1 min" in card.text
    card = await press(world, "send", card)
    assert [len(news_of(world, each)) for each in (ME, OTHER, ANN, BEN)] == [2, 1, 1, 1]
    assert "✅ 4 of 4 sent" in card.text
    assert stored(world).state is State.DONE
    assert stored(world).progress.cursor == 0
    assert [each.what for each in stored(world).acts] == ["written", "tested", "counted", "confirmed"]
    assert labels(card) == []


async def test_picture_and_buttons(world: World) -> None:
    """A picture with a caption goes to all as the file that Telegram has; lines at its end are buttons."""
    await employ(world, ANN)
    words = "Look\n[Here](https://example.com/a)\n[There](https://example.com/b)"
    await world.send(world.photo(f"/broadcast {words}"))
    card = await press(world, "test", world.shown())
    card = await press(world, "count", card)
    await press(world, "send", card)
    [shown] = news_of(world, ANN, "Look")
    assert shown.kind == "photo"
    assert labels(shown) == ["Here", "There", "🔕 No more news"]


async def test_reply_to_a_message(world: World) -> None:
    """The command as a reply takes the text and the picture of the message that it replies to."""
    await employ(world)
    replied = {"message_id": 5, "from": {"id": ME, "is_bot": False}, "text": "From before"}
    await world.send(world.message("/broadcast", reply_to_message=replied))
    assert stored(world).content.text == "From before"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("[Only](https://example.com)", "There is no text"),
        ("x" * 4097, "4,096 characters are possible"),
        ("x" + "\n[A](https://example.com)" * 6, "At most 5 buttons"),
    ],
)
async def test_what_cannot_be_sent(world: World, words: str, said: str) -> None:
    """What Telegram would refuse for sure is said at once, and nothing is kept."""
    await employ(world)
    await write(world, words)
    assert said in world.shown().text
    assert not world.store.collection("broadcasts")


async def test_telegram_refuses_the_preview(world: World) -> None:
    """Broken HTML is found by the preview, and cannot be counted or sent."""
    await employ(world)
    card = await write(world, "<b>half")
    world.messenger.fail("send_text", MessageRejectedError("can't parse entities"))
    card = await press(world, "test", card)
    assert "can't parse entities" in toast(world)
    world.messenger.fail("send_text", TooManyRequestsError(3))
    await press(world, "test", card)
    assert "Press again in a minute" in toast(world)
    assert not stored(world).is_tested
    await world.send(world.tap_data(f"1;cast;count;{stored(world).id}", card.message_id))
    assert stored(world).state is State.DRAFT


async def test_who_is_no_operator(world: World) -> None:
    """For everybody else the command is unknown and the buttons do nothing; without operators for all."""
    await world.send(world.message("/broadcast News!"))
    assert "I do not know this command" in world.shown().text
    await employ(world)
    card = await count(world)
    data = card.buttons[0][0].data
    await world.send(world.tap_data(data, card.message_id, user_id=ANN))
    assert "belongs to somebody else" in toast(world)
    await world.send(world.message("/broadcast News!", user_id=ANN))
    assert "I do not know this command" in world.shown(ANN).text
    assert stored(world).state is State.COUNTED


async def test_in_a_group(world: World) -> None:
    """In a group an operator is sent to the private chat: others would see the card."""
    await employ(world)
    await world.send(world.message("/broadcast News!", chat_id=GROUP))
    assert "our private chat" in world.shown(GROUP).text


async def test_list(world: World) -> None:
    """Without words the command shows how, and the last broadcasts, whose cards any operator can open."""
    await employ(world)
    await keep(world, state=State.ASKING, confirmed_by=str(ME))
    await world.send(world.message("/broadcast", user_id=OTHER))
    listed = world.shown(OTHER)
    assert labels(listed) == ["🙋 News!"]
    await world.send(world.tap("cast;open", listed, user_id=OTHER))
    assert "A second operator has to agree" in world.shown(OTHER).text


@pytest.mark.parametrize("data", ["cast;open;gone-0000-000000", "cast;stop;gone-0000-000000", "cast;stop;a/b", "cast"])
async def test_buttons_of_nothing(world: World, data: str) -> None:
    """A button of a broadcast that is gone, or of none, says that it is old."""
    await employ(world)
    await world.send(world.tap_data(f"1;{data}", 7))
    assert "This menu is old" in toast(world)


@pytest.mark.parametrize("values", ["lang;xx", "days;8", "money;all", "send;x", "send;4;x", "sing"])
async def test_odd_values(world: World, values: str) -> None:
    """A value that no button of ours has changes nothing."""
    await employ(world)
    card = await count(world)
    verb, *rest = values.split(";")
    await world.send(world.tap_data(";".join(("1", "cast", verb, stored(world).id, *rest)), card.message_id))
    assert stored(world).state is State.COUNTED
    assert "how it is now" in toast(world)


async def test_audience(world: World) -> None:
    """Each choice is an absolute value; another one has the people counted again, and only who fits gets it."""
    await employ(world, ANN)
    await world.send(world.message("/start", user_id=BEN, language="ru"))
    card = await count(world)
    assert "<b>3</b> people" in card.text
    card = await press(world, "edit", card)
    for choice in ("lang", "days", "money"):
        assert any(button.data.startswith(f"1;cast;{choice}") for row in card.buttons for button in row)
    for choice in ("lang", "days", "money"):
        value = {"lang": "ru", "days": "30", "money": "enough"}[choice]
        await world.send(world.tap_data(f"1;cast;{choice};{stored(world).id};{value}", card.message_id))
    card = world.messenger.chats[ME][card.message_id]
    assert "people who use Russian, seen in the last 30 days, enough credits" in card.text
    assert {"✅ Russian", "✅ 30 days", "✅ Enough credits"} <= {*labels(card)}
    card = await press(world, "count", card)
    assert "<b>1</b> person would" in card.text
    await press(world, "send", card)
    assert [len(news_of(world, each)) for each in (ANN, BEN)] == [0, 1]
    [shown] = news_of(world, BEN)
    assert labels(shown) == ["🔕 Больше не присылать"]


async def test_nobody_fits(world: World) -> None:
    """A broadcast to nobody cannot be confirmed."""
    await employ(world)
    card = await press(world, "edit", await count(world))
    await world.send(world.tap_data(f"1;cast;money;{stored(world).id};low", card.message_id))
    card = await press(world, "count", card)
    card = world.messenger.chats[ME][card.message_id]
    assert "Nobody fits that now" in card.text
    await world.send(world.tap_data(f"1;cast;send;{stored(world).id};0", card.message_id))
    assert stored(world).state is State.COUNTED


async def test_two_agree_to_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit another operator has to agree; the first one cannot, and either may take it back."""
    monkeypatch.setattr(rules, "AGREED_ABOVE", 1)
    await employ(world, ANN, OTHER)
    card = await press(world, "send", await count(world))
    assert not news_of(world, ANN)
    asked = world.shown(OTHER)
    assert "A second operator has to agree" in asked.text
    await press(world, "agree", card)
    assert "Another operator has to agree" in toast(world)
    await press(world, "disagree", asked, OTHER)
    assert stored(world).state is State.COUNTED
    world.messenger.fail("send_text", BotBlockedError("blocked"))  # the other one is not told, and finds it anyway
    await world.send(world.tap_data(f"1;cast;send;{stored(world).id};3", card.message_id))
    await world.send(world.tap_data(f"1;cast;test;{stored(world).id}", asked.message_id, user_id=OTHER))
    assert len(news_of(world, OTHER)) == 1
    await world.send(world.tap_data(f"1;cast;agree;{stored(world).id}", asked.message_id, user_id=OTHER))
    assert stored(world).state is State.DONE
    assert len(news_of(world, ANN)) == 1


async def test_for_later(world: World) -> None:
    """A broadcast for later waits for its time, whatever comes before."""
    await employ(world, ANN)
    card = await count(world)
    later = next(button for row in card.buttons for button in row if button.label.endswith("(+1 h)"))
    await world.deliver(world.tap_data(later.data, card.message_id))
    assert (
        f"It begins on 2 January 2026 {later.label.split()[1]} UTC" in world.messenger.chats[ME][card.message_id].text
    )
    [task] = world.tasks.tasks
    assert task.not_before is not None
    await world.settle()
    assert world.now >= task.not_before
    assert len(news_of(world, ANN)) == 1


async def test_pause_resume_stop(world: World) -> None:
    """A pause ends at the next commit of the worker; resumed it goes on, and stopped it never does."""
    await employ(world, ANN)
    card = await count(world)
    await world.deliver(world.tap("cast;send", card))
    card = world.messenger.chats[ME][card.message_id]
    assert labels(card) == ["🔄 Refresh", "⏸ Pause"]
    card = await press(world, "pause", card)
    assert "Paused" in card.text
    assert not news_of(world, ANN)
    await world.deliver(world.tap("cast;resume", card))
    await world.deliver(world.tap_data(f"1;cast;pause;{stored(world).id}", card.message_id))
    card = world.messenger.chats[ME][card.message_id]
    card = await press(world, "stop", card)
    assert "Stopped for good" in card.text
    await world.send(world.tap_data(f"1;cast;resume;{stored(world).id}", card.message_id))
    assert stored(world).state is State.STOPPED
    assert not news_of(world, ANN)
    assert "Nothing has changed" in toast(world)


async def test_number_that_is_old(world: World) -> None:
    """A confirmation counts only for the number of people that stood on its button."""
    await employ(world)
    card = await count(world)
    await world.send(world.tap_data(f"1;cast;send;{stored(world).id};99", card.message_id))
    assert stored(world).state is State.COUNTED


async def test_command_comes_twice(world: World) -> None:
    """A command that is delivered twice, or whose worker dies, makes one broadcast and shows its card."""
    await employ(world)
    update = world.message("/broadcast News!")
    world.messenger.fail("send_text", DeliveryUnknownError("timed out"))
    await world.send(update, update)
    assert len(world.store.collection("broadcasts")) == 1
    assert "Nothing is sent yet" in world.shown().text


async def test_command_at_the_same_time(world: World) -> None:
    """Of two deliveries at once one keeps the draft, and the other comes back later."""
    await employ(world)
    update = world.message("/broadcast News!")

    async def other() -> None:
        await world.deliver(update)

    world.store.interrupt(writes_to("broadcasts"), other)
    await world.send(update)
    assert len(world.store.collection("broadcasts")) == 1
    assert sum("Nothing is sent yet" in each.text for each in world.messenger.messages(ME)) == 1


async def test_command_under_another_update_id(world: World) -> None:
    """The same message under another update id keeps no second draft, and is not put off either."""
    await employ(world)
    update = world.message("/broadcast News!")
    await world.send(update)
    await world.deliver(update | {"update_id": update["update_id"] + 500})
    assert world.tasks.tasks == []
    assert sum("Nothing is sent yet" in each.text for each in world.messenger.messages(ME)) == 1


async def test_preview_comes_once(world: World) -> None:
    """A press of the preview that is delivered twice at once sends one."""
    await employ(world)
    card = await write(world)
    tap = world.tap("cast;test", card)

    async def other() -> None:
        await world.deliver(tap)

    world.store.interrupt(writes_to("inbox"), other)
    await world.send(tap)
    assert len(news_of(world, ME)) == 1


async def test_acts_at_the_same_time(world: World) -> None:
    """A press that meets another one decides again by what that one has left."""
    await employ(world)
    card = await count(world)

    async def discard() -> None:
        await world.deliver(world.tap_data(f"1;cast;stop;{stored(world).id}", card.message_id))

    world.store.interrupt(writes_to("broadcasts"), discard)
    await press(world, "send", card)
    assert stored(world).state is State.STOPPED


async def test_forgotten(world: World) -> None:
    """A draft that nobody presses for a week ends."""
    await employ(world)
    await write(world)
    assert (await sweep_broadcasts(world.repair_ports)).moved == 0
    world.clock.advance(timedelta(days=7).total_seconds() + 1)
    assert (await sweep_broadcasts(world.repair_ports)).moved == 1
    await world.settle()
    assert stored(world).state is State.STOPPED
    assert stored(world).trouble == "broadcast-trouble-forgotten"


async def test_card_is_gone(world: World) -> None:
    """A card that was deleted holds up nothing."""
    await employ(world, ANN)
    card = await count(world)
    await world.deliver(world.tap("cast;send", card))
    del world.messenger.chats[ME][card.message_id]
    await world.settle()
    assert stored(world).state is State.DONE
