"""What is known of a person about promo codes, purchases, invitations and gifts; a field of the user's document.

All of it changes only in commits that book the transfer which it is about. Pure.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WRONG_TRIES_AT_ONCE = 5
WRONG_TRY_KEPT = timedelta(minutes=12)
"""Wrong promo codes that a person may type in one go, and the time after which one more is forgiven: 5 an hour."""


@dataclass(frozen=True, slots=True)
class NextPurchase:
    """What a promo code adds to the next purchase."""

    code: str
    percent: int
    """Of the purchased credits."""
    until: datetime


@dataclass(frozen=True, slots=True)
class SpentInCampaign:
    """What was spent in a campaign that gives a part of it back."""

    campaign: str
    """Its name."""
    spent: int = 0
    given: int = 0
    """What came back of it."""


@dataclass(frozen=True, slots=True)
class Perks:
    """See the module's docstring."""

    purchases: int = 0
    """Purchases of packages since bonuses exist, returned ones too; periods of subscriptions do not count."""
    next_purchase: NextPurchase | None = None
    wrong_tries: int = 0
    wrong_at: datetime | None = None
    """How many promo codes were wrong, less the forgiven ones, as it was at this time."""
    invited_by: int = 0
    """The person by whose link this one came; 0: by none."""
    is_invitation_settled: bool = False
    """The first purchase that lasted was rewarded, or was found to bring no reward."""
    rewards_month: str = ""
    """The UTC month of `rewards`, as YYYY-MM."""
    rewards: int = 0
    """Rewards for invited people in that month."""
    rewards_day: str = ""
    rewards_on_day: int = 0
    giftable: int = 0
    """Bought credits that were not returned within the time to settle, less the gifts that were sent."""
    underway: int = 0
    """Credits in gifts that may still come back: they count as the giver's when free credits are given out."""
    gifts_day: str = ""
    """The UTC day of `gifts`, as YYYY-MM-DD."""
    gifts: int = 0
    """Gifts sent on that day."""
    cashback: SpentInCampaign | None = None
    """Of the last campaign in which this person spent something."""


def wrong_tries_left(perks: Perks, now: datetime) -> int:
    """How many wrong promo codes this person may still type now."""
    return WRONG_TRIES_AT_ONCE - _wrong_tries(perks, now)


def next_try_at(perks: Perks, now: datetime) -> datetime:
    """When somebody without a try left has one again."""
    return (perks.wrong_at or now) + WRONG_TRY_KEPT * (perks.wrong_tries - WRONG_TRIES_AT_ONCE + 1)


def count_wrong_try(perks: Perks, now: datetime) -> Perks:
    """The perks after one more wrong promo code."""
    return replace(perks, wrong_tries=_wrong_tries(perks, now) + 1, wrong_at=now)


def _wrong_tries(perks: Perks, now: datetime) -> int:
    if perks.wrong_at is None:
        return 0
    return max(0, perks.wrong_tries - max(timedelta(), now - perks.wrong_at) // WRONG_TRY_KEPT)
