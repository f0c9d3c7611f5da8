"""A person's state for talking: modes, current conversations, and the free allowances of the day."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from shared.credits.catalogue import FREE_ANSWERS_PER_DAY, FREE_HEARING_SECONDS_PER_DAY, READINGS_PER_DAY, price_of

Mode = Literal["auto", "picture", "video", "chat"]
"""What plain words ask for: a picture, a video, an answer, or (*auto*) what they say."""
MODES: tuple[Mode, ...] = get_args(Mode)
DEFAULT_MODE: Mode = "auto"
"""For a person who chose no mode (decision 0067)."""
PLACES_KEPT = 50
"""How many chats and topics of one person are remembered: the newest."""
ASK_ABOVE = (0, 4, 14, 24)
REVIEW_ABOVE = (0, 20, 50)
CONFIRM_ABOVE = (0, 4, 20, 50)
"""The choices for the price of a picture, in credits, above which the bot asks first."""
CONFIRM_USUALLY_ABOVE = 20
"""The limit of a person who chose none: a question about each small picture would be tiresome (decision 0106)."""
RECENT_MAX = 6
"""How many requests of one place are remembered."""
RECENT_FOR = timedelta(hours=1)
"""For this time words may refer to a request."""
KEPT_DAYS = (1, 7, 30, 365, 0)
"""The choices for how many days conversations are kept; 0: until the person deletes them."""
DEFAULT_KEPT_DAYS = 30
PROPOSALS_PER_DAY = 20
"""How often a model words or reads a prompt for one person on one day: that costs us 7 US cents at most."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recent:
    """A recent request."""

    kind: str
    """Its kind: an entry of `shared/kinds.py`."""
    job_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence that the person asked us to remember."""

    text: str
    at: datetime
    message_id: int = 0
    """The message that asked for it; 0 if an earlier release stored it."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """A conversation for whose new name the bot has asked."""

    conversation_id: str
    asked_at: datetime
    message_id: int = 0
    """Our question; 0 if an earlier release asked."""


@dataclass(frozen=True, slots=True)
class TalkPlace:
    """One chat, or one topic of a chat."""

    changed_at: datetime
    """When the webhook received the last change of the mode: a late delivery of an older change is ignored."""
    mode: Mode | None = None
    """None if none was chosen."""
    number: int = 0
    """The number of the current conversation; each new one gets a higher number. Since 0.4.0 the Unix time, in seconds,
    of the update that began it.
    """
    renewed_at: datetime | None = None
    """When the webhook received the /new, or the choice of an earlier conversation, that set the number."""
    recent: tuple[Recent, ...] = ()
    """The recent requests in this place, the newest last."""
    chosen: str = ""
    """An earlier conversation that is current again, as long as `number` equals `chosen_number`."""
    chosen_number: int = 0


@dataclass(frozen=True, slots=True)
class TalkSettings:
    """See the module's docstring."""

    places: dict[str, TalkPlace] = field(default_factory=dict)
    """The state of each place, by `place_of`."""
    free_day: str = ""
    """The day of `free_used`, as YYYY-MM-DD in the person's time zone; it never moves back."""
    free_used: int = 0
    """Free answers used on that day."""
    readings_day: str = ""
    """The day of `readings`."""
    readings: int = 0
    """How many messages the reading model has read on that day."""
    proposals_day: str = ""
    """The day of `proposals`."""
    proposals: int = 0
    """How many prompts a model has worded or read on that day; a video counts as several."""
    heard_day: str = ""
    """The day of `heard_seconds`, on the person's calendar; it never goes back."""
    heard_seconds: int = 0
    """Seconds of recordings transcribed for free on that day."""
    ask_above: int | None = None
    """The price in credits above which *Auto* asks before it draws; None: the price of a small picture."""
    review_above: int = 0
    """The price in credits up to which a video begins without its review: one of REVIEW_ABOVE; 0: each has one."""
    confirm_above: int = 0
    """The price in credits above which the bot asks before anything is bought with words; then it takes the place of
    the two above. One of CONFIRM_ABOVE; 0: they count, and for all other clear orders CONFIRM_USUALLY_ABOVE.
    """
    kept_days: int = DEFAULT_KEPT_DAYS
    """How many days conversations are kept: one of KEPT_DAYS."""
    facts: tuple[Fact, ...] = ()
    """The facts, the oldest first."""
    is_forgetful: bool = False
    """The person switched the memory off: no facts are added, and no model gets them."""
    renaming: Renaming | None = None
    forgotten_number: int = 0
    """The highest number of all forgotten places, so that none of their conversations becomes current again."""


def place_of(bot_id: int, chat_id: int, thread_id: int | None) -> str:
    """The key of a chat, or of a topic, as one bot sees it."""
    return f"{bot_id}:{chat_id}:{thread_id or 0}"


def mode_in(talk: TalkSettings, place: str) -> Mode:
    """The mode of this place."""
    known = talk.places.get(place)
    return known.mode if known is not None and known.mode in MODES else DEFAULT_MODE


def number_in(talk: TalkSettings, place: str) -> int:
    """The number of the current conversation of this place."""
    known = talk.places.get(place)
    return known.number if known is not None else talk.forgotten_number


def chosen_in(talk: TalkSettings, place: str) -> str:
    """The id of an earlier conversation that is current again; empty if the newest is."""
    known = talk.places.get(place)
    return known.chosen if known is not None and known.chosen_number == known.number else ""


def with_mode(talk: TalkSettings, place: str, mode: Mode, at: datetime) -> TalkSettings | None:
    """The settings with another mode; None if a later change is known."""
    known = _open(talk, place)
    if at <= known.changed_at:
        return None
    return _with_place(talk, place, replace(known, mode=mode, changed_at=at))


def with_new_conversation(talk: TalkSettings, place: str, at: datetime) -> TalkSettings | None:
    """The settings with a new conversation; None if this change or a later one is known."""
    known = _open(talk, place)
    if at <= (known.renewed_at or _NEVER):
        return None
    return _with_place(talk, place, replace(known, number=_next_number(known, at), renewed_at=at))


def with_conversation(talk: TalkSettings, place: str, conversation_id: str, at: datetime) -> TalkSettings | None:
    """The settings with an earlier conversation as the current one; None if a later change is known.

    It raises the number like /new, so that any later /new ends it, even one of a release without /history.
    """
    known = _open(talk, place)
    if at <= (known.renewed_at or _NEVER):
        return None
    number = _next_number(known, at)
    changed = replace(known, number=number, chosen=conversation_id, chosen_number=number, renewed_at=at)
    return _with_place(talk, place, changed)


def note_request(talk: TalkSettings, place: str, request: Recent) -> TalkSettings:
    """The settings after a request in this place."""
    known = _open(talk, place)
    return _with_place(talk, place, replace(known, recent=(*known.recent, request)[-RECENT_MAX:]))


def recent_in(talk: TalkSettings, place: str, now: datetime) -> tuple[Recent, ...]:
    """The requests of this place within RECENT_FOR, the newest last."""
    known = talk.places.get(place)
    return () if known is None else tuple(each for each in known.recent if now - each.at <= RECENT_FOR)


def last_answer_in(talk: TalkSettings, place: str) -> str:
    """The id of the last answer's job in this place, however old; empty if none is remembered."""
    known = talk.places.get(place)
    asked = [each.job_id for each in known.recent if each.kind == "answer"] if known is not None else []
    return asked[-1] if asked else ""


def may_be_read(talk: TalkSettings, day: str) -> bool:
    """Whether the reading model may read one more message of this person on this day."""
    return day > talk.readings_day or talk.readings < READINGS_PER_DAY


def count_reading(talk: TalkSettings, day: str) -> TalkSettings:
    """The settings after one more reading."""
    read = 0 if day > talk.readings_day else talk.readings
    return replace(talk, readings_day=max(day, talk.readings_day), readings=read + 1)


def may_propose(talk: TalkSettings, day: str, count: int = 1) -> bool:
    """Whether a model may word or read a prompt, which counts as `count`, for this person on this day."""
    made = 0 if day > talk.proposals_day else talk.proposals
    return made + count <= PROPOSALS_PER_DAY


def count_proposal(talk: TalkSettings, day: str, count: int = 1) -> TalkSettings:
    """The settings after a prompt was worded or read."""
    made = 0 if day > talk.proposals_day else talk.proposals
    return replace(talk, proposals_day=max(day, talk.proposals_day), proposals=made + count)


def asks_above(talk: TalkSettings) -> int:
    """The most credits that *Auto* may spend without a question."""
    usual = price_of("fast", "1K") if talk.ask_above is None else talk.ask_above
    return talk.confirm_above or usual


def reviews_above(talk: TalkSettings) -> int:
    """The most that a video may cost that begins without its review; 0: each has one."""
    return talk.confirm_above or talk.review_above


def is_dear(talk: TalkSettings, price: int) -> bool:
    """Whether to ask before an order in clear words that costs so much."""
    return price > (talk.confirm_above or CONFIRM_USUALLY_ABOVE)


def day_counted(talk: TalkSettings, day: str) -> str:
    """The day on which an answer is counted: never earlier than the last one counted.

    Each date has one allowance. A person who changes the time zone can use tomorrow's allowance early and then has none
    tomorrow. So nobody ever gets more than a person who always lived in the zone where the day begins first.
    """
    return max(day, talk.free_day)


def is_free(talk: TalkSettings, day: str, count: int = 1) -> bool:
    """Whether the day has enough free answers left for one that counts as `count`."""
    used = 0 if day > talk.free_day else talk.free_used
    return used + count <= FREE_ANSWERS_PER_DAY


def free_left(talk: TalkSettings, day: str) -> int:
    """The number of free answers left on this day."""
    used = 0 if day > talk.free_day else talk.free_used
    return max(0, FREE_ANSWERS_PER_DAY - used)


def count_free(talk: TalkSettings, day: str, count: int = 1) -> TalkSettings:
    """The settings after a free answer was requested."""
    used = 0 if day > talk.free_day else talk.free_used
    return replace(talk, free_day=day_counted(talk, day), free_used=used + count)


def return_free(talk: TalkSettings, day: str, count: int = 1) -> TalkSettings:
    """The settings after a free answer failed, which is given back."""
    return replace(talk, free_used=max(0, talk.free_used - count)) if talk.free_day == day else talk


def day_heard(talk: TalkSettings, day: str) -> str:
    """The day on which a recording of this day counts, by the rule of `day_counted`."""
    return max(day, talk.heard_day)


def is_heard_free(talk: TalkSettings, day: str, seconds: int) -> bool:
    """Whether a recording of this length is transcribed for free on this day."""
    used = 0 if day > talk.heard_day else talk.heard_seconds
    return used + seconds <= FREE_HEARING_SECONDS_PER_DAY


def count_heard(talk: TalkSettings, day: str, seconds: int) -> TalkSettings:
    """The settings after a free recording was accepted."""
    used = 0 if day > talk.heard_day else talk.heard_seconds
    return replace(talk, heard_day=day_heard(talk, day), heard_seconds=used + seconds)


def return_heard(talk: TalkSettings, day: str, seconds: int) -> TalkSettings:
    """The settings after a free recording failed, whose seconds are given back."""
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
