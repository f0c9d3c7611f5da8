"""The audit passes right books and names each kind of wrong one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.audit import audit
from shared.domain.jobs import Job, JobState, PictureRequest, hold_of
from shared.domain.ledger import Account, Side, Transfer, capture_hold, place_hold, release_hold, welcome
from shared.domain.users import User

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
QUEUED = Job(
    id="job-1", user_id=501, chat_id=501, thread_id=None, message_id=7, is_private=True, language="en", update_id=1,
    request=PictureRequest("a fox", "fast", "1:1", "1K", 4), index=1, count=1, created_at=NOW,
    deadline_at=NOW + timedelta(minutes=15), expire_at=NOW + timedelta(days=90),
)  # fmt: skip
GIVEN, GIFT = welcome(Account(), 501, 20, NOW)
HELD, HOLD = place_hold(GIVEN, hold_of(QUEUED))
SPENT, CAPTURE = capture_hold(HELD, hold_of(QUEUED), NOW)
BACK, RELEASE = release_hold(HELD, hold_of(QUEUED), NOW)
CAPTURE_2, RELEASE_2 = (replace(end, id=f"{end.kind}:job-2", job_id="job-2") for end in (CAPTURE, RELEASE))


def problems(account: Account, job: Job, *transfers: Transfer, at_rest: bool = False) -> str:
    return "\n".join(audit([User(501, NOW, account)], [job], [GIFT, *transfers], at_rest=at_rest))


@pytest.mark.parametrize(
    ("account", "state", "transfers"),
    [
        (HELD, JobState.QUEUED, [HOLD]),
        (HELD, JobState.WORKING, [HOLD]),
        (HELD, JobState.MADE, [HOLD]),
        (SPENT, JobState.DELIVERED, [HOLD, CAPTURE]),
        (BACK, JobState.REFUSED, [HOLD, RELEASE]),
        (BACK, JobState.FAILED, [HOLD, RELEASE]),
        (BACK, JobState.CANCELED, [HOLD, RELEASE]),
        (GIVEN, JobState.CANCELED, []),
    ],
)
def test_right_books(account: Account, state: JobState, transfers: list[Transfer]) -> None:
    """Each state of a job with the transfers it must have, whose sums the account caches."""
    assert problems(account, replace(QUEUED, state=state), *transfers) == ""


@pytest.mark.parametrize(
    ("account", "state", "transfers", "expected"),
    [
        (SPENT, JobState.DELIVERED, [HOLD], "its transfers are"),
        (HELD, JobState.QUEUED, [], "its transfers are"),
        (SPENT, JobState.FAILED, [HOLD, CAPTURE], "its transfers are"),
        (replace(HELD, available=99), JobState.QUEUED, [HOLD], "the balance is not"),
        (replace(HELD, held=0), JobState.QUEUED, [HOLD], "the balance is not"),
        (replace(HELD, available=-1), JobState.QUEUED, [HOLD], "negative balance"),
        (replace(HELD, held=-1), JobState.QUEUED, [HOLD], "negative balance"),
        (replace(HELD, active_jobs=0), JobState.QUEUED, [HOLD], "active jobs counted"),
        (HELD, JobState.QUEUED, [replace(HOLD, credits=5)], "another amount"),
        (HELD, JobState.QUEUED, [replace(HOLD, user_id=502)], "another amount or user"),
        (HELD, JobState.QUEUED, [replace(HOLD, credits=0)], "not a hold of a positive amount"),
        (HELD, JobState.QUEUED, [replace(HOLD, target=Side.REVENUE)], "not a hold of a positive amount"),
        (HELD, JobState.QUEUED, [replace(HOLD, id="hold:job-2")], "does not say its fact"),
        (HELD, JobState.QUEUED, [HOLD, replace(HOLD, job_id="job-2", id="hold:job-2")], "without job or end: job-2"),
    ],
)
def test_wrong_books(account: Account, state: JobState, transfers: list[Transfer], expected: str) -> None:
    """Each kind of mistake is named."""
    assert expected in problems(account, replace(QUEUED, state=state), *transfers)


def test_rest() -> None:
    """When nothing is under way no job is open and no credit held."""
    found = problems(HELD, QUEUED, HOLD, at_rest=True)
    assert "held at rest" in found
    assert "queued at rest" in found
    assert problems(SPENT, replace(QUEUED, state=JobState.DELIVERED), HOLD, CAPTURE, at_rest=True) == ""


@pytest.mark.parametrize("end", [CAPTURE, RELEASE])
def test_job_is_no_longer_kept(end: Transfer) -> None:
    """Money outlives its job: a hold with one end of the same amount is right, anything else is named."""
    account, of_job_2 = (SPENT if end is CAPTURE else BACK), replace(end, id=f"{end.kind}:job-2", job_id="job-2")
    hold = replace(HOLD, id="hold:job-2", job_id="job-2")
    assert audit([User(501, NOW, account)], [], [GIFT, hold, of_job_2], at_rest=True) == []
    for wrong in ([of_job_2], [hold, replace(of_job_2, credits=3)], [hold, CAPTURE_2, RELEASE_2]):
        assert "hold without job or end: job-2" in audit([User(501, NOW, account)], [], [GIFT, *wrong], at_rest=False)
