"""A job is one thing that was asked for, a picture so far: asked for once, paid once, shown once.

    an album becomes a request as a message does: one job per wanted picture

    QUEUED ──claim──▶ WORKING ──store──▶ MADE ──show, capture──▶ DELIVERED
      │  ▲               │                 │
      │  └──busy, again──┤                 │
      │                  └──give up────────┴──release──▶ REFUSED ──tell──▶ FAILED
      └──cancel──────────┴──release──▶ REFUSED ──tell──▶ CANCELED

    a provider that takes minutes is asked once, and nobody waits for it:

    WORKING ──about to ask──▶ SUBMITTED ──its operation is written down──▶ POLLING ──it is done, store──▶ MADE
                                  │                                          ▲  │
                                  └──died in between: look for it────────────┘  └──not yet: later──┐
                                                                             └─────────────────────┘

Every state that is not an end has `sweep_at`: when nobody has moved the job by then, `sweep` publishes it again.
A worker holds the lease of the job that it moves. Each claim raises the fence, and every commit checks it: a worker
that stalled past its lease finds a higher fence, and can write nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.credits.catalogue import ModelName, Ratio, Size
from shared.credits.ledger import Hold
from shared.jobs.identity import job_id_of
from shared.jobs.time_limits import LEASE_SECONDS, RENEW_SECONDS
from shared.people.users import Asked, Language, PictureSettings
from shared.providers.outcomes import Busy, FailureReason, FileRefused, ModelOutcome, NoImage, Refused, TimedOut

ANNOUNCE_SECONDS = 15
"""How long `bot` has for posting the card and creating the task before others may do it."""
GATHER_SECONDS = 0.8
"""How long plain words wait for what the app sends with them: a forwarded photo, the rest of a long text."""
SWEEP_AFTER_SECONDS = 30
"""How long a task may be missing before `sweep` makes another."""
DEADLINE_SECONDS = 900
"""After this long without a picture a job is given up and its credits go back."""
DELIVERY_SECONDS_MAX = 24 * 3600
"""How long a picture that is made is offered to a Telegram that does not take it."""
PAUSE_SECONDS_MIN = 5.0
PAUSE_SECONDS_MAX = 40.0
"""How long a provider that cannot is left alone by one job, before the part that spreads the jobs."""
PAUSE_SPREAD = 0.5
"""So much longer at most: what was sent away together does not come back together."""
BUSY_SECONDS_MIN = 1.0
"""Less than this is no pause."""
ATTEMPTS_MAX = 3
TELLINGS_MAX = 8
"""How often a message with a job's end is sent that may have come each time: a quarter of an hour."""
CANCELED_ATTEMPT = "canceled"
"""The outcome of the attempt that was running when the person canceled."""
STOPPED_ATTEMPT = "stopped"
"""The outcome of an attempt whose process was told to end."""
BUSY_OUTCOMES = frozenset({"busy", "fault"})
"""Of attempts that the provider did not take."""
FREE_OUTCOMES = BUSY_OUTCOMES | {STOPPED_ATTEMPT}
"""Of attempts that count for nothing but time."""
NO_IMAGE_ATTEMPTS_MAX = 2
KEPT = timedelta(days=90)
MESSAGES_KEPT = 50
"""Of the messages that show a job the newest; a picture that is deleted and brought back again and again has more."""
UNDO_SECONDS = 60
"""How long a deleted picture can be brought back."""


class JobState(StrEnum):
    """Where a job stands; drawn in the module's docstring."""

    QUEUED = "queued"
    WORKING = "working"
    SUBMITTED = "submitted"
    """A provider is being asked to begin. Who finds this without a lease does not know whether it was: it looks."""
    POLLING = "polling"
    """A provider works on `operation`. Nobody holds the job until it is time to ask how far it is."""
    MADE = "made"
    REFUSED = "refused"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELED = "canceled"


ENDS = frozenset({JobState.DELIVERED, JobState.FAILED, JobState.CANCELED})
BEING_MADE = frozenset({JobState.WORKING, JobState.SUBMITTED, JobState.POLLING})
"""An attempt is running, here or at the provider."""
CANCELABLE = BEING_MADE | {JobState.QUEUED}
"""While there is no picture yet, its price can still be given back."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that somebody sent as material."""

    file_id: str
    size_bytes: int
    ratio: Ratio | None = None
    """What its shape is most like, where that is known."""


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """What to make; the same for all pictures of one request."""

    prompt: str
    model: ModelName
    ratio: Ratio
    size: Size
    price: int
    references: tuple[Reference, ...] = ()
    parent_id: str | None = None
    """The job whose picture this is a new version of."""
    original: bool = False
    words: str = ""
    """What the person wrote, where that is more than the prompt: with its parameters."""
    unused: str = ""
    """Parameters of other bots that were left out of the prompt."""
    show_words: bool = False
    """The card and the caption show the prompt, to be copied."""
    keeps_shape: bool = False
    """The picture takes the shape of its first reference. `ratio` is what is known of it until the file is opened."""
    settings: PictureSettings | None = None
    """The person's settings when this was asked for; None in old documents."""
    is_repeat: bool = False
    """A button asked for it, or a reply that changes only the format, size or number of a picture."""

    @property
    def material_count(self) -> int:
        """Pictures that go to the model with it, the earlier version included."""
        return len(self.references) + (self.parent_id is not None)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call of the model, kept whatever came of it."""

    fence: int
    started_at: datetime
    outcome: str = ""
    """Empty while it runs, and for ever if the worker died."""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The picture as it is stored."""

    blob: str
    mime_type: str
    width: int
    height: int
    size_bytes: int
    signature_blob: str | None = None
    model_id: str = ""
    photo_file_id: str = ""
    document_file_id: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """The place in a group that a job had to leave, and the card that still stands there."""

    chat_id: int
    thread_id: int | None
    card_message_id: int | None


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that was asked for; see the module's docstring."""

    id: str
    user_id: int
    chat_id: int
    thread_id: int | None
    message_id: int
    """The request, which the card replies to; 0 where it is in another chat."""
    is_private: bool
    language: Language
    update_id: int
    request: PictureRequest
    index: int
    count: int
    """Picture `index` of `count`, from 1."""
    created_at: datetime
    deadline_at: datetime
    expire_at: datetime
    kind: str = "picture"
    """What is made: `shared/kinds.py`."""
    surface: str = "telegram"
    """Where it is asked for and shown: `shared/surfaces.py`."""
    state: JobState = JobState.QUEUED
    fence: int = 0
    lease_until: datetime | None = None
    sweep_at: datetime | None = None
    sweeps: int = 0
    not_before: datetime | None = None
    busy_since: datetime | None = None
    """Since when it waits for a provider that cannot; None again once that answered."""
    is_faulty: bool = False
    """With `busy_since`: the provider has a fault, it is not only busy."""
    attempts: tuple[Attempt, ...] = ()
    spent: int | None = None
    """Credits that it cost in the end, where its kind knows that afterwards only: from 1 to what was held."""
    operation: str = ""
    """What the provider calls the work that it does for the running attempt; empty where there is none to wait for."""
    card_message_id: int | None = None
    messages: tuple[str, ...] = ()
    """The newest messages that stand for this picture, as `message_ref` writes them: a reply to one means this job."""
    late_parts: int = 0
    """Album parts that came after the set was closed."""
    result: Result | None = None
    failure: FailureReason | None = None
    too_many_pixels: bool = False
    """With FILE_TOO_LARGE: its pixels are too many, not its bytes."""
    model_said: str = ""
    deleted_at: datetime | None = None
    left: Left | None = None
    """The group that did not take it: it goes to its owner's private chat."""
    is_joined: bool = False
    """It was canceled because its words became part of another request."""
    intent: str = ""
    """What the request's ids are made of: its other pictures are `job_id_of(intent, index)`. Empty in old documents."""
    asked_at: datetime | None = None
    """When the webhook got the update that asked for it. None in old documents."""
    sent_at: datetime | None = None
    """Telegram's time of the message that asked for it; None for a tap."""
    prompt_at: datetime | None = None
    """When the webhook got the edit that brought these words."""
    was_asked: bool = False
    """Its card is a question that was answered: *Cancel* stands where the answer stood."""
    purged_at: datetime | None = None
    """When a deleted picture's files began to be removed: from then on it cannot be brought back."""
    tellings: int = 0
    """How often a message with its end was sent of which nobody knows whether it came."""
    original_sent_at: datetime | None = None
    """When the uncompressed file was sent last, or is being sent."""


def message_ref(chat_id: int, message_id: int) -> str:
    """A message as one searchable string."""
    return f"{chat_id}:{message_id}"


def asked_of(job: Job) -> Asked:
    """When and where this picture was asked for."""
    return Asked(job.chat_id, job.message_id, job.asked_at or job.created_at, job.sent_at)


def read_message_ref(ref: str) -> tuple[int, int]:
    """The chat and the message that `message_ref` wrote."""
    chat_id, message_id = ref.split(":")
    return int(chat_id), int(message_id)


def is_set(job: Job) -> bool:
    """Whether this is one of several pictures of a request that share the keyboard under the last of them."""
    return job.count > 1 and bool(job.intent)


def set_ids(job: Job) -> tuple[str, ...]:
    """The jobs of this request, in order; of an old document that does not tell its intent, only this one."""
    return tuple(job_id_of(job.intent, n) for n in range(1, job.count + 1)) if is_set(job) else (job.id,)


def is_last(job: Job) -> bool:
    """Whether the request's keyboard stands under this card."""
    return not is_set(job) or job.index == job.count


def blob_prefix(job: Job) -> str:
    """How the names of all files of a job begin; behind it stands the attempt's fence."""
    return f"jobs/{job.id}/"


def credits_of(job: Job) -> int:
    """What a delivered job cost its person."""
    return job.request.price if job.spent is None else job.spent


def hold_of(job: Job) -> Hold:
    """The credits that are set aside for a job."""
    return Hold(job.user_id, job.id, job.request.price, job.created_at)


def shorten(text: str, characters_max: int = 40) -> str:
    """The beginning of a text, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= characters_max:
        return line
    cut = line[:characters_max]
    return cut[: cut.rfind(" ")] + "…" if " " in cut else cut[:-1] + "…"


def refuse(job: Job, failure: FailureReason | None) -> Job:
    """The job without a picture, to be told on its card; without a failure it was canceled."""
    return replace(job, state=JobState.REFUSED, failure=failure)


def cancel(job: Job, now: datetime) -> Job:
    """A cancelable job, stopped: its fence voids the worker that may be waiting for the model."""
    stopped = end_attempt(job, now, CANCELED_ATTEMPT) if job.state in BEING_MADE else job
    return refuse(claim(stopped, now), None)


def was_drawn(job: Job) -> bool:
    """Whether the model was at work when the job was canceled."""
    return bool(job.attempts) and job.attempts[-1].outcome == CANCELED_ATTEMPT


def is_too_old_to_show(job: Job, at: datetime) -> bool:
    """Whether Telegram is troubled no more with this job's picture, or its end."""
    return (at - job.created_at).total_seconds() > DELIVERY_SECONDS_MAX


def may_be_drawn_over(job: Job) -> bool:
    """Whether several had the job before it ended without a picture: what one still draws may come after the end."""
    return job.state in {JobState.CANCELED, JobState.FAILED} and job.fence > 1


def is_canceled(job: Job) -> bool:
    """Whether the person stopped it, told or not yet."""
    return job.state is JobState.CANCELED or (job.state is JobState.REFUSED and job.failure is None)


def ended(job: Job, state: JobState) -> Job:
    """The job at its end: nobody owns it any more."""
    return replace(job, state=state, lease_until=None, sweep_at=None, not_before=None)


class Move(StrEnum):
    """What the next step of a job is."""

    NOTHING = "nothing"
    WAIT = "wait"
    MAKE = "make"
    LOOK = "look"
    POLL = "poll"
    SHOW = "show"
    TELL = "tell"
    PURGE = "purge"
    POSTPONE = "postpone"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Step:
    """The next step, and for WAIT the time to come again."""

    move: Move
    at: datetime | None = None
    failure: FailureReason | None = None


def next_step(job: Job, now: datetime) -> Step:
    """What a worker that finds this job has to do."""
    if job.state in ENDS:
        return _after_deletion(job, now)
    if job.state not in set(JobState):  # a newer release's, which goes on with it
        return Step(Move.NOTHING)
    if job.lease_until is not None and now < job.lease_until:
        return Step(Move.WAIT, job.lease_until)
    if job.not_before is not None and now < job.not_before:
        return Step(Move.WAIT, job.not_before)
    if job.state is JobState.REFUSED:
        return Step(Move.TELL)
    if job.state is JobState.MADE:
        is_old = is_too_old_to_show(job, now)
        return Step(Move.GIVE_UP, failure=FailureReason.UNDELIVERABLE) if is_old else Step(Move.SHOW)
    return _next_of_attempt(job, now)


def _next_of_attempt(job: Job, now: datetime) -> Step:
    """The next step of a job that nobody holds and that has nothing to show or tell yet."""
    if now >= job.deadline_at:
        return Step(Move.GIVE_UP, failure=FailureReason.LATE if job.busy_since is None else busy_failure(job))
    if job.state is JobState.SUBMITTED:
        return Step(Move.LOOK)
    if job.state is JobState.POLLING:
        return Step(Move.POLL)
    if _worked_count(job) >= ATTEMPTS_MAX:
        return Step(Move.GIVE_UP, failure=FailureReason.OURS)
    return Step(Move.MAKE)


def _after_deletion(job: Job, now: datetime) -> Step:
    """A deleted picture waits for the last moment of its undo; then its files go."""
    if job.deleted_at is None or job.sweep_at is None:
        return Step(Move.NOTHING)
    purge_at = job.deleted_at + timedelta(seconds=UNDO_SECONDS)
    return Step(Move.WAIT, purge_at) if now < purge_at else Step(Move.PURGE)


def was_open(job: Job, at: datetime) -> bool:
    """Whether this picture was still being made at that time: a press that comes late means what was seen then."""
    ends = (attempt.ended_at for attempt in job.attempts)
    return job.state not in ENDS or any(ended_at is not None and ended_at > at for ended_at in ends)


def claim(job: Job, now: datetime) -> Job:
    """The job with a new owner, whose fence the commits that follow check."""
    return extend_lease(replace(job, fence=job.fence + 1, not_before=None), now)


def extend_lease(job: Job, now: datetime) -> Job:
    """The job with its owner's time starting anew."""
    lease_until = now + timedelta(seconds=LEASE_SECONDS)
    return replace(job, lease_until=lease_until, sweep_at=lease_until + timedelta(seconds=SWEEP_AFTER_SECONDS))


def renew_lease(job: Job, fence: int, now: datetime) -> Job | None:
    """The job with a fresh lease for the worker that claimed it with this fence; None where it needs none."""
    if not is_held(job, fence) or job.lease_until is None:
        return None
    is_fresh = (job.lease_until - now).total_seconds() > LEASE_SECONDS - RENEW_SECONDS
    return None if is_fresh else extend_lease(job, now)


def is_held(job: Job, fence: int) -> bool:
    """Whether the worker that claimed the job with this fence still holds it."""
    return job.fence == fence and job.lease_until is not None and job.state not in ENDS


def start_attempt(job: Job, now: datetime) -> Job:
    """The claimed job on its way to the model."""
    return replace(job, state=JobState.WORKING, attempts=(*job.attempts, Attempt(job.fence, now)))


def submit(job: Job) -> Job:
    """The held job whose provider is asked to begin next: from now on nobody knows whether it did."""
    return replace(job, state=JobState.SUBMITTED)


def follow(job: Job, operation: str) -> Job:
    """The job whose provider has begun, and calls the work `operation`."""
    return replace(job, state=JobState.POLLING, operation=operation, busy_since=None)


def end_attempt(job: Job, now: datetime, outcome: str) -> Job:
    """The job with the running attempt's outcome written down; what it waited for is over."""
    *earlier, last = job.attempts
    state = JobState.WORKING if job.state in BEING_MADE else job.state
    return replace(job, state=state, operation="", attempts=(*earlier, replace(last, outcome=outcome, ended_at=now)))


def stop_attempt(job: Job, now: datetime) -> Job:
    """The job whose process is told to end; what a provider was asked to begin goes on, and is not asked again."""
    return end_attempt(job, now, STOPPED_ATTEMPT) if job.state is JobState.WORKING else job


def give_back(job: Job, at: datetime) -> Job:
    """The job without an owner until `at`: queued again, or still with the picture it has."""
    state = JobState.QUEUED if job.state is JobState.WORKING else job.state
    sweep_at = at + timedelta(seconds=SWEEP_AFTER_SECONDS)
    return replace(job, state=state, lease_until=None, not_before=at, sweep_at=sweep_at)


def retract_attempt(job: Job) -> Job:
    """The job without the attempt that was written down but never reached the model: it is queued again."""
    state = JobState.QUEUED if job.state is JobState.WORKING else job.state
    return replace(job, state=state, attempts=job.attempts[:-1])


def retract_unasked(job: Job) -> Job:
    """The held job without the attempt that an outage of ours ended before the model was asked."""
    last = job.attempts[-1] if job.state is JobState.WORKING and job.attempts else None
    is_ours = last is not None and last.fence == job.fence and not last.outcome
    return retract_attempt(job) if is_ours else job


def retry_seconds(job: Job) -> float:
    """How long to leave Telegram alone: 5 s at first, 5 minutes at last."""
    return min(300.0, 5.0 * float(2 ** min(job.fence - 1, 6)))


def show_card(job: Job, card_message_id: int) -> Job:
    """The job with the message that shows it; replies to it, and to earlier ones, mean this job."""
    ref = message_ref(job.chat_id, card_message_id)
    messages = job.messages if ref in job.messages else (*job.messages, ref)
    return replace(job, card_message_id=card_message_id, messages=messages[-MESSAGES_KEPT:])


def forget_card(job: Job) -> Job:
    """The job without the card that shows it, which is gone or elsewhere."""
    return replace(job, card_message_id=None)


def follow_chat(job: Job, chat_id: int) -> Job:
    """The job where its group has moved: what was sent before cannot be edited or answered there."""
    return replace(job, chat_id=chat_id, thread_id=None, message_id=0, card_message_id=None)


def go_private(job: Job, chat_id: int) -> Job:
    """A group's job in its owner's private chat, because the group did not take it."""
    left = Left(job.chat_id, job.thread_id, job.card_message_id)
    return replace(follow_chat(job, chat_id), is_private=True, left=left)


def fetch(job: Job, chat_id: int, now: datetime) -> Job:
    """A kept picture whose owner came for it: whoever held the job before writes nothing more."""
    moved = job if job.is_private else go_private(job, chat_id)
    sweep_at = now + timedelta(seconds=SWEEP_AFTER_SECONDS)
    return replace(moved, fence=job.fence + 1, lease_until=None, not_before=None, sweep_at=sweep_at)


def store_result(job: Job, now: datetime, result: Result) -> Job:
    """The job with its picture, and a fresh lease to show it."""
    return extend_lease(replace(job, state=JobState.MADE, result=result), now)


def picture_name(job: Job, fence: int) -> str:
    """The file that the attempt with this fence stores, and no other."""
    return f"{blob_prefix(job)}{fence}"


def signature_name(blob: str) -> str:
    """The file that goes with a picture whose model signs."""
    return f"{blob}.signature"


def untold_fences(job: Job) -> tuple[int, ...]:
    """Earlier attempts of which nobody wrote down what came of them: they may have stored a picture."""
    if job.result is not None:
        return ()
    return tuple(each.fence for each in job.attempts if not each.outcome and each.fence != job.fence)


def adopt_result(job: Job, fence: int, now: datetime, result: Result) -> Job:
    """The job with the picture of an earlier attempt; the one that found it asks no model and is none."""
    earlier = [each for each in job.attempts if each.fence != job.fence]
    told = tuple(replace(each, outcome="made", ended_at=now) if each.fence == fence else each for each in earlier)
    return store_result(replace(job, attempts=told), now, result)


def swept(job: Job, now: datetime) -> Job:
    """The job after `sweep` published it: each time it waits twice as long before it does so again."""
    pause_seconds = SWEEP_AFTER_SECONDS * 2 ** min(job.sweeps, 6)
    return replace(job, sweeps=job.sweeps + 1, sweep_at=now + timedelta(seconds=pause_seconds))


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask the model again after a pause."""

    seconds: float


def after_outcome(job: Job, outcome: ModelOutcome, now: datetime, jitter: float) -> Retry | FailureReason:
    """What an answer without a picture leads to; the attempt is already written down."""
    match outcome:
        case Busy() as busy:
            return _after_busy(job, now, busy, jitter)
        case Refused():
            return FailureReason.SAFETY
        case FileRefused():
            return FailureReason.FILE_UNREADABLE
        case NoImage():
            tried = sum(attempt.outcome == "no_image" for attempt in job.attempts)
            return Retry(0.0) if tried < NO_IMAGE_ATTEMPTS_MAX else FailureReason.NO_IMAGE
        case TimedOut():
            return Retry(0.0) if _worked_count(job) < ATTEMPTS_MAX else FailureReason.LATE
        case _:
            return FailureReason.OURS


def _after_busy(job: Job, now: datetime, busy: Busy, jitter: float) -> Retry | FailureReason:
    """A provider that cannot is asked again after 5 to 40 s, or when it says, until the deadline."""
    left_seconds = (job.deadline_at - now).total_seconds()
    if left_seconds < BUSY_SECONDS_MIN:
        return busy_failure(job)
    wanted_seconds = max(busy.retry_after_seconds or 0.0, PAUSE_SECONDS_MIN * 2 ** min(busy_count(job) - 1, 3))
    return Retry(min(_spread(wanted_seconds, jitter), left_seconds))


def postpone_seconds(job: Job, now: datetime, jitter: float) -> float:
    """How long a job waits that may not even ask: the longer, the longer it has waited."""
    waited_seconds = (now - (job.busy_since or now)).total_seconds()
    left_seconds = max((job.deadline_at - now).total_seconds(), 0.0)
    return min(_spread(max(PAUSE_SECONDS_MIN, waited_seconds / 2), jitter), left_seconds)


def _spread(seconds: float, jitter: float) -> float:
    return min(seconds, PAUSE_SECONDS_MAX) * (1 + PAUSE_SPREAD * jitter)


def wait_for_provider(job: Job, now: datetime, *, is_faulty: bool) -> Job:
    """The job whose provider cannot: its card says so."""
    return replace(job, busy_since=job.busy_since or now, is_faulty=is_faulty)


def busy_failure(job: Job) -> FailureReason:
    """Why a job ended that waited for its provider until its deadline."""
    return FailureReason.PROVIDER if job.is_faulty else FailureReason.BUSY


def minutes_for(job: Job) -> int:
    """How long a picture is tried for, from the request on; cards say it."""
    return round((job.deadline_at - job.created_at).total_seconds() / 60)


def attempt_seconds(job: Job) -> float:
    """How long the attempts that ended took together, from claim to answer."""
    return sum((each.ended_at - each.started_at).total_seconds() for each in job.attempts if each.ended_at is not None)


def busy_count(job: Job) -> int:
    """How many attempts ended with a provider that could not."""
    return sum(attempt.outcome in BUSY_OUTCOMES for attempt in job.attempts)


def _worked_count(job: Job) -> int:
    """How many attempts may have cost something."""
    return sum(attempt.outcome not in FREE_OUTCOMES for attempt in job.attempts)
