"""Groups that refuse: permissions, upgrades, closed and deleted topics, a removed bot."""

from typing import Any

import pytest
import telegram
from telegram import InputMediaDocument, InputMediaPhoto, ReplyParameters
from telegram.error import ChatMigrated, Forbidden

from infra.local.telegram import Telegram
from infra.local.telegram.errors import ControlError
from tests.infra.local.telegram.conftest import Raw, make_picture, refused
from tests.infra.local.telegram.test_people import take, take_messages

CLUB = -1001
OLD = -4001


async def test_group_without_photos_takes_texts(tg: Telegram, bot: telegram.Bot) -> None:
    """Where photos are forbidden neither a new photo nor an edit to one passes; texts and files do."""
    await tg.create_chat(CLUB, permissions={"can_send_photos": False})
    card = await bot.send_message(CLUB, "drawing")
    photo = InputMediaPhoto(make_picture())
    for call in (
        bot.send_photo(CLUB, make_picture()),
        bot.edit_message_media(photo, CLUB, card.message_id),
        bot.send_media_group(CLUB, [photo, photo]),
    ):
        with refused("not enough rights to send photos to the chat"):
            await call
    await bot.edit_message_text("no photos here", CLUB, card.message_id)
    await bot.send_document(CLUB, make_picture(), filename="a.png")
    await bot.edit_message_media(InputMediaDocument(make_picture(), filename="a.png"), CLUB, card.message_id)
    allowed = (await bot.get_chat(CLUB)).permissions
    assert allowed is not None
    assert (allowed.can_send_photos, allowed.can_send_documents) == (False, True)


async def test_permissions_hold_for_members_only(tg: Telegram, bot: telegram.Bot) -> None:
    """An administrator, person or bot, sends what members must not."""
    await tg.create_chat(CLUB, permissions={"can_send_photos": False}, members={"7": "creator"})
    await tg.send(7, chat_id=CLUB, photos=[make_picture()])
    with pytest.raises(ControlError, match="can_send_photos"):
        await tg.send(8, chat_id=CLUB, photos=[make_picture()])
    await tg.change_bot(CLUB, status="administrator")
    assert (await bot.send_photo(CLUB, make_picture())).photo


@pytest.mark.parametrize(
    ("method", "params", "permission", "called"),
    [
        ("sendMessage", {"text": "x"}, "can_send_messages", "text messages"),
        ("sendDocument", {"document": "x"}, "can_send_documents", "documents"),
        ("sendAnimation", {"animation": "x"}, "can_send_other_messages", "animations"),
        ("sendVideo", {"video": "x"}, "can_send_videos", "videos"),
        ("sendAudio", {"audio": "x"}, "can_send_audios", "music"),
        ("sendVoice", {"voice": "x"}, "can_send_voice_notes", "voice notes"),
    ],
)
async def test_each_permission_has_its_words(
    tg: Telegram, raw: Raw, method: str, params: dict[str, Any], permission: str, called: str
) -> None:
    """Every forbidden kind is refused in Telegram's words for it."""
    await tg.create_chat(CLUB, permissions={permission: False})
    refusal = await raw(method, {"chat_id": CLUB, **params})
    assert refusal["description"] == f"Bad Request: not enough rights to send {called} to the chat"


async def test_upgraded_group_is_another_chat(tg: Telegram, bot: telegram.Bot, raw: Raw) -> None:
    """The old id answers with the new one for every call; the new chat has members but no old messages."""
    await tg.create_chat(OLD, type="group", title="Painters", members={"7": "creator"}, sees_everything=True)
    await tg.send(7, chat_id=OLD, text="before")
    card = await bot.send_message(OLD, "card")
    await take(tg, bot)
    new = (await tg.upgrade(OLD))["id"]
    away, arrived = await take_messages(tg, bot)
    assert (away.chat.id, away.migrate_to_chat_id) == (OLD, new)
    assert (arrived.chat.id, arrived.chat.type, arrived.migrate_from_chat_id) == (new, "supergroup", OLD)
    for call in (
        bot.send_message(OLD, "x"),
        bot.send_chat_action(OLD, "typing"),
        bot.edit_message_text("x", OLD, card.message_id),
        bot.edit_message_media(InputMediaPhoto(make_picture()), OLD, card.message_id),
        bot.delete_message(OLD, card.message_id),
    ):
        with pytest.raises(ChatMigrated) as moved:
            await call
        assert moved.value.new_chat_id == new
    refusal = await raw("sendMessage", {"chat_id": OLD, "text": "x"})
    assert refusal["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert refusal["parameters"] == {"migrate_to_chat_id": new}
    with refused("message to edit not found"):
        await bot.edit_message_text("x", new, card.message_id)
    await tg.send(7, chat_id=new, text="after")
    with pytest.raises(ControlError, match="has become the supergroup"):
        await tg.send(7, chat_id=OLD, text="after")
    with pytest.raises(ControlError, match="no group that can be upgraded"):
        await tg.upgrade(OLD)


async def test_closed_topic_is_refused(tg: Telegram, bot: telegram.Bot) -> None:
    """Nothing new goes into a closed topic, what stands there can be edited; open again it takes messages."""
    await tg.create_chat(CLUB, is_forum=True, topics={"5": "Pictures"}, sees_everything=True)
    card = await bot.send_message(CLUB, "card", message_thread_id=5)
    await tg.change_topic(CLUB, 5, status="closed")
    await tg.change_topic(CLUB, 1, status="closed")
    with refused("TOPIC_CLOSED"):
        await bot.send_photo(CLUB, make_picture(), message_thread_id=5)
    with refused("TOPIC_CLOSED"):
        await bot.send_message(CLUB, "in General")
    assert await bot.send_chat_action(CLUB, "typing", message_thread_id=5)
    assert await bot.set_message_reaction(CLUB, card.message_id, "👀")
    await bot.edit_message_text("edited", CLUB, card.message_id)
    with pytest.raises(ControlError, match="topic 5 is closed"):
        await tg.send(8, chat_id=CLUB, text="x", message_thread_id=5)
    await tg.change_topic(CLUB, 5, status="open")
    assert await bot.send_message(CLUB, "again", message_thread_id=5)
    told = await take_messages(tg, bot)
    assert [bool(message.forum_topic_closed) for message in told] == [True, True, False]
    assert told[-1].forum_topic_reopened is not None


async def test_deleted_topic_takes_its_messages_along(tg: Telegram, bot: telegram.Bot) -> None:
    """A deleted topic is unknown, and what stood in it is gone."""
    await tg.create_chat(CLUB, is_forum=True, topics={"5": "Pictures", "6": "Talk"})
    card = await bot.send_message(CLUB, "card", message_thread_id=5)
    await tg.change_topic(CLUB, 5, status="deleted")
    with refused("message thread not found"):
        await bot.send_message(CLUB, "x", message_thread_id=5)
    with refused("message to edit not found"):
        await bot.edit_message_text("x", CLUB, card.message_id)
    assert await bot.send_message(CLUB, "x", message_thread_id=6)


@pytest.mark.parametrize(
    ("kind", "status", "reason"),
    [
        ("group", "kicked", "bot was kicked from the group chat"),
        ("supergroup", "kicked", "bot was kicked from the supergroup chat"),
        ("group", "left", "bot is not a member of the group chat"),
        ("supergroup", "left", "bot is not a member of the supergroup chat"),
    ],
)
async def test_removed_bot_is_out(tg: Telegram, bot: telegram.Bot, kind: str, status: str, reason: str) -> None:
    """A bot that was removed is told so once, hears nothing more and may not write until it is back."""
    await tg.create_chat(CLUB, type=kind, members={"7": "creator"})
    card = await bot.send_message(CLUB, "card")
    await tg.change_bot(CLUB, status=status)
    await tg.send(7, chat_id=CLUB, text="/image a fox")
    [update] = await take(tg, bot)
    assert update.my_chat_member is not None
    changed = update.my_chat_member
    assert (changed.old_chat_member.status, changed.new_chat_member.status) == ("member", status)
    with pytest.raises(Forbidden, match=reason):
        await bot.send_message(CLUB, "x")
    with pytest.raises(Forbidden, match=reason):
        await bot.edit_message_text("x", CLUB, card.message_id)
    await tg.change_bot(CLUB, status="member")
    assert await bot.send_message(CLUB, "x")


@pytest.mark.parametrize(
    ("act", "fields", "reason"),
    [
        ("create_chat", {"id": CLUB, "permissions": {"can_fly": True}}, "unknown permission 'can_fly'"),
        ("change_topic", {"chat_id": CLUB, "message_thread_id": 9, "status": "closed"}, "no topic 9"),
        ("change_topic", {"chat_id": CLUB, "message_thread_id": 1, "status": "deleted"}, "General is not deleted"),
        ("change_bot", {"chat_id": CLUB, "status": "asleep"}, "the bot becomes one of"),
        ("upgrade", {"chat_id": CLUB}, "no group that can be upgraded"),
        ("upgrade", {"chat_id": OLD, "new_id": CLUB}, "cannot be the id of a new chat"),
    ],
)
async def test_impossible_change_is_refused(tg: Telegram, act: str, fields: dict[str, Any], reason: str) -> None:
    """A change that Telegram does not know is refused with the reason."""
    await tg.create_chat(CLUB, is_forum=True)
    await tg.create_chat(OLD, type="group")
    with pytest.raises(ControlError, match=reason):
        await getattr(tg, act)(**fields)


async def test_an_answer_goes_where_its_question_is(tg: Telegram, bot: telegram.Bot) -> None:
    """A reply that names no topic stands in the topic of the message it answers, and not in a closed one."""
    await tg.create_chat(CLUB, is_forum=True, topics={"5": "Pictures"}, sees_everything=True)
    [asked] = await tg.send(7, chat_id=CLUB, text="a fox", message_thread_id=5)
    reply = ReplyParameters(asked["message_id"])
    answer = await bot.send_message(CLUB, "x", reply_parameters=reply)
    assert (answer.message_thread_id, answer.is_topic_message) == (5, True)
    await tg.change_topic(CLUB, 5, status="closed")
    with refused("TOPIC_CLOSED"):
        await bot.send_message(CLUB, "x", reply_parameters=reply)


async def test_commands_go_to_the_bot_that_wrote_last(tg: Telegram, bot: telegram.Bot) -> None:
    """In privacy mode a command without a name is another bot's while that one wrote last; bots are never heard."""
    await tg.create_chat(CLUB)
    other = {"id": 99, "is_bot": True, "first_name": "Other", "username": "other_bot"}
    await tg.send(other, chat_id=CLUB, text="/hello")
    await tg.send(7, chat_id=CLUB, text="/image lost")
    await tg.send(7, chat_id=CLUB, text="/image@nanobanana_local_bot heard")
    await bot.send_message(CLUB, "I am here")
    await tg.send(7, chat_id=CLUB, text="/image heard too")
    await tg.send(7, chat_id=CLUB, text="see /image for how")
    heard = [message.text for message in await take_messages(tg, bot)]
    assert heard == ["/image@nanobanana_local_bot heard", "/image heard too"]


async def test_others_messages_are_the_administrators_to_delete(tg: Telegram, bot: telegram.Bot) -> None:
    """A bot that is no administrator deletes its own messages only; of many it skips the others'."""
    await tg.create_chat(CLUB)
    [theirs] = await tg.send(7, chat_id=CLUB, text="hi")
    own = await bot.send_message(CLUB, "x")
    with refused("message can't be deleted"):
        await bot.delete_message(CLUB, theirs["message_id"])
    await bot.delete_messages(CLUB, [theirs["message_id"], own.message_id])
    assert [message["message_id"] for message in tg.messages(CLUB)] == [theirs["message_id"]]
    await tg.create_chat(CLUB, sees_everything=True)
    await bot.delete_message(CLUB, theirs["message_id"])


async def test_a_channel(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """In a channel administrators post, and a post has no sender; the bot hears and posts as an administrator only."""
    channel = -1002001
    await tg.create_chat(channel, type="channel", title="Foxes", username="foxes", members={"7": "administrator"})
    with refused("need administrator rights in the channel chat"):
        await bot.send_message(channel, "news")
    with refused("member list is inaccessible"):
        await bot.get_chat_member(channel, 7)
    await tg.send(7, chat_id=channel, text="not heard")
    await tg.change_bot(channel, status="administrator")
    with pytest.raises(ControlError, match="only administrators"):
        await tg.send(8, chat_id=channel, text="mine")
    await take(tg, bot)
    await tg.send(7, chat_id=channel, text="/image a fox")
    [update] = await take(tg, bot)
    assert update.channel_post is not None
    assert (update.channel_post.from_user, update.channel_post.text) == (None, "/image a fox")
    assert update.channel_post.sender_chat is not None
    assert update.channel_post.sender_chat.username == "foxes"
    sent = await bot.send_photo("@foxes", make_picture(), "A fox")
    assert (sent.chat.id, sent.from_user) == (channel, None)
    assert (await bot.get_chat("@Foxes")).type == "channel"
    member = await bot.get_chat_member(channel, 7)
    assert isinstance(member, telegram.ChatMemberAdministrator)
    assert member.can_post_messages
    await tg.create_chat(channel, type="channel", title="Foxes", members={"8": "member"}, sees_everything=True)
    assert (await bot.get_chat_member("@foxes", 8)).status == "member"
