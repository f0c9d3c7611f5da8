"""Money of an order by card that went back, and what operators ruled about the order. Pure.

Amounts are totals in the smallest unit of what was paid: the same word twice is the same total.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What an operator did with an order."""

    CREDIT = "credit"
    """A payment that did not fit its order is credited all the same."""
    REFUND = "refund"
    """The provider was asked to return money; it is booked when the provider says so."""
    RETURNED = "returned"
    """The operator saw that money was returned where the provider's API does not tell it."""
    CHARGEBACK = "chargeback"
    """The operator heard that the buyer's bank took the money back."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One act, kept with its order: who, when and why."""

    reference: str
    """What names it, such as a ticket's number: once for each order."""
    act: Act
    by: str
    """The operator."""
    reason: str
    at: datetime
    amount: int = 0
    """What has been returned with it, in total. For a credit: what was paid."""
    given: int = 0
    """The amount in the operator's command; 0: all of it."""
    note: str = ""
    """What the order said before, if the act changed it."""
    is_refused: bool = False
    """The provider did not do it, so it counts for nothing."""


@dataclass(frozen=True, slots=True)
class Returns:
    """What went back, as far as it is known, booked and told."""

    booked: int = 0
    """What the books know."""
    credits: int = 0
    """The credits that went with it, presents too."""
    told: int = 0
    """What the person knows."""
    told_credits: int = 0
    asked: int = 0
    """What an operator had the provider return; more than `booked` while it is under way."""
    said: int = 0
    """What went back by an operator's word."""
    is_chargeback: bool = False
    """A bank took it, as the provider or an operator says."""


def is_under_way(returns: Returns) -> bool:
    """Whether money that an operator wants returned is not booked yet."""
    return max(returns.asked, returns.said) > returns.booked
