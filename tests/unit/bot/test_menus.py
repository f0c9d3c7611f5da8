"""Menus: first screen, settings, language, balance."""

from dataclasses import replace
from itertools import permutations

import pytest

from shared.bot.commands import PRIVATE_MENU, describe_menu
from shared.conversations.answer import question_of
from shared.errors import MessageGoneError, TooManyRequestsError
from shared.people.users import PictureSettings
from shared.texts import html_text, plain_text
from tests.fakes.messenger import Shown
from tests.world import GROUP, ME, OTHER, World, any_commit


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


async def test_start(world: World) -> None:
    """The first screen says what is free and what a picture costs, and has a question and three pictures to press."""
    await world.send(world.message("/start"))
    assert "10 answers a day are free" in world.shown().text
    assert "A picture costs from 4 credits; you have <b>20</b> credits" in world.shown().text
    assert [button.data for (button,) in world.shown().buttons] == ["1;ex;4", "1;ex;1;;4", "1;ex;2;;4", "1;ex;3;;4"]
    world.check_money()


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_example(world: World, number: int) -> None:
    """A tap on an example makes its picture, whose words can be copied; the keyboard stays as it is."""
    await world.send(world.message("/start"))
    menu = world.shown()
    await world.send(world.tap(f"ex;{number}", menu))
    assert world.messenger.taps[-1].toast == "On it!"
    [task] = world.model.tasks
    assert f"<code>{task.prompt}</code>" in world.shown().text
    assert world.messenger.chats[ME][menu.message_id].buttons == menu.buttons
    world.check_money()


async def test_example_question(world: World) -> None:
    """A tap on the question gets its answer, free and once, however often it is pressed."""
    await world.send(world.message("/start"))
    menu = world.shown()
    await world.send(*(world.tap("ex;4", menu) for _ in range(3)))
    words = (plain_text("en", "toast-answer-more"), *[plain_text("en", "toast-known")] * 2)
    assert tuple(tap.toast for tap in world.messenger.taps) == words
    assert question_of(world.job()).words == plain_text("en", "example-4-prompt")
    assert world.user().account.available == 20
    world.check_money()


async def test_example_question_in_russian(world: World) -> None:
    """The toast of *Answer* says that the question is answered, not drawn."""
    await world.send(world.message("/start", language="ru"))
    await world.send(world.tap("ex;4", world.shown(), language="ru"))
    assert world.messenger.taps[-1].toast == "Отвечаю!"


async def test_example_is_bought_once(world: World) -> None:
    """Pressed again an example says that it is being made, and then where it is; another one is another."""
    await world.send(world.message("/start"))
    menu = world.shown()
    for _ in range(3):
        await world.deliver(world.tap("ex;1", menu))
    await world.settle()
    await world.send(world.tap("ex;1", menu))
    making, made = plain_text("en", "toast-example-making"), plain_text("en", "toast-example-made")
    assert [tap.toast for tap in world.messenger.taps] == ["On it!", making, making, made]
    assert len(world.jobs()) == 1
    await world.send(world.tap("ex;2", menu))
    assert len(world.jobs()) == 2
    world.check_money()


async def test_example_without_a_picture(world: World) -> None:
    """Pressed again an example that was canceled does not point at a picture."""
    await world.send(world.message("/start"))
    menu = world.shown()
    await world.deliver(world.tap("ex;1", menu))
    await world.send(world.tap("cancel", world.shown()))
    await world.send(world.tap("ex;1", menu))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-not-made")


async def test_example_of_an_earlier_release(world: World) -> None:
    """A keyboard whose examples carry a nonce goes on working."""
    await world.send(world.tap_data("1;ex;2;hAsH-8_x", 5), world.tap_data("1;ex;2;hAsH-8_x", 5))
    assert len(world.jobs()) == 1


async def test_example_without_credits(world: World) -> None:
    """An example that cannot be paid is declined in an alert that says when it can be."""
    await world.give(3)
    await world.send(world.tap_data("1;ex;1", 5))
    assert world.messenger.taps[-1].alert
    assert "The next free ones come on 3 January 2026 00:00 UTC" in world.messenger.taps[-1].toast
    assert world.jobs() == []


async def test_start_without_credits(world: World) -> None:
    """A person who cannot pay one picture is told when the next credits come, and invited to ask what costs nothing."""
    await world.give(3)
    await world.send(world.message("/start"))
    assert [button.data for (button,) in world.shown().buttons] == ["1;ex;4"]
    assert "you have <b>3</b>" in world.shown().text
    assert "3 January 2026 00:00 UTC" in world.shown().text


@pytest.mark.parametrize(("payload", "answer"), [("balance", "You have"), ("settings", "Settings"), ("x", "Hi!")])
async def test_start_payload(world: World, payload: str, answer: str) -> None:
    """A link from a group leads to what was asked for there."""
    await world.send(world.message(f"/start {payload}"))
    assert answer in world.shown().text


async def test_settings(world: World) -> None:
    """Every choice is a button with an absolute value; the panel shows what is chosen."""
    await world.send(world.message("/settings"))
    chosen = [label for label in labels(world.shown()) if label.startswith("✅")]
    assert chosen == ["✅ Nano Banana · 4", "✅ 1:1", "✅ 1K", "✅ ×1"]
    assert [len(row) for row in world.shown().buttons[:3]] == [1, 1, 4]
    assert "×" not in world.shown().text
    for choice in ("model;best", "ratio;16:9", "size;4K", "count;2", "original;on"):
        await world.send(world.tap(f"set;{choice}", world.shown()))
        assert world.messenger.taps[-1].toast == "Saved"
    assert world.user().settings == PictureSettings("best", "16:9", "4K", 2, original=True)
    assert len(world.messenger.messages(ME)) == 1
    assert "Nano Banana Pro" in world.shown().text
    assert "48 credits · ×2" in world.shown().text
    await world.send(world.tap("set;original;off", world.shown()))
    assert not world.user().settings.original
    world.check_money()


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_taps_out_of_order(world: World, order: tuple[int, ...]) -> None:
    """Taps that arrive in any order end with the one pressed last."""
    await world.send(world.message("/settings"))
    panel = world.shown()
    taps = [world.tap(f"set;ratio;{ratio}", panel) for ratio in ("1:1", "16:9", "9:16")]
    await world.send(*(taps[index] for index in order))
    assert world.user().settings.ratio == "9:16"


async def test_same_choice_again(world: World) -> None:
    """Choosing the current choice again is no error."""
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;ratio;1:1", world.shown()))
    assert world.messenger.taps[-1].toast == "Saved"


async def test_forged_choice(world: World) -> None:
    """A value that is no choice changes nothing."""
    await world.send(world.message("/settings"))
    before = world.user().settings
    await world.send(world.tap_data(f"1;set;size;64K;{ME}", world.shown().message_id))
    assert world.user().settings == before


@pytest.mark.parametrize("data", ["1;set;ratio;16:9;501", "1;set;ratio;16:9", "1;set"])
async def test_other_persons_panel(world: World, data: str) -> None:
    """Only the owner of a panel may press it; anybody else is told without an alert."""
    await world.send(world.message("/settings"))
    await world.send(world.tap_data(data, 5, user_id=OTHER, chat_id=GROUP))
    assert (world.messenger.taps[-1].alert, world.user().settings.ratio) == (False, "1:1")
    assert "somebody else" in world.messenger.taps[-1].toast


async def test_help_without_operators(world: World) -> None:
    """/support is listed where somebody can be written to, and nowhere else."""
    world.ports = replace(world.ports, support_contact="")
    for group, is_listed in ((0, False), (GROUP, True)):
        world.ports = replace(world.ports, support_chat_id=group)
        for language in ("en", "ru"):
            await world.send(world.message("/help", language=language))
            lines = world.shown().text.split("\n")
            assert any(line.startswith("/support — ") for line in lines) is is_listed
            invites = next(number for number, line in enumerate(lines) if "/invite — " in line)
            assert lines[invites + 1 + is_listed].startswith("/balance — ")


async def test_help_of_operators(world: World) -> None:
    """Who has a role finds the way to the operators' pages in /help, in private; nobody else reads of it."""
    world.ports = replace(world.ports, admin_ids=frozenset({ME}), admin_roles={OTHER: "support"})
    await world.send(*(world.message("/help", user_id=each) for each in (ME, OTHER, 503)))
    told = [[word in world.shown(each).text for word in ("/admin", "/broadcast")] for each in (ME, OTHER, 503)]
    assert told == [[True, True], [True, False], [False, False]]
    await world.send(world.message("/help", chat_id=GROUP))
    assert "/admin" not in world.shown(GROUP).text


async def test_panel_of_an_earlier_release_in_a_group(world: World) -> None:
    """Its choice is saved; what was chosen is no longer shown there."""
    await world.send(world.message("/help", chat_id=GROUP))
    panel = world.shown(GROUP)
    await world.send(world.tap_data(f"1;set;size;4K;{ME}", panel.message_id, chat_id=GROUP))
    assert world.user().settings.size == "4K"
    assert world.shown(GROUP).text == html_text("en", "settings-moved")
    assert world.shown(GROUP).buttons == ()


async def test_choice_of_a_stranger(world: World) -> None:
    """A first contact may be a tap; the gift is given with it."""
    await world.send(world.tap_data(f"1;set;ratio;16:9;{ME}", 5))
    assert world.user().settings.ratio == "16:9"
    assert world.user().account.available == 20
    world.check_money()


async def test_contended_choice(world: World) -> None:
    """A choice that meets another write of the account is made again on what is there then."""
    await world.send(world.message("/settings"))
    request = world.message("a red fox")
    world.store.interrupt(any_commit, lambda: world.deliver(request))
    await world.send(world.tap("set;ratio;16:9", world.shown()))
    assert world.user().settings.ratio == "16:9"
    world.check_money()


async def test_stranger_is_written_twice_at_once(world: World) -> None:
    """Two first contacts at the same moment give one gift."""

    async def conflict() -> None:
        await world.deliver(other)

    other = world.message("/help")
    world.store.interrupt(any_commit, conflict)
    await world.send(world.message("/start"))
    assert [transfer.kind for transfer in world.transfers()] == ["credit"]
    assert len(world.store.collection("inbox")) == 2


async def test_language_panel(world: World) -> None:
    """The language in use is marked, and the panel speaks the new one at once."""
    await world.send(world.message("/language"))
    assert labels(world.shown()) == ["Русский", "✅ English"]
    await world.send(world.tap("set;language;ru", world.shown()))
    assert world.messenger.taps[-1].toast == "Сохранено"
    assert (world.shown().text, labels(world.shown())) == ("<b>Язык</b>", ["✅ Русский", "English"])
    await world.send(world.message("/help"))
    assert "Что я умею" in world.shown().text


async def test_command_menu_follows_the_language(world: World) -> None:
    """The private chat's command menu speaks the chosen language, wherever it was chosen; a refusal is no error."""
    await world.send(world.message("/language", chat_id=GROUP))
    await world.send(world.tap("set;language;ru", world.shown(GROUP), chat_id=GROUP))
    assert world.messenger.commands == {ME: describe_menu("ru", PRIVATE_MENU)}
    world.messenger.fail("set_commands", MessageGoneError("chat not found"))
    await world.send(world.tap("set;language;en", world.shown(GROUP), chat_id=GROUP))
    assert world.user().language == "en"
    assert world.shown(GROUP).text == "<b>Language</b>"


async def test_panel_cannot_be_edited(world: World) -> None:
    """A panel that is gone does not undo the choice."""
    await world.send(world.message("/settings"))
    tap = world.tap("set;ratio;16:9", world.shown())
    world.messenger.fail("edit_text", MessageGoneError("gone"))
    await world.send(tap)
    assert world.user().settings.ratio == "16:9"


async def test_flood_control_of_a_panel(world: World) -> None:
    """The panel is shown when Telegram takes it; the choice stands once."""
    await world.send(world.message("/settings"))
    tap = world.tap("set;ratio;16:9", world.shown())
    world.messenger.fail("edit_text", TooManyRequestsError(5))
    await world.send(tap)
    assert "✅ 16:9" in labels(world.shown())
