"""Every state has an owner and an end; every answer of the model leads somewhere."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.jobs.attempts import (
    ATTEMPTS_MAX,
    PAUSE_SECONDS_MAX,
    PAUSE_SPREAD,
    Retry,
    after_outcome,
    cancel,
    end_attempt,
    postpone_seconds,
    retract_attempt,
    start_attempt,
    was_drawn,
)
from shared.jobs.job import (
    DEADLINE_SECONDS,
    ENDS,
    Attempt,
    Job,
    JobState,
    Request,
    claim,
    ended,
    give_back,
    mark_made,
    renew_lease,
    retry_seconds,
    swept,
)
from shared.jobs.next_step import DELIVERY_SECONDS_MAX, Move, NextStep, next_step
from shared.jobs.time_limits import LEASE_SECONDS, RENEW_SECONDS
from shared.pictures.picture import PictureArtefacts, PictureRequest, Result, artefacts_of
from shared.providers.outcomes import (
    Broken,
    Busy,
    FailureReason,
    FileRefused,
    Made,
    ModelOutcome,
    NoResult,
    Refused,
    TimedOut,
)
from shared.telegram.address import MESSAGES_KEPT, ChatAddress, chat_of, show_card
from shared.texts import shorten

NOW = datetime(2026, 1, 2, 3, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)
LATER = NOW + timedelta(seconds=LEASE_SECONDS)
RESULT = Result("jobs/j/1", "image/png", 1, 1, 10)
JOB = Job(
    id="job-1", user_id=501, address=ChatAddress(501, None, 7, is_private=True, update_id=1), language="en",
    request=PictureRequest("a red fox " * 9, "fast", "1:1", "1K", price=4), index=1, count=1, created_at=NOW,
    deadline_at=NOW + timedelta(seconds=DEADLINE_SECONDS), expire_at=NOW + timedelta(days=90),
)  # fmt: skip


def a_job(state: JobState, *outcomes: str, **changes: object) -> Job:
    attempts = tuple(Attempt(fence, NOW, outcome, NOW) for fence, outcome in enumerate(outcomes, 1))
    return replace(JOB, state=state, attempts=attempts, fence=len(attempts), **changes)  # type: ignore[arg-type]


class Owner:
    """Who moves a job on in a state, and how that ends."""

    BOT_THEN_IMAGE = "bot posts the card, or its lease ends and the job's task claims it"
    IMAGE = "the job's task claims it"
    HOLDER = "the worker with the lease; when that ends, the next task or sweep"
    NOBODY = "an end"


TABLE = [
    (a_job(JobState.QUEUED), NOW, Owner.IMAGE, NextStep(Move.MAKE)),
    (a_job(JobState.QUEUED, lease_until=SOON), NOW, Owner.BOT_THEN_IMAGE, NextStep(Move.WAIT, SOON)),
    (a_job(JobState.QUEUED, lease_until=SOON), SOON, Owner.IMAGE, NextStep(Move.MAKE)),
    (a_job(JobState.QUEUED, "busy", not_before=SOON), NOW, Owner.IMAGE, NextStep(Move.WAIT, SOON)),
    (a_job(JobState.QUEUED, "busy", not_before=SOON), SOON, Owner.IMAGE, NextStep(Move.MAKE)),
    (a_job(JobState.QUEUED, "busy", "busy", "busy", "busy"), NOW, Owner.IMAGE, NextStep(Move.MAKE)),
    (a_job(JobState.QUEUED), JOB.deadline_at, Owner.IMAGE, NextStep(Move.GIVE_UP, failure=FailureReason.LATE)),
    (
        a_job(JobState.QUEUED, "busy", busy_since=NOW),
        JOB.deadline_at,
        Owner.IMAGE,
        NextStep(Move.GIVE_UP, failure=FailureReason.BUSY),
    ),
    (
        a_job(JobState.QUEUED, busy_since=NOW, is_faulty=True),
        JOB.deadline_at,
        Owner.IMAGE,
        NextStep(Move.GIVE_UP, failure=FailureReason.PROVIDER),
    ),
    (a_job(JobState.WORKING, "", lease_until=LATER), NOW, Owner.HOLDER, NextStep(Move.WAIT, LATER)),
    (a_job(JobState.WORKING, "", lease_until=LATER), LATER, Owner.HOLDER, NextStep(Move.MAKE)),
    (a_job(JobState.WORKING, "", "", ""), NOW, Owner.IMAGE, NextStep(Move.GIVE_UP, failure=FailureReason.OURS)),
    (a_job(JobState.WORKING), JOB.deadline_at, Owner.IMAGE, NextStep(Move.GIVE_UP, failure=FailureReason.LATE)),
    (a_job(JobState.SUBMITTED, "", lease_until=LATER), NOW, Owner.HOLDER, NextStep(Move.WAIT, LATER)),
    (a_job(JobState.SUBMITTED, "", lease_until=LATER), LATER, Owner.HOLDER, NextStep(Move.LOOK)),
    (a_job(JobState.SUBMITTED, ""), JOB.deadline_at, Owner.IMAGE, NextStep(Move.GIVE_UP, failure=FailureReason.LATE)),
    (a_job(JobState.POLLING, "", not_before=SOON), NOW, Owner.IMAGE, NextStep(Move.WAIT, SOON)),
    (a_job(JobState.POLLING, "", not_before=SOON), SOON, Owner.IMAGE, NextStep(Move.POLL)),
    (a_job(JobState.POLLING, ""), JOB.deadline_at, Owner.IMAGE, NextStep(Move.GIVE_UP, failure=FailureReason.LATE)),
    (a_job(JobState.MADE, "made", lease_until=LATER), NOW, Owner.HOLDER, NextStep(Move.WAIT, LATER)),
    (a_job(JobState.MADE, "made", lease_until=LATER), LATER, Owner.HOLDER, NextStep(Move.SHOW)),
    (a_job(JobState.MADE, "made", not_before=SOON), NOW, Owner.IMAGE, NextStep(Move.WAIT, SOON)),
    (a_job(JobState.MADE, "made"), JOB.deadline_at, Owner.IMAGE, NextStep(Move.SHOW)),
    (
        a_job(JobState.MADE, "made"),
        NOW + timedelta(seconds=DELIVERY_SECONDS_MAX + 1),
        Owner.IMAGE,
        NextStep(Move.GIVE_UP, failure=FailureReason.UNDELIVERABLE),
    ),
    (a_job(JobState.REFUSED, lease_until=LATER), NOW, Owner.HOLDER, NextStep(Move.WAIT, LATER)),
    (a_job(JobState.REFUSED), JOB.deadline_at, Owner.IMAGE, NextStep(Move.TELL)),
    (a_job(JobState.DELIVERED), NOW, Owner.NOBODY, NextStep(Move.NOTHING)),
    (a_job(JobState.FAILED), NOW, Owner.NOBODY, NextStep(Move.NOTHING)),
    (a_job(JobState.CANCELED, lease_until=LATER), NOW, Owner.NOBODY, NextStep(Move.NOTHING)),
]


@pytest.mark.parametrize(("job", "now", "owner", "step"), TABLE)
def test_next_step(job: Job, now: datetime, owner: str, step: NextStep) -> None:
    """What the next worker does with a job, in every state and at every time."""
    assert next_step(job, now) == step


def test_every_state_has_an_owner_and_an_end() -> None:
    """The table leaves no state out; only ends are nobody's, and each other state can be moved."""
    owned = {job.state for job, _, owner, _ in TABLE if owner is not Owner.NOBODY}
    ended = {job.state for job, _, owner, _ in TABLE if owner is Owner.NOBODY}
    moved = {job.state for job, _, _, step in TABLE if step.move not in {Move.WAIT, Move.NOTHING}}
    assert owned | ended == set(JobState)
    assert ended == ENDS
    assert moved == owned


@pytest.mark.parametrize("state", [state for state in JobState if state not in ENDS])
def test_every_state_ends_by_time_alone(state: JobState) -> None:
    """A job of which nobody knows anything but its state is concluded once its time is over."""
    job = a_job(state, lease_until=NOW, not_before=NOW)
    step = next_step(job, NOW + timedelta(seconds=DELIVERY_SECONDS_MAX + DEADLINE_SECONDS))
    assert step.move in {Move.GIVE_UP, Move.TELL}


@pytest.mark.parametrize(
    ("fence", "seconds", "renewed"),
    [(1, RENEW_SECONDS, True), (1, RENEW_SECONDS - 1, False), (1, LEASE_SECONDS + 9, True), (2, RENEW_SECONDS, False)],
)
def test_renewed_lease(fence: int, seconds: float, renewed: bool) -> None:  # noqa: FBT001 — a parameter of the test
    """A lease starts anew for its owner, and for nobody else; one that is fresh needs no write."""
    now = NOW + timedelta(seconds=seconds)
    job = renew_lease(start_attempt(claim(JOB, NOW), NOW), fence, now)
    assert (job is not None) is renewed
    assert job is None or job.lease_until == now + timedelta(seconds=LEASE_SECONDS)


@pytest.mark.parametrize("job", [give_back(claim(JOB, NOW), NOW), ended(claim(JOB, NOW), JobState.FAILED)])
def test_a_lease_that_is_given_back_is_not_renewed(job: Job) -> None:
    """A worker that gave a job back or ended it has nothing to renew."""
    assert renew_lease(job, 1, LATER) is None


def test_a_stopped_attempt_is_free() -> None:
    """A process that is told to end costs a job none of its attempts, and is no busy provider."""
    job = a_job(JobState.QUEUED, *["stopped"] * 5)
    assert next_step(job, NOW) == NextStep(Move.MAKE)
    assert after_outcome(a_job(JobState.WORKING, "stopped", "busy"), Busy("503"), NOW, 0.0) == Retry(5)


def test_claim_raises_the_fence() -> None:
    """A new owner has a higher fence, a whole lease and a sweep after it."""
    claimed = claim(a_job(JobState.QUEUED, not_before=NOW), NOW)
    assert (claimed.fence, claimed.lease_until, claimed.not_before) == (1, LATER, None)
    assert claimed.sweep_at is not None
    assert claimed.sweep_at > LATER


def test_attempts_are_kept() -> None:
    """An attempt is written down before it starts, closed with its outcome, and gone when it never was one."""
    started = start_attempt(claim(JOB, NOW), NOW)
    assert started.state is JobState.WORKING
    assert started.attempts == (Attempt(1, NOW),)
    again = start_attempt(claim(end_attempt(started, SOON, "busy"), SOON), SOON)
    assert again.attempts == (Attempt(1, NOW, "busy", SOON), Attempt(2, SOON))
    assert retract_attempt(again).attempts == (Attempt(1, NOW, "busy", SOON),)


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (JobState.WORKING, JobState.QUEUED),
        (JobState.MADE, JobState.MADE),
        (JobState.REFUSED, JobState.REFUSED),
    ],
)
def test_give_back(state: JobState, after: JobState) -> None:
    """A job given back keeps what was reached, waits, and is swept if its task is lost."""
    back = give_back(a_job(state, lease_until=LATER), SOON)
    assert (back.state, back.lease_until, back.not_before) == (after, None, SOON)
    assert back.sweep_at is not None
    assert back.sweep_at > SOON


def test_ended_job_is_nobodys() -> None:
    """At its end a job is not leased, not waited for and not swept."""
    done = ended(a_job(JobState.MADE, lease_until=LATER, not_before=SOON, sweep_at=SOON), JobState.DELIVERED)
    assert (done.state, done.lease_until, done.not_before, done.sweep_at) == (JobState.DELIVERED, None, None, None)


def test_stored_picture_has_a_fresh_lease() -> None:
    """Showing a picture has a lease of its own."""
    made = mark_made(a_job(JobState.WORKING, "made", lease_until=SOON, artefacts=PictureArtefacts(RESULT)), SOON)
    assert (made.state, artefacts_of(made).result) == (JobState.MADE, RESULT)
    assert made.lease_until == SOON + timedelta(seconds=LEASE_SECONDS)


def test_cards_are_remembered() -> None:
    """Each message that showed a job stands for it, once."""
    job = show_card(show_card(show_card(JOB, 9), 10), 9)
    assert (chat_of(job).card_message_id, chat_of(job).messages) == (9, ("501:9", "501:10"))


def test_cards_are_bounded() -> None:
    """A document does not grow with what people do to it: the newest messages are known."""
    job = JOB
    for message_id in range(1, MESSAGES_KEPT + 3):
        job = show_card(job, message_id)
    assert len(chat_of(job).messages) == MESSAGES_KEPT
    assert (chat_of(job).messages[0], chat_of(job).messages[-1]) == ("501:3", f"501:{MESSAGES_KEPT + 2}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("a fox", "a fox"),
        ("a  red\n fox ", "a red fox"),
        ("a red fox.", "a red fox."),
        ("a red foxes", "a red…"),
        ("a red fox jumps", "a red fox…"),
        ("abcdefghijk", "abcdefghi…"),
    ],
)
def test_shorten(text: str, shown: str) -> None:
    """A text that is too long ends at a word, one word that is too long within it; both say so."""
    assert shorten(text, 10) == shown
    assert len(shown) <= 10


def test_sweeps_grow_rarer() -> None:
    """A job that sweeping does not help is swept less and less often."""
    job, pauses = JOB, []
    for _ in range(9):
        job = swept(job, NOW)
        assert job.sweep_at is not None
        pauses.append((job.sweep_at - NOW).total_seconds())
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[1] < pauses[-1] == pauses[-2] < 3600


def test_telegram_is_left_alone_longer_and_longer() -> None:
    """From seconds to minutes, and no further."""
    pauses = [retry_seconds(replace(JOB, fence=fence)) for fence in range(1, 12)]
    assert pauses[0] == 5
    assert pauses == sorted(pauses)
    assert pauses[-1] == 300


@pytest.mark.parametrize(
    ("outcomes", "outcome", "verdict"),
    [
        (["refused"], Refused("SAFETY"), FailureReason.SAFETY),
        (["file_refused"], FileRefused("400"), FailureReason.FILE_UNREADABLE),
        (["broken"], Broken("400"), FailureReason.OURS),
        (["made"], Made(b"", "image/png"), FailureReason.OURS),
        (["no_image"], NoResult("NO_IMAGE"), Retry(0)),
        (["no_image", "no_image"], NoResult("NO_IMAGE"), FailureReason.NO_RESULT),
        (["busy", "no_image"], NoResult("NO_IMAGE"), Retry(0)),
        (["timed_out"], TimedOut(), Retry(0)),
        (["timed_out"] * ATTEMPTS_MAX, TimedOut(), FailureReason.LATE),
        (["busy"] * 5 + ["timed_out"], TimedOut(), Retry(0)),
    ],
)
def test_after_outcome(outcomes: list[str], outcome: ModelOutcome, verdict: Retry | FailureReason) -> None:
    """A filter is final, no picture and no answer get another chance or two, a busy provider counts for neither."""
    assert after_outcome(a_job(JobState.WORKING, *outcomes), outcome, NOW, 0.0) == verdict


def test_busy_provider_is_left_alone_longer_and_longer() -> None:
    """5, 10, 20 s, then every further time 40, unless the provider wants more; never more than 40."""
    busy = Busy("429")
    pauses = [after_outcome(a_job(JobState.WORKING, *["busy"] * n), busy, NOW, 0.0) for n in range(1, 6)]
    assert pauses == [Retry(5), Retry(10), Retry(20), Retry(40), Retry(40)]
    assert after_outcome(a_job(JobState.WORKING, "busy"), Busy("429", 33), NOW, 0.0) == Retry(33)
    assert after_outcome(a_job(JobState.WORKING, "busy"), Busy("429", 1), NOW, 0.0) == Retry(5)
    assert after_outcome(a_job(JobState.WORKING, "busy"), Busy("429", 300), NOW, 0.0) == Retry(PAUSE_SECONDS_MAX)


def test_jobs_that_failed_together_come_back_apart() -> None:
    """The same failure leads to pauses that lie up to a half apart."""
    job = a_job(JobState.WORKING, *["busy"] * 4)
    assert after_outcome(job, Busy("429"), NOW, 0.5) == Retry(50)
    assert after_outcome(job, Busy("429"), NOW, 1.0) == Retry(PAUSE_SECONDS_MAX * (1 + PAUSE_SPREAD))
    assert postpone_seconds(job, NOW, 0.5) == 6.25


@pytest.mark.parametrize(
    ("waited", "verdict"),
    [
        (DEADLINE_SECONDS - 5, Retry(5)),
        (DEADLINE_SECONDS - 4, Retry(4)),
        (DEADLINE_SECONDS - 0.5, FailureReason.BUSY),
        (DEADLINE_SECONDS + 9, FailureReason.BUSY),
    ],
)
def test_busy_until_the_deadline(waited: float, verdict: Retry | FailureReason) -> None:
    """A busy provider is asked until the job's own deadline: the last pause ends with it."""
    job = a_job(JobState.WORKING, "busy", busy_since=NOW)
    assert after_outcome(job, Busy("503"), NOW + timedelta(seconds=waited), 1.0) == verdict


@pytest.mark.parametrize(("waited", "pause"), [(0, 5), (30, 15), (600, 40), (890, 10), (2000, 0)])
def test_a_job_that_may_not_ask_waits(waited: float, pause: float) -> None:
    """Half as long again as it has waited, from 5 to 40 s, and never beyond its deadline."""
    job = a_job(JobState.QUEUED, busy_since=NOW)
    assert postpone_seconds(job, NOW + timedelta(seconds=waited), 0.0) == pause


def test_fault_is_not_busy() -> None:
    """A provider whose service fails gets the same time, and the end says which of the two it was."""
    job = a_job(JobState.WORKING, "busy", "fault", busy_since=NOW, is_faulty=True)
    fault = Busy("500", is_fault=True)
    assert after_outcome(job, fault, NOW, 0.0) == Retry(10)
    assert after_outcome(job, fault, JOB.deadline_at, 0.0) is FailureReason.PROVIDER


def test_canceled_attempt_is_kept() -> None:
    """Canceling raises the fence over the worker's, and what the model was asked for in vain stays written down."""
    stopped = cancel(start_attempt(claim(JOB, NOW), NOW), SOON)
    assert (stopped.state, stopped.failure, stopped.fence) == (JobState.REFUSED, None, 2)
    assert stopped.attempts == (Attempt(1, NOW, "canceled", SOON),)
    assert was_drawn(stopped)
    waiting = cancel(JOB, NOW)
    assert (waiting.state, waiting.attempts, was_drawn(waiting)) == (JobState.REFUSED, (), False)


def test_a_job_whose_attempt_was_retracted_can_be_canceled() -> None:
    """A job that was given back before it asked the model has no attempt left that a cancel could end."""
    retracted = retract_attempt(start_attempt(claim(JOB, NOW), NOW))
    assert (retracted.state, retracted.attempts) == (JobState.QUEUED, ())
    assert cancel(retracted, SOON).state is JobState.REFUSED


def test_request_of_an_unknown_kind() -> None:
    """Of a kind of a newer release the engine knows the price: no cost is counted, and the log tells nothing of it."""
    request = Request(price=4)
    assert (request.cost_of_call(), request.facts(), request.is_known()) == (0, {}, True)
