"""answerGuestQuery: the bot's answer in a chat that it is not in. `send_raw` delivers the update `guest_message`."""

from infra.local.telegram.content import format_text
from infra.local.telegram.errors import bad_request
from infra.local.telegram.keyboards import read_markup
from infra.local.telegram.reading import Call, require_known
from infra.local.telegram.signatures import known_fields
from infra.local.telegram.world import Json, World


async def answer_guest_query(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#answerguestquery: one text for each query."""
    query_id, result = call.text("guest_query_id"), call.json("result")
    if not query_id or query_id in world.guest_answers:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if not isinstance(result, dict) or result.get("type") != "article":
        raise bad_request("only articles are answered here")
    require_known(result, known_fields("InlineQueryResultArticle") | {"type"}, "InlineQueryResultArticle")
    content = result.get("input_message_content")
    source = content.get("message_text") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(source, str):
        raise bad_request("message text is empty")
    require_known(content, known_fields("InputTextMessageContent"), "InputTextMessageContent")
    text, entities = format_text(source, str(content.get("parse_mode", "")), content.get("entities"))
    if not text:
        raise bad_request("message text is empty")
    markup = read_markup(Call(call.method, {"reply_markup": result.get("reply_markup")}), inline_only=True)
    world.guest_answers[query_id] = {"text": text, "entities": entities, "reply_markup": markup}
    return {"inline_message_id": f"guest-{len(world.guest_answers)}"}
