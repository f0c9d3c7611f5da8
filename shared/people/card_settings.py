"""What is kept of a person who pays by card: an e-mail if they want it kept, and what they are asked for."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

WISH_KEPT = timedelta(hours=1)
"""How long an e-mail counts as the answer to our question."""
EMAIL_CHARACTERS_MAX = 254
"""Of an address that can be delivered to: RFC 5321, 4.5.3.1.3."""
_EMAIL = re.compile(
    r"(?:mailto:)?(?P<email>[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9]))",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CardWish:
    """What a person wants to pay by card, and whose e-mail is still missing."""

    package: str
    currency: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class CardSettings:
    """The choices of a person about payments by card."""

    email: str = field(default="", repr=False)
    """Kept because the person asked for it; empty: they are asked each time."""
    wish: CardWish | None = None
    closed_at: datetime | None = None
    """A bank took a payment back then, so nothing is sold for cards until an operator opens it again."""
    opened: str = ""
    """Who opened it again last, and why, in the operator's words."""


def read_email(text: str) -> str | None:
    """The e-mail address that this text is; None if it is something else."""
    found = _EMAIL.fullmatch(text.strip())
    if found is None or len(found["email"]) > EMAIL_CHARACTERS_MAX:
        return None
    return found["email"]


def find_wish(settings: CardSettings, now: datetime) -> CardWish | None:
    """What an e-mail would now be the answer to."""
    wish = settings.wish
    return wish if wish is not None and now - wish.asked_at <= WISH_KEPT else None


def close_cards(settings: CardSettings, now: datetime) -> CardSettings:
    """The settings of somebody whose bank took a payment back."""
    return replace(settings, closed_at=now)


def open_cards(settings: CardSettings, words: str) -> CardSettings:
    """The settings after an operator has allowed cards again; `words` say who and why."""
    return replace(settings, closed_at=None, opened=words)
