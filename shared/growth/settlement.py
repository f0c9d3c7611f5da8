"""What a purchase brings beside its credits: a bonus at once, and what waits until it is clear that it lasts.

    OPEN ── SETTLE_TIME ──▶ SETTLED     its credits can be given away, who invited the buyer is rewarded
         └─ refunded ─────▶ RETURNED    the bonus is taken back
    SETTLED ── refunded ──▶ RETURNED    and so are the rewards

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


def rest(settlement: Settlement) -> Settlement:
    """The settlement with nothing left to do."""
    return replace(settlement, sweep_at=None)
