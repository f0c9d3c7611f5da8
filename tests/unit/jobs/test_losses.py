"""The end of a job says what it cost, and whether that lies with the person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.credits.bounds import Conduct, Level
from shared.credits.catalogue import NANO_BANANA, NANO_BANANA_PRO
from shared.jobs.job import Attempt, Job, JobState
from shared.jobs.losses import count_end
from shared.people.users import User
from shared.pictures.picture import PictureRequest, Reference, request_of
from shared.providers.outcomes import FailureReason
from shared.telegram.address import ChatAddress

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
TODAY = "2026-01-02"
COST = 33_600
LOST = Conduct(TODAY, failures=3, failures_in_a_row=2, failed_at=NOW, lost_usd_micros=Level(100_000, NOW))
JOB = Job(
    id="job", user_id=7, address=ChatAddress(7, None, 1, is_private=True, update_id=1), language="en",
    request=PictureRequest("a red fox", "fast", "1:1", "1K", price=4), index=1, count=1, created_at=NOW,
    deadline_at=NOW + timedelta(seconds=900), expire_at=NOW + timedelta(days=90), state=JobState.REFUSED,
)  # fmt: skip


def after(job: Job, *outcomes: str) -> Conduct:
    job = replace(job, attempts=tuple(Attempt(n, NOW, outcome, NOW) for n, outcome in enumerate(outcomes)))
    return count_end(User(7, NOW, conduct=LOST), job, NOW).conduct


@pytest.mark.parametrize(
    ("failure", "outcomes", "calls"),
    [
        (FailureReason.SAFETY, ("refused",), 1),
        (FailureReason.NO_RESULT, ("no_image", "no_image"), 2),
        (FailureReason.UNDELIVERABLE, ("busy", "made"), 1),
        (FailureReason.FILE_UNREADABLE, ("file_refused",), 1),
        (None, ("canceled",), 1),
    ],
)
def test_what_lies_with_the_person(failure: FailureReason | None, outcomes: tuple[str, ...], calls: int) -> None:
    """Refusals, words without a picture, a block and a cancel cost the person's standing what the calls cost us."""
    conduct = after(replace(JOB, failure=failure), *outcomes)
    assert (conduct.failures, conduct.failures_in_a_row) == (4, 3)
    assert conduct.lost_usd_micros.amount == 100_000 + calls * COST


@pytest.mark.parametrize("failure", [FailureReason.LATE, FailureReason.OURS, FailureReason.FILE_GONE])
def test_what_lies_with_us(failure: FailureReason) -> None:
    """A failure of ours or of a provider counts for the day only."""
    assert after(replace(JOB, failure=failure), "timed_out") == replace(LOST, failures=4)


@pytest.mark.parametrize("outcomes", [(), ("busy", "fault")])
def test_what_cost_nothing(outcomes: tuple[str, ...]) -> None:
    """A job whose model was never asked, or could not, changes nothing."""
    assert after(JOB, *outcomes) == LOST


def test_a_delivered_picture() -> None:
    """A delivered picture makes up for what it was sold at, however many calls it took."""
    conduct = after(replace(JOB, state=JobState.DELIVERED), "timed_out", "made")
    assert (conduct.failures, conduct.failures_in_a_row, conduct.lost_usd_micros.amount) == (3, 0, 60_000)


def test_material_costs() -> None:
    """Pictures that are sent along, and an earlier version, are part of a call's cost."""
    references = (Reference("file", 10), Reference("other", 10))
    assert replace(request_of(JOB), references=references, parent_id="parent").cost_of_call() == COST + 3 * 2_000


def test_the_dearest_model_counts() -> None:
    """Where a dearer model may paint too, the call is counted at its cost."""
    assert request_of(JOB).cost_of_call((NANO_BANANA, NANO_BANANA_PRO)) == 134_400
    assert request_of(JOB).cost_of_call((NANO_BANANA,)) == COST


def test_cost_of_a_newer_model() -> None:
    """What a model costs that only another release sells is not known here, and counted as nothing."""
    assert PictureRequest("a fox", "newer", "1:1", "1K", price=4).cost_of_call() == 0  # type: ignore[arg-type]
