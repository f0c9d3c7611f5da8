"""Inline mode: what a person types after the bot's name, the bot's answer, and the result they pick.

    query ──▶ update `inline_query` ──▶ answerInlineQuery ──▶ the person picks ──▶ a message of theirs, `via_bot`

Only results by file_id (photo, video) and articles are known here.
"""

import re
import secrets
from typing import Any

from telegram.constants import InlineQueryLimit, InlineQueryResultLimit, InlineQueryResultsButtonLimit

from infra.local.telegram.content import format_text, read_caption, read_media
from infra.local.telegram.errors import ControlError, bad_request
from infra.local.telegram.keyboards import read_markup
from infra.local.telegram.reading import Call, require_known
from infra.local.telegram.signatures import known_fields
from infra.local.telegram.world import Chat, Json, World

QUERY_LIFE_SECONDS = 10.0
WORDS_MAX = 256
_RESULTS_MAX = int(InlineQueryLimit.RESULTS)
_OFFSET_BYTES_MAX = int(InlineQueryLimit.MAX_OFFSET_LENGTH)
_ID_BYTES_MAX = int(InlineQueryResultLimit.MAX_ID_LENGTH)
_START = re.compile(rf"[A-Za-z0-9_-]{{1,{int(InlineQueryResultsButtonLimit.MAX_START_PARAMETER_LENGTH)}}}")
_KINDS = {
    "photo": ("InlineQueryResultCachedPhoto", ("photo_file_id",)),
    "video": ("InlineQueryResultCachedVideo", ("video_file_id", "title")),
    "article": ("InlineQueryResultArticle", ("title", "input_message_content")),
}


def begin_query(world: World, sender: Json, words: str, offset: str, chat: Chat) -> Json:
    """A new query, whose update is on its way; `update_id` None: the bot does not want this kind."""
    if len(words) > WORDS_MAX:
        raise ControlError(400, f"a query has at most {WORDS_MAX} characters")
    query_id = str(secrets.randbits(62))
    query: Json = {"id": query_id, "user_id": sender["id"], "query": words, "answer": None}
    query["expires_at"] = world.now() + QUERY_LIFE_SECONDS
    world.inline_queries[query_id] = query
    chat_type = "sender" if chat.id == sender["id"] else chat.type
    update = {"id": query_id, "from": sender, "query": words, "offset": offset, "chat_type": chat_type}
    query["update_id"] = world.updates.add("inline_query", update, f"inline_query {sender['id']}")
    return query


async def answer_inline_query(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#answerinlinequery: once, while the query lives; cached for nobody."""
    query = world.inline_queries.get(call.text("inline_query_id"))
    if query is None or query["answer"] is not None or world.now() > query["expires_at"]:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    results = call.json("results")
    if not isinstance(results, list):
        raise bad_request("can't parse inline query results: expected an Array")
    if len(results) > _RESULTS_MAX:
        raise bad_request("RESULTS_TOO_MUCH")
    if len(call.text("next_offset").encode()) > _OFFSET_BYTES_MAX:
        raise bad_request("NEXT_OFFSET_INVALID")
    if (call.integer("cache_time") or 0) < 0:
        raise bad_request("wrong cache_time (refused by the local server only)")
    shown = [await read_result(world, call, result) for result in results]
    if len({result["id"] for result in shown}) < len(shown):
        raise bad_request("RESULT_ID_DUPLICATE")
    answer: Json = {
        "results": shown,
        "next_offset": call.text("next_offset"),
        "button": _read_button(call.json("button")),
    }
    answer |= {"cache_time": call.integer("cache_time"), "is_personal": call.flag("is_personal")}
    query["answer"] = answer
    world.feed.wake()
    return True


def find_picked(world: World, user_id: int, query_id: str, result_id: str) -> Json:
    """The result that a person picks; ControlError 404 if they were not offered it."""
    query = world.inline_queries.get(query_id)
    answer = None if query is None or query["user_id"] != user_id else query["answer"]
    found = next((each for each in (answer or {}).get("results", []) if each["id"] == result_id), None)
    if found is None:
        raise ControlError(404, f"query {query_id} of user {user_id} has no result {result_id!r}")
    return dict(found)


def tell_chosen(world: World, sender: Json, query_id: str, result_id: str) -> None:
    """The bot's `chosen_inline_result`, where it wants this kind (at @BotFather and in `allowed_updates`)."""
    words = world.inline_queries[query_id]["query"]
    chosen = {"result_id": result_id, "from": sender, "query": words}
    world.updates.add("chosen_inline_result", chosen, f"chosen_inline_result {sender['id']}")


async def read_result(world: World, call: Call, result: Any) -> Json:
    """A checked result: `{id, type, title, content, reply_markup?}`, its content as a message has it."""
    if not isinstance(result, dict) or result.get("type") not in _KINDS:
        raise bad_request("can't parse inline query result: the local server knows photo, video and article")
    kind, (name, needed) = result["type"], _KINDS[result["type"]]
    require_known(result, known_fields(name) | {"type"}, name)
    if any(not result.get(each) for each in needed):
        raise bad_request(f"can't parse inline query result: a {kind} needs {', '.join(needed)}")
    if not 0 < len(str(result.get("id") or "").encode()) <= _ID_BYTES_MAX:
        raise bad_request("RESULT_ID_INVALID")
    markup = read_markup(Call(call.method, {"reply_markup": result.get("reply_markup")}), inline_only=True)
    shown = {"id": str(result["id"]), "type": kind, "title": str(result.get("title") or "")}
    shown["content"] = await _read_content(world, kind, result)
    return {**shown, **({"reply_markup": markup} if markup else {})}


async def _read_content(world: World, kind: str, result: Json) -> Json:
    if kind == "article":
        content = result["input_message_content"]
        require_known(content, known_fields("InputTextMessageContent"), "InputTextMessageContent")
        text, entities = format_text(
            str(content.get("message_text") or ""), str(content.get("parse_mode") or ""), content.get("entities")
        )
        if not text:
            raise bad_request("message text is empty")
        return {"text": text, **({"entities": entities} if entities else {})}
    media = await _find_media(world, kind, str(result[f"{kind}_file_id"]))
    caption = read_caption(
        str(result.get("caption") or ""), str(result.get("parse_mode") or ""), result.get("caption_entities")
    )
    return {**media, **caption}


async def _find_media(world: World, kind: str, file_id: str) -> Json:
    """The photo or video with this id, as it stands in a message: with its length, size and small picture."""
    checked = await read_media(world, kind, file_id, {})
    for chat in world.chats.values():
        for message in chat.messages.values():
            held = message.body.get(kind)
            known = held if isinstance(held, list) else [held] if held else []
            if any(each["file_id"] == file_id for each in known):
                return {kind: held}
    return checked


def _read_button(button: Any) -> Json | None:
    """The button above the results: it opens the private chat, or a Mini App."""
    if not button:
        return None
    require_known(button, known_fields("InlineQueryResultsButton"), "InlineQueryResultsButton")
    start, app = button.get("start_parameter"), button.get("web_app")
    if not button.get("text") or (start is None) == (app is None):
        raise bad_request("can't parse inline query results button: a text, and exactly one of its fields")
    if start is not None and _START.fullmatch(str(start)) is None:
        raise bad_request("START_PARAM_INVALID")
    return dict(button)
