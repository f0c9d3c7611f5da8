"""The ways to ask for several different pictures at once: /batch with lines or a text file, and a list after /image.

Each leads to one question with the price of all. Nothing here buys anything.
"""

import asyncio
from contextlib import suppress
from dataclasses import replace

from shared.errors import (
    ConflictError,
    FileAwayError,
    FileTooLargeError,
    FileUnreadableError,
    FileUnusableError,
)
from shared.hash_ids import hash_id
from shared.jobs.shards import create_sharded
from shared.people.accounts import OpenUser
from shared.people.users import find_waiting, language_of
from shared.pictures.batch import BATCH_MAX, is_list, is_ordered_list, plan_batch, read_prompts
from shared.pictures.batch_quote import price_alone, quote_screen, tell_left_out
from shared.pictures.collect_parts import collect_text
from shared.pictures.draft import Doubt, Draft, DraftState, may_be_split
from shared.pictures.draft_documents import draft_key
from shared.pictures.open_drafts import begin_draft, close_of, show_draft, with_card, write_draft
from shared.ports import Ports, Record, Screen
from shared.providers.plain_text import decode_text
from shared.telegram.answers import answer
from shared.telegram.download_file import download_file
from shared.telegram.updates import Attached, Message
from shared.telegram.visits import Visit, mode_of
from shared.texts import html_text, plain_text

FILE_BYTES_MAX = 1_048_576
FILE_SECONDS_MAX = 25.0
"""All tries of a download together; the update has 50 s."""
BATCH_COMMAND = "batch"


async def take_batch_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/batch with its lines, with a text file, or as a reply to either. Raises MessengerErrors, UnavailableError."""
    file = message.attached or (None if message.replied is None else message.replied.attached)
    quoted = "" if message.replied is None else message.replied.text
    if not message.chat.is_private:
        await _say(ports, visit, "batch-private")
    elif message.file is not None or (message.replied is not None and message.replied.file is not None):
        await _say(ports, visit, "batch-photo")
    elif file is not None:
        await _take_file(ports, visit, message, file)
    elif may_be_split(message.text):  # the rest may come in the next message
        await collect_text(ports, visit, message, {})
    elif message.text or quoted:
        await _ask(ports, visit, f"{message.text}\n{quoted}")
    else:
        placeholder = plain_text(visit.language, "batch-placeholder")
        await answer(ports, visit, Screen(html_text(visit.language, "batch-usage"), force_reply=placeholder))


def is_batch(ports: Ports, visit: Visit, message: Message) -> bool:
    """Whether words without /batch are a list of pictures: after /image, in the mode *Picture*, or after an order."""
    is_alone = message.file is None and message.attached is None and message.replied is None
    if not (is_alone and message.chat.is_private and not message.is_foreign and not may_be_split(message.text)):
        return False
    if message.command is not None:
        return is_list(message.text)
    waiting = find_waiting(visit.opened.user, message.chat.id, message.chat.thread_id, ports.clock.now())
    if waiting is not None and waiting.kind != "words":  # they answer a question of ours
        return False
    mode = mode_of(ports, visit)
    return is_list(message.text) if mode == "picture" else mode == "auto" and is_ordered_list(message.text)


async def take_list(ports: Ports, visit: Visit, message: Message) -> None:
    """Ask about such a list: it may mean several pictures, or one. Raises MessengerErrors, UnavailableError."""
    await _ask(ports, visit, message.text, alone=message.text)


async def decide_batch(ports: Ports, user: OpenUser, draft: Draft, record: Record) -> None:
    """Ask about a text in several messages that began with /batch, on its card. Raises as `close_draft` does."""
    language = language_of(user.user, draft.language_code)
    texts = [text for _, text in sorted(draft.texts.items(), key=lambda item: int(item[0]))]
    prompts = read_prompts("\n".join(texts))
    plan = plan_batch(prompts.taken, user.user.settings)
    if not plan.requests:
        await show_draft(ports, draft, Screen(html_text(language, "batch-empty")))
        await ports.store.commit([close_of(draft, record)])
        return
    asking = replace(draft, state=DraftState.ASKING, sweep_at=None, texts={}, caption="", prompts=prompts.taken)
    asking, notes = replace(asking, doubt=Doubt.ALONE), tell_left_out(language, prompts, plan)
    screen = quote_screen(asking, plan, user.user, language, ports.clock.now(), notes, sells=ports.sells)
    message_id = await show_draft(ports, asking, screen)
    await ports.store.commit([write_draft(with_card(asking, message_id), record)])


async def _take_file(ports: Ports, visit: Visit, message: Message, file: Attached) -> None:
    text = await _read_file(ports, file)
    if text is None:
        await _say(ports, visit, "batch-file")
    else:
        await _ask(ports, visit, f"{message.text}\n{text}")


async def _read_file(ports: Ports, file: Attached) -> str | None:
    """The beginning of a text file; None if it is something else, too large or gone."""
    is_text = file.mime_type.startswith("text/") or file.name.lower().endswith(".txt")
    if not is_text or file.size_bytes > FILE_BYTES_MAX:
        return None
    try:
        async with asyncio.timeout(FILE_SECONDS_MAX):
            return decode_text(await download_file(ports, file.file_id))
    except (FileTooLargeError, FileUnreadableError, FileUnusableError, FileAwayError, TimeoutError):
        return None


async def _ask(ports: Ports, visit: Visit, text: str, alone: str = "") -> None:
    """Store the prompts and ask; `alone`: what would be drawn as one picture instead."""
    prompts, now, user = read_prompts(text), ports.clock.now(), visit.opened.user
    plan = plan_batch(prompts.taken, user.settings)
    if not plan.requests:
        await _say(ports, visit, "batch-empty")
        return
    draft = replace(
        begin_draft(visit, visit.update, hash_id("batch", visit.inbox_id), now),
        state=DraftState.ASKING,
        caption=alone,
        doubt=Doubt.ALONE,
        prompts=prompts.taken,
        price=price_alone(alone, user),
    )
    with suppress(ConflictError):  # a second delivery: the question may not have been sent
        await ports.store.commit([create_sharded(draft_key(draft.id), draft)])
    notes = tell_left_out(visit.language, prompts, plan)
    await answer(ports, visit, quote_screen(draft, plan, user, visit.language, now, notes, sells=ports.sells))


async def _say(ports: Ports, visit: Visit, text_id: str) -> None:
    await answer(ports, visit, Screen(html_text(visit.language, text_id, limit=BATCH_MAX)))
