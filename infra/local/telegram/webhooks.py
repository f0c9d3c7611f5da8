"""The methods about updates and taps: setWebhook and its kin, getUpdates, answerCallbackQuery."""

import re
from urllib.parse import urlsplit

from telegram.constants import CallbackQueryLimit, PollingLimit, WebhookLimit

from infra.local.telegram.delivery import DEFAULT_KINDS, UPDATE_KINDS, Webhook
from infra.local.telegram.errors import ApiError, bad_request
from infra.local.telegram.reading import Call
from infra.local.telegram.world import Json, World

_SECRET = re.compile(rf"[A-Za-z0-9_-]{{1,{int(WebhookLimit.MAX_SECRET_TOKEN_LENGTH)}}}")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_TOAST_MAX = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)
_CONFLICT = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


async def set_webhook(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#setwebhook; plain http is fine for this machine only."""
    url = call.text("url")
    if not url:
        return await delete_webhook(world, call)
    _check_url(url)
    secret = call.text("secret_token")
    if secret and not _SECRET.fullmatch(secret):
        long = len(secret) > int(WebhookLimit.MAX_SECRET_TOKEN_LENGTH)
        raise bad_request(f"secret token {'is too long' if long else 'contains unallowed characters'}")
    kinds = _read_kinds(call)
    if call.flag("drop_pending_updates"):
        world.updates.clear()
    world.updates.allow(kinds)
    most = min(max(call.integer("max_connections") or 40, 1), int(WebhookLimit.MAX_CONNECTIONS_LIMIT))
    world.updates.set_webhook(Webhook(url, secret, most))
    return True


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("bad webhook: invalid webhook URL specified")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")


def _read_kinds(call: Call) -> list[str] | None:
    kinds = call.json("allowed_updates")
    if kinds is None:
        return None
    unknown = [kind for kind in kinds if kind not in UPDATE_KINDS]
    if unknown:
        raise bad_request(f"unknown update kind {unknown[0]!r} (refused by the local server only)")
    return [str(kind) for kind in kinds]


async def delete_webhook(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletewebhook."""
    world.updates.set_webhook(None)
    if call.flag("drop_pending_updates"):
        world.updates.clear()
    return True


async def get_webhook_info(world: World, _call: Call) -> Json:
    """https://core.telegram.org/bots/api#getwebhookinfo."""
    updates = world.updates
    hook = updates.webhook or Webhook("")
    info: Json = {"url": hook.url, "has_custom_certificate": False}
    info["pending_update_count"] = updates.count_pending()
    if hook.url:
        info["max_connections"] = hook.connections_max
    if hook.last_error:
        info |= {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
    if updates.allowed != DEFAULT_KINDS:
        info["allowed_updates"] = sorted(updates.allowed)
    return info


async def get_updates(world: World, call: Call) -> list[Json]:
    """https://core.telegram.org/bots/api#getupdates: long polling; a newer poll ends an older one."""
    if world.updates.webhook is not None:
        raise ApiError(409, _CONFLICT)
    world.updates.allow(_read_kinds(call))
    limit = min(max(call.integer("limit") or int(PollingLimit.MAX_LIMIT), 1), int(PollingLimit.MAX_LIMIT))
    found = await world.updates.poll(call.integer("offset") or 0, limit, min(call.integer("timeout") or 0, 50))
    if found is None:
        reason = "terminated by other getUpdates request; make sure that only one bot instance is running"
        raise ApiError(409, f"Conflict: {reason}")
    return found


async def answer_callback_query(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#answercallbackquery: once, while the query lives."""
    query = world.queries.get(call.text("callback_query_id"))
    if query is None or query["answer"] is not None or world.now() > query["expires_at"]:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(call.text("text")) > _TOAST_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    if call.text("url") and not call.text("url").startswith(f"https://t.me/{world.account.username}?start="):
        raise bad_request("URL_INVALID")
    answer = {"text": call.text("text"), "show_alert": call.flag("show_alert"), "url": call.text("url")}
    query["answer"] = answer
    event = {"kind": "toast", "chat_id": query["chat_id"], "user_id": query["user_id"]}
    world.feed.publish({**event, "query_id": query["id"], "message_id": query["message_id"], **answer})
    return True
