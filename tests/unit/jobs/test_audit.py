"""The audit passes right books and names each kind of wrong one."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codec import decode, encode
from shared.credits.bonuses import book_bonus, purchase_fact, recall_gift, send_gift, take_bonus_back
from shared.credits.ledger import (
    Account,
    Change,
    Charge,
    Side,
    Transfer,
    TransferKind,
    book_change,
    book_purchase,
    capture_hold,
    capture_part,
    place_hold,
    release_hold,
    take_back,
    welcome,
)
from shared.jobs.audit import BookedJob, PersonalBooks, audit, audit_person, booked
from shared.jobs.gather_people import gather_people
from shared.jobs.job import Job, JobState, hold_of
from shared.people.links import account_id_of, name_account, telegram_link
from shared.people.users import User
from shared.pictures.picture import PictureRequest
from shared.telegram.address import ChatAddress

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
QUEUED = Job(
    id="job-1", user_id=501, address=ChatAddress(501, None, 7, is_private=True, update_id=1), language="en",
    request=PictureRequest("a fox", "fast", "1:1", "1K", price=4), index=1, count=1, created_at=NOW,
    deadline_at=NOW + timedelta(minutes=15), expire_at=NOW + timedelta(days=90),
)  # fmt: skip
NEWER = decode(Job, {**encode(QUEUED), "state": "newer"}).state
GIVEN, GIFT = welcome(Account(), 501, 20, NOW)
HELD, HOLD = place_hold(GIVEN, hold_of(QUEUED))
SPENT, CAPTURE = capture_hold(HELD, hold_of(QUEUED), NOW)
BACK, RELEASE = release_hold(HELD, hold_of(QUEUED), NOW)
CAPTURE_2, RELEASE_2 = (replace(end, id=f"{end.kind}:job-2", job_id="job-2") for end in (CAPTURE, RELEASE))


PARTLY, (PART, REST) = capture_part(HELD, hold_of(QUEUED), 3, NOW)
CHARGE = Charge("c-1", 501, 50)
RICH, PURCHASE = book_purchase(GIVEN, CHARGE, NOW)
POOR, REFUND = take_back(RICH, CHARGE, TransferKind.REFUND, NOW)
_, CHARGEBACK = take_back(RICH, CHARGE, TransferKind.CHARGEBACK, NOW)
_, TAKEN = book_change(GIVEN, Change(TransferKind.CORRECTION, 501, -5, "ticket-1", "given twice"), NOW)
GLAD, BONUS = book_bonus(RICH, 501, purchase_fact("c-1"), 6, NOW)
SAD, BONUS_BACK = take_bonus_back(take_back(GLAD, CHARGE, TransferKind.REFUND, NOW)[0], 501, "purchase:c-1", 6, NOW)
PART_REFUND = replace(REFUND, credits=20, id="refund:c-1:40")
PART_BACK = replace(BONUS_BACK, credits=2, id="bonus_back:purchase:c-1:40")
PARTED = replace(GLAD, available=GLAD.available - 22, taken_back=22)
KIND, SENT = send_gift(GIVEN, 501, "gift-1", 7, NOW)
_, RECALLED = recall_gift(KIND, 501, "gift-1", 7, NOW)
T = TypeVar("T")


async def stream(items: Iterable[T]) -> AsyncIterator[T]:
    for item in items:
        yield item


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
        (PARTLY, JobState.DELIVERED, [HOLD, PART, REST]),
        (RICH, JobState.CANCELED, [PURCHASE]),
        (POOR, JobState.CANCELED, [PURCHASE, REFUND]),
        (POOR, JobState.CANCELED, [PURCHASE, CHARGEBACK]),
        (replace(GIVEN, available=15), JobState.CANCELED, [TAKEN]),
        (GLAD, JobState.CANCELED, [PURCHASE, BONUS]),
        (SAD, JobState.CANCELED, [PURCHASE, BONUS, REFUND, BONUS_BACK]),
        (KIND, JobState.CANCELED, [SENT]),
        (PARTED, JobState.CANCELED, [PURCHASE, BONUS, PART_REFUND, PART_BACK]),
        (GIVEN, JobState.CANCELED, [SENT, RECALLED]),
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
        (HELD, JobState.QUEUED, [replace(HOLD, user_id=502)], "user 502: books of somebody who is not there"),
        (HELD, JobState.QUEUED, [replace(HOLD, credits=0)], "not a hold of a positive amount"),
        (HELD, JobState.QUEUED, [replace(HOLD, target=Side.REVENUE)], "not a hold of a positive amount"),
        (HELD, JobState.QUEUED, [replace(HOLD, id="hold:job-2")], "does not say its fact"),
        (SPENT, JobState.DELIVERED, [HOLD, PART], "another amount"),
        (PARTLY, JobState.DELIVERED, [HOLD, PART, replace(REST, credits=2)], "its transfers are"),
        (PARTLY, JobState.FAILED, [HOLD, PART, REST], "its transfers are"),
        (RICH, JobState.CANCELED, [replace(PURCHASE, id="c-1")], "does not say its fact"),
        (GIVEN, JobState.CANCELED, [replace(TAKEN, id="correction:ticket-1")], "does not say its fact"),
        (POOR, JobState.CANCELED, [PURCHASE, replace(REFUND, id="chargeback:c-1")], "does not say its fact"),
        (POOR, JobState.CANCELED, [REFUND], "takes back what was not bought"),
        (POOR, JobState.CANCELED, [PURCHASE, replace(REFUND, credits=51)], "takes back what was not bought"),
        (POOR, JobState.CANCELED, [PURCHASE, REFUND, PART_REFUND], "takes back what was not bought"),
        (SAD, JobState.CANCELED, [PURCHASE, BONUS, REFUND, PART_BACK], "bonus of a returned purchase is still there"),
        (SAD, JobState.CANCELED, [BONUS, BONUS_BACK, PART_BACK], "takes back a bonus that was not given"),
        (replace(POOR, taken_back=0), JobState.CANCELED, [PURCHASE, REFUND], "0 credits taken back counted, 50 there"),
        (HELD, JobState.QUEUED, [HOLD, replace(HOLD, job_id="job-2", id="hold:job-2")], "without job or end: job-2"),
        (GLAD, JobState.CANCELED, [PURCHASE, BONUS, REFUND], "the bonus of a returned purchase is still there"),
        (SAD, JobState.CANCELED, [PURCHASE, REFUND, BONUS_BACK], "takes back a bonus that was not given"),
        (SAD, JobState.CANCELED, [BONUS, replace(BONUS_BACK, credits=7)], "takes back a bonus that was not given"),
        (GIVEN, JobState.CANCELED, [RECALLED], "returns a gift that was not sent"),
        (GIVEN, JobState.CANCELED, [SENT, replace(RECALLED, credits=6)], "returns a gift that was not sent"),
        (GIVEN, JobState.CANCELED, [SENT, replace(RECALLED, id="recalled:gift-1")], "does not say its fact"),
        (GLAD, JobState.CANCELED, [PURCHASE, replace(BONUS, target=Side.REVENUE)], "not a bonus of a positive"),
    ],
)
def test_wrong_books(account: Account, state: JobState, transfers: list[Transfer], expected: str) -> None:
    """Each kind of mistake is named."""
    assert expected in problems(account, replace(QUEUED, state=state), *transfers)


def of(user_id: int, *transfers: Transfer) -> list[Transfer]:
    """The transfers, naming the account of this person."""
    return [replace(each, account_id=account_id_of(telegram_link(user_id))) for each in transfers]


@given(named=st.tuples(*[st.booleans()] * 4))
def test_older_release_beside(named: tuple[bool, ...]) -> None:
    """Whatever an older release wrote names no account; that is right, in any mixture with what does."""
    account = name_account(HELD, 501) if named[0] else HELD
    job = replace(QUEUED, payer=account_id_of("telegram:501") if named[1] else "")
    transfers = [*(of(501, GIFT) if named[2] else [GIFT]), *(of(501, HOLD) if named[3] else [HOLD])]
    assert audit([User(501, NOW, account)], [job], transfers, at_rest=False) == []


THEIRS = name_account(HELD, 502)


@pytest.mark.parametrize(
    ("account", "job", "transfers", "expected"),
    [
        (HELD, QUEUED, of(502, HOLD), "hold:job-1: of another account"),
        (HELD, replace(QUEUED, payer=THEIRS.id), [HOLD], "job job-1: another account pays"),
        (THEIRS, QUEUED, [HOLD], f"user 501: account '{THEIRS.id}' with the links ['telegram:502']"),
        (replace(name_account(HELD, 501), links=THEIRS.links), QUEUED, [HOLD], "with the links ['telegram:502']"),
        (replace(HELD, links=("telegram:501",)), QUEUED, [HOLD], "account '' with the links ['telegram:501']"),
        (replace(name_account(HELD, 501), links=("email:a@example.org",)), QUEUED, [HOLD], "with the links []"),
    ],
)
def test_names_of_another_account(account: Account, job: Job, transfers: list[Transfer], expected: str) -> None:
    """An id or a link that is another person's is named, and so is an account that its person does not lead to."""
    [found] = problems(account, job, *transfers).splitlines()
    assert expected in found


def test_a_further_link_does_no_harm() -> None:
    """Links of a newer release are left unchanged."""
    account = name_account(HELD, 501)
    assert problems(replace(account, links=(*account.links, "email:a@example.org")), QUEUED, HOLD) == ""


@pytest.mark.parametrize(
    ("account", "transfers"),
    [(HELD, [HOLD]), (SPENT, [HOLD, CAPTURE]), (BACK, [HOLD, RELEASE]), (PARTLY, [HOLD, PART, REST]), (GIVEN, [])],
)
def test_state_of_a_newer_release(account: Account, transfers: list[Transfer]) -> None:
    """A job in a state that only a newer release knows is judged by its transfers alone."""
    assert not problems(account, replace(QUEUED, state=NEWER), *transfers)


def test_wrong_books_of_a_newer_release() -> None:
    """Also there a hold ends once."""
    assert "job job-1 is newer, its transfers are" in problems(
        SPENT, replace(QUEUED, state=NEWER), HOLD, CAPTURE, RELEASE
    )


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


async def test_streams_are_joined_by_person() -> None:
    """Three ordered streams become each person's books, whoever is missing from one of them."""
    users = [(501, GIVEN), (503, GIVEN)]
    jobs = [booked(QUEUED), BookedJob("job-9", 502, JobState.QUEUED, 4)]
    transfers = [GIFT, HOLD, replace(GIFT, user_id=503), replace(GIFT, user_id=504)]
    found = [books async for books in gather_people(stream(users), stream(jobs), stream(transfers))]
    assert found == [
        PersonalBooks(501, GIVEN, jobs[:1], transfers[:2]),
        PersonalBooks(502, None, jobs[1:], []),
        PersonalBooks(503, GIVEN, [], transfers[2:3]),
        PersonalBooks(504, None, [], transfers[3:]),
    ]
    assert audit_person(found[2], at_rest=True) == []
    assert audit_person(found[3], at_rest=True) == ["user 504: books of somebody who is not there"]
