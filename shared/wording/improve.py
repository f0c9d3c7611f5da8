"""*Improve*: three wordings of a wish to choose from. The wish comes from a question of ours, a picture, or a message.

/improve, *Improve* ──▶ three prompts, for nothing ──▶ a press on one of them buys it, at the price on its button
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from shared.hash_ids import hash_id, is_id
from shared.jobs.identity import message_intent, tap_intent
from shared.jobs.job import Job
from shared.pictures.declines import decline
from shared.pictures.draft import references_of, words_of
from shared.pictures.find_material import Target, find_parent, find_target, is_sold, material_of
from shared.pictures.find_pressed_draft import find_pressed_draft
from shared.pictures.picture import request_of
from shared.pictures.prompts import parse_prompt
from shared.pictures.request import Material, Plan, plan_request
from shared.pictures.take_requests import own_pictures, start_order
from shared.pictures.wishes import is_pointer
from shared.ports import Ports, Screen, TalkStudio
from shared.providers.outcomes import DeclineReason, FailureReason
from shared.providers.talk import Talk
from shared.telegram.answers import answer
from shared.telegram.find_pressed import find_pressed_job
from shared.telegram.taps import answer_tap, tell_ordered, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text
from shared.videos.ask_review import ask_review
from shared.videos.choice import plan_video
from shared.videos.review import wish_of
from shared.wording.compose_wording import compose_improvement
from shared.wording.proposal import Proposal, find_variant, new_proposal, plan_variant, with_material
from shared.wording.propose import Wanted, open_proposal, propose
from shared.wording.screens import (
    ANEW,
    OF_DRAFT,
    OF_JOB,
    OF_PROPOSAL,
    draw_proposal,
    film_wish,
)


async def take_improve_command(ports: Ports, visit: Visit, message: Message) -> None:
    """/improve with words, with a photo, or as a reply to a picture or to words."""
    target = await find_target(ports, message, None) if message.replied is not None else Target()
    words = message.text
    if target.text and (not words or is_pointer(words)):
        words = target.text
    material = material_of(target, own_pictures(message))
    if not words and target.job is not None and _may_read(ports, message, target):
        words, material = _wish_of(target.job)
    if not words:
        placeholder = plain_text(visit.language, "draw-placeholder")
        await answer(ports, visit, Screen(html_text(visit.language, "improve-usage"), force_reply=placeholder))
        return
    proposal_id = hash_id("improve", message_intent(ports.bot_id, message.chat.id, message.message_id))
    await _improve(ports, visit, _seed(ports, visit, proposal_id, words), material)


async def press_improve(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """*Improve* under a question, a picture or a prompt that was read; *Others* under three wordings."""
    source, source_id, *_ = (*arguments, "", "")
    if source == OF_DRAFT:
        await _press_of_draft(ports, visit, tap, source_id)
    elif source == OF_JOB:
        opened = await find_pressed_job(ports, visit, tap, source_id, partial(is_sold, ports))
        if opened is not None:
            words, material = _wish_of(opened.job)
            seed = _seed(ports, visit, hash_id("improve", opened.job.id), words)
            was_refused = opened.job.failure is FailureReason.SAFETY
            await _improve(ports, visit, replace(seed, was_refused=was_refused), material)
    elif source in {OF_PROPOSAL, ANEW}:
        proposal = await find_pressed_proposal(ports, visit, tap, source_id)
        if proposal is not None:
            await _improve_again(ports, visit, proposal, source)
    else:
        await toast(ports, visit, tap, "old-menu")


async def press_variant(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Buy the picture of a variant, once, for the price on its button."""
    proposal_id, number, price, *_ = (*arguments, "", "", "")
    proposal = await find_pressed_proposal(ports, visit, tap, proposal_id)
    if proposal is None:
        return
    words, settings = find_variant(proposal, number), visit.opened.user.settings
    plan = None if words is None else plan_variant(proposal, words, settings)
    if not isinstance(plan, Plan):  # forged, or a limit of this release is tighter
        await toast(ports, visit, tap, "old-menu")
    elif str(plan.price) != price:  # nothing is bought for another price than the one that was read
        await toast(ports, visit, tap, "toast-choose")
        await ports.messenger.edit_text(visit.place, tap.message_id, draw_proposal(proposal, settings, visit.language))
    else:
        intent = tap_intent(ports.bot_id, f"proposal:{proposal.id}", number, "")
        await tell_ordered(ports, visit, tap, await start_order(ports, visit, intent, plan.request, plan.count))


async def press_film_variant(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Show the review of a variant's video, which names the price; nothing is bought here."""
    proposal_id, number, *_ = (*arguments, "", "")
    proposal = await find_pressed_proposal(ports, visit, tap, proposal_id)
    if proposal is None:
        return
    words = find_variant(proposal, number)
    if words is None:
        await toast(ports, visit, tap, "old-menu")
        return
    await answer_tap(ports, tap.query_id)
    await ask_review(ports, visit, *film_wish(proposal, words))


async def find_pressed_proposal(ports: Ports, visit: Visit, tap: Tap, proposal_id: str) -> Proposal | None:
    """The person's own proposal with variants; None after a toast. Raises UnavailableError."""
    stored = await open_proposal(ports, proposal_id) if is_id(proposal_id) else None
    if stored is None or not stored.proposal.variants:
        await toast(ports, visit, tap, "old-menu")
    elif stored.proposal.user_id != tap.sender.id:
        await toast(ports, visit, tap, "not-yours")
    else:
        return stored.proposal
    return None


async def _press_of_draft(ports: Ports, visit: Visit, tap: Tap, draft_id: str) -> None:
    opened = await find_pressed_draft(ports, visit, tap, (draft_id,), lambda draft: bool(words_of(draft)))
    if opened is None:
        return
    draft, words = opened.draft, words_of(opened.draft)
    seed = _seed(ports, visit, hash_id("improve", draft.id, words), words)
    if draft.wants_video:
        wish = wish_of(draft)
        material: Material | DeclineReason = Material(wish.pictures, wish.parent_id, wish.shape)
        seed = replace(seed, wants_video=True, source_seconds=wish.source_seconds)
    else:
        material = material_of(await find_parent(ports, draft), references_of(draft))
    await _improve(ports, visit, seed, material)


async def _improve_again(ports: Ports, visit: Visit, proposal: Proposal, source: str) -> None:
    """Other wordings of the same wish, or wordings of a prompt that was read."""
    words = proposal.words or proposal.variants[0]
    seed = _seed(ports, visit, hash_id("improve", proposal.id, source), words)
    material = Material(proposal.references, proposal.parent_id, proposal.ratio, proposal.keeps_shape)
    seed = replace(
        seed,
        wants_video=proposal.wants_video,
        source_seconds=proposal.source_seconds,
        was_refused=proposal.was_refused,
    )
    await _improve(ports, visit, seed, material)


async def _improve(ports: Ports, visit: Visit, seed: Proposal, material: Material | DeclineReason) -> None:
    """Have the wish worded, if it can be made at all."""
    settings, language = visit.opened.user.settings, visit.language
    if isinstance(material, DeclineReason):
        await answer(ports, visit, decline(language, material, seed.words))
        return
    proposal = with_material(seed, material)
    if proposal.wants_video:
        plan: object = plan_video(*film_wish(proposal, proposal.words))
    else:
        plan = plan_request(proposal.words, settings, material)
    if isinstance(plan, DeclineReason):
        await answer(ports, visit, decline(language, plan, seed.words))
        return

    @asynccontextmanager
    async def compose(_: TalkStudio) -> AsyncIterator[Talk]:
        yield compose_improvement(parse_prompt(proposal.words).text, proposal, language)

    await propose(ports, visit, Wanted(proposal, compose))


def _may_read(ports: Ports, message: Message, target: Target) -> bool:
    """Whether a bare reply is about the words of a picture: one of the person's own."""
    job = target.job
    return job is not None and target.draft is None and is_sold(ports, job) and job.user_id == message.sender.id


def _seed(ports: Ports, visit: Visit, proposal_id: str, words: str) -> Proposal:
    chat, now = visit.update.chat, ports.clock.now()
    seed = new_proposal(proposal_id, visit.opened.user, visit.received_at, now, is_private=chat.is_private)
    return replace(seed, words=words)


def _wish_of(job: Job) -> tuple[str, Material]:
    """The words and the material that a picture was made from."""
    request = request_of(job)
    material = Material(request.references, request.parent_id, request.ratio, request.keeps_shape)
    return request.words or request.prompt, material
