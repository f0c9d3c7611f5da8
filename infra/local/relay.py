"""A real bot on a local system: asks Telegram for updates (long polling) and hands each to the local webhook.

Updates are delivered one by one, in order, as Telegram does for one chat. The offset advances only after the webhook
answered 2xx, so no update is lost when the webhook is down or this process dies.
https://core.telegram.org/bots/api#getupdates
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx

POLL_SECONDS = 50  # getUpdates answers earlier when there is something
POLL_TIMEOUT_SECONDS = POLL_SECONDS + 10
WEBHOOK_TIMEOUT_SECONDS = 30
PAUSE_SECONDS_MIN, PAUSE_SECONDS_MAX = 0.5, 30.0
UNAUTHORIZED, CONFLICT = 401, 409
# Telegram leaves these out unless they are asked for by name.
EVERY_KIND = [
    *("message", "edited_message", "channel_post", "edited_channel_post", "business_connection"),
    *("business_message", "edited_business_message", "deleted_business_messages", "message_reaction"),
    *("message_reaction_count", "inline_query", "chosen_inline_result", "callback_query", "shipping_query"),
    *("pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member"),
    *("chat_join_request", "chat_boost", "removed_chat_boost", "stopped_message_generation", "subscription"),
]


class RelayError(RuntimeError):
    """The relay cannot work at all; the message is for people and holds no token."""


class Relay:
    """One bot's updates, from `api` to `webhook_url`."""

    def __init__(self, api: str, token: str, webhook_url: str, secret: str, report: Callable[[str], None]) -> None:
        """`report` is called with a text for every failure after which the relay retries."""
        self._methods = f"{api.rstrip('/')}/bot{token}"
        self._webhook_url = webhook_url
        self._headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        self._report = report
        self._client = httpx.AsyncClient(timeout=POLL_TIMEOUT_SECONDS, trust_env=True)
        self._offset = 0

    async def run(self) -> None:
        """Relay until cancelled. Raises RelayError when Telegram refuses the token or another reader has the bot."""
        async with self._client:
            while True:
                for update in await self._poll():
                    await self._deliver(update)
                    self._offset = update["update_id"] + 1

    async def _poll(self) -> list[dict[str, Any]]:
        """The next updates; retries after connection errors."""
        wanted = {"offset": self._offset, "timeout": POLL_SECONDS, "allowed_updates": EVERY_KIND}
        pause = PAUSE_SECONDS_MIN
        while True:
            problem, answer = await self._call("getUpdates", wanted)
            if answer is not None and answer.get("ok"):
                return list(answer["result"])
            if answer is not None:
                check_refusal(answer)
                problem = str(answer.get("description", problem))
                pause = float(answer.get("parameters", {}).get("retry_after", pause))
            self._report(f"Telegram could not be asked for updates ({problem}); again in {pause:.0f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_SECONDS_MAX)

    async def _call(self, method: str, parameters: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
        """Make a Bot API call; returns the error's name (empty for none) and the answer's JSON, if there was one."""
        try:
            response = await self._client.post(f"{self._methods}/{method}", json=parameters)
            return f"HTTP {response.status_code}", dict(response.json())
        except (httpx.HTTPError, ValueError) as error:
            # The error's own text may hold the address, and with it the token.
            return type(error).__name__, None

    async def _deliver(self, update: dict[str, Any]) -> None:
        """Deliver one update; retries until the webhook accepts it."""
        body = json.dumps(update, ensure_ascii=False).encode()
        pause = PAUSE_SECONDS_MIN
        while True:
            try:
                response = await self._client.post(
                    self._webhook_url, content=body, headers=self._headers, timeout=WEBHOOK_TIMEOUT_SECONDS
                )
                problem = f"HTTP {response.status_code}"
            except httpx.HTTPError as error:
                response, problem = None, type(error).__name__
            if response is not None and response.is_success:
                await self._obey(response)
                return
            self._report(f"update {update['update_id']} was not accepted ({problem}); again in {pause:.1f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_SECONDS_MAX)

    async def _obey(self, response: httpx.Response) -> None:
        """Make the one call that a webhook may put into its answer, as Telegram would."""
        if "json" not in response.headers.get("Content-Type", ""):
            return
        call = response.json()
        if isinstance(call, dict) and isinstance(method := call.pop("method", None), str):
            problem, answer = await self._call(method, call)
            if answer is None or not answer.get("ok"):
                self._report(f"{method} from the webhook's answer failed ({problem})")


def check_refusal(answer: dict[str, Any]) -> None:
    """Raises RelayError for the refusals that waiting does not cure."""
    code, description = answer.get("error_code"), str(answer.get("description", ""))
    if code in {UNAUTHORIZED, 404}:
        raise RelayError("Telegram does not know this TELEGRAM_BOT_TOKEN: copy it again from @BotFather")
    if code == CONFLICT and "webhook" in description:
        raise RelayError(
            "This bot has a webhook elsewhere and would be taken from it. Use another bot, or unhook it with:  "
            'curl "https://api.telegram.org/bot$TELEGRAM_BOT_TOKEN/deleteWebhook"'
        )
    if code == CONFLICT:
        raise RelayError("Another program asks for this bot's updates: stop it, or use another bot's token")
