"""The line that says once that few credits are left. Pure.

    20 ── 16 ── 12 ── 8 ── 4: said ── 0 ── the free ones of a day: 4 ── 0           not said again
                                        └─ bought: 64 ── … ── 4: said

Credits that are reserved count as there: whether they come back is not known yet. Results that are delivered at the
same moment may both say it.
"""

from dataclasses import replace

from shared.credits.catalogue import WELCOME_CREDITS, price_of
from shared.credits.ledger import Account
from shared.people.users import User

LOW_CREDITS = 2 * price_of("fast", "1K")
"""Fewer are few: less than two small pictures."""
ENOUGH_CREDITS = WELCOME_CREDITS
"""With so many a new spell begins. The free credits of a day are fewer, so nobody reads the line every day."""


def is_news(user: User, spent: int) -> bool:
    """Whether the delivery of a result for `spent` credits is the first that leaves few."""
    before = _worth(user.account)
    was_told = user.is_told_low and before < ENOUGH_CREDITS
    return spent > 0 and before - spent < LOW_CREDITS and not was_told


def note_told(user: User, before: Account, *, is_told: bool) -> User:
    """The person after a settlement; `before`: their account before it, `is_told`: the result said it."""
    was_told = user.is_told_low and _worth(before) < ENOUGH_CREDITS
    now_told = was_told or is_told
    return user if now_told == user.is_told_low else replace(user, is_told_low=now_told)


def _worth(account: Account) -> int:
    return account.available + account.held
