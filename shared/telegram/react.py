"""Reactions in groups to the message that asked: 👀 while it is worked on, 👍 when the result is there.

A courtesy: it takes no room among a group's messages, is given up quickly, and its failures are not told.
"""

import asyncio
from contextlib import suppress

from shared.errors import MessengerError
from shared.jobs.job import Job, is_last
from shared.ports import Place, Ports
from shared.telegram.address import chat_of

SEEN, DONE, NONE = "👀", "👍", ""
REACTION_SECONDS_MAX = 2.0
"""How long a reaction may keep its worker."""


async def react(ports: Ports, job: Job, emoji: str) -> None:
    """Set or remove the reaction to the message that asked for this job, if a person wrote one in a group.

    Several pictures share one message: the last one stands for all.
    """
    chat = chat_of(job)
    is_written = bool(chat.message_id) and chat.sent_at is not None
    if chat.is_private or not is_written or not is_last(job) or ports.messenger.room(chat.chat_id) < 1:
        return
    with suppress(MessengerError, TimeoutError):
        async with asyncio.timeout(REACTION_SECONDS_MAX):
            await ports.messenger.react(Place(chat.chat_id), chat.message_id, emoji)
