"""How a person talks with the bot: what plain words ask for, which conversation goes on where, what was free today."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from shared.credits.catalogue import FREE_ANSWERS_PER_DAY, FREE_HEARING_SECONDS_PER_DAY, READINGS_PER_DAY, price_of

Mode = Literal["auto", "picture", "chat"]
"""What plain words ask for; *auto*: what they say."""
MODES: tuple[Mode, ...] = get_args(Mode)
DEFAULT_MODE: Mode = "auto"
"""Where a person chose none: decision 0067."""
PLACES_KEPT = 50
"""Chats and topics of one person that are remembered; of more the newest."""
ASK_ABOVE = (0, 4, 14, 24)
"""Credits for a picture above which a person may want to be asked first."""
RECENT_MAX = 6
"""Requests of one place that are remembered."""
RECENT_FOR = timedelta(hours=1)
"""So long a request counts as what words may refer back to."""
KEPT_DAYS = (1, 7, 30, 365, 0)
"""How many days what is said may be kept, as the person chooses; 0: until they delete it."""
DEFAULT_KEPT_DAYS = 30
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recent:
    """Something that was asked for, and was no question of ours."""

    kind: str
    """What makes it: an entry of `shared/kinds.py`."""
    job_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the person asked us to remember."""

    text: str
    at: datetime
    message_id: int = 0
    """Of the message that said so; 0 where an earlier release kept it."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """A conversation whose new name we asked for."""

    conversation_id: str
    asked_at: datetime
    message_id: int = 0
    """Of our question; 0 where an earlier release asked."""


@dataclass(frozen=True, slots=True)
class TalkPlace:
    """One chat, or one topic of a chat."""

    changed_at: datetime
    """When the webhook got the last change of the mode: an older one that comes later changes nothing."""
    mode: Mode | None = None
    """None where none was chosen."""
    number: int = 0
    """Which conversation goes on here: each has a higher one than those before. Since 0.4.0 the Unix time, in seconds,
    of what began it.
    """
    renewed_at: datetime | None = None
    """When the webhook got the /new, or the choice of an earlier conversation, that the number is from."""
    recent: tuple[Recent, ...] = ()
    """What was asked for here, the newest last."""
    chosen: str = ""
    """An earlier conversation that goes on here again, as long as `number` is `chosen_number`."""
    chosen_number: int = 0


@dataclass(frozen=True, slots=True)
class TalkSettings:
    """See the module's docstring."""

    places: dict[str, TalkPlace] = field(default_factory=dict)
    """By `place_of`."""
    free_day: str = ""
    """The day that `free_used` is about, as YYYY-MM-DD, on the person's calendar; it only ever goes forward."""
    free_used: int = 0
    """Answers that were free on that day."""
    readings_day: str = ""
    """The day that `readings` is about."""
    readings: int = 0
    """Messages that a model has read on that day to see what they ask for."""
    heard_day: str = ""
    """The day that `heard_seconds` is about, on the person's calendar; it only ever goes forward."""
    heard_seconds: int = 0
    """Of recordings that were written down for free on that day."""
    ask_above: int | None = None
    """Credits above which nothing is bought that a model has read out of words; None: the price of a small picture."""
    kept_days: int = DEFAULT_KEPT_DAYS
    """How long what is said is kept: one of KEPT_DAYS."""
    facts: tuple[Fact, ...] = ()
    """What the person asked us to remember, the oldest first."""
    is_forgetful: bool = False
    """The person switched the memory off: nothing is added to `facts`, and no model gets them."""
    renaming: Renaming | None = None
    forgotten_number: int = 0
    """The highest number of the places that had to be forgotten: none of their conversations comes back by itself."""


def place_of(bot_id: int, chat_id: int, thread_id: int | None) -> str:
    """A chat, or a topic of one, as one bot sees it."""
    return f"{bot_id}:{chat_id}:{thread_id or 0}"


def mode_in(talk: TalkSettings, place: str) -> Mode:
    """What plain words ask for there."""
    known = talk.places.get(place)
    return known.mode if known is not None and known.mode in MODES else DEFAULT_MODE


def number_in(talk: TalkSettings, place: str) -> int:
    """Which conversation goes on there."""
    known = talk.places.get(place)
    return known.number if known is not None else talk.forgotten_number


def chosen_in(talk: TalkSettings, place: str) -> str:
    """The earlier conversation that goes on there again; empty where the newest does."""
    known = talk.places.get(place)
    return known.chosen if known is not None and known.chosen_number == known.number else ""


def with_mode(talk: TalkSettings, place: str, mode: Mode, at: datetime) -> TalkSettings | None:
    """With another mode; None where a later change is known."""
    known = _open(talk, place)
    if at <= known.changed_at:
        return None
    return _with_place(talk, place, replace(known, mode=mode, changed_at=at))


def with_new_conversation(talk: TalkSettings, place: str, at: datetime) -> TalkSettings | None:
    """With a conversation in which nothing was said; None where a later change, or this one, is known."""
    known = _open(talk, place)
    if at <= (known.renewed_at or _NEVER):
        return None
    return _with_place(talk, place, replace(known, number=_next_number(known, at), renewed_at=at))


def with_conversation(talk: TalkSettings, place: str, conversation_id: str, at: datetime) -> TalkSettings | None:
    """With an earlier conversation that goes on there; None where a later change is known.

    It raises the number as /new does, so that any later /new ends it, also one of a release that cannot go back.
    """
    known = _open(talk, place)
    if at <= (known.renewed_at or _NEVER):
        return None
    number = _next_number(known, at)
    changed = replace(known, number=number, chosen=conversation_id, chosen_number=number, renewed_at=at)
    return _with_place(talk, place, changed)


def note_request(talk: TalkSettings, place: str, request: Recent) -> TalkSettings:
    """After something was asked for there."""
    known = _open(talk, place)
    return _with_place(talk, place, replace(known, recent=(*known.recent, request)[-RECENT_MAX:]))


def recent_in(talk: TalkSettings, place: str, now: datetime) -> tuple[Recent, ...]:
    """What was asked for there a short while ago, the newest last."""
    known = talk.places.get(place)
    return () if known is None else tuple(each for each in known.recent if now - each.at <= RECENT_FOR)


def last_answer_in(talk: TalkSettings, place: str) -> str:
    """The job of the last question there, however long ago; empty where none is remembered."""
    known = talk.places.get(place)
    asked = [each.job_id for each in known.recent if each.kind == "answer"] if known is not None else []
    return asked[-1] if asked else ""


def may_be_read(talk: TalkSettings, day: str) -> bool:
    """Whether a model may read one more message of this person on this day."""
    return day > talk.readings_day or talk.readings < READINGS_PER_DAY


def count_reading(talk: TalkSettings, day: str) -> TalkSettings:
    """After a model was asked what a message asks for."""
    read = 0 if day > talk.readings_day else talk.readings
    return replace(talk, readings_day=max(day, talk.readings_day), readings=read + 1)


def asks_above(talk: TalkSettings) -> int:
    """The most credits that may be spent on what a model has read out of words, without a question."""
    return price_of("fast", "1K") if talk.ask_above is None else talk.ask_above


def day_counted(talk: TalkSettings, day: str) -> str:
    """The day to which an answer of this day is counted: never one before the last.

    Each date has one allowance, once. A person who moves to another time zone can have tomorrow's early, and has none
    left tomorrow: at no moment had anybody more than somebody who always lived where the day begins first.
    """
    return max(day, talk.free_day)


def is_free(talk: TalkSettings, day: str, count: int = 1) -> bool:
    """Whether an answer that counts as so many costs nothing on this day."""
    used = 0 if day > talk.free_day else talk.free_used
    return used + count <= FREE_ANSWERS_PER_DAY


def free_left(talk: TalkSettings, day: str) -> int:
    """Free answers that this day still has."""
    used = 0 if day > talk.free_day else talk.free_used
    return max(0, FREE_ANSWERS_PER_DAY - used)


def count_free(talk: TalkSettings, day: str, count: int = 1) -> TalkSettings:
    """After an answer was asked for that is free."""
    used = 0 if day > talk.free_day else talk.free_used
    return replace(talk, free_day=day_counted(talk, day), free_used=used + count)


def return_free(talk: TalkSettings, day: str, count: int = 1) -> TalkSettings:
    """After one of them ended without an answer."""
    return replace(talk, free_used=max(0, talk.free_used - count)) if talk.free_day == day else talk


def day_heard(talk: TalkSettings, day: str) -> str:
    """The day to which a recording of this day is counted, by the rule of `day_counted`."""
    return max(day, talk.heard_day)


def is_heard_free(talk: TalkSettings, day: str, seconds: int) -> bool:
    """Whether a recording of this length is written down for nothing on this day."""
    used = 0 if day > talk.heard_day else talk.heard_seconds
    return used + seconds <= FREE_HEARING_SECONDS_PER_DAY


def count_heard(talk: TalkSettings, day: str, seconds: int) -> TalkSettings:
    """After a recording was taken that is free."""
    used = 0 if day > talk.heard_day else talk.heard_seconds
    return replace(talk, heard_day=day_heard(talk, day), heard_seconds=used + seconds)


def return_heard(talk: TalkSettings, day: str, seconds: int) -> TalkSettings:
    """After one of them ended without a transcript."""
    left = max(0, talk.heard_seconds - seconds)
    return replace(talk, heard_seconds=left) if talk.heard_day == day else talk


def _open(talk: TalkSettings, place: str) -> TalkPlace:
    return talk.places.get(place) or TalkPlace(_NEVER, number=talk.forgotten_number)


def _next_number(known: TalkPlace, at: datetime) -> int:
    return max(known.number + 1, int(at.timestamp()))


def _with_place(talk: TalkSettings, place: str, changed: TalkPlace) -> TalkSettings:
    others = {name: each for name, each in talk.places.items() if name != place}
    by_use = sorted(others.items(), key=lambda item: _used_at(item[1]))
    forgotten, kept = by_use[: -(PLACES_KEPT - 1)], by_use[-(PLACES_KEPT - 1) :]
    number = max([talk.forgotten_number, *(each.number for _, each in forgotten)])
    return replace(talk, places={**dict(kept), place: changed}, forgotten_number=number)


def _used_at(place: TalkPlace) -> datetime:
    return max([place.changed_at, place.renewed_at or _NEVER, *(each.at for each in place.recent)])
