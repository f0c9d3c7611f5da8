"""Having a model write prompts, once for each proposal, however often its update is delivered.

proposal with variants ───────────────────────────────▶ shown again, for nothing
another update's handler asks the model ──────────────▶ that one answers
the day's allowance, the caps, the provider ── none ──▶ a sentence; nothing is spent
commit {claim, the person's count} ──▶ our cost is booked ──▶ the model ──▶ commit {variants} ──▶ the answer
                    ╳ died: the same update claims it again, without counting twice
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, replace

from shared.codec import as_written, encode, update
from shared.conversations.answer_screens import file_text
from shared.conversations.ask_unheard import ask_unheard
from shared.conversations.compose_talk import estimate_charge
from shared.conversations.gather_files import FILE_ERRORS, trouble_of
from shared.errors import ConflictError, ElsewhereError, LaterError, LinkUnusableError, MessengerError, NoRoomError
from shared.jobs.pause_job import FULL_PAUSE_SECONDS
from shared.logs import log_event
from shared.people.accounts import OpenUser, log_gift, open_user, try_until_won
from shared.people.manner import day_of
from shared.people.storage import statistics_facts
from shared.people.talk import count_proposal, may_propose
from shared.people.users import Language
from shared.ports import Create, Ports, Screen, TalkStudio
from shared.providers.outcomes import Refused, name_outcome
from shared.providers.talk import Talk, Tokens, Told
from shared.telegram.answers import answer
from shared.telegram.taps import toast
from shared.telegram.updates import Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text
from shared.wording.compose_wording import VARIANTS, WORDING_RUNGS, read_variants
from shared.wording.proposal import Proposal, claim, give_back, is_claimed
from shared.wording.proposal_documents import StoredProposal, decode_proposal, proposal_key
from shared.wording.screens import draw_proposal

MEDIUM = "wording"
"""The name of this kind of work in logs and metrics."""
WORDING_SECONDS_MAX = 25.0
"""The longest wait for the model; usually it takes two to five seconds, with a video ten."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a model is asked for."""

    proposal: Proposal
    """Without variants, as it is to be stored."""
    compose: Callable[[TalkStudio], AbstractAsyncContextManager[Talk]]
    """The request to the model, while the block lasts. May raise FILE_ERRORS, TimeoutError, NoRoomError."""
    weight: int = 1
    """How much of the day's allowance it takes."""


async def open_proposal(ports: Ports, proposal_id: str) -> StoredProposal | None:
    """Read a proposal. Raises UnavailableError."""
    [record] = await ports.store.read([proposal_key(proposal_id)])
    return None if record is None else decode_proposal(record)


async def propose(ports: Ports, visit: Visit, wanted: Wanted) -> None:
    """Answer an update with the prompts that it asks for, or with the reason why there are none.

    Raises ElsewhereError where no model can be asked, MessengerErrors, UnavailableError, and LaterError while there is
    no room for files.
    """
    stored = await open_proposal(ports, wanted.proposal.id)
    if stored is not None and stored.proposal.variants:
        await _show(ports, visit, stored.proposal)
    elif stored is not None and is_claimed(stored.proposal, visit.inbox_id, ports.clock.now()):
        await _say_running(ports, visit)
    elif not may_propose(visit.opened.user.talk, _day(ports, visit), wanted.weight):
        await _say(ports, visit, "wording-cap")
    elif await ports.spending.rest_until() is not None:
        await _say(ports, visit, "wording-away")
    elif visit.studio is None:
        await _say_running(ports, visit)
        raise ElsewhereError
    else:
        await _ask(ports, visit.studio, visit, wanted)


async def _ask(ports: Ports, studio: TalkStudio, visit: Visit, wanted: Wanted) -> None:
    rung = studio.gone.next_of(WORDING_RUNGS, ports.clock.now())
    if not studio.breaker.admits(rung.name, visit.inbox_id, ports.clock.now()):
        await _say(ports, visit, "wording-away")
        return
    held = await _claim(ports, visit, wanted)
    with suppress(MessengerError):
        await ports.messenger.send_action(visit.place, "typing")
    try:
        made = await _write(ports, studio, visit, wanted)
    except NoRoomError as error:
        raise LaterError(FULL_PAUSE_SECONDS) from error
    proposal = held.proposal
    changed = replace(give_back(proposal), variants=made) if isinstance(made, tuple) else give_back(proposal)
    with suppress(ConflictError):  # a second delivery of this update was faster: the same wish, other words
        await ports.store.commit([update(held.record, changed)])
    if isinstance(made, tuple):
        await _show(ports, visit, changed)
    else:
        await answer(ports, visit, made)


async def _write(ports: Ports, studio: TalkStudio, visit: Visit, wanted: Wanted) -> tuple[str, ...] | Screen:
    """The variants, or the screen that says why there are none."""
    language = visit.language
    facts = {"medium": MEDIUM, "model": MEDIUM} | statistics_facts(visit.opened.user.storage, visit.received_at)
    try:
        async with wanted.compose(studio) as talk:
            await ports.spending.book(_bound(ports, talk))
            outcome = await ask_unheard(ports, studio, WORDING_RUNGS, talk, WORDING_SECONDS_MAX, facts)
    except FILE_ERRORS as error:
        return _tell_trouble(language, error)
    except TimeoutError:
        return Screen(html_text(language, "wording-away"))
    made: tuple[str, ...] = ()
    is_refused = isinstance(outcome, Refused)
    if isinstance(outcome, Told):
        wish, is_refused = wanted.proposal.words, bool(outcome.filter_reason)
        made = read_variants(outcome.text, wish, VARIANTS if wish else 1) if outcome.is_whole else ()
    log_event("prompts_worded" if made else "prompts_unworded", reason=name_outcome(outcome), variants=len(made))
    if made:
        return made
    return Screen(html_text(language, "wording-refused" if is_refused else "wording-away"))


def _tell_trouble(language: Language, error: Exception) -> Screen:
    """Why a file or a link cannot be read."""
    if isinstance(error, LinkUnusableError):
        return Screen(html_text(language, f"link-{error.trouble}"))
    returned = plain_text(language, "returned", price=0)
    return Screen(html_text(language, file_text(trouble_of(error)), returned=returned))


async def _claim(ports: Ports, visit: Visit, wanted: Wanted) -> StoredProposal:
    """Store the claim and count it for the person, in one commit; what this update has counted is not counted again."""
    key = proposal_key(wanted.proposal.id)

    async def attempt() -> StoredProposal:
        stored, opened = await open_proposal(ports, wanted.proposal.id), visit.opened
        now = ports.clock.now()
        claimed = claim(wanted.proposal if stored is None else stored.proposal, visit.inbox_id, now)
        first = Create(key, encode(claimed)) if stored is None else update(stored.record, claimed)
        if stored is not None and stored.proposal.claimed_by == visit.inbox_id:
            [version] = await ports.store.commit([first])
            return StoredProposal(claimed, as_written(first, version))
        talk = count_proposal(opened.user.talk, _day(ports, visit), wanted.weight)
        counted = replace(opened.user, talk=talk)
        writes = opened.writes(counted)
        try:
            version, of_user, *_ = await ports.store.commit([first, *writes])
        except ConflictError:
            visit.opened = await open_user(ports, opened.user.id)
            raise
        log_gift(opened)
        visit.opened = OpenUser(counted, as_written(writes[0], of_user))
        return StoredProposal(claimed, as_written(first, version))

    return await try_until_won(ports, attempt)


def _bound(ports: Ports, talk: Talk) -> int:
    """What the call costs us at most, in millionths of a US dollar."""
    tokens = Tokens(estimate_charge(talk, "").given, talk.output_tokens_max)
    return max(rung.cost_of(tokens, ports.clock.now().date()) for rung in WORDING_RUNGS)


async def _show(ports: Ports, visit: Visit, proposal: Proposal) -> None:
    await answer(ports, visit, draw_proposal(proposal, visit.opened.user.settings, visit.language))


async def _say(ports: Ports, visit: Visit, text_id: str) -> None:
    await answer(ports, visit, Screen(html_text(visit.language, text_id)))


async def _say_running(ports: Ports, visit: Visit) -> None:
    """Stop a button's spinner; the variants come as a message."""
    if isinstance(visit.update, Tap):
        await toast(ports, visit, visit.update, "toast-wording")


def _day(ports: Ports, visit: Visit) -> str:
    return day_of(visit.opened.user.manner, visit.language, ports.clock.now())
