"""Python's own randomness."""

import random


class RandomIds:
    """Implements Ids."""

    def jitter(self) -> float:
        return random.random()  # noqa: S311 — spreads retries, protects nothing
