"""Each update reaches its handler once; updates that are not for the bot cost nothing."""

import re
from datetime import timedelta
from typing import Any

import pytest

from shared.bot.commands import GROUP_MENU, PRIVATE_MENU
from shared.bot.router import COMMANDS, NAME_PAUSE_SECONDS, TAPS, VIDEO_TAPS
from shared.errors import BotBlockedError, DeliveryUnknownError, MessageGoneError, NanoBananaError, TooManyRequestsError
from shared.gallery.inline_results import WORDS
from shared.jobs.job import JobState
from shared.people.user_documents import user_key
from shared.people.users import LANGUAGES, Language
from shared.pictures.picture import request_of
from shared.pictures.press_results import PRESSES
from shared.ports import Place, Screen
from shared.telegram.address import chat_of
from shared.telegram.payloads import write_words
from shared.texts import html_text, plain_text
from shared.usage import Usage, start_usage
from tests.world import BOT_ID, GROUP, ME, OTHER, World, writes_to

NAME = "@nanobanana_test_bot"


def test_each_action_is_one_button() -> None:
    """No action is in two tables: the first one that knows it would hide the other's buttons."""
    assert not (TAPS.keys() & VIDEO_TAPS.keys()) | (TAPS.keys() & PRESSES.keys())


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/start", "draw pictures and edit photos"),
        ("/START", "draw pictures and edit photos"),
        ("/help", "What I can do"),
        ("/balance", "20"),
        ("/profile", "20"),
        ("/settings", "Settings"),
        ("/language", "Language"),
        ("/cancel", "nothing to cancel"),
        ("/stop", "nothing to cancel"),
        ("/menu", "draw pictures and edit photos"),
        ("/image", "after the command"),
        ("/nonsense", "/help shows what I can do"),
    ],
)
async def test_command(world: World, text: str, answer: str) -> None:
    """Every command is answered by one message; unknown ones by a hint."""
    await world.send(world.message(text))
    [shown] = world.messenger.messages(ME)
    assert answer in shown.text


@pytest.mark.parametrize("name", ["image", "img", "gen"])
async def test_image_command(world: World, name: str) -> None:
    """/image and its aliases ask for a picture, with words, a photo or an album."""
    await world.send(world.message(f"/{name} a red fox"))
    assert world.model.tasks[0].prompt == "a red fox"
    await world.send(world.photo(f"/{name} make it blue"))
    assert (world.model.tasks[1].prompt, len(world.model.tasks[1].references)) == ("make it blue", 1)
    await world.send(world.photo(f"/{name} make it red", media_group_id="7"))
    assert world.model.tasks[2].prompt == "make it red"
    await world.send(world.photo(f"/{name}"))
    assert "Got the picture" in world.shown().text


async def test_once(world: World) -> None:
    """The same update a second time is not answered again."""
    update = world.message("/help")
    await world.send(update, update)
    assert len(world.messenger.messages(ME)) == 1


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("sticker", "sticker"), ("video", "a video"), ("document", "cannot open this file"),
        ("animation", "animations"), ("contact", "I cannot use this"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("caption", ["", "make it a cartoon"])
async def test_unusable(world: World, kind: str, answer: str, caption: str) -> None:
    """An unusable message is answered with the reason, whatever its caption says; nothing is bought."""
    words = {"caption": caption} if caption else {}
    await world.send(world.message(**dict[str, Any]({kind: {"file_id": "f"}} | words)))
    assert answer in world.shown().text
    assert world.jobs() == []


async def test_service_message(world: World) -> None:
    """A message that says nothing to us is noted and left alone."""
    await world.send(world.message(pinned_message={}))
    assert world.messenger.calls == []
    assert len(world.store.collection("inbox")) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "a red fox"},
        {"text": "/image@other_bot a red fox", "entities": [{"type": "bot_command", "offset": 0}]},
        {"text": "a red fox for @other_bot"},
        {"text": "a red fox", "reply_to_message": {"message_id": 5, "from": {"id": OTHER}}},
        {"photo": [{"file_id": "f"}], "caption": "my holidays"},
        {"voice": {}},
        {"new_chat_members": [{"id": OTHER}]},
    ],
)
async def test_group_talk(world: World, fields: dict[str, Any]) -> None:
    """In a group, messages that are not addressed to the bot cause no read."""
    usage = start_usage()
    await world.send(world.message(chat_id=GROUP, **fields))
    assert usage == Usage(messenger_calls=usage.messenger_calls)
    assert {call.method for call in world.messenger.calls} <= {"username"}


@pytest.mark.parametrize(
    "text", [f"{NAME} a red fox", f"a red fox, {NAME}!", f"/image{NAME} a red fox", "/image a red fox"]
)
async def test_group_request(world: World, text: str) -> None:
    """Commands and mentions are requests, without the bot's name in the picture or a balance for all to read."""
    await world.send(world.message(text, chat_id=GROUP))
    picture = world.shown(GROUP)
    assert picture.kind == "photo"
    assert picture.text == "<b>Nano Banana</b> · 1:1 · 1K"
    assert chat_of(world.job()).is_private is False
    world.check_money()


async def test_mention_is_not_part_of_the_picture(world: World) -> None:
    """The model is asked for a fox, not for the bot's name."""
    await world.send(world.message(f"{NAME} a red fox", chat_id=GROUP))
    assert world.model.tasks[0].prompt == "a red fox"


async def test_group_reply(world: World) -> None:
    """Anybody may go on from a picture in a group, and pays for their own."""
    await world.send(world.message("/image a red fox", chat_id=GROUP))
    await world.send(world.reply("make it blue", world.shown(GROUP), user_id=OTHER, chat_id=GROUP))
    assert [job.user_id for job in world.jobs()] == [ME, OTHER]
    assert request_of(world.jobs()[1]).parent_id == world.jobs()[0].id
    world.check_money()


async def test_topic(world: World) -> None:
    """An answer stands in the topic of its request; the thread of an ordinary reply is not used."""
    await world.send(world.message("/image a fox", chat_id=GROUP, message_thread_id=9, is_topic_message=True))
    assert world.shown(GROUP).thread_id == 9
    await world.send(world.message("/image a fox", chat_id=GROUP, message_thread_id=9))
    assert world.shown(GROUP).thread_id is None


@pytest.mark.parametrize(
    ("text", "chat_id", "quoted"),
    [("/help", ME, False), ("/image", ME, False), ("16:9", ME, True), ("/image", GROUP, True)],
)
async def test_quoting(world: World, monkeypatch: pytest.MonkeyPatch, text: str, chat_id: int, *, quoted: bool) -> None:
    """An answer quotes what it answers, but for commands in private, where nobody else has spoken."""
    places, send_text = list[Place](), world.messenger.send_text

    async def send(place: Place, screen: Screen) -> int:
        places.append(place)
        return await send_text(place, screen)

    monkeypatch.setattr(world.messenger, "send_text", send)
    update = world.message(text, chat_id=chat_id)
    await world.send(update)
    assert [place.reply_to for place in places] == [update["message"]["message_id"] if quoted else None]


async def test_image_command_alone_in_a_group(world: World) -> None:
    """The usage text works in a group: it names the command."""
    await world.send(world.message("/image", chat_id=GROUP))
    assert world.shown(GROUP).text == html_text("en", "image-usage-group") != html_text("en", "image-usage")


async def test_unknown_command_in_a_group(world: World) -> None:
    """Another bot's command without its name is not commented on."""
    await world.send(world.message("/nonsense", chat_id=GROUP))
    assert world.messenger.messages(GROUP) == []


@pytest.mark.parametrize("text", ["/start", ""])
async def test_group_greeting(world: World, text: str) -> None:
    """On /start in a group, and when it is added, the bot says how it is used there."""
    fields: dict[str, Any] = {} if text else {"new_chat_members": [{"id": OTHER}, {"id": BOT_ID}]}
    await world.send(world.message(text, chat_id=GROUP, **fields))
    assert "In groups, use" in world.shown(GROUP).text


@pytest.mark.parametrize(
    ("error", "seconds"), [(DeliveryUnknownError("?"), NAME_PAUSE_SECONDS), (TooManyRequestsError(9), 9)]
)
async def test_name_is_not_known(world: World, error: NanoBananaError, seconds: float) -> None:
    """While Telegram does not tell our name a group's message waits, and is understood later."""
    world.messenger.fail("username", error)
    await world.deliver(world.message(f"{NAME} a red fox", chat_id=GROUP))
    [task] = world.tasks.tasks
    assert task.not_before == world.now + timedelta(seconds=seconds)
    await world.settle()
    assert world.job().state is JobState.DELIVERED


@pytest.mark.parametrize("data", ["0;again;x;y", "1;nonsense", "1;answer-nonsense", "", "1;ex", "1;ex;9"])
async def test_old_menu(world: World, data: str) -> None:
    """Buttons of another version, and forged ones, are answered kindly."""
    await world.send(world.tap_data(data, 5))
    assert "This menu is old" in world.messenger.taps[-1].toast
    assert world.jobs() == []


@pytest.mark.parametrize("data", ["1;again", "1;again;no-such-job-0000;x", "1;delete;no-such-job-0000;x"])
async def test_forgotten_job(world: World, data: str) -> None:
    """A button of a job that is no longer kept says that the picture is not."""
    await world.send(world.tap_data(data, 5))
    assert world.messenger.taps[-1].toast == "That is no longer stored."
    assert world.jobs() == []


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1, "poll": {}},
        {"update_id": 1, "message": {"message_id": 7, "chat": {"id": -1, "type": "channel"}, "text": "hi"}},
    ],
)
async def test_not_for_us(world: World, update: dict[str, object]) -> None:
    """Kinds of updates that nothing waits for cost nothing."""
    usage = start_usage()
    await world.send(update)
    assert usage == Usage()


async def test_flood_control_of_an_answer(world: World) -> None:
    """An answer that Telegram does not take now is given later, once."""
    world.messenger.fail("send_text", TooManyRequestsError(5))
    update = world.message("/help")
    await world.deliver(update)
    assert world.messenger.messages(ME) == []
    await world.settle()
    assert len(world.messenger.messages(ME)) == 1
    assert len(world.store.collection("inbox")) == 1


@pytest.mark.parametrize("error", [BotBlockedError("403"), MessageGoneError("gone")])
async def test_answer_is_not_repeated(world: World, error: NanoBananaError) -> None:
    """An answer that will never arrive is not sent again."""
    update = world.message("/help")
    world.messenger.fail("send_text", error)
    await world.send(update, update)
    assert len(world.messenger.sent("send_text")) == 1


async def test_languages(world: World) -> None:
    """Everything speaks the client's language until a person chooses, cards of later requests included."""
    await world.send(world.message("/help", language="ru"))
    assert "Что я умею" in world.shown().text
    await world.send(world.message("/language", language="ru"))
    await world.send(world.tap("set;language;en", world.shown()))
    await world.send(world.message("a red fox", language="ru"))
    assert "4 credits" in world.shown().text
    assert world.job().state is JobState.DELIVERED


FACELESS: dict[str, Any] = {
    "sender_chat": {"id": GROUP},
    "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
}


@pytest.mark.parametrize("text", ["/image a fox", f"{NAME} a fox"])
async def test_anonymous_administrator(world: World, text: str) -> None:
    """A person who writes in a group's name is told how to ask, once per message, and gets no account."""
    update = world.message(text, chat_id=GROUP, **FACELESS)
    await world.send(update, update)
    [shown] = world.messenger.messages(GROUP)
    assert "post as yourself" in shown.text
    assert "напишите от своего имени" in shown.text
    assert (world.store.collection("users"), world.jobs()) == ({}, [])


async def test_anonymous_talk_is_not_for_us(world: World) -> None:
    """Messages that are not addressed to the bot are ignored, also from a chat; so is a refusal of the answer."""
    await world.send(world.message("good morning all", chat_id=GROUP, **FACELESS))
    assert world.messenger.messages(GROUP) == []
    world.messenger.fail("send_text", BotBlockedError("kicked"))
    await world.send(world.message("/image a fox", chat_id=GROUP, **FACELESS))
    assert world.store.collection("quarantine") == {}


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("отмена", "nothing to cancel"), ("Stop!", "nothing to cancel"), ("cancel please", "nothing to cancel"),
        ("помощь", "What I can do"), ("help", "What I can do"), ("баланс", "20"), ("settings", "Settings"),
        ("язык", "Language"), ("стоп стоп стоп", "nothing to cancel"), ("хватит рисовать", "nothing to cancel"),
        ("не надо", "nothing to cancel"), ("не рисуй больше", "nothing to cancel"), ("stop it", "nothing to cancel"),
        ("never mind", "nothing to cancel"), ("don't", "nothing to cancel"), ("/отмена", "nothing to cancel"),
        ("/помощь", "What I can do"),
    ],
)  # fmt: skip
async def test_words_are_commands_too(world: World, words: str, answer: str) -> None:
    """Words that say nothing but a command are that command, with or without "/", also in reply to a picture."""
    await world.send(world.message(words))
    assert answer in world.shown().text
    await world.send(world.message("a red fox"))
    await world.send(world.reply(words, world.shown()))
    assert len(world.jobs()) == 1


async def test_our_own_inline_result(world: World) -> None:
    """A message that was sent through ourselves in a group is our own coming back."""
    await world.send(world.message(f"{NAME} a fox", chat_id=GROUP, via_bot={"id": BOT_ID}))
    assert world.messenger.messages(GROUP) == []


async def test_start_keeps_its_payload(world: World) -> None:
    """A link's payload is stored with the person, at first contact and later, however often it is delivered."""
    await world.send(world.message("/start spring_sale"), world.message("/start spring_sale"))
    await world.send(world.message("/help"), world.message("/start friend-42"), world.message("/start not a payload"))
    assert world.user().start_payloads == ("spring_sale", "friend-42")
    assert world.user().account.available == 20
    world.check_money()


async def test_start_keeps_no_words(world: World) -> None:
    """The words of an inline button are not stored with the person, and those that an older release kept go."""
    words = write_words(WORDS, "a pink xylophone")
    await world.send(world.message("/start"))
    world.store._documents[user_key(ME)].fields["start_payloads"] = [words, "spring_sale"]
    await world.send(world.message(f"/start {words}"))
    assert "a pink xylophone" in world.shown().text
    await world.send(world.message("/start friend-42"))
    assert world.user().start_payloads == ("spring_sale", "friend-42")


async def test_start_payload_is_contended(world: World) -> None:
    """Concurrent writes of the account do not lose the payload."""
    update = world.message("/start spring_sale")
    world.store.interrupt(writes_to("users"), lambda: world.deliver(world.message("a red fox")))
    await world.send(update)
    assert world.user().start_payloads == ("spring_sale",)
    world.check_money()


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/ballance", "Did you mean /balance?"),
        ("/setings", "Did you mean /settings?"),
        ("/strat", "Did you mean /start?"),
        ("/отмнеа", "Did you mean /cancel?"),
        ("/weather", "/help shows what I can do"),
    ],
)
async def test_near_miss(world: World, text: str, answer: str) -> None:
    """A misspelled command names the one that was meant, to be pressed."""
    await world.send(world.message(text))
    assert answer in world.shown().text


@pytest.mark.parametrize("menu", [PRIVATE_MENU, GROUP_MENU])
@pytest.mark.parametrize("language", LANGUAGES)
def test_one_table_of_commands(menu: tuple[str, ...], language: Language) -> None:
    """Each command in the menus or the help has a handler, and the help names each command of the menus."""
    named = set(re.findall(r"(?<![\w<])/([a-z]+)", plain_text(language, "help", answers=10, support="yes")))
    assert {*menu} <= COMMANDS.keys()
    assert named <= COMMANDS.keys()
    assert {*menu} - {"help"} <= named
