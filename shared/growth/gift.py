"""Gifts: credits that one person sends and whoever opens the link first receives.

    OPEN ──▶ RECEIVED      its link was opened
         └─▶ RECALLED      its giver took it back, or GIFT_LIFE passed, or a payment of the giver was returned

Only as many credits can be given as were bought and have settled, less the gifts so far, although they may be spent by
then and others given: free ones would flow together from accounts that somebody opens for them. Pure.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

from shared.credits.ledger import Account
from shared.credits.offers import Growth
from shared.hash_ids import hash_id
from shared.people.perks import Perks
from shared.people.users import Language

GIFT_LIFE = timedelta(days=7)
"""How long a gift waits to be opened."""
LINK = "gift_"
"""The prefix of the link's payload; the token follows."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")

Refusal = Literal["gift-too-many", "gift-not-enough", "gift-not-bought", "gift-too-often"]
"""The ids of their texts."""


class GiftState(StrEnum):
    """The states of a gift."""

    OPEN = "open"
    RECEIVED = "received"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class Gift:
    """See the module's docstring. The link's token is not stored: the id is derived from it."""

    id: str
    giver_id: int
    credits: int
    sent_at: datetime
    language: Language
    """The giver's."""
    state: GiftState = GiftState.OPEN
    receiver_id: int = 0
    is_told: bool = False
    """The giver knows how it ended."""
    is_counted: bool = False
    """It was opened, and is no longer among the giver's `Perks.underway`."""
    is_uncovered: bool = False
    """It was recalled because the payment behind it was returned."""
    sweep_at: datetime | None = None
    """After this time `sweep` makes a task; None: nothing is left to do."""
    sweeps: int = 0


def gift_id_of(token: str) -> str:
    """The id of the gift with this token."""
    return hash_id("gift", token)


def read_gift_link(payload: str) -> str:
    """The token in a payload; empty if it is no such link."""
    token = payload.removeprefix(LINK)
    return token if token != payload and _TOKEN.fullmatch(token) else ""


def new_gift(gift_id: str, giver_id: int, credit_count: int, language: Language, at: datetime) -> Gift:
    """A gift that can be opened."""
    return Gift(gift_id, giver_id, credit_count, at, language, sweep_at=at + GIFT_LIFE)


def ends_at(gift: Gift) -> datetime:
    """When a gift that nobody has opened goes back."""
    return gift.sent_at + GIFT_LIFE


def giftable_credits(account: Account, perks: Perks) -> int:
    """How many credits this person can give away now."""
    return max(0, min(account.available, perks.giftable))


def is_covered(giver: Account, perks: Perks) -> bool:
    """Whether the credits in a person's open gifts are paid for: after a return they may not be."""
    return giver.available >= 0 and perks.giftable >= 0


def find_refusal(account: Account, perks: Perks, credit_count: int, rules: Growth, now: datetime) -> Refusal | None:
    """Why this person may not send such a gift now; None if they may."""
    if credit_count > rules.gift_credits_max:
        return "gift-too-many"
    if credit_count > account.available:
        return "gift-not-enough"
    if credit_count > giftable_credits(account, perks):
        return "gift-not-bought"
    return "gift-too-often" if _gifts_on(perks, now) >= rules.gifts_per_day else None


def count_gift(perks: Perks, credit_count: int, now: datetime) -> Perks:
    """The perks of a giver after a gift was sent."""
    left, underway, gifts = perks.giftable - credit_count, perks.underway + credit_count, _gifts_on(perks, now) + 1
    return replace(perks, giftable=left, underway=underway, gifts_day=_day(now), gifts=gifts)


def count_recall(perks: Perks, credit_count: int) -> Perks:
    """The perks of a giver after a gift went back."""
    return replace(count_arrival(perks, credit_count), giftable=perks.giftable + credit_count)


def count_arrival(perks: Perks, credit_count: int) -> Perks:
    """The perks of a giver whose gift somebody has opened."""
    return replace(perks, underway=max(0, perks.underway - credit_count))


def receive(gift: Gift, receiver_id: int, now: datetime) -> Gift:
    """The gift after it was opened; its giver is to be told."""
    return replace(gift, state=GiftState.RECEIVED, receiver_id=receiver_id, is_counted=True, sweep_at=now)


def recall(gift: Gift, now: datetime, *, is_told: bool, is_uncovered: bool = False) -> Gift:
    """The gift after it went back; `is_told`: its giver did it."""
    back = replace(gift, state=GiftState.RECALLED, is_told=is_told, sweep_at=None if is_told else now)
    return replace(back, is_uncovered=is_uncovered)


def conclude(gift: Gift) -> Gift:
    """The gift after its giver was told how it ended."""
    return replace(gift, is_told=True, sweep_at=None)


def _gifts_on(perks: Perks, now: datetime) -> int:
    return perks.gifts if perks.gifts_day == _day(now) else 0


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
