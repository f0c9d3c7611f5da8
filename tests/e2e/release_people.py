"""Members of the release bot in their chats at the local Telegram, and the local GitHub's side of it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import httpx

from infra.local.system import System
from shared.people.users import Language
from tests.e2e.people import Json, read_words

WAIT_SECONDS_MAX = 40
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class ReleaseWorld:
    """The second bot's control, and the local GitHub with what production serves."""

    telegram: httpx.AsyncClient
    github: httpx.AsyncClient

    @classmethod
    def open(cls, system: System) -> Self:
        urls = (system.urls["release_telegram"], system.urls["github"])
        return cls(*(httpx.AsyncClient(base_url=url, timeout=40, trust_env=False) for url in urls))

    async def close(self) -> None:
        await self.telegram.aclose()
        await self.github.aclose()

    async def push(self, tag: str, flaw: str = "") -> None:
        """A developer pushes a tag."""
        (await self.github.post("/control/push", json={"tag": tag, "flaw": flaw})).raise_for_status()

    async def served(self) -> str:
        """The version that production's `/version` shows."""
        return str((await self.github.get("/production/version")).json()["version"])

    async def runs(self, file: str) -> list[Json]:
        """The runs of a workflow, the newest first."""
        found = (await self.github.get("/control/runs")).json()["runs"]
        return [run for run in found if run["path"].endswith(file)]

    async def wait_served(self, tag: str) -> float:
        """When `/version` shows this version, by the monotonic clock."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while await self.served() != tag:  # noqa: ASYNC110 — another process
                await asyncio.sleep(POLL_SECONDS)
        return time.monotonic()

    async def wait_started(self, file: str, count: int) -> float:
        """When so many runs of a workflow have begun, by the monotonic clock."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while len(await self.runs(file)) < count:  # noqa: ASYNC110 — another process
                await asyncio.sleep(POLL_SECONDS)
        return time.monotonic()


@dataclass(frozen=True)
class Member:
    """Somebody in their chat with the release bot; they press what they read."""

    world: ReleaseWorld
    id: int
    language: Language = "en"

    async def write(self, text: str) -> None:
        user = {"id": self.id, "first_name": f"Member {self.id}", "language_code": self.language}
        await self._post("send", user=user, chat_id=self.id, text=text)

    async def see(self, *words: str) -> Json:
        """The newest message of the bot with all these words, once it is there."""
        return await self._wait(lambda message: all(each in read_words(message) for each in words), str(words))

    async def press(self, label: str, *words: str) -> str:
        """Press the button with this label, of the newest message that has it and these words; the answer's words."""
        message = await self._wait(
            lambda each: all(word in read_words(each) for word in words) and bool(find_place(each, label)), label
        )
        place = find_place(message, label)
        assert place is not None
        row, column = place
        pressed = await self._post(
            "press", user_id=self.id, chat_id=self.id, message_id=message["message_id"], row=row, col=column
        )
        return str(pressed.get("text", ""))

    async def _wait(self, is_met: Callable[[Json], bool], wanted: str) -> Json:
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while True:
            answer = (await self.world.telegram.get(f"/control/chats/{self.id}/messages")).json()
            messages: list[Json] = [each for each in answer.get("messages", []) if each["from"]["is_bot"]]
            found = next((message for message in reversed(messages) if is_met(message)), None)
            if found is not None:
                return found
            shown = "\n---\n".join(read_words(message) for message in messages)
            assert time.monotonic() < deadline, f"{self.id} does not see {wanted}, but:\n{shown}"
            await asyncio.sleep(POLL_SECONDS)

    async def _post(self, verb: str, **fields: Any) -> Json:
        answer: Json = (await self.world.telegram.post(f"/control/{verb}", json=fields)).json()
        assert answer["ok"], answer
        return answer


def find_place(message: Json, label: str) -> tuple[int, int] | None:
    """Row and column of the button whose label has these words; None where there is none."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    found = [(row, column) for row, keys in enumerate(rows) for column, key in enumerate(keys) if label in key["text"]]
    return found[0] if found else None
