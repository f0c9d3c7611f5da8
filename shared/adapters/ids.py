"""Ids that the operating system's randomness makes."""

import random
import secrets

ID_BYTES = 12
"""96 bits, which are 16 characters: with a billion ids, two alike once in a hundred billion such worlds."""


class RandomIds:
    """Implements Ids."""

    def new(self) -> str:
        return secrets.token_urlsafe(ID_BYTES)

    def jitter(self) -> float:
        return random.random()  # noqa: S311 — spreads retries, protects nothing
