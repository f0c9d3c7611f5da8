"""A change of credits that waits for a second operator. Pure.

WAITING ──another admin agrees──▶ DONE        with the credits, in one commit
├──an operator declines───────▶ DECLINED
└──a week passes──────────────  over: nobody can agree to it any more
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.admin.calls import Operator
from shared.codec import encode
from shared.credits.ledger import Change, Operated, TransferKind
from shared.hash_ids import hash_id
from shared.ports import Create, Key, Query

OPEN_FOR = timedelta(days=7)
KEPT = timedelta(days=90)
SHOWN_MAX = 50


class RequestState(StrEnum):
    """See the module's docstring."""

    WAITING = "waiting"
    DONE = "done"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """See the module's docstring."""

    id: str
    by: int
    """Who asked for it, by Telegram's id."""
    at: datetime
    act: str
    """ "give" or "refund"."""
    user_id: int
    credits: int
    kind: TransferKind
    reference: str
    reason: str
    subject: str
    """The job of a refund; empty for a present."""
    expire_at: datetime
    """When its document is deleted: soon after its week, or, once it is decided, much later."""
    state: RequestState = RequestState.WAITING
    decided_by: int = 0
    decided_at: datetime | None = None


def request_key(request_id: str) -> Key:
    """One per change, as it was asked for."""
    return Key("admin_requests", request_id)


def request_id_of(change: Change) -> str:
    """The id of the request for this change: of another sum or reason it would be another request.

    So whoever agrees to what they have read agrees to nothing else.
    """
    return hash_id("credits request", change.reference, change.kind, change.user_id, change.credits, change.reason)


def new_request(by: Operator, change: Change, act: str, subject: str, now: datetime) -> ChangeRequest:
    """A request that waits from now on."""
    return ChangeRequest(
        request_id_of(change),
        by.user_id,
        now,
        act,
        change.user_id,
        change.credits,
        change.kind,
        change.reference,
        change.reason,
        subject,
        now + OPEN_FOR,
    )


def create_request(request: ChangeRequest) -> Create:
    """The creation; a second one of the same change fails."""
    return Create(request_key(request.id), encode(request))


def waiting_requests() -> Query:
    """The requests that wait, in no order."""
    return Query("admin_requests", (("state", "==", RequestState.WAITING.value),), SHOWN_MAX)


def is_waiting(request: ChangeRequest, now: datetime) -> bool:
    """Whether somebody can still agree."""
    return request.state is RequestState.WAITING and now < request.at + OPEN_FOR


def decide(request: ChangeRequest, state: RequestState, by: Operator, now: datetime) -> ChangeRequest:
    """The request with a decision."""
    return replace(request, state=state, decided_by=by.user_id, decided_at=now, expire_at=now + KEPT)


def change_of_request(request: ChangeRequest) -> Change:
    """The change that was asked for."""
    kind: Operated = TransferKind.GIFT if request.kind is TransferKind.GIFT else TransferKind.CORRECTION
    return Change(kind, request.user_id, request.credits, request.reference, request.reason)
