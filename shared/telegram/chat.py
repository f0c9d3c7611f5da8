"""The surface that people know best: a job is one message in a Telegram chat, edited from its card to its end."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any

from shared.errors import MessageGoneError, MessageRejectedError, MessengerError
from shared.jobs.job import Job
from shared.jobs.open_jobs import OpenJob
from shared.ports import Ports
from shared.telegram.announce_jobs import card_place, draw_card, redraw_end
from shared.telegram.move_place import PLACE_LOST, move_away, post_card, tell_left

EDIT_SECONDS_MAX = 5.0


class TelegramChat:
    """Implements Surface."""

    async def show(self, ports: Ports, job: Job) -> None:
        if job.card_message_id is not None:
            await ports.messenger.edit_text(card_place(job), job.card_message_id, draw_card(ports, job))

    async def show_life(self, ports: Ports, job: Job, *, is_due: bool) -> bool:
        try:
            await ports.messenger.send_action(card_place(job))
            if is_due:
                await _finish(self.show(ports, job))
        except MessengerError:  # a courtesy: flood control, or a card that is gone, ends it
            return False
        return True

    async def tell_end(self, ports: Ports, held: OpenJob) -> OpenJob:
        held = await _show_end(ports, held)
        await tell_left(ports, held.job, draw_card(ports, replace(held.job, is_private=False)))
        return held

    async def redraw_end(self, ports: Ports, job_id: str) -> bool:
        return await redraw_end(ports, job_id)


async def _show_end(ports: Ports, held: OpenJob) -> OpenJob:
    """On the card, or on one in another place; nowhere, where Telegram will not show it whatever we do."""
    job = held.job
    if job.card_message_id is None:
        with suppress(MessageRejectedError):
            held, _ = await post_card(ports, held)
        return held
    try:
        await TelegramChat().show(ports, job)
    except PLACE_LOST as error:
        held, _ = await move_away(ports, held, error)
    except (MessageRejectedError, MessageGoneError):
        pass
    return held


async def _finish(edit: Coroutine[Any, Any, None]) -> None:
    """See an edit through even when cancelled: let go, it might arrive after what is shown next."""
    running = asyncio.ensure_future(edit)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running}, timeout=EDIT_SECONDS_MAX)
        running.cancel()
        raise
