"""What a person asks for in the Mini App, to pay it by card: `bot`, which holds the providers' keys, opens the invoice.

    api ── request ASKED ✓ ── act ──▶ bot ── the provider's invoice ── order + request OPENED, one commit ✓
                                          └─ the provider refuses, or is away ── request REFUSED, MISSED ✓

Whatever comes twice finds a request that is not ASKED any more, or loses its commit; the second invoice is known to
nobody then, so nobody pays it. Pure.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from shared.codec import encode
from shared.people.users import Language
from shared.ports import Create, Key

KEPT = timedelta(days=35)
"""A request holds an e-mail; the order that comes of it holds one too, for as long as it may be disputed."""
OPENED_WITHIN = timedelta(minutes=30)
"""Later nobody waits for the invoice any more."""


class RequestState(StrEnum):
    """What became of a request."""

    ASKED = "asked"
    OPENED = "opened"
    REFUSED = "refused"
    """The provider does not take this sale: mostly because of the e-mail."""
    MISSED = "missed"
    """The provider could not be asked, or nothing is sold at this price (any more)."""


@dataclass(frozen=True, slots=True)
class CardRequest:
    """A package at the price that the person saw."""

    id: str
    user_id: int
    package: str
    credits: int
    amount: int
    """In the smallest unit of the currency."""
    currency: str
    language: Language
    asked_at: datetime
    email: str = field(repr=False)
    """For the receipt."""
    state: RequestState = RequestState.ASKED
    order_id: str = ""
    """The order by card, once it is opened."""


def card_request_key(request_id: str) -> Key:
    """One per form."""
    return Key("card_requests", request_id)


def create_card_request(request: CardRequest) -> Create:
    """The creation of a request; a second one of the same form fails."""
    return Create(card_request_key(request.id), encode(request) | {"expire_at": request.asked_at + KEPT})
