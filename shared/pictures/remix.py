"""*Remix*: a picture of ours and others become a new one. The question, its buttons, and the pictures that are added.

The question is a draft: its parent is the picture under which *Remix* was pressed, its parts are the others. Photos
that follow are added; words that follow buy (`take_requests`), and so does *Mix them*.
"""

from dataclasses import replace

from shared.hash_ids import is_id
from shared.jobs.accept_request import Accepted
from shared.jobs.job import Job, set_ids
from shared.jobs.open_jobs import open_jobs
from shared.people.accounts import open_user, try_until_won
from shared.people.talk import place_of, recent_in
from shared.people.users import Language, PictureSettings
from shared.pictures.ask_first import keep_question
from shared.pictures.ask_tool import begin_question
from shared.pictures.collect_parts import order_draft, resume_draft
from shared.pictures.declines import decline
from shared.pictures.draft import ALBUM_PARTS_MAX, Draft, DraftState, references_of
from shared.pictures.find_material import find_parent, is_sold, material_of, part_of
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.open_drafts import OpenDraft, change_draft, open_draft, post_card, show_draft
from shared.pictures.picture import Reference, artefacts_of, is_picture, request_of
from shared.pictures.press import is_impatient
from shared.pictures.request import Plan
from shared.pictures.tools import REMIX, Subject, name_tool, plan_tool, price_of_tool
from shared.ports import Button, Ports, Screen
from shared.providers.outcomes import DeclineReason
from shared.telegram.address import chat_of
from shared.telegram.callbacks import write_callback, write_moment
from shared.telegram.taps import answer_tap, tell_ordered, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text, shorten

MIX, MIX_IN = "mix", "mixin"
"""The buttons that buy, and that add one of the last pictures."""
OFFERED_MAX = 5
PROMPT_CHARACTERS_SHOWN = 28
PREVIEW_BYTES = 3_000_000
"""What the JPEG in the chat weighs at most, by which a picture of ours is added."""


async def ask_remix(ports: Ports, visit: Visit, tap: Tap, job: Job, since: str) -> bool:
    """Ask what to mix a picture with; returns False if the same keyboard has asked already.

    Raises MessengerErrors, UnavailableError, LaterError.
    """
    draft = replace(begin_question(ports, visit, tap, REMIX, job.id, since), parent_id=job.id)
    if not await keep_question(ports, visit, draft):
        return False
    await post_card(ports, draft, await _draw(ports, visit, draft))
    return True


async def add_photo_to_remix(ports: Ports, visit: Visit, message: Message, draft: Draft) -> None:
    """Add a photo that was sent after the question, and show how many there are below it."""

    def add(draft: Draft) -> Draft:
        added = _add(draft, message.message_id, part_of(message), message.own_words)
        is_above = draft.card_message_id is not None and draft.card_message_id < message.message_id
        return replace(added, card_message_id=None, card="") if is_above and added != draft else added

    changed = await change_draft(ports, draft.id, add)
    if changed is None or changed[1].state is not DraftState.ASKING:
        return
    screen = await _draw(ports, visit, changed[1])
    await (post_card if changed[1].card_message_id is None else show_draft)(ports, changed[1], screen)


async def press_mix_in(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Add one of the last pictures."""
    opened = await _find_asked(ports, visit, tap, arguments)
    if opened is None:
        return
    job_id = arguments[1] if len(arguments) > 1 and is_id(arguments[1]) else ""
    found = [each.job for each in await open_jobs(ports, [job_id])] if job_id else []
    jobs = [job for job in found if job.user_id == tap.sender.id and _can_be_added(ports, job)]
    if not jobs:
        await toast(ports, visit, tap, "toast-gone")
        return
    changed = await change_draft(ports, opened.draft.id, lambda draft: _add_picture(draft, jobs[0]))
    await answer_tap(ports, tap.query_id)
    if changed is not None and changed[1].state is DraftState.ASKING:
        draft = replace(changed[1], card_message_id=tap.message_id)
        await show_draft(ports, draft, await _draw(ports, visit, draft))


async def press_mix(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Buy for the price on the button, in our words or in those that came with the photos."""
    _, since, price, *_ = (*arguments, "", "", "")
    opened = await _find_asked(ports, visit, tap, arguments)
    if opened is None:
        return
    draft, settings = opened.draft, visit.opened.user.settings
    if is_impatient(since, visit.received_at):
        await toast(ports, visit, tap, "toast-which")
    elif price != str(_price(settings)):
        await toast(ports, visit, tap, "toast-choose")
        draft = replace(draft, card_message_id=tap.message_id)
        await show_draft(ports, draft, await _draw(ports, visit, draft))
    else:
        await tell_ordered(ports, visit, tap, await _request(ports, visit, tap, draft.id))


def may_mix(draft: Draft) -> bool:
    """Whether there are enough pictures, so that words say what should come of them."""
    return draft.parent_id is not None and bool(references_of(draft))


async def _find_asked(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> OpenDraft | None:
    """The open question of a button; None where the press is answered."""
    opened = await find_pressed_draft(ports, visit, tap, arguments, lambda draft: draft.tool == REMIX)
    if opened is None or opened.draft.state is DraftState.ASKING:
        return opened
    resumed = await resume_draft(ports, opened.draft.id)
    await toast(ports, visit, tap, "old-menu" if resumed is None else "toast-known")
    return None


async def _request(ports: Ports, visit: Visit, tap: Tap, draft_id: str) -> Accepted | Screen | None:
    async def attempt() -> Accepted | Screen | None:
        opened = await open_draft(ports, draft_id)
        if opened is None or opened.draft.state is not DraftState.ASKING or not may_mix(opened.draft):
            return await resume_draft(ports, draft_id)
        draft, user = opened.draft, await open_user(ports, visit.update.sender.id)
        material = material_of(await find_parent(ports, draft), references_of(draft))
        if isinstance(material, DeclineReason):
            return decline(visit.language, material)
        subject = Subject(material.ratio, user.user.settings.size)
        plan = plan_tool(REMIX, subject, user.user.settings, material, visit.language, draft.caption)
        if not isinstance(plan, Plan):
            return decline(visit.language, plan)
        asked = replace(draft, caption_at=visit.received_at, card_message_id=tap.message_id)
        return await order_draft(ports, user, asked, opened.record, plan, visit.received_at)

    return await try_until_won(ports, attempt)


async def _draw(ports: Ports, visit: Visit, draft: Draft) -> Screen:
    """The question as it stands."""
    jobs = await _list_last(ports, visit, draft)
    return remix_screen(draft, jobs, visit.opened.user.settings, visit.language, opened=write_moment(visit.received_at))


def remix_screen(
    draft: Draft, jobs: tuple[Job, ...], settings: PictureSettings, language: Language, *, opened: str
) -> Screen:
    """The pictures so far, those that can be added, and the button that buys. `opened` as in `keyboards.py`."""
    count = len(references_of(draft)) + 1
    rows = [(Button(_label(language, job), write_callback(MIX_IN, draft.id, job.id)),) for job in jobs]
    if not may_mix(draft):
        return Screen(html_text(language, "remix-ask" if jobs else "remix-send"), tuple(rows))
    price = _price(settings)
    label = plain_text(language, "button-mix")
    buy = Button(f"{label} · {price}" if draft.is_private else label, write_callback(MIX, draft.id, opened, price))
    text = html_text(language, "remix-ready", parts=count)
    if draft.caption:
        text += "\n" + html_text(language, "took-words", words=shorten(draft.caption, 120))
    return Screen(text, ((buy,), *rows))


def _price(settings: PictureSettings) -> int:
    return price_of_tool(REMIX, Subject(None, settings.size), settings)


def _label(language: Language, job: Job) -> str:
    request = request_of(job)
    words = name_tool(language, request.tool) if request.tool else shorten(request.prompt, PROMPT_CHARACTERS_SHOWN)
    return f"➕ {words}" if job.count == 1 else f"➕ {job.index}/{job.count} {words}"


async def _list_last(ports: Ports, visit: Visit, draft: Draft) -> tuple[Job, ...]:
    """The pictures that were asked for last in this place and can be added, the newest first."""
    user, now = visit.opened.user, ports.clock.now()
    recent = recent_in(user.talk, place_of(ports.bot_id, draft.chat_id, draft.thread_id), now)
    ids = [each.job_id for each in reversed(recent) if each.kind == "picture"]
    jobs = [each.job for each in await open_jobs(ports, [*dict.fromkeys([*ids, draft.parent_id or ""])])]
    more = {job.id: job for job in jobs} | await _rest_of_sets(ports, jobs)
    able = [job for job in more.values() if job.id != draft.parent_id and _can_be_added(ports, job)]
    return tuple(job for job in able if str(chat_of(job).card_message_id) not in draft.parts)[:OFFERED_MAX]


async def _rest_of_sets(ports: Ports, jobs: list[Job]) -> dict[str, Job]:
    """The other pictures of the requests of which one is known."""
    ids = [each for job in jobs if job.count > 1 for each in set_ids(job) if each != job.id]
    return {each.job.id: each.job for each in await open_jobs(ports, [*dict.fromkeys(ids)])} if ids else {}


def _can_be_added(ports: Ports, job: Job) -> bool:
    if not is_picture(job) or not is_sold(ports, job) or job.deleted_at is not None:
        return False
    result = artefacts_of(job).result
    return result is not None and bool(result.photo_file_id) and chat_of(job).card_message_id is not None


def _add_picture(draft: Draft, job: Job) -> Draft:
    result, message_id = artefacts_of(job).result, chat_of(job).card_message_id
    assert result is not None
    assert message_id is not None
    part = Reference(result.photo_file_id, min(result.size_bytes, PREVIEW_BYTES), request_of(job).ratio)
    return _add(draft, message_id, part, "")


def _add(draft: Draft, message_id: int, part: Reference, words: str) -> Draft:
    is_full = len(draft.parts) >= ALBUM_PARTS_MAX
    if draft.state is not DraftState.ASKING or str(message_id) in draft.parts or is_full:
        return draft
    return replace(draft, parts={**draft.parts, str(message_id): part}, caption=words or draft.caption)
