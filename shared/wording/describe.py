"""The prompt of a reference: a picture, a video or a link becomes words with which a model makes something like it.

/describe with files, a link or as a reply, *Prompt* under files without words ──▶ the prompt, for nothing
the prompt ──▶ *Draw*, *Animate*, with their prices
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from shared.conversations.answer_screens import file_text
from shared.conversations.attachment import (
    VIDEO_SECONDS_MAX,
    Attachment,
    Opened,
    find_trouble,
    kind_of,
    weigh_files,
)
from shared.conversations.gather_files import gather_files
from shared.conversations.question_files import list_references
from shared.conversations.take_questions import Found, find_replied, make_question
from shared.errors import FileUnusableError, LinkUnusableError
from shared.hash_ids import hash_id
from shared.jobs.identity import message_intent
from shared.jobs.limits import FILE_BYTES_MAX
from shared.jobs.time_limits import MATERIAL_SECONDS_MAX
from shared.pictures.draft import files_of, references_of
from shared.pictures.find_material import reference_to
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.ports import Ports, Screen, TalkStudio
from shared.providers.files import Document
from shared.providers.links import find_address, kind_of_content
from shared.providers.talk import Talk
from shared.telegram.answers import answer
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text
from shared.wording.compose_wording import compose_reading_of_files
from shared.wording.proposal import Proposal, new_proposal
from shared.wording.propose import Wanted, propose

FILES_MAX = 4
"""More pictures than this have no common prompt."""
FILM_WEIGHT = 3
"""A video takes three of the day's allowance: watching it costs us up to five times as much."""
LINK_BYTES = 4 * FILE_BYTES_MAX
"""The memory for a file of unknown size on its way to the model."""
_KINDS = frozenset({"picture", "video"})


async def take_describe_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/describe with a picture or a video, or as a reply to one."""
    found = Found()
    if message.replied is not None and message.replied.sender_id == ports.bot_id:
        found = Found(await find_replied(ports, message.chat.id, message.replied.message_id))
    files = (await make_question(ports, visit, message, found)).files
    proposal_id = hash_id("describe", message_intent(ports.bot_id, message.chat.id, message.message_id))
    picture = message.file or (None if message.replied is None else message.replied.file)
    ratio = None if picture is None else reference_to(picture).ratio
    if files:
        await _describe(ports, visit, replace(_seed(ports, visit, proposal_id), ratio=ratio), files)
    elif (address := find_address(message.text)) is not None:
        await _describe_link(ports, visit, _seed(ports, visit, proposal_id), address)
    else:
        placeholder = plain_text(visit.language, "describe-placeholder")
        await answer(ports, visit, Screen(html_text(visit.language, "describe-usage"), force_reply=placeholder))


async def press_describe(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Prompt* under files that came without words; the question about them stays open."""
    opened = await find_pressed_draft(ports, visit, tap, arguments, lambda draft: bool(draft.parts))
    if opened is None:
        return
    files = list_references(files_of(opened.draft))
    ratio = next((each.ratio for each in references_of(opened.draft)), None)
    seed = _seed(ports, visit, hash_id("describe", opened.draft.id, len(files)))
    await _describe(ports, visit, replace(seed, ratio=ratio), files)


async def _describe(ports: Ports, visit: Visit, seed: Proposal, files: Sequence[Attachment]) -> None:
    shown = tuple(each for each in files if kind_of(each) in _KINDS)[:FILES_MAX]
    if not shown:
        await _say(ports, visit, "describe-usage")
        return
    if (trouble := find_trouble(shown)) is not None:
        returned = plain_text(visit.language, "returned", price=0)
        await answer(ports, visit, Screen(html_text(visit.language, file_text(trouble), returned=returned)))
        return

    @asynccontextmanager
    async def compose(studio: TalkStudio) -> AsyncIterator[Talk]:
        async with studio.budget.reserve(weigh_files(shown)):
            async with asyncio.timeout(MATERIAL_SECONDS_MAX):
                gathered = await gather_files(ports, studio, shown, (), ports.clock.now())
            yield compose_reading_of_files(gathered.own, visit.language)

    weight = FILM_WEIGHT if any(kind_of(each) == "video" for each in shown) else 1
    await propose(ports, visit, Wanted(seed, compose, weight))


async def _describe_link(ports: Ports, visit: Visit, seed: Proposal, address: str) -> None:
    """Read the prompt of what a link leads to, a picture or a video; the address is not stored."""

    @asynccontextmanager
    async def compose(studio: TalkStudio) -> AsyncIterator[Talk]:
        async with studio.budget.reserve(LINK_BYTES):
            opened = await _open_link(studio, address)
            yield compose_reading_of_files((opened,), visit.language)

    await propose(ports, visit, Wanted(seed, compose, FILM_WEIGHT))


async def _open_link(studio: TalkStudio, address: str) -> Opened:
    """What a link leads to, checked as a sent file is. Raises FILE_ERRORS."""
    if studio.links is None:
        raise LinkUnusableError("away")
    content = await studio.links.read(address)
    kind = kind_of_content(content)
    if kind is None:
        raise LinkUnusableError("kind")
    found = await studio.reader.read(content, kind)
    if isinstance(found, Document) and found.seconds > VIDEO_SECONDS_MAX:
        raise FileUnusableError("long")
    return Opened(Attachment("", len(content), ""), found)


def _seed(ports: Ports, visit: Visit, proposal_id: str) -> Proposal:
    person, now = visit.opened.user, ports.clock.now()
    return new_proposal(proposal_id, person, visit.received_at, now, is_private=visit.update.chat.is_private)


async def _say(ports: Ports, visit: Visit, text_id: str) -> None:
    await answer(ports, visit, Screen(html_text(visit.language, text_id)))
