"""The judge: what it takes to pass, to fail, and to say that nothing can be said."""

from dataclasses import replace
from datetime import timedelta

import pytest

from infra.deploy.judge import JOBS_MIN, Figures, Latency, Verdict, is_worse, judge

GOOD = Figures(delivered=300, failed=3, calls=900, calls_failed=2, latency={"bot": Latency(600, 100)})
LONG = timedelta(minutes=10)
STABLE = Figures(delivered=3000, failed=30, calls=9000, calls_failed=20, latency={"bot": Latency(6000, 100)})


def verdict(candidate: Figures | None, stable: Figures | None = STABLE, problems: tuple[str, ...] = ()) -> Verdict:
    return judge(problems, candidate, stable, percent=50, lasted=LONG).verdict


def test_as_good_as_stable_passes() -> None:
    """Enough jobs, no more failures, no slower."""
    assert verdict(GOOD) is Verdict.PASS


@pytest.mark.parametrize(
    ("worse", "words"),
    [
        (replace(GOOD, failed=30), "jobs failed"),
        (replace(GOOD, calls_failed=40), "had to be repeated"),
        (replace(GOOD, latency={"bot": Latency(600, 700)}), "at p95"),
        (replace(GOOD, ledger_mismatches=1), "ledger"),
        (replace(GOOD, delivered=0, failed=10, calls=30), "jobs failed"),
        (replace(GOOD, delivered=100, failed=0), "jobs came of 600 updates"),
        (replace(GOOD, delivered=0, failed=0), "jobs came of 600 updates"),
        (replace(GOOD, refused=200), "were refused"),
        (replace(GOOD, declined=120), "were declined"),
    ],
)
def test_each_guard_alone_fails_a_candidate(worse: Figures, words: str) -> None:
    """Failed jobs, repeated calls, latency, money, and doing less each suffice; the reason names the one."""
    found = judge((), worse, STABLE, percent=50, lasted=LONG)
    assert found.verdict is Verdict.FAIL
    assert words in found.reason


def test_a_probe_fails_it_whatever_the_figures_say() -> None:
    """A revision that does not answer is bad, also when nobody could count anything yet."""
    assert verdict(GOOD, problems=("bot: no answer",)) is Verdict.FAIL
    assert verdict(None, problems=("bot: no answer",)) is Verdict.FAIL


def test_too_few_jobs_prove_nothing() -> None:
    """Under 200 jobs a candidate without failures is not yet good."""
    assert verdict(replace(GOOD, delivered=JOBS_MIN - 1, failed=0)) is Verdict.INCONCLUSIVE
    assert verdict(replace(GOOD, delivered=JOBS_MIN, failed=0)) is Verdict.PASS


def test_one_unlucky_job_among_few_is_no_reason_to_go_back() -> None:
    """A single failure in a small sample may be chance."""
    few = replace(GOOD, delivered=9, failed=1, latency={"bot": Latency(25, 100)})
    assert verdict(few) is Verdict.INCONCLUSIVE


def test_a_hopeless_candidate_fails_before_it_has_many_jobs() -> None:
    """Nobody waits for 200 people to be disappointed."""
    assert verdict(replace(GOOD, delivered=2, failed=8)) is Verdict.FAIL
    assert verdict(replace(GOOD, delivered=0, failed=3), replace(STABLE, failed=0)) is Verdict.FAIL


def test_a_provider_that_fails_both_fails_neither() -> None:
    """When stable fails as often in the same time, it is not the candidate's fault."""
    assert (
        verdict(replace(GOOD, delivered=100, failed=200), replace(STABLE, delivered=1000, failed=2000)) is Verdict.PASS
    )


def test_unread_figures_are_an_error_and_no_failure() -> None:
    """What is not known neither passes nor fails."""
    assert verdict(None) is Verdict.ERROR
    assert verdict(GOOD, None) is Verdict.ERROR


def test_silence_is_not_success() -> None:
    """No calls at all, or none of the candidate's while stable is busy: the figures cannot be believed."""
    assert verdict(Figures(), Figures()) is Verdict.ERROR
    assert verdict(Figures(), STABLE) is Verdict.ERROR
    assert verdict(Figures(), replace(STABLE, calls=10)) is Verdict.UNPROVEN


def test_silence_is_measured_by_the_share_of_chats() -> None:
    """Staff alone may be away, and a twentieth of a quiet bot too; half of a busy one is never silent."""
    assert judge((), Figures(), STABLE, percent=0, lasted=LONG).verdict is Verdict.UNPROVEN
    assert judge((), Figures(), replace(STABLE, calls=500), percent=5, lasted=LONG).verdict is Verdict.UNPROVEN
    assert judge((), Figures(), STABLE, percent=5, lasted=LONG).verdict is Verdict.ERROR
    assert judge((), Figures(), STABLE, percent=100, lasted=LONG).verdict is Verdict.ERROR


def test_a_sure_but_tiny_difference_is_not_worth_going_back_for() -> None:
    """Half a percent more, however certain, stays."""
    assert not is_worse((1500, 100_000), (1000, 100_000))


def test_latency_of_few_calls_is_not_compared() -> None:
    """A cold start among ten calls is no trend."""
    assert verdict(replace(GOOD, latency={"bot": Latency(10, 5000)})) is Verdict.PASS


def test_what_was_asked_for_a_moment_ago_has_not_ended_yet() -> None:
    """A candidate that has just got its chats has many updates and few jobs that ended."""
    early = replace(GOOD, delivered=50, failed=0)
    assert judge((), early, STABLE, percent=50, lasted=timedelta(minutes=1)).verdict is Verdict.INCONCLUSIVE
    assert judge((), early, STABLE, percent=50, lasted=LONG).verdict is Verdict.FAIL


def test_one_busy_chat_is_no_trend() -> None:
    """A hundred presses that buy nothing are one person's; a third less of the jobs is how chats differ."""
    assert verdict(replace(GOOD, delivered=5, failed=0, latency={"bot": Latency(150, 100)})) is Verdict.INCONCLUSIVE
    assert verdict(replace(GOOD, delivered=200, failed=2)) is Verdict.PASS
