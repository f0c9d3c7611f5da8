"""Drafts: texts that a bot still writes. Each is shown in its private chat for 30 s, until a message, or until Stop.

A draft is no message: it has no message id, and nothing of it stays. The same `draft_id` changes the draft that is
shown, another one replaces it. After Stop the bot may go on sending drafts of that id; they are taken and not shown.
"""

from infra.local.telegram.content import TEXT_UNITS_MAX, format_text
from infra.local.telegram.entities import count_units
from infra.local.telegram.errors import bad_request
from infra.local.telegram.reading import Call
from infra.local.telegram.sending import open_chat
from infra.local.telegram.world import Chat, Draft, Json, World

LIFE_SECONDS = 30.0
_IDS_BELOW = 2**63


async def send_message_draft(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#sendmessagedraft: private chats only; without a text one is announced."""
    content = _read_content(call)
    chat = open_chat(world, call)
    draft_id = call.integer("draft_id") or 0
    if not chat.is_private:
        raise bad_request("TEXTDRAFT_PEER_INVALID")
    if draft_id == 0 or not -_IDS_BELOW <= draft_id < _IDS_BELOW:
        raise bad_request("RANDOM_ID_INVALID")
    if draft_id in chat.stopped_drafts:
        return True
    thread = call.integer("message_thread_id")
    keeps = call.flag("keep_on_stop")
    draft = Draft(draft_id, content, thread, world.now() + LIFE_SECONDS, call.flag("can_stop"), keeps)
    chat.drafts[thread] = draft
    world.feed.publish({"kind": "draft", "chat_id": chat.id, "draft": describe_draft(world, draft)})
    return True


def _read_content(call: Call) -> Json:
    text, entities = format_text(call.text("text"), call.text("parse_mode"), call.json("entities"))
    if count_units(text) > TEXT_UNITS_MAX:
        raise bad_request("message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def describe_draft(world: World, draft: Draft) -> Json:
    """A draft as the page shows it."""
    thread = {} if draft.thread is None else {"message_thread_id": draft.thread}
    left = {"can_stop": draft.can_stop, "seconds_left": round(draft.expires_at - world.now(), 1)}
    return {"draft_id": draft.draft_id, **draft.content, **thread, **left}


def list_drafts(world: World, chat: Chat) -> list[Json]:
    """The drafts that are shown now."""
    return [describe_draft(world, draft) for draft in chat.drafts.values() if draft.expires_at > world.now()]


def stop_draft(world: World, chat: Chat, draft: Draft) -> int | None:
    """Somebody pressed Stop: the bot is told, if it wants to know. The update has no user.

    With the fault `wrong_stop` the update names the bot as its chat (https://github.com/tdlib/telegram-bot-api/issues/891).
    """
    chat.stopped_drafts.add(draft.draft_id)
    if draft.keeps:
        draft.can_stop = False
        world.feed.publish({"kind": "draft", "chat_id": chat.id, "draft": describe_draft(world, draft)})
    else:
        chat.drafts.pop(draft.thread, None)
        world.feed.publish({"kind": "draft_over", "chat_id": chat.id, "draft_id": draft.draft_id})
    shown = world.describe_chat(chat)
    if world.faults.draw("wrong_stop", chat_id=chat.id):
        shown = {**world.account.to_json(), "type": "private"}
    payload: Json = {"chat": shown, "draft_id": draft.draft_id}
    if draft.thread is not None:
        payload["message_thread_id"] = draft.thread
    return world.updates.add("stopped_message_generation", payload, f"chat {chat.id}")
