"""One gauge per model of the provider: failures in a row open it, one job probes, a call that ends well closes it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.providers.breaker import FAILURES_MAX, PROBE_PAUSE_SECONDS, PROBE_SECONDS_MAX, Breaker
from shared.providers.outcomes import Broken, Busy, Made, ModelOutcome, NoResult, Refused, TimedOut

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
FAST, BEST = "model-fast", "model-best"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def opened(*, jitter: float = 0.0, is_fault: bool = False) -> Breaker:
    """A breaker that opened at NOW."""
    breaker = Breaker()
    for _ in range(FAILURES_MAX):
        breaker.record(FAST, Busy("503", is_fault=is_fault), NOW, NOW, jitter)
    return breaker


def test_a_single_failure_stops_nobody() -> None:
    """One busy answer is no outage, and a good answer in between starts the count anew."""
    breaker = Breaker()
    for _ in range(5):
        breaker.record(FAST, Busy("429"), NOW, NOW, 0.0)
        assert breaker.admits(FAST, "job-1", NOW)
        breaker.record(FAST, Made(b"", "image/png"), NOW, NOW, 0.0)


def test_one_job_probes() -> None:
    """While it is open nobody asks; when its pause is over one job does, also when its claim has to be tried again."""
    breaker = opened()
    assert not breaker.admits(FAST, "job-1", at(PROBE_PAUSE_SECONDS - 0.1))
    assert breaker.admits(FAST, "job-1", at(PROBE_PAUSE_SECONDS))
    assert not breaker.admits(FAST, "job-2", at(PROBE_PAUSE_SECONDS))
    assert breaker.admits(FAST, "job-1", at(PROBE_PAUSE_SECONDS))


def test_models_do_not_share_a_gauge() -> None:
    """An outage of one model is none of another."""
    assert opened().admits(BEST, "job-1", NOW)


@pytest.mark.parametrize(
    "outcome",
    [Made(b"", "image/png"), Refused("SAFETY"), NoResult("STOP"), Broken("400")],
    ids=lambda o: type(o).__name__,
)
def test_any_answer_closes_it(outcome: ModelOutcome) -> None:
    """A provider that answers, whatever it says, is there."""
    breaker = opened()
    breaker.record(FAST, outcome, at(PROBE_PAUSE_SECONDS), at(9), 0.0)
    assert breaker.admits(FAST, "job-2", at(9))


def test_calls_from_before_say_nothing() -> None:
    """Calls in flight when the breaker opened neither close it nor delay the next probe."""
    breaker = opened()
    breaker.record(FAST, Made(b"", "image/png"), at(-8), at(1), 0.0)
    breaker.record(FAST, Busy("503"), at(-8), at(2), 0.0)
    assert not breaker.admits(FAST, "job-1", at(2))
    assert breaker.admits(FAST, "job-1", at(PROBE_PAUSE_SECONDS))


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_probes_grow_rarer(jitter: float) -> None:
    """A failed probe makes the pause longer, up to a bound; processes that failed together probe apart."""
    breaker, now, pauses = opened(jitter=jitter), NOW, list[float]()
    for _ in range(4):
        seconds = next(s / 10 for s in range(1000) if breaker.admits(FAST, "job-1", now + timedelta(seconds=s / 10)))
        now += timedelta(seconds=seconds)
        pauses.append(seconds)
        breaker.record(FAST, Busy("503"), now, now, jitter)
    assert pauses == [each * (1 + jitter / 2) for each in (4, 8, 8, 8)]


def test_a_probe_that_says_nothing() -> None:
    """A probe that timed out or was stopped keeps the others waiting for half a minute, then another job may try."""
    breaker = opened()
    assert breaker.admits(FAST, "job-1", at(PROBE_PAUSE_SECONDS))
    breaker.record(FAST, TimedOut(), at(PROBE_PAUSE_SECONDS), at(20), 0.0)
    assert not breaker.admits(FAST, "job-2", at(20))
    assert breaker.admits(FAST, "job-2", at(PROBE_PAUSE_SECONDS + PROBE_SECONDS_MAX))


@pytest.mark.parametrize("is_fault", [True, False])
def test_what_it_said_last(is_fault: bool) -> None:  # noqa: FBT001 — a parameter of the test
    """The jobs that wait can say which of the two it is; of a model that nobody asked nothing is known."""
    assert opened(is_fault=is_fault).is_faulty(FAST) is is_fault
    assert not opened(is_fault=is_fault).is_faulty(BEST)
