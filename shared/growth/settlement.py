"""What a purchase brings beside its credits: a bonus at once, and what waits until it is clear that it lasts.

    OPEN ── SETTLE_TIME ──▶ SETTLED     its credits can be given away, who invited the buyer is rewarded
         └─ refunded ─────▶ RETURNED    the bonus is taken back
    SETTLED ── refunded ──▶ RETURNED    and so are the rewards; who had invited the buyer is told

A return of a part of the money ends nothing.

Pure.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from shared.credits.offers import Growth
from shared.people.perks import Perks

SETTLE_TIME = timedelta(hours=72)
"""How long a purchase may be regretted before it counts."""


class SettlementState(StrEnum):
    """The states of a settlement."""

    OPEN = "open"
    SETTLED = "settled"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Settlement:
    """See the module's docstring. There is one for each purchase since bonuses exist."""

    id: str
    """The charge's, as the ledger has it."""
    user_id: int
    credits: int
    paid_at: datetime
    bonus: int = 0
    """Credits that came on top."""
    state: SettlementState = SettlementState.OPEN
    inviter_id: int = 0
    """Who was rewarded for it; 0: nobody."""
    inviter_credits: int = 0
    invited_credits: int = 0
    """The buyer's own reward."""
    returned: int = 0
    """Those of its credits that were taken back with a part of the money."""
    lost_credits: int = 0
    """The reward that was taken back from who had invited the buyer, and of which they have yet to be told."""
    sweep_at: datetime | None = None
    """After this time `sweep` makes a task; None: nothing is left to do."""
    sweeps: int = 0


def settles_at(settlement: Settlement) -> datetime:
    """When the purchase counts as lasting."""
    return settlement.paid_at + SETTLE_TIME


def find_bonus(perks: Perks, credit_count: int, rules: Growth, now: datetime) -> int:
    """The credits that a purchase of so many brings on top."""
    kept = perks.next_purchase
    percent = rules.campaign_percent(now.astimezone(UTC).date())
    is_rewarded = not perks.purchases and credit_count >= rules.first_purchase_credits_min
    percent += rules.first_purchase_percent * is_rewarded
    percent += kept.percent if kept is not None and now < kept.until else 0
    return credit_count * min(percent, rules.purchase_bonus_percent_max) // 100


def count_purchase(perks: Perks) -> Perks:
    """The perks after a purchase; a promo code for the next one is used up."""
    return replace(perks, purchases=perks.purchases + 1, next_purchase=None)


def take_from(settlement: Settlement, credit_count: int) -> Settlement:
    """The settlement after a part of the money went back, and so many credits with it."""
    return replace(settlement, returned=settlement.returned + credit_count)


def end_by_return(settlement: Settlement, now: datetime) -> Settlement:
    """The settlement after all of the money went back, and the rewards with it; who lost one is to be told.

    It no longer names rewards, so that nobody is told that they have come.
    """
    lost = settlement.inviter_credits
    ended = replace(settlement, state=SettlementState.RETURNED, lost_credits=lost, sweep_at=now if lost else None)
    return replace(ended, inviter_credits=0, invited_credits=0)


def rest(settlement: Settlement) -> Settlement:
    """The settlement with nothing left to do."""
    return replace(settlement, sweep_at=None)
