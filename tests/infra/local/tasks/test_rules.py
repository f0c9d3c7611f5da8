"""The pure rules of a queue: back-off, giving up, rate."""

import pytest

from infra.local.tasks.rules import RateRules, RetryRules, TokenBucket


def test_backoff_doubles_then_grows_linearly_then_stays() -> None:
    """The example of the public reference: 10 s, three doublings, at most 300 s."""
    retry = RetryRules(min_backoff_seconds=10, max_backoff_seconds=300, doublings_max=3)
    delays = [retry.delay_seconds(failures) for failures in range(1, 9)]
    assert delays == [10, 20, 40, 80, 160, 240, 300, 300]


def test_backoff_survives_endless_failures() -> None:
    """A task that failed a million times waits the maximum; nothing overflows."""
    assert RetryRules(doublings_max=10**6).delay_seconds(10**6) == 3600


@pytest.mark.parametrize(
    ("attempts_max", "duration_seconds", "attempts", "seconds", "is_spent"),
    [
        (3, 0, 2, 1e6, False),
        (3, 0, 3, 0, True),
        (3, 60, 3, 59, False),
        (3, 60, 2, 61, False),
        (3, 60, 3, 60, True),
        (-1, 60, 1, 60, True),
        (-1, 0, 10**6, 1e9, False),
    ],
)
def test_attempts_and_duration_must_both_be_used_up(
    attempts_max: int, duration_seconds: float, attempts: int, seconds: float, *, is_spent: bool
) -> None:
    """A limit that is off (-1 attempts, 0 s) leaves the decision to the other; both off is never."""
    retry = RetryRules(attempts_max=attempts_max, duration_seconds=duration_seconds)
    assert retry.is_spent(attempts, seconds) is is_spent


def test_bucket_allows_a_burst_then_its_rate() -> None:
    """Ten at once, then one every tenth of a second."""
    bucket = TokenBucket(RateRules(dispatches_per_second=10), now=100.0)
    for _ in range(10):
        assert bucket.wait_seconds(100.0) == 0
        bucket.take()
    assert bucket.wait_seconds(100.0) == pytest.approx(0.1)
    assert bucket.wait_seconds(100.1) == pytest.approx(0)


def test_overload_halves_the_rate_and_quiet_restores_it() -> None:
    """Answers in one tenth of a second count once; the rate never falls below one and comes back by doubling."""
    bucket = TokenBucket(RateRules(dispatches_per_second=400), now=100.0)
    bucket.slow_down(100.0)
    bucket.slow_down(100.05)
    assert bucket.rate_at(100.0) == 200
    assert bucket.wait_seconds(100.0) > 0
    for step in range(1, 100):
        bucket.slow_down(100.0 + step * 0.2)
    assert bucket.rate_at(119.8) == pytest.approx(1, abs=0.2)
    assert bucket.rate_at(119.8 + 3) == pytest.approx(8, abs=2)
    assert bucket.rate_at(119.8 + 12) == 400
