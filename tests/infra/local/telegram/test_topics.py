"""Topics that the bot makes, and people's reactions: what the local Telegram refuses, and what the bot is told."""

import pytest
import telegram
from telegram.error import BadRequest

from infra.local.telegram import Telegram
from infra.local.telegram.errors import ControlError
from infra.local.telegram.reactions import react

FORUM, ANNA, BORIS = -100800, 7, 8


async def test_only_an_administrator_of_a_forum_makes_topics(tg: Telegram, bot: telegram.Bot) -> None:
    """A group without topics, a bot that is no administrator, and a name of no characters are refused."""
    await tg.create_chat(FORUM, sees_everything=True)
    with pytest.raises(BadRequest, match="not a forum"):
        await bot.create_forum_topic(FORUM, "Anna")
    await tg.create_chat(FORUM, is_forum=True)
    with pytest.raises(BadRequest, match="Not enough rights"):
        await bot.create_forum_topic(FORUM, "Anna")
    await tg.create_chat(FORUM, is_forum=True, sees_everything=True)
    with pytest.raises(BadRequest, match="1-128"):
        await bot.create_forum_topic(FORUM, " ")


async def test_a_topic_is_closed_and_opened(tg: Telegram, bot: telegram.Bot) -> None:
    """Closing twice is refused as in Telegram, and so are General and unknown topics."""
    await tg.create_chat(FORUM, is_forum=True, sees_everything=True)
    made = await bot.create_forum_topic(FORUM, "Anna")
    assert tg.messages(FORUM)[-1]["forum_topic_created"]["name"] == "Anna"
    await bot.close_forum_topic(FORUM, made.message_thread_id)
    with pytest.raises(BadRequest, match=r"(?i)topic_not_modified"):
        await bot.close_forum_topic(FORUM, made.message_thread_id)
    await bot.reopen_forum_topic(FORUM, made.message_thread_id)
    for thread in (1, 999):
        with pytest.raises(BadRequest, match=r"(?i)topic_id_invalid"):
            await bot.close_forum_topic(FORUM, thread)
    kinds = [name for each in tg.messages(FORUM) for name in each if name.startswith("forum_topic")]
    assert kinds == ["forum_topic_created", "forum_topic_closed", "forum_topic_reopened"]


async def test_reactions_of_people(tg: Telegram, bot: telegram.Bot) -> None:
    """The bot is told of a reaction with what was there before, if it wants to be; the same again takes it back."""
    [mine] = await tg.send(ANNA, text="Hello")
    assert await react(tg, ANNA, ANNA, mine["message_id"], emoji="👍") == {"update_id": None}
    tg.world.updates.allow(["message_reaction"])
    told = await react(tg, ANNA, ANNA, mine["message_id"], emoji="👍")
    assert told["update_id"]
    update = [each for each in await bot.get_updates() if each.message_reaction][-1].message_reaction
    assert update is not None
    assert [len(update.old_reaction), len(update.new_reaction)] == [1, 0]
    assert tg.messages(ANNA)[-1]["_reactions"] == []
    with pytest.raises(ControlError):
        await react(tg, ANNA, ANNA, mine["message_id"], emoji="🍌🍌")
    with pytest.raises(ControlError):
        await react(tg, BORIS, ANNA, mine["message_id"], emoji="👍")
