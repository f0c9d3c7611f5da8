"""Accepting a request: inbox mark, jobs, holds and the outbox (`sweep_at`), in one commit.

bot A ── read user ───────── commit (creates job, hold) ✓ ── card ── task
bot B ── read user ── commit ✗ the job exists ── read job ── finds A's jobs, adds nothing
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.codec import as_written
from shared.credits.bounds import count_tries
from shared.credits.ledger import place_hold
from shared.credits.switches import find_off
from shared.credits.transfer_documents import create_transfer
from shared.errors import ConflictError, LaterError, UnauthenticatedError
from shared.jobs.identity import job_id_of
from shared.jobs.job import (
    ANNOUNCE_SECONDS,
    GATHER_SECONDS,
    ORDER_SECONDS,
    SWEEP_AFTER_SECONDS,
    Address,
    Artefacts,
    Job,
    JobState,
    Request,
    ended,
    hold_of,
    offer_of,
)
from shared.jobs.job_documents import create_inbox, create_job, inbox_key
from shared.jobs.job_events import request_facts
from shared.jobs.limits import check_total
from shared.jobs.mailbox import write_entry
from shared.jobs.open_jobs import StoredJob, open_job, open_jobs
from shared.jobs.pay_by_wallet import check_purse, find_purse, grant, with_purse, write_payment
from shared.jobs.storage_term import keep_as_chosen
from shared.jobs.take_turn import Turn, take_turn
from shared.jobs.wallet_documents import StoredWallet
from shared.logs import log_event
from shared.people.accounts import OpenUser, log_gift, open_user, try_until_won
from shared.people.storage import is_incognito
from shared.people.talk import Recent, note_request, place_of
from shared.people.users import Asked, Language, User, Waiting, is_covered
from shared.ports import Ports, Write
from shared.providers.outcomes import DeclineReason

RECONSIDER_SECONDS = 0.3
"""How long a message waits after it lost a race against another message of the same person."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from, and its idempotency key."""

    intent: str
    inbox_id: str | None
    """None when the request does not come from a single update (a closed album)."""
    user_id: int
    language: Language
    surface: str
    """Where it is requested and shown: an entry of `shared/surfaces.py`."""
    address: Address
    asked: Asked
    """When and where it was requested, for the comparison with a /cancel."""
    first_address: Address | None = None
    """The address of the first job, if its message exists already."""
    waiting: Waiting | None = None
    """What the person's next message may belong to; None leaves this unchanged."""
    is_plain: bool = False
    """Words alone in a private chat: a picture or more words that arrive at the same moment may still join them."""
    is_seen_by_all: bool = False
    """Other people read the answer too, so it must not mention the person's balance."""
    is_automatic: bool = False
    """Nobody asked for it just now, such as for the voice of an answer: without credits it is left out."""
    wallet_id: str = ""
    """The wallet of the group where it is requested, which pays if it is open; empty: the person pays."""
    api_key_id: str = ""
    """The key of the person's program that orders; empty: no program does."""


@dataclass(frozen=True, slots=True)
class Order:
    """A number of jobs of one kind."""

    kind: str
    request: Request
    artefacts: Artefacts
    """The artefacts of a new job."""
    count: int
    mailbox: str = ""
    """The mailbox in which the job waits for its turn, for orders of one job only; empty: it does not wait."""
    has_card: bool = True
    """Whether a card is posted before the work begins."""
    comes_last: bool = False
    """In its mailbox it comes after a later request of the same message, which need not wait for it."""
    is_recent: bool = True
    """Whether later words may refer to it."""
    is_incognito: bool = False
    """It goes on with what was asked incognito, whether that is over or not."""
    requests: tuple[Request, ...] = ()
    """What each job asks for, where they differ; `request` is the first of them. Such jobs share no keyboard."""

    @property
    def price(self) -> int:
        """Credits for all jobs."""
        return sum(request.price for request in self.requests) if self.requests else self.request.price * self.count

    @property
    def offers(self) -> set[str]:
        """What is ordered, by the names of `shared/credits/switches.py`."""
        return {offer_of(self.kind, request) for request in self.requests or (self.request,)}

    def request_of(self, index: int) -> Request:
        """What job number `index` (from 1) asks for."""
        return self.requests[index - 1] if self.requests else self.request


@dataclass(frozen=True, slots=True)
class Accepted:
    """The request's jobs; `fresh` only for the one call that created them."""

    jobs: tuple[StoredJob, ...]
    fresh: bool


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing was written."""

    reason: DeclineReason
    user: User
    until: datetime | None = None
    """When the request may be repeated, if everybody has to wait."""
    offer: str = ""
    """What operators have switched off, by its name in `shared/credits/switches.py`; empty: nothing of this request."""


async def accept_request(
    ports: Ports,
    opened: OpenUser,
    origin: Origin,
    order: Order,
    extra_writes: tuple[Write, ...] = (),
) -> Accepted | Declined:
    """Create the jobs with their holds, or find the jobs that the same intent created before.

    `extra_writes` join the commit. Raises UnavailableError, and ConflictError when one of `extra_writes` is stale.
    """
    current = opened

    async def attempt() -> Accepted | Declined:
        nonlocal current
        purse = await find_purse(ports, origin.wallet_id, order.price)
        reason = _find_reason(current.user, order, purse, ports.clock.now())
        canceled = is_covered(current.user, ports.bot_id, origin.asked)
        if not canceled and (off := find_off(await ports.spending.switches(), order.offers)):
            declined = Declined(DeclineReason.SWITCHED_OFF, current.user, offer=off)
            return await find_accepted(ports, origin.intent) or declined
        if reason is not None and not canceled:
            return await find_accepted(ports, origin.intent) or Declined(reason, current.user)
        until = None if canceled else await ports.spending.rest_until()
        if until is not None:
            why = DeclineReason.BOOKS_WRONG if ports.spending.rests_for_books() else DeclineReason.ALL_REST
            return await find_accepted(ports, origin.intent) or Declined(why, current.user, until)
        turn = Turn(current.user, "") if canceled else await _find_turn(ports, current.user, origin, order)
        place = place_of(ports.bot_id, origin.asked.chat_id, origin.asked.thread_id)
        purse = None if canceled else purse
        jobs, writes = _plan(current, origin, order, turn, place, purse, ports.clock.now(), canceled=canceled)
        try:
            versions = await ports.store.commit([*writes, *extra_writes])
        except ConflictError:
            earlier = await find_accepted(ports, origin.intent)
            if earlier is not None:
                return earlier
            await _check_unhandled(ports, origin)
            if extra_writes:
                raise
            current = await _open_again(ports, current.user, origin, order)
            raise
        log_gift(current)
        if not canceled:
            log_event("request_accepted", jobs=order.count, credits=order.price, **request_facts(jobs[0]))
        records = [as_written(*pair) for pair in zip(writes, versions, strict=False)]
        return Accepted(tuple(StoredJob(*pair) for pair in zip(jobs, records, strict=False)), fresh=True)

    return await (attempt() if extra_writes else try_until_won(ports, attempt))


async def _check_unhandled(ports: Ports, origin: Origin) -> None:
    """Raise LaterError if another delivery of the same update met the person in another state, and did something else.

    Against its mark every commit would be lost. Delivered again, this update is a repetition.
    """
    if origin.inbox_id is None:
        return
    [seen] = await ports.store.read([inbox_key(origin.inbox_id)])
    if seen is not None:
        raise LaterError(RECONSIDER_SECONDS)


async def _open_again(ports: Ports, before: User, origin: Origin, order: Order) -> OpenUser:
    """The user after a lost race. Raises LaterError if what changed may decide otherwise what the message asks for.

    Raises UnauthenticatedError if the key that orders was revoked.
    """
    current = await open_user(ports, origin.user_id)
    if origin.api_key_id and all(key.id != origin.api_key_id for key in current.user.api_keys):
        raise UnauthenticatedError("a key that was revoked meanwhile")
    if origin.waiting is not None and current.user.waiting != before.waiting:
        raise LaterError(RECONSIDER_SECONDS)  # it may belong to a concurrent message
    if origin.is_plain and _was_asked(before, current.user):
        raise LaterError(RECONSIDER_SECONDS)  # the words may answer the new question
    if not order.request.is_offered(current.user):
        raise LaterError(RECONSIDER_SECONDS)  # another question took the last free answer
    return current


def _find_reason(user: User, order: Order, purse: StoredWallet | None, now: datetime) -> DeclineReason | None:
    """Why this person may not order it now; a wallet that pays has to be able to."""
    payer = user if purse is None else with_purse(user, order.price)
    return check_total(payer, order.price, order.count, now) or check_purse(purse, user.id, order.price, now)


def plan_job(origin: Origin, order: Order, user: User, now: datetime) -> Job:
    """The first job that an order would become."""
    return _new_job(origin, order, Turn(user, ""), None, 1, now)


def _was_asked(before: User, now: User) -> bool:
    """Whether the bot asked a question between the two versions."""
    return now.waiting is not None and now.waiting.kind == "draft" and now.waiting != before.waiting


async def find_accepted(ports: Ports, intent: str) -> Accepted | None:
    """The jobs that an intent created before; None if it created none."""
    first = await open_job(ports, job_id_of(intent, 1))
    if first is None:
        return None
    others = await open_jobs(ports, [job_id_of(intent, i) for i in range(2, first.job.count + 1)])
    return Accepted((first, *others), fresh=False)


async def _find_turn(ports: Ports, user: User, origin: Origin, order: Order) -> Turn:
    """The turn of the new job among the earlier jobs of its mailbox."""
    if not order.mailbox:
        return Turn(user, "")
    job_id, asked = job_id_of(origin.intent, 1), origin.asked
    sent_at = asked.sent_at or asked.received_at
    entry = write_entry(sent_at, asked.message_id, job_id, comes_last=order.comes_last)
    return await take_turn(ports, user, order.mailbox, entry, job_id)


def _plan(
    opened: OpenUser,
    origin: Origin,
    order: Order,
    turn: Turn,
    place: str,
    purse: StoredWallet | None,
    now: datetime,
    *,
    canceled: bool,
) -> tuple[tuple[Job, ...], list[Write]]:
    """The jobs, and every write of their commit: the jobs first, in their order."""
    jobs = tuple(_new_job(origin, order, turn, purse, index, now) for index in range(1, order.count + 1))
    if canceled:  # a /cancel overtook the message: the intent is used up, no money moves
        jobs = tuple(ended(job, JobState.CANCELED) for job in jobs)
    user, account = turn.user, turn.user.account
    writes: list[Write] = [create_job(job) for job in jobs]
    for job in () if canceled or not order.request.price else jobs:
        account, granted = grant(purse, account, hold_of(job))
        account, transfer = place_hold(account, hold_of(job))
        writes += [*granted, create_transfer(transfer)]
    conduct = user.conduct if canceled else count_tries(user.conduct, order.count, now)
    waiting = _next_waiting(user, origin, now)
    if not canceled:
        user = order.request.taken(user)
        user = _note(user, place, Recent(order.kind, jobs[0].id, now)) if order.is_recent else user
        user = _forget_unpaid(user, origin, order)
    writes += opened.writes(replace(user, account=account, waiting=waiting, conduct=conduct))
    writes += turn.writes
    writes += write_payment(purse, jobs, now)
    if origin.inbox_id is not None:
        writes.append(create_inbox(origin.inbox_id, tuple(job.id for job in jobs), now))
    return jobs, writes


def _forget_unpaid(user: User, origin: Origin, order: Order) -> User:
    """Something else was bought meanwhile: what waited for credits is not begun any more."""
    is_another = bool(order.price) and not origin.is_automatic and user.unpaid_order != origin.intent
    return replace(user, unpaid_order="") if is_another else user


def _note(user: User, place: str, request: Recent) -> User:
    return replace(user, talk=note_request(user.talk, place, request))


def _next_waiting(user: User, origin: Origin, now: datetime) -> Waiting | None:
    """What the person's next message belongs to: a message changes it, a press does not."""
    return user.waiting if origin.waiting is None else replace(origin.waiting, asked_at=now)


def _first_time(origin: Origin, order: Order, now: datetime) -> datetime | None:
    """When the work may begin, if another message may still change the request; None: at once."""
    if order.mailbox:
        return None if origin.asked.sent_at is None else now + timedelta(seconds=ORDER_SECONDS)
    return now + timedelta(seconds=GATHER_SECONDS) if origin.is_plain else None


def _new_job(origin: Origin, order: Order, turn: Turn, purse: StoredWallet | None, index: int, now: datetime) -> Job:
    place = origin.first_address if index == 1 else None
    job = Job(
        id=job_id_of(origin.intent, index),
        intent="" if order.requests else origin.intent,
        user_id=origin.user_id,
        payer=turn.user.account.id,
        wallet_id="" if purse is None else purse.key.id,
        language=origin.language,
        surface=origin.surface,
        address=place or origin.address,
        kind=order.kind,
        mailbox=order.mailbox,
        after=turn.after,
        request=order.request_of(index),
        artefacts=order.artefacts,
        index=index,
        count=order.count,
        created_at=now,
        deadline_at=now + order.request.tried_for(),
        expire_at=now + order.request.kept(),
        lease_until=now + timedelta(seconds=ANNOUNCE_SECONDS) if order.has_card and place is None else None,
        sweep_at=now + timedelta(seconds=SWEEP_AFTER_SECONDS),
        not_before=_first_time(origin, order, now),
    )
    is_hidden = order.is_incognito or is_incognito(turn.user.storage, origin.asked.received_at)
    return keep_as_chosen(job, turn.user.storage, is_hidden=is_hidden)
