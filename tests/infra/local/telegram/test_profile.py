"""What the bot says of itself, and what it may ask about chats."""

import pytest
import telegram
from telegram import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from infra.local.telegram import Telegram
from infra.local.telegram.profile import choose_commands
from tests.infra.local.telegram.conftest import Raw, refused


async def test_commands_belong_to_scope_and_language(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """Commands are kept per scope and language; a person sees the narrowest that fits."""
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("help", "Помощь")], language_code="ru")
    await bot.set_my_commands([BotCommand("image", "Picture")], BotCommandScopeAllPrivateChats())
    await bot.set_my_commands([BotCommand("admin", "Admin")], BotCommandScopeChat(chat))
    assert [one.description for one in await bot.get_my_commands(language_code="ru")] == ["Помощь"]
    assert await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "ru") == ()
    shown = choose_commands(tg.world, tg.world.chats[chat], chat, "ru")
    assert [one["command"] for one in shown] == ["admin"]
    await bot.delete_my_commands(BotCommandScopeChat(chat))
    shown = choose_commands(tg.world, tg.world.chats[chat], chat, "ru")
    assert [one["command"] for one in shown] == ["image"]
    await bot.delete_my_commands(BotCommandScopeAllPrivateChats())
    shown = choose_commands(tg.world, tg.world.chats[chat], chat, "ru")
    assert [one["description"] for one in shown] == ["Помощь"]


@pytest.mark.parametrize(
    ("commands", "reason"),
    [
        ([{"command": "Help", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "help", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "help", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": f"c{n}", "description": "x"} for n in range(101)], "BOT_COMMANDS_TOO_MUCH"),
    ],
)
async def test_commands_are_checked(raw: Raw, commands: list[dict[str, str]], reason: str) -> None:
    """Names, descriptions and number of commands have limits."""
    refusal = await raw("setMyCommands", {"commands": commands})
    assert reason in refusal["description"]


async def test_scope_names_a_chat_the_bot_knows(bot: telegram.Bot) -> None:
    """Commands for a chat that nobody opened are refused."""
    with refused("chat not found"):
        await bot.set_my_commands([BotCommand("help", "Help")], BotCommandScopeChat(404))


async def test_texts_of_the_profile_are_kept(bot: telegram.Bot) -> None:
    """Name and descriptions are kept per language; without one the general text is given."""
    await bot.set_my_description("Draws")
    await bot.set_my_description("Рисует", language_code="ru")
    await bot.set_my_short_description("Short")
    await bot.set_my_name("Banana")
    assert (await bot.get_my_description("ru")).description == "Рисует"
    assert (await bot.get_my_description("de")).description == "Draws"
    assert (await bot.get_my_short_description()).short_description == "Short"
    assert (await bot.get_my_name()).name == "Banana"
    with refused("bot name is too long"):
        await bot.set_my_name("a" * 65)


async def test_chats_and_members_can_be_asked_for(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """getChat and getChatMember tell what the server knows."""
    await tg.create_chat(-1001, title="Club", members={"7": "creator"}, sees_everything=True)
    assert (await bot.get_chat(chat)).first_name == "Ada"
    assert (await bot.get_chat(-1001)).title == "Club"
    assert (await bot.get_chat_member(-1001, 7)).status == "creator"
    assert (await bot.get_chat_member(-1001, bot.id)).status == "administrator"
    with refused("user not found"):
        await bot.get_chat_member(-1001, 12345)
    with refused("chat not found"):
        await bot.get_chat(404)
