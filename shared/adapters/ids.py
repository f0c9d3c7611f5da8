"""Python's own randomness."""

import random
import secrets


class RandomIds:
    """Implements Ids."""

    def jitter(self) -> float:
        return random.random()  # noqa: S311 — spreads retries, protects nothing

    def token(self) -> str:
        return secrets.token_urlsafe(16)
