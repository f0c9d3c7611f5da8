"""Ids that are the same in every run."""

import random
import string

ALPHABET = string.ascii_letters + string.digits + "_-"


class FakeIds:
    """Implements Ids from a seed."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 — repeatable on purpose

    def new(self) -> str:
        return "".join(self._random.choices(ALPHABET, k=16))

    def jitter(self) -> float:
        return self._random.random()
