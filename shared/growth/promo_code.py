"""Promo codes: credits at once, or per cent on top of the next purchase.

Whoever types a code may err in its case, its spaces and hyphens, and take a letter for one that looks alike: all such
spellings are one code. Codes of our making contain no letter or digit that could be mistaken. Pure.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.credits.ledger import Account
from shared.people.perks import Perks

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0 and O, 1, I and L, and U, which is like V."""
CHARACTERS = 10
"""Of a code of our making: 49 bits. Guessing is slowed too (`shared/people/perks.py`)."""
CHARACTERS_MIN, CHARACTERS_MAX = 4, 32
GROUP = 5
"""A code is shown in groups of so many characters."""
LINK = "promo_"
"""The prefix of a payload with a code."""
_LOOK_ALIKE = str.maketrans("OILАВЕЁКМНОРСТУХ", "011ABEEKMH0PCTYX")
"""Latin letters taken for digits, and Russian letters that look like Latin ones."""

Refusal = Literal["promo-ended", "promo-used-up", "promo-used", "promo-not-first", "promo-debt", "promo-has-better"]
"""The ids of their texts."""


@dataclass(frozen=True, slots=True)
class PromoCode:
    """A code as it is stored; exactly one of `credits` and `percent` is above zero."""

    code: str
    """As `fold_code` writes it."""
    batch: str
    """The name under which an operator made it."""
    until: datetime
    """When it ends."""
    credits: int = 0
    """Credits that it gives at once."""
    percent: int = 0
    """What it adds to the next purchase, of the purchased credits."""
    is_for_first_purchase: bool = False
    """Only people who have bought nothing yet may use it."""
    uses_max: int = 0
    """How many people may use it; 0: any number."""
    used: int = 0
    is_stopped: bool = False


def fold_code(text: str) -> str:
    """The spelling by which a code is found; empty for what cannot be one."""
    upper = "".join(each for each in text.upper() if each.isalnum())
    folded = upper.translate(_LOOK_ALIKE)
    is_code = folded.isascii() and CHARACTERS_MIN <= len(folded) <= CHARACTERS_MAX
    return folded if is_code else ""


def derive_code(seed: str, number: int) -> str:
    """The code with this number of a batch: the same seed, which is secret, gives the same codes again."""
    digest = hmac.new(seed.encode(), f"promo:{number}".encode(), hashlib.sha256).digest()
    value = int.from_bytes(digest)
    return "".join(ALPHABET[value // len(ALPHABET) ** place % len(ALPHABET)] for place in range(CHARACTERS))


def show_code(code: str) -> str:
    """A code as people read it: "ABCDE-FGHJK"."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def find_refusal(promo: PromoCode, account: Account, perks: Perks, now: datetime, *, is_used: bool) -> Refusal | None:
    """Why this person may not use the code now; None if they may. `is_used`: this person used it before."""
    if is_used:
        return "promo-used"
    if promo.is_stopped or now >= promo.until:
        return "promo-ended"
    if promo.uses_max and promo.used >= promo.uses_max:
        return "promo-used-up"
    if promo.is_for_first_purchase and perks.purchases:
        return "promo-not-first"
    if promo.credits and account.available < 0:
        return "promo-debt"  # free credits do not pay a debt
    kept = perks.next_purchase
    is_worse = kept is not None and now < kept.until and promo.percent <= kept.percent
    return "promo-has-better" if promo.percent and is_worse else None
