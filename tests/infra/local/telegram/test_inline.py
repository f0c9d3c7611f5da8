"""Inline mode: what is typed becomes a query, what is answered is checked as strictly as Telegram checks it."""

import asyncio

import pytest
import telegram
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InlineQueryResultCachedVideo,
    InlineQueryResultsButton,
    InputTextMessageContent,
)

from infra.local.gemini.motion import Motion, make_video
from infra.local.telegram import Telegram
from infra.local.telegram.errors import ControlError
from tests.infra.local.telegram.conftest import Json, Raw, make_picture, refused

GROUP = -1001


async def have_photo(bot: telegram.Bot, chat: int) -> str:
    return (await bot.send_photo(chat, make_picture())).photo[-1].file_id


async def ask(tg: Telegram, bot: telegram.Bot, words: str = "", **options: object) -> tuple[telegram.InlineQuery, Json]:
    """A query as the bot gets it, and what is known of it before an answer."""
    asked = await tg.ask_inline(7, words, wait=False, **options)  # type: ignore[arg-type]
    updates = await bot.get_updates()
    await tg.world.updates.poll(updates[-1].update_id + 1, 1, 0)
    [query] = [update.inline_query for update in updates if update.inline_query]
    return query, asked


async def test_a_query(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A query names its person, words, page and kind of chat, and never the chat."""
    query, _ = await ask(tg, bot, "a fox", offset="20")
    assert (query.from_user.id, query.query, query.offset, query.chat_type) == (chat, "a fox", "20", "sender")
    await tg.create_chat(GROUP)
    query, _ = await ask(tg, bot, chat_id=GROUP)
    assert query.chat_type == "supergroup"
    with pytest.raises(ControlError):
        await tg.ask_inline(7, "x" * 257)


async def test_a_result_is_picked(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """The picked result is a message of the person's, sent via the bot; in a group the bot hears of it."""
    photo = await have_photo(bot, chat)
    await tg.create_chat(GROUP)
    query, asked = await ask(tg, bot, chat_id=GROUP)
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("More", url="https://example.org")]])
    results = [
        InlineQueryResultCachedPhoto("p", photo, "a fox", caption="<b>Fox</b>", parse_mode="HTML", reply_markup=keys),
        InlineQueryResultArticle("a", "Words", InputTextMessageContent("<i>words</i>", parse_mode="HTML")),
    ]
    await bot.answer_inline_query(query.id, results, cache_time=0, is_personal=True, next_offset="20")
    shown = await tg.ask_inline(7, timeout_seconds=0)
    assert (shown["answered"], shown["results"]) == (False, [])
    message = await tg.pick(7, asked["query_id"], "p", chat_id=GROUP)
    assert (message["from"]["id"], message["via_bot"]["id"]) == (7, bot.id)
    assert (message["caption"], message["photo"][-1]["file_id"]) == ("Fox", photo)
    assert message["reply_markup"]["inline_keyboard"][0][0]["text"] == "More"
    words = await tg.pick(7, asked["query_id"], "a", chat_id=GROUP)
    assert (words["text"], words["entities"][0]["type"]) == ("words", "italic")
    heard = [update.message for update in await bot.get_updates() if update.message]
    assert [each.message_id for each in heard] == [message["message_id"], words["message_id"]]


async def test_the_choice_is_told(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A bot that wants to know what was chosen is told the result and the words."""
    photo = await have_photo(bot, chat)
    query, asked = await ask(tg, bot, "fox")
    await query.answer([InlineQueryResultCachedPhoto("p", photo)])
    await tg.pick(7, asked["query_id"], "p")
    chosen = [each.chosen_inline_result for each in await bot.get_updates() if each.chosen_inline_result]
    assert [(each.result_id, each.query) for each in chosen] == [("p", "fox")]


async def test_a_video_keeps_its_shape(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A video that stands in a chat is picked with its length and size."""
    content = make_video(Motion("a fox", "text", 3.0, "16:9", "360p"), (), ())
    sent = await bot.send_video(chat, content, width=640, height=360, duration=3)
    assert sent.video is not None
    query, asked = await ask(tg, bot)
    await query.answer([InlineQueryResultCachedVideo("v", sent.video.file_id, "a fox")])
    message = await tg.pick(7, asked["query_id"], "v")
    assert (message["video"]["width"], message["video"]["duration"]) == (640, 3)
    await bot.delete_message(chat, sent.message_id)
    await tg.delete(chat, message["message_id"])
    query, asked = await ask(tg, bot)
    await query.answer([InlineQueryResultCachedVideo("v", sent.video.file_id, "a fox")])
    assert (await tg.pick(7, asked["query_id"], "v"))["video"]["file_id"] == sent.video.file_id


async def test_the_answer_is_waited_for(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """Whoever asks gets the results, the next page and the button."""
    photo = await have_photo(bot, chat)
    asking = asyncio.create_task(tg.ask_inline(7, "fox"))
    [update] = await bot.get_updates(timeout=5)
    assert update.inline_query is not None
    button = InlineQueryResultsButton("Open", start_parameter="x_1")
    await update.inline_query.answer([InlineQueryResultCachedPhoto("p", photo)], button=button, next_offset="next")
    answer = await asking
    assert [each["id"] for each in answer["results"]] == ["p"]
    assert (answer["next_offset"], answer["button"]["start_parameter"]) == ("next", "x_1")


async def test_one_answer_in_time(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A query takes one answer, and only while it lives; one that does not exist takes none."""
    query, asked = await ask(tg, bot)
    await query.answer([])
    with refused("query is too old"):
        await query.answer([])
    query, asked = await ask(tg, bot)
    tg.world.inline_queries[asked["query_id"]]["expires_at"] = 0
    with refused("query is too old"):
        await query.answer([])
    with refused("query is too old"):
        await bot.answer_inline_query("1", [])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"results": {}}, "expected an Array"),
        ({"results": ["x"]}, "can't parse inline query result"),
        ({"results": [{"type": "gif", "id": "1"}]}, "can't parse inline query result"),
        ({"results": [{"type": "photo", "id": "1"}]}, "needs photo_file_id"),
        ({"results": [{"type": "photo", "id": "1", "photo_file_id": "no"}]}, "wrong file identifier"),
        ({"results": [{"type": "photo", "id": "", "photo_file_id": "PHOTO"}]}, "RESULT_ID_INVALID"),
        ({"results": [{"type": "photo", "id": "é" * 33, "photo_file_id": "PHOTO"}]}, "RESULT_ID_INVALID"),
        ({"results": [{"type": "photo", "id": "1", "photo_file_id": "PHOTO"}] * 2}, "RESULT_ID_DUPLICATE"),
        ({"results": [{"type": "photo", "id": "1", "photo_file_id": "PHOTO"}] * 51}, "RESULTS_TOO_MUCH"),
        ({"results": [{"type": "photo", "id": "1", "photo_file_id": "PHOTO", "size": 3}]}, "unknown parameter 'size'"),
        ({"results": [{"type": "video", "id": "1", "video_file_id": "PHOTO", "title": "x"}]}, "can't use file of type"),
        ({"results": [{"type": "video", "id": "1", "video_file_id": "PHOTO"}]}, "needs video_file_id, title"),
        ({"results": [{"type": "article", "id": "1", "title": "x", "input_message_content": {"message_text": " "}}]},
         "message text is empty"),
        ({"results": [], "next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        ({"results": [], "cache_time": -1}, "wrong cache_time"),
        ({"results": [], "button": {"text": "Open"}}, "exactly one of its fields"),
        ({"results": [], "button": {"text": "Open", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
        ({"results": [], "button": {"text": "Open", "start_parameter": "x", "url": "u"}}, "unknown parameter 'url'"),
        ({"results": [], "personal": True}, "unknown parameter 'personal'"),
    ],
)  # fmt: skip
async def test_refusals(tg: Telegram, bot: telegram.Bot, raw: Raw, chat: int, fields: Json, said: str) -> None:
    """What Telegram refuses is refused, and so is what it only ignores."""
    photo = await have_photo(bot, chat)
    query, _ = await ask(tg, bot)
    results = fields["results"]
    if isinstance(results, list):
        named = [dict(each) if isinstance(each, dict) else each for each in results]
        for each in named:
            if isinstance(each, dict):
                each.update({name: photo for name, value in each.items() if value == "PHOTO"})
        fields = {**fields, "results": named}
    answer = await raw("answerInlineQuery", {"inline_query_id": query.id, **fields})
    assert said in answer["description"]


async def test_nobody_picks_what_others_found(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A result is picked by the person who asked, from an answer that has it."""
    photo = await have_photo(bot, chat)
    query, asked = await ask(tg, bot)
    await query.answer([InlineQueryResultCachedPhoto("p", photo)])
    for user, query_id, result in ((8, query.id, "p"), (7, "1", "p"), (7, query.id, "q")):
        with pytest.raises(ControlError):
            await tg.pick(user, query_id, result)
    assert asked["answered"] is False
