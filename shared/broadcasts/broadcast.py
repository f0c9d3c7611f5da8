"""A broadcast, its states and what leads from one to the next. Pure.

    DRAFT ──count──▶ COUNTING ──▶ COUNTED ──send──▶ WAITING ──its time, no other is sent──▶ SENDING ──▶ DONE
      ▲                             │ │ ▲              ▲                                     │   ▲
      └──────other audience─────────┘ │ └─not agreed─┐ │ agreed                        pause ▼   │ (by WAITING)
                                      └─many people─▶ ASKING                               PAUSED ─resume
    STOPPED ◀── stop, or a week without a press ── every state but DONE

What an operator has to press ends after WAIT_MAX; the other states have a task in flight, or `sweep` makes one.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.broadcasts.audience import Audience
from shared.broadcasts.content import Content

PER_SECOND = 20
"""Of the 30 messages that Telegram allows a bot each second: the rest is left to the answers people wait for."""
AGREED_ABOVE = 1_000
"""A broadcast to more people needs a second operator."""
WAIT_MAX = timedelta(days=7)
SWEEP_AFTER = timedelta(seconds=60)
"""How long after its last sign of life a broadcast gets a new task."""
KEPT = timedelta(days=365)
REFUSED_MAX = 20
"""So many refusals, and more than deliveries: something is wrong with the message itself."""


class BroadcastState(StrEnum):
    """See the module's diagram."""

    DRAFT = "draft"
    COUNTING = "counting"
    COUNTED = "counted"
    ASKING = "asking"
    """A second operator has to agree."""
    WAITING = "waiting"
    """For its time, and for another broadcast to end."""
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"


class Outcome(StrEnum):
    """What became of one person."""

    SENT = "sent"
    BLOCKED = "blocked"
    """The bot cannot write to them; later broadcasts leave them out."""
    REFUSED = "refused"
    """Telegram does not take this message for them."""
    UNCLEAR = "unclear"
    """It may have arrived, and is not sent again."""
    LEFT_OUT = "left_out"
    """They do not belong to the audience."""


MOVING = frozenset({BroadcastState.COUNTING, BroadcastState.WAITING, BroadcastState.SENDING})
"""The states in which a task has something to do."""
ENDS = frozenset({BroadcastState.DONE, BroadcastState.STOPPED})
CHANGEABLE = frozenset({BroadcastState.DRAFT, BroadcastState.COUNTED})
PAUSABLE = frozenset({BroadcastState.WAITING, BroadcastState.SENDING})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is. All people up to `cursor` are in the counts, each once."""

    cursor: int = 0
    """The id of the last of them."""
    read: int = 0
    sent: int = 0
    blocked: int = 0
    refused: int = 0
    unclear: int = 0

    @property
    def people(self) -> int:
        """How many of them the broadcast was for."""
        return self.sent + self.blocked + self.refused + self.unclear


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what, for the record."""

    by: str
    """Telegram's id of an operator, or the name that they gave on the command line."""
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """The operator's message that shows how far the broadcast is."""

    chat_id: int
    message_id: int
    language: str


@dataclass(frozen=True, slots=True)
class Broadcast:
    """See the module's docstring."""

    id: str
    created_at: datetime
    content: Content
    expire_at: datetime
    audience: Audience = field(default_factory=Audience)
    state: BroadcastState = BroadcastState.DRAFT
    is_tested: bool = False
    """Telegram has taken it, as a message to an operator."""
    people: int = 0
    """How many were counted."""
    send_at: datetime | None = None
    """Not before; None: at once."""
    confirmed_by: str = ""
    began_at: datetime | None = None
    """When it was first sent to somebody."""
    progress: Progress = field(default_factory=Progress)
    not_before: datetime | None = None
    """Until when Telegram has told the bot to send nothing."""
    trouble: str = ""
    """The id of the text that says why it paused or stopped by itself."""
    round: int = 0
    """The number of the task that moves it."""
    fence: int = 0
    """Grows whenever a worker takes it over; the worker before it stops at its next commit."""
    sweep_at: datetime | None = None
    card: Card | None = None
    acts: tuple[Act, ...] = ()


def new_broadcast(broadcast_id: str, content: Content, by: str, now: datetime) -> Broadcast:
    """The draft of an operator."""
    draft = Broadcast(broadcast_id, now, content, now + KEPT)
    return _act(draft, BroadcastState.DRAFT, by, "written", now)


def choose_audience(broadcast: Broadcast, audience: Audience, by: str, now: datetime) -> Broadcast | None:
    """For other people, who have to be counted again; None if it is too late."""
    is_same = broadcast.state is BroadcastState.DRAFT and broadcast.audience == audience
    if broadcast.state not in CHANGEABLE or is_same:
        return None
    return _act(replace(broadcast, audience=audience, people=0), BroadcastState.DRAFT, by, "audience chosen", now)


def note_tested(broadcast: Broadcast, by: str, now: datetime) -> Broadcast | None:
    """Telegram takes the message."""
    if broadcast.is_tested or broadcast.state is not BroadcastState.DRAFT:
        return None
    return _act(replace(broadcast, is_tested=True), BroadcastState.DRAFT, by, "tested", now)


def begin_count(broadcast: Broadcast, by: str, now: datetime) -> Broadcast | None:
    """Count the people of a draft that was tested."""
    if broadcast.state is not BroadcastState.DRAFT or not broadcast.is_tested:
        return None
    return _act(replace(broadcast, progress=Progress()), BroadcastState.COUNTING, by, "counted", now)


def confirm(broadcast: Broadcast, people: int, send_at: datetime | None, by: str, now: datetime) -> Broadcast | None:
    """Send it to the counted people, whose number the operator saw; to many only if somebody else agrees too."""
    if broadcast.state is not BroadcastState.COUNTED or not 0 < people == broadcast.people:
        return None
    state = BroadcastState.ASKING if people > AGREED_ABOVE else BroadcastState.WAITING
    return _act(replace(broadcast, send_at=send_at, confirmed_by=by), state, by, "confirmed", now)


def agree(broadcast: Broadcast, by: str, now: datetime) -> Broadcast | None:
    """A second operator agrees; None for the first one."""
    if broadcast.state is not BroadcastState.ASKING or broadcast.confirmed_by == by:
        return None
    return _act(broadcast, BroadcastState.WAITING, by, "agreed", now)


def disagree(broadcast: Broadcast, by: str, now: datetime) -> Broadcast | None:
    """Somebody takes the confirmation back."""
    if broadcast.state is not BroadcastState.ASKING:
        return None
    return _act(broadcast, BroadcastState.COUNTED, by, "not agreed", now)


def pause(broadcast: Broadcast, by: str, now: datetime, trouble: str = "") -> Broadcast | None:
    """Send nothing until somebody resumes it."""
    if broadcast.state not in PAUSABLE:
        return None
    return _act(replace(broadcast, trouble=trouble), BroadcastState.PAUSED, by, "paused", now)


def resume(broadcast: Broadcast, by: str, now: datetime) -> Broadcast | None:
    """Go on with the people who are left."""
    if broadcast.state is not BroadcastState.PAUSED:
        return None
    return _act(replace(broadcast, trouble=""), BroadcastState.WAITING, by, "resumed", now)


def stop(broadcast: Broadcast, by: str, now: datetime, trouble: str = "") -> Broadcast | None:
    """End it for good."""
    if broadcast.state in ENDS:
        return None
    return _act(replace(broadcast, trouble=trouble), BroadcastState.STOPPED, by, "stopped", now)


def begin_sending(broadcast: Broadcast, now: datetime) -> Broadcast:
    """Its time has come, or it goes on after a pause."""
    began_at = broadcast.began_at or now
    return replace(broadcast, state=BroadcastState.SENDING, began_at=began_at, sweep_at=now + SWEEP_AFTER)


def end_count(broadcast: Broadcast, people: int, now: datetime) -> Broadcast:
    """All were counted; sending begins with the first person again."""
    counted = replace(broadcast, people=people, progress=Progress())
    return _at(counted, BroadcastState.COUNTED, now)


def end_sending(broadcast: Broadcast, now: datetime) -> Broadcast:
    """Everybody was reached or counted as not; the last person's id is not kept."""
    return _at(replace(broadcast, progress=replace(broadcast.progress, cursor=0)), BroadcastState.DONE, now)


def is_failing(progress: Progress) -> bool:
    """Whether Telegram refuses the message so often that the message is to blame."""
    return progress.refused >= max(REFUSED_MAX, progress.sent + 1)


def count_outcome(progress: Progress, user_id: int, outcome: Outcome) -> Progress:
    """The progress with one more person, the next in the order of ids."""
    counted = {} if outcome is Outcome.LEFT_OUT else {outcome.value: getattr(progress, outcome.value) + 1}
    return replace(progress, cursor=user_id, read=progress.read + 1, **counted)


def seconds_left(broadcast: Broadcast) -> int:
    """How long sending takes, in seconds, if Telegram never refuses."""
    return -(-max(0, broadcast.people - broadcast.progress.people) // PER_SECOND)


def _act(broadcast: Broadcast, state: BroadcastState, by: str, what: str, now: datetime) -> Broadcast:
    return _at(replace(broadcast, acts=(*broadcast.acts, Act(by, what, now))), state, now)


def _at(broadcast: Broadcast, state: BroadcastState, now: datetime) -> Broadcast:
    """In this state, with the time at which `sweep` looks at it."""
    if state in ENDS:
        return replace(broadcast, state=state, sweep_at=None)
    if state is BroadcastState.WAITING:
        return replace(broadcast, state=state, sweep_at=max(broadcast.send_at or now, now + SWEEP_AFTER))
    return replace(broadcast, state=state, sweep_at=now + (SWEEP_AFTER if state in MOVING else WAIT_MAX))
