"""Counting presses: a button carries the number of purchases so far.

After a press that bought something the keyboard gets the next count, so that the next press is a new wish.
Keyboards of an earlier release carry a random word instead; their counts are word, word.1, word.2.
"""

import re

from shared.jobs.limits import ACTIVE_JOBS_MAX

FIRST = "0"
"""The count of a new keyboard."""


def next_press(count: str) -> str:
    """The count of the keyboard that replaces a used one."""
    word, number = _split(count)
    return _join(word, number + 1)


def earlier_presses(count: str) -> tuple[str, ...]:
    """The counts before this one whose jobs may still be open; the latest last."""
    word, number = _split(count)
    return tuple(_join(word, each) for each in range(max(0, number - ACTIVE_JOBS_MAX), number))


def _split(count: str) -> tuple[str, int]:
    word, _, number = count.rpartition(".")
    return (word, int(number)) if re.fullmatch("[0-9]{1,6}", number) else (count, 0)


def _join(word: str, number: int) -> str:
    if not word:
        return str(number)
    return f"{word}.{number}" if number else word
