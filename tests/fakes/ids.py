"""Randomness that is the same in every run."""

import random
from base64 import urlsafe_b64encode


class FakeIds:
    """Implements Ids from a seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 — repeatable on purpose

    def jitter(self) -> float:
        return self._random.random()

    def token(self) -> str:
        return urlsafe_b64encode(self._random.randbytes(16)).decode().rstrip("=")
