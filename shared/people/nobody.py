"""Nobody: in whose name the books of an erased person go on. Pure.

A nobody has a number above all of Telegram's, so that no message can reach one. It is a user like any other: what is
returned or charged back later is booked as ever.
"""

from hashlib import sha256

FIRST_NOBODY = 2**52
"""Telegram's ids have at most 52 significant bits (https://core.telegram.org/bots/api#user)."""


def is_nobody(user_id: int) -> bool:
    """Whether no person has this number."""
    return user_id >= FIRST_NOBODY


def nobody_of(secret: str) -> int:
    """The number that belongs to these words; nobody who does not know them can guess it. Below 2^53."""
    return FIRST_NOBODY + int.from_bytes(sha256(secret.encode()).digest()[:8]) % FIRST_NOBODY
