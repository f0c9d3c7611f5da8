"""An operator gives credits: at once, or, where a second one has to agree, as a request.

    within what one may give alone on a day ── person + transfer + day's sum + audit ✓
    beyond it, or for oneself ── request + audit ✓ ── another admin agrees ── person + transfer + request + audit ✓

The other admins are told of a request by the bot. Each is one commit; what a group's wallet had paid for a job goes on
to the wallet in the same one. The transfer's id comes from the change's
reference (a job's, or a form's), so that a form that is sent twice gives once, and a job is refunded once, by whomever.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from shared.admin.audit_log import AuditEntry, create_entry, is_reason, new_entry
from shared.admin.calls import Operator
from shared.admin.change_request import (
    ChangeRequest,
    RequestState,
    change_of_request,
    create_request,
    decide,
    is_waiting,
    new_request,
    request_id_of,
    request_key,
)
from shared.admin.given_day import day_key, read_day, write_day
from shared.admin.job_refund import hold_of_refund
from shared.codec import decode, update
from shared.credits.ledger import Account, Change, Transfer, TransferKind, book_change, change_id
from shared.credits.transfer_documents import create_transfer, end_key
from shared.credits.wallet import book_regrant, take_return
from shared.jobs.wallet_documents import StoredWallet, open_wallet, write_wallet
from shared.miniapp.acts import Act, publish_act
from shared.people.accounts import try_until_won
from shared.people.nobody import is_nobody
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User
from shared.ports import AppPorts, Key, Record, Write

GIVE_CREDITS_MAX = 10_000
"""The most that one act gives, also with agreement."""


class Outcome(StrEnum):
    """What became of an act; the value is the last part of its text's id."""

    DONE = "done"
    AGAIN = "again"
    """It was done before."""
    WAITS = "waits"
    """A second operator has to agree."""
    DECLINED = "declined"
    GONE = "gone"
    """The request is decided already, or over."""
    SELF = "self"
    """Nobody agrees to what they asked for, or get."""
    TOO_MUCH = "toomuch"
    NOBODY = "nobody"
    ERASED = "erased"
    UNSPENT = "unspent"
    """Nothing was paid for the job."""
    OTHER_PAYER = "otherpayer"
    """Another account has paid for the job."""
    REASON = "reason"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Purse:
    """The wallet that paid for a job."""

    stored: StoredWallet
    granted: Transfer


async def order_change(ports: AppPorts, by: Operator, change: Change, act: str, subject: str = "") -> Outcome:
    """Give the credits, or ask a second operator. `subject`: the job of a refund. Raises UnavailableError."""
    if not is_reason(change.reason):
        return Outcome.REASON
    if change.credits > GIVE_CREDITS_MAX:
        return Outcome.TOO_MUCH
    outcome = await try_until_won(ports, lambda: _try_to_order(ports, by, change, act, subject))
    if outcome is Outcome.WAITS:  # also at the second time: the first may have died before this
        await publish_act(ports, Act("agree", by.user_id, request_id_of(change), ports.clock.now()))
    return outcome


async def _try_to_order(ports: AppPorts, by: Operator, change: Change, act: str, subject: str) -> Outcome:
    now = ports.clock.now()
    today = day_key(by.user_id, now)
    keys = [request_key(request_id_of(change)), today, *_keys_of(change, subject)]
    asked, day, person, booked, *paid = await ports.store.read(keys)
    known = None if asked is None else decode(ChangeRequest, asked.fields)
    if booked is not None or (known is not None and known.state is RequestState.DONE):
        return Outcome.AGAIN
    if known is not None and is_waiting(known, now):
        return Outcome.WAITS
    if person is None:
        return Outcome.NOBODY
    purse = await _find_purse(ports, paid)
    if problem := _find_problem(decode_user(person), paid, purse):
        return problem
    given = read_day(day, now)
    total = given.credits + change.credits
    if by.user_id == change.user_id or _has_part(by, purse) or total > ports.alone_credits_max:
        request = new_request(by, change, act, subject, now)
        asking = create_request(request) if asked is None else update(asked, request)
        entry = _entry_of(by, change, f"ask_{act}", subject, now)
        await ports.store.commit([asking, create_entry(entry)])
        return Outcome.WAITS
    booking = _book(person, purse, change, _entry_of(by, change, act, subject, now))
    await ports.store.commit([*booking, write_day(today, day, replace(given, credits=total))])
    return Outcome.DONE


async def agree(ports: AppPorts, by: Operator, request_id: str) -> Outcome:
    """Give what another operator has asked for. Raises UnavailableError."""
    return await try_until_won(ports, lambda: _try_to_agree(ports, by, request_id))


async def _try_to_agree(ports: AppPorts, by: Operator, request_id: str) -> Outcome:
    now = ports.clock.now()
    record, request = await _read_request(ports, request_id)
    if record is None or request is None or not is_waiting(request, now):
        return Outcome.GONE
    if by.user_id in {request.by, request.user_id}:
        return Outcome.SELF
    change = change_of_request(request)
    person, booked, *paid = await ports.store.read(_keys_of(change, request.subject))
    if booked is not None:  # under the same reference by `make credits`
        return Outcome.AGAIN
    if person is None:
        return Outcome.NOBODY
    purse = await _find_purse(ports, paid)
    if _has_part(by, purse):
        return Outcome.SELF
    if problem := _find_problem(decode_user(person), paid, purse):
        return problem
    booking = _book(person, purse, change, _entry_of(by, change, f"agree_{request.act}", request.id, now))
    await ports.store.commit([*booking, update(record, decide(request, RequestState.DONE, by, now))])
    return Outcome.DONE


async def decline(ports: AppPorts, by: Operator, request_id: str) -> Outcome:
    """End a request without credits; whoever asked may do so too. Raises UnavailableError."""

    async def attempt() -> Outcome:
        now = ports.clock.now()
        record, request = await _read_request(ports, request_id)
        if record is None or request is None or not is_waiting(request, now):
            return Outcome.GONE
        entry = _entry_of(by, change_of_request(request), f"decline_{request.act}", request.id, now)
        declined = update(record, decide(request, RequestState.DECLINED, by, now))
        await ports.store.commit([declined, create_entry(entry)])
        return Outcome.DECLINED

    return await try_until_won(ports, attempt)


async def _read_request(ports: AppPorts, request_id: str) -> tuple[Record | None, ChangeRequest | None]:
    [record] = await ports.store.read([request_key(request_id)])
    return record, None if record is None else decode(ChangeRequest, record.fields)


def _keys_of(change: Change, subject: str) -> list[Key]:
    """The person, the transfer, and of the job of a refund what was paid for it, and by a group's wallet."""
    paid = [end_key(kind, subject or "-") for kind in (TransferKind.CAPTURE, TransferKind.GRANT)]
    return [user_key(change.user_id), Key("transfers", change_id(change)), *paid]


async def _find_purse(ports: AppPorts, paid: Sequence[Record | None]) -> Purse | None:
    """The wallet that paid for the job of a refund; None: its person did. Raises UnavailableError."""
    _, record = paid
    if record is None:
        return None
    granted = decode(Transfer, record.fields)
    stored = await open_wallet(ports.store, granted.wallet_id)
    return None if stored is None else Purse(stored, granted)


def _has_part(by: Operator, purse: Purse | None) -> bool:
    """Whether the operator gave to the wallet that gets the credits: they may come back to them."""
    return purse is not None and by.user_id in purse.stored.wallet.people


def _find_problem(user: User, paid: Sequence[Record | None], purse: Purse | None) -> Outcome | None:
    """Why this person gets nothing."""
    if user.erased_as or is_nobody(user.id):
        return Outcome.ERASED
    captured, granted = paid
    payer = "" if captured is None else captured.fields.get("account_id", "")
    is_lost = granted is not None and purse is None
    return Outcome.OTHER_PAYER if is_lost or (payer and payer != user.account.id) else None


def _book(person: Record, purse: Purse | None, change: Change, entry: AuditEntry) -> list[Write]:
    """The person with the credits, the transfer, and the entry with what the payer had before and after."""
    user = decode_user(person)
    account, transfer = book_change(user.account, change, entry.at)
    if purse is not None:
        return [create_transfer(transfer), *_pass_on(person, user, account, purse, change, entry)]
    told = replace(entry, before=str(user.account.available), after=str(account.available))
    return [update(person, replace(user, account=account)), create_transfer(transfer), create_entry(told)]


def _pass_on(
    person: Record, user: User, account: Account, purse: Purse, change: Change, entry: AuditEntry
) -> list[Write]:
    """The refund goes on from the person's account to the wallet."""
    wallet, hold = purse.stored.wallet, hold_of_refund(purse.granted, change)
    account, passed_on = book_regrant(account, hold, wallet.id, change.credits, entry.at)
    filled = take_return(wallet, hold, change.credits, entry.at)
    told = replace(entry, before=str(wallet.credits), after=str(filled.credits))
    return [
        update(person, replace(user, account=account)),
        create_transfer(passed_on),
        write_wallet(purse.stored, filled),
        create_entry(told),
    ]


def _entry_of(by: Operator, change: Change, act: str, subject: str, now: datetime) -> AuditEntry:
    entry = new_entry(by, act, change.reference, now)
    return replace(entry, user_id=change.user_id, subject=subject, credits=change.credits, reason=change.reason)
