"""People who talk to the release bot, each in their own chat, and press what they see."""

import json
from typing import Any

from shared.ports import Button
from shared.release_bot.answer_update import answer_update
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.send_messages import MessageSender
from shared.releases.release import OutgoingKind
from shared.releases.send_outgoing import send_outgoing
from tests.fakes.messenger import FakeMessenger, Shown
from tests.fakes.releases import PEOPLE, KeptSender, Releasing


class SenderOfAll(KeptSender):
    """Keeps the workflows that were started, and lets the bot tell people."""

    def __init__(self, ports: BotPorts) -> None:
        super().__init__()
        self.messages = MessageSender(ports)

    async def send(self, release: Any, outgoing: Any) -> None:
        await super().send(release, outgoing)
        if outgoing.kind in {OutgoingKind.CARD, OutgoingKind.NOTICE}:
            await self.messages.send(release, outgoing)


class ReleaseChat:
    """Everybody of `Releasing` and the bot, on one Telegram."""

    def __init__(self, releasing: Releasing, language: str = "en") -> None:
        self.releasing, self.language, self.messenger = releasing, language, FakeMessenger()
        self.ports = BotPorts(releasing.ports, self.messenger, "https://t.me/staging_test_bot")
        self.sender = releasing.sender = SenderOfAll(self.ports)

    async def greet_all(self) -> None:
        """Everybody has written to the bot once."""
        for person in PEOPLE:
            await self.say(person, "/start")

    async def say(self, person: int, text: str, **changes: Any) -> Shown:
        """A message; what is shown last after it."""
        message = {"message_id": 1, "from": self._describe(person), "chat": {"id": person, "type": "private"}}
        await self.update(message={**message, "text": text, **changes})
        return self.last(person)

    async def press(self, person: int, label: str, shown: Shown | None = None, **changes: Any) -> str:
        """A press of the button whose label contains this, in the last message unless another is given; its toast."""
        shown = shown or self.last(person)
        return await self.press_data(person, find_button(shown, label).data, shown.message_id, **changes)

    async def press_data(self, person: int, data: str, message_id: int, **changes: Any) -> str:
        message = {"message_id": message_id, "chat": {"id": person, "type": "private"}}
        query = {"id": f"q{len(self.messenger.taps)}", "from": self._describe(person), "data": data, "message": message}
        before = len(self.messenger.taps)
        await self.update(callback_query=query | changes)
        return self.messenger.taps[-1].toast if len(self.messenger.taps) > before else ""

    async def update(self, **content: Any) -> None:
        await answer_update(self.ports, json.dumps({"update_id": 1, **content}).encode())

    async def deliver(self, tag: str) -> None:
        """Send what the release has in its outbox."""
        release = await self.releasing.read(tag)
        await send_outgoing(self.releasing.ports, self.sender, release.id)

    def last(self, person: int) -> Shown:
        messages = self.messenger.chats[person]
        return messages[max(messages)]

    def count(self, person: int) -> int:
        return len(self.messenger.chats[person])

    def _describe(self, person: int) -> dict[str, Any]:
        return {"id": person, "is_bot": False, "first_name": "Ann", "language_code": self.language}


def list_labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


def find_button(shown: Shown, label: str) -> Button:
    return next(button for row in shown.buttons for button in row if label in button.label)
