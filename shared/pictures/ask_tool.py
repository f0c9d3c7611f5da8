"""Asking, for free, what a tool should make of a picture: the reply becomes a part of its words.

The question is a draft of its own with the tool's name; `take_requests` buys what the reply says.
"""

from dataclasses import replace

from shared.hash_ids import hash_id
from shared.jobs.job import Job
from shared.pictures.ask_first import keep_question
from shared.pictures.draft import Draft, DraftState
from shared.pictures.open_drafts import begin_draft, post_card
from shared.pictures.picture import request_of
from shared.pictures.tool_keyboards import subject_of_photo
from shared.pictures.tools import Subject, price_of_tool, subject_of
from shared.ports import Ports, Screen
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text


async def ask_about_picture(ports: Ports, visit: Visit, tap: Tap, job: Job, name: str, since: str) -> bool:
    """Ask about a picture of ours; returns False if the same keyboard has asked already.

    Raises MessengerErrors, UnavailableError, LaterError.
    """
    draft = replace(begin_question(ports, visit, tap, name, job.id, since), parent_id=job.id)
    return await _ask(ports, visit, draft, subject_of(request_of(job)))


async def ask_about_photo(ports: Ports, visit: Visit, tap: Tap, asked: Draft, name: str, since: str) -> bool:
    """Ask about photos that somebody sent. As above."""
    draft = replace(begin_question(ports, visit, tap, name, asked.id, since), parts=asked.parts)
    return await _ask(ports, visit, draft, subject_of_photo(asked))


def begin_question(ports: Ports, visit: Visit, tap: Tap, name: str, owner: str, since: str) -> Draft:
    """An empty question of a tool, one for each keyboard of its owner, a job or a draft."""
    draft = begin_draft(visit, tap, hash_id("tool", owner, name, since), ports.clock.now())
    return replace(draft, state=DraftState.ASKING, tool=name)


async def _ask(ports: Ports, visit: Visit, draft: Draft, subject: Subject) -> bool:
    if not await keep_question(ports, visit, draft):
        return False
    price = price_of_tool(draft.tool, subject, visit.opened.user.settings)
    text_id = f"tool-ask-{draft.tool}" if draft.is_private else f"tool-asks-{draft.tool}"
    text = html_text(visit.language, text_id, price=price)
    placeholder = plain_text(visit.language, f"tool-hint-{draft.tool}")
    await post_card(ports, draft, Screen(text, force_reply=placeholder))
    return True
