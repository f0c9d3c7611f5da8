"""People who use a running system, through the local Telegram's control API, and who wait for what they see."""

import asyncio
import base64
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from infra.local.system import System
from shared.texts import plain_text

Json = dict[str, Any]
Found = TypeVar("Found")
NOT_DONE = {plain_text("en", "toast-not-done"), plain_text("ru", "toast-not-done")}
POLL_SECONDS = 0.05
WAIT_SECONDS_MAX = 45.0


class Telegram:
    """The local Telegram's control API."""

    def __init__(self, system: System) -> None:
        # An idle connection is closed before the server closes it, which could cut off the request after.
        limits = httpx.Limits(keepalive_expiry=1)
        self._client = httpx.AsyncClient(base_url=system.urls["telegram"], timeout=40, limits=limits, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def post(self, verb: str, **fields: Any) -> Json:
        """One act; AssertionError with Telegram's words when it is refused."""
        given = {name: value for name, value in fields.items() if value is not None}
        return self._read(await self._client.post(f"/control/{verb}", json=given))

    async def stop(self, user_id: int) -> bool:
        """Press *Stop* at the draft in a private chat; False where none is shown."""
        answer = await self._client.post("/control/stop", json={"user_id": user_id})
        if answer.status_code not in {httpx.codes.CONFLICT, httpx.codes.NOT_FOUND}:
            self._read(answer)
        return answer.is_success

    async def messages(self, chat_id: int) -> list[Json]:
        """Everything in a chat now; nothing where there is no chat yet."""
        answer = await self._client.get(f"/control/chats/{chat_id}/messages")
        return [] if answer.status_code == httpx.codes.NOT_FOUND else list(self._read(answer)["messages"])

    async def chat_ids(self) -> list[int]:
        return [chat["id"] for chat in self._read(await self._client.get("/control/chats"))["chats"]]

    async def calls(self, method: str = "", since: int = 0) -> list[Json]:
        """The bot's calls after number `since`, of one method or all."""
        answer = await self._client.get("/control/calls", params={"method": method, "since": since})
        return list(self._read(answer)["calls"])

    async def last_call(self) -> int:
        """The number of the newest call."""
        calls = await self.calls()
        return int(calls[-1]["seq"]) if calls else 0

    async def deliveries(self) -> list[Json]:
        """Every try to give the bot an update: `{update, status, try, time}`."""
        return list(self._read(await self._client.get("/control/updates"))["deliveries"])

    async def count_pending(self) -> int:
        """Updates that the bot has not taken yet."""
        return int(self._read(await self._client.get("/control/updates"))["pending"])

    async def add_fault(self, kind: str, **settings: Any) -> None:
        self._read(await self._client.post("/control/faults", json={"kind": kind, **settings}))

    async def clear_faults(self) -> None:
        self._read(await self._client.delete("/control/faults"))

    @staticmethod
    def _read(answer: httpx.Response) -> Json:
        fields: Json = answer.json()
        assert fields["ok"], fields
        return fields


@dataclass
class Person:
    """Somebody in their private chat with the bot, or in a group."""

    telegram: Telegram
    id: int
    language_code: str = "en"
    chat_id: int = 0

    def __post_init__(self) -> None:
        self.chat_id = self.chat_id or self.id

    async def send(
        self, text: str = "", *, photos: Sequence[bytes] = (), reply_to: int | None = None, **more: Any
    ) -> list[Json]:
        """Write a message, or send one photo or an album with `text` as its caption."""
        return list(
            (
                await self.telegram.post(
                    "send",
                    user={"id": self.id, "first_name": f"User {self.id}", "language_code": self.language_code},
                    chat_id=self.chat_id,
                    text=text or None,
                    photos=[base64.b64encode(photo).decode() for photo in photos] or None,
                    reply_to_message_id=reply_to,
                    **more,
                )
            )["messages"]
        )

    async def press(self, message: Json, action: str, *values: object, **more: Any) -> Json:
        """Press the button whose callback data has this action and first values; the bot's answer to it.

        A picture is seen before the bot knows that it was: told to wait until it is finished, a person presses again.
        """
        place = {"user_id": self.id, "chat_id": self.chat_id, "message_id": message["message_id"]}
        data, deadline = find_button(message, action, *values), time.monotonic() + WAIT_SECONDS_MAX
        answer = await self.telegram.post("press", **place, callback_data=data, **more)
        while answer.get("text") in NOT_DONE and time.monotonic() < deadline:
            await asyncio.sleep(POLL_SECONDS)
            answer = await self.telegram.post("press", **place, callback_data=data, **more)
        return answer

    async def bots_messages(self) -> list[Json]:
        """Not those of anonymous administrators and channels, for whom Telegram puts bots of its own."""
        messages = await self.telegram.messages(self.chat_id)
        return [each for each in messages if each["from"]["is_bot"] and "sender_chat" not in each]

    async def wait_for(
        self, look: Callable[[list[Json]], Found | None], seconds_max: float = WAIT_SECONDS_MAX
    ) -> Found:
        """What `look` finds among the bot's messages, as soon as it finds something. TimeoutError with them."""
        deadline = time.monotonic() + seconds_max
        while not (found := look(messages := await self.bots_messages())):
            if time.monotonic() > deadline:
                raise TimeoutError([(m["message_id"], m.get("text"), m.get("caption")) for m in messages])
            await asyncio.sleep(POLL_SECONDS)
        return found

    async def wait_for_picture(self, request: Json, seconds_max: float = WAIT_SECONDS_MAX) -> Json:
        """The photo that answers a message."""
        return (await self.wait_for_pictures(request, 1, seconds_max))[0]

    async def wait_for_pictures(self, request: Json, count: int, seconds_max: float = WAIT_SECONDS_MAX) -> list[Json]:
        """The photos that answer a message, once there are `count`."""

        def look(messages: list[Json]) -> list[Json] | None:
            found = [each for each in messages if "photo" in each and answers(each, request)]
            return found if len(found) >= count else None

        return await self.wait_for(look, seconds_max)

    async def wait_for_text(self, words: str, seconds_max: float = WAIT_SECONDS_MAX) -> Json:
        """The bot's newest message that holds these words, in text or caption."""
        return await self.wait_for(
            lambda messages: next((m for m in reversed(messages) if words in read_words(m)), None), seconds_max
        )

    async def wait_for_question(self, seconds_max: float = WAIT_SECONDS_MAX) -> Json:
        """The bot's newest message that asks for a reply."""
        return await self.wait_for(lambda messages: next(reversed(list_questions(messages)), None), seconds_max)


def list_questions(messages: Sequence[Json]) -> list[Json]:
    """Those messages to which the bot wants a reply."""
    return [message for message in messages if message.get("reply_markup", {}).get("force_reply")]


def answers(message: Json, request: Json) -> bool:
    """Whether a message of the bot replies to this one."""
    return bool(message.get("reply_to_message", {}).get("message_id") == request["message_id"])


def read_words(message: Json) -> str:
    """As they are seen: a space that does not break is a space."""
    """Text or caption, with ordinary spaces."""
    return str(message.get("text") or message.get("caption") or "").replace("\xa0", " ").replace("\u00a0", " ")


def find_button(message: Json, *wanted: object) -> str:
    """The callback data of the button with this action and values; AssertionError when the message has none."""
    start = ";" + ";".join(map(str, wanted)) + ";"
    found = [data for data in list_buttons(message) if data.lstrip("1").startswith(start)]
    assert found, f"no button {start} among {list_buttons(message)}"
    return found[0]


def as_document(name: str, content: bytes, mime: str = "image/jpeg") -> Json:
    """A file as people send it, uncompressed."""
    return {"name": name, "mime": mime, "content": base64.b64encode(content).decode()}


def list_buttons(message: Json) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]


def list_urls(message: Json, part: str) -> list[str]:
    """The addresses of its buttons with this in them."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["url"] for row in rows for button in row if part in button.get("url", "")]


def job_id_of_card(message: Json) -> str:
    """The job behind a card or a picture, from its buttons; empty for any other message."""
    parts = next((data.split(";") for data in list_buttons(message)), [])
    return parts[2] if len(parts) > 3 and parts[1] not in {"set", "ex", "vset"} else ""
