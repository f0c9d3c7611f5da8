"""Showing an answer while it is written: a Telegram draft in private chats, otherwise edits of the card.

All of this may be lost: the delivery writes the whole answer into its message in any case.
"""

import asyncio
from contextlib import suppress

from shared.conversations.answer_screens import running_screen
from shared.errors import MessengerError, TooManyRequestsError
from shared.jobs.job import Job
from shared.jobs.job_events import job_facts
from shared.logs import log_event
from shared.ports import Ports
from shared.providers.talk import join_words
from shared.telegram.address import chat_of
from shared.telegram.announce_jobs import card_place
from shared.telegram.drafts import draft_id_of, shows_draft
from shared.telegram.finish_edit import finish_edit
from shared.telegram.price_note import empty_draft

DRAFT_SECONDS = 1.0
FADING_SECONDS = 20.0
"""A draft is sent again after this time, because Telegram removes it after 30 s."""
PRIVATE_SECONDS = 1.5
GROUP_SECONDS = 4.0
"""Between two edits. Bots that edit faster got flood waits of minutes and lost the end of the answer."""
SILENCE_SECONDS_MAX = 45.0
"""Within an answer. Otherwise a connection that stays open but sends nothing would hold the person for minutes."""
CALLS_LEFT_MIN = 3
"""Of the group's calls per minute, kept for delivering this answer and two more: deliveries come before edits."""
LONG_CHARACTERS = 1_500
"""In a longer text an edit adds little, so edits come half as often."""


class Heard:
    """The text that the model has sent so far."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.begun = asyncio.Event()
        """Set with the first words."""
        self._followed = asyncio.Event()

    def add(self, words: str) -> None:
        """Append the next chunk."""
        self._parts.append(words)
        self.begun.set()
        self._followed.set()

    @property
    def text(self) -> str:
        """The whole text so far."""
        return join_words(self._parts)

    async def wait_for_silence(self) -> None:
        """Return when no chunk has come for SILENCE_SECONDS_MAX since the last one."""
        await self.begun.wait()
        with suppress(TimeoutError):
            while True:
                self._followed.clear()
                async with asyncio.timeout(SILENCE_SECONDS_MAX):
                    await self._followed.wait()


async def show_stream(ports: Ports, job: Job, heard: Heard) -> None:
    """Show the text until cancelled. Flood control makes it pause; any other error of Telegram ends it."""
    is_draft = shows_draft(ports, job)
    shown = ""
    await _wait_for_words(ports, job, heard)
    while True:
        await _wait_for_turn(ports, job)
        text = heard.text
        pause_seconds = pause_after(text, is_draft=is_draft, is_private=chat_of(job).is_private)
        if text != shown and _may_show(ports, job):
            try:
                await finish_edit(_show(ports, job, text))
                if not shown:
                    log_event("answer_begun", **job_facts(job), waited_ms=_waited_ms(ports, job))
            except TooManyRequestsError as error:
                pause_seconds = max(pause_seconds, error.retry_after_seconds)
            except MessengerError:
                return
            shown = text
        await ports.clock.sleep(pause_seconds)


def _waited_ms(ports: Ports, job: Job) -> int:
    """Milliseconds since the webhook received the message."""
    return round((ports.clock.now() - (chat_of(job).asked_at or job.created_at)).total_seconds() * 1000)


async def _wait_for_words(ports: Ports, job: Job, heard: Heard) -> None:
    """Until the first words come, send an empty draft again before Telegram removes it."""
    begun = asyncio.create_task(heard.begun.wait())
    try:
        while True:
            await asyncio.wait({begun}, timeout=FADING_SECONDS if shows_draft(ports, job) else None)
            if begun.done():
                return
            with suppress(MessengerError):
                await _show(ports, job, "")
    finally:
        begun.cancel()


def _may_show(ports: Ports, job: Job) -> bool:
    """Whether an edit leaves enough calls of this minute for deliveries; only groups have so few."""
    return ports.messenger.room(chat_of(job).chat_id) > CALLS_LEFT_MIN


async def _wait_for_turn(ports: Ports, job: Job) -> None:
    """Wait until a call may go out at once. If the stream ends meanwhile, no turn was taken from the final message."""
    while seconds := ports.messenger.wait_seconds(chat_of(job).chat_id):
        await ports.clock.sleep(seconds)


async def _show(ports: Ports, job: Job, text: str) -> None:
    message_id = chat_of(job).card_message_id
    screen = running_screen(job, text)
    if message_id is None:
        await ports.messenger.send_draft(card_place(job), draft_id_of(job), screen if text else empty_draft(job))
    else:
        await ports.messenger.edit_text(card_place(job), message_id, screen)


def pause_after(text: str, *, is_draft: bool, is_private: bool) -> float:
    """How long to wait before more is shown, in seconds."""
    seconds = DRAFT_SECONDS if is_draft else PRIVATE_SECONDS if is_private else GROUP_SECONDS
    return seconds * 2 if len(text) > LONG_CHARACTERS and not is_draft else seconds
