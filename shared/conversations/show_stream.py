"""Showing an answer while it is written: the card is edited at the pace that Telegram allows.

What is shown here is decoration: the delivery writes the whole answer into the same message, whatever became of this.
"""

import asyncio

from shared.conversations.answer_screens import running_screen
from shared.errors import MessengerError, TooManyRequestsError
from shared.jobs.job import Job
from shared.ports import Ports
from shared.telegram.address import chat_of
from shared.telegram.announce_jobs import card_place
from shared.telegram.finish_edit import finish_edit

PRIVATE_SECONDS = 1.5
GROUP_SECONDS = 4.0
"""Between two edits. Peers that edit faster were told to wait for minutes, and lost the end of the answer."""
LONG_CHARACTERS = 1_500
"""From here on an edit shows little that is new, and comes half as often."""


class Heard:
    """What the model has said so far."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.begun = asyncio.Event()
        """Set with the first words."""

    def add(self, words: str) -> None:
        """Some more of it."""
        self._parts.append(words)
        self.begun.set()

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts)


async def show_stream(ports: Ports, job: Job, heard: Heard) -> None:
    """Edit the card until cancelled; flood control makes it pause, whatever else Telegram says ends it."""
    message_id, shown = chat_of(job).card_message_id, ""
    assert message_id is not None
    await heard.begun.wait()
    while True:
        text = heard.text
        pause_seconds = pause_after(text, is_private=chat_of(job).is_private)
        if text != shown:
            try:
                await finish_edit(ports.messenger.edit_text(card_place(job), message_id, running_screen(job, text)))
            except TooManyRequestsError as error:
                pause_seconds = max(pause_seconds, error.retry_after_seconds)
            except MessengerError:
                return
            shown = text
        await ports.clock.sleep(pause_seconds)


def pause_after(text: str, *, is_private: bool) -> float:
    """How long to wait before the next edit, in seconds."""
    seconds = PRIVATE_SECONDS if is_private else GROUP_SECONDS
    return seconds * 2 if len(text) > LONG_CHARACTERS else seconds
