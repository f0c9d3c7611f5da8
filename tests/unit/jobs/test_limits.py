"""A request above a limit is declined before anything is held."""

from datetime import UTC, datetime

import pytest

from shared.credits.bounds import Conduct
from shared.credits.ledger import Account
from shared.jobs.limits import FILE_BYTES_MAX, check_means, check_request
from shared.people.users import User
from shared.providers.outcomes import DeclineReason

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
TODAY = "2026-01-02"


@pytest.mark.parametrize(
    ("prompt", "sizes", "count", "reason"),
    [
        ("a fox", [], 0, None),
        ("a" * 4096, [FILE_BYTES_MAX], 14, None),
        ("", [], 0, DeclineReason.PROMPT_MISSING),
        ("a" * 4097, [], 0, DeclineReason.PROMPT_TOO_LONG),
        ("a fox", [1, FILE_BYTES_MAX + 1], 2, DeclineReason.FILE_TOO_LARGE),
        ("a fox", [], 15, DeclineReason.TOO_MANY_REFERENCES),
    ],
)
def test_request(prompt: str, sizes: list[int], count: int, reason: DeclineReason | None) -> None:
    """Each limit of a request lets its last value pass and stops the next."""
    assert check_request(prompt, sizes, count) is reason


@pytest.mark.parametrize(
    ("account", "price", "count", "reason"),
    [
        (Account(available=16), 4, 4, None),
        (Account(available=15), 4, 4, DeclineReason.NOT_ENOUGH_CREDITS),
        (Account(available=100, active_jobs=6), 4, 4, None),
        (Account(available=100, active_jobs=7), 4, 4, DeclineReason.TOO_MANY_JOBS),
        (Account(available=5000, spend_day=TODAY, spent_credits=984), 4, 4, None),
        (Account(available=5000, spend_day=TODAY, spent_credits=985), 4, 4, DeclineReason.DAILY_CAP),
        (Account(available=5000, spend_day="2026-01-01", spent_credits=1000), 4, 4, None),
    ],
)
def test_means(account: Account, price: int, count: int, reason: DeclineReason | None) -> None:
    """Credits, pictures at once and the day's allowance count for all pictures of a request together."""
    assert check_means(User(501, NOW, account), price, count, NOW) is reason


def test_a_person_who_rests() -> None:
    """Whose last pictures ended unpaid again and again waits, with credits and all."""
    user = User(501, NOW, Account(available=16), conduct=Conduct(failures_in_a_row=9, failed_at=NOW))
    assert check_means(user, 4, 1, NOW) is DeclineReason.PERSON_RESTS
