"""How many events one process sends at once, so that addresses that answer slowly leave room for everybody else."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE_MAX = 8
"""A fifth of the calls that an instance of `api` takes at once."""
OF_ONE_PERSON_MAX = 2


class SendingRoom:
    """One per process."""

    def __init__(self) -> None:
        self._taken = Counter[int]()

    @contextmanager
    def take(self, user_id: int) -> Iterator[bool]:
        """Whether there was a place; it is given back at the end of the block."""
        is_free = self._taken.total() < AT_ONCE_MAX and self._taken[user_id] < OF_ONE_PERSON_MAX
        if not is_free:
            yield False
            return
        self._taken[user_id] += 1
        try:
            yield True
        finally:
            self._taken[user_id] -= 1
            if not self._taken[user_id]:
                del self._taken[user_id]
