"""How a person talks with the bot: what plain words ask for, which conversation goes on where, what was free today."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, get_args

from shared.credits.catalogue import FREE_ANSWERS_PER_DAY

Mode = Literal["picture", "chat"]
"""What plain words ask for."""
MODES: tuple[Mode, ...] = get_args(Mode)
PLACES_KEPT = 50
"""Chats and topics of one person that are remembered; of more the newest."""


@dataclass(frozen=True, slots=True)
class TalkPlace:
    """One chat, or one topic of a chat."""

    changed_at: datetime
    """When the webhook got the last change: an older one that comes later changes nothing."""
    mode: Mode = "picture"
    number: int = 0
    """How many conversations were begun here before the one that goes on."""


@dataclass(frozen=True, slots=True)
class TalkSettings:
    """See the module's docstring."""

    places: dict[str, TalkPlace] = field(default_factory=dict)
    """By `place_of`."""
    free_day: str = ""
    """The day that `free_used` is about, as YYYY-MM-DD."""
    free_used: int = 0
    """Answers that were free on that day."""


def place_of(bot_id: int, chat_id: int, thread_id: int | None) -> str:
    """A chat, or a topic of one, as one bot sees it."""
    return f"{bot_id}:{chat_id}:{thread_id or 0}"


def mode_in(talk: TalkSettings, place: str) -> Mode:
    """What plain words ask for there."""
    known = talk.places.get(place)
    return known.mode if known is not None and known.mode in MODES else "picture"


def number_in(talk: TalkSettings, place: str) -> int:
    """Which conversation goes on there."""
    known = talk.places.get(place)
    return known.number if known is not None else 0


def with_mode(talk: TalkSettings, place: str, mode: Mode, at: datetime) -> TalkSettings | None:
    """With another mode; None where a later change is known."""
    known = _open(talk, place, at)
    return None if known is None else _with_place(talk, place, replace(known, mode=mode, changed_at=at))


def with_new_conversation(talk: TalkSettings, place: str, at: datetime) -> TalkSettings | None:
    """With a conversation in which nothing was said; None where a later change, or this one, is known."""
    known = _open(talk, place, at)
    return None if known is None else _with_place(talk, place, replace(known, number=known.number + 1, changed_at=at))


def is_free(talk: TalkSettings, day: str) -> bool:
    """Whether an answer costs nothing on this day."""
    return talk.free_day != day or talk.free_used < FREE_ANSWERS_PER_DAY


def count_free(talk: TalkSettings, day: str) -> TalkSettings:
    """After an answer was asked for that is free."""
    used = talk.free_used if talk.free_day == day else 0
    return replace(talk, free_day=day, free_used=used + 1)


def return_free(talk: TalkSettings, day: str) -> TalkSettings:
    """After one of them ended without an answer."""
    return replace(talk, free_used=max(0, talk.free_used - 1)) if talk.free_day == day else talk


def _open(talk: TalkSettings, place: str, at: datetime) -> TalkPlace | None:
    known = talk.places.get(place)
    if known is None:
        return TalkPlace(at)
    return None if at <= known.changed_at else known


def _with_place(talk: TalkSettings, place: str, changed: TalkPlace) -> TalkSettings:
    others = {name: each for name, each in talk.places.items() if name != place}
    newest = sorted(others.items(), key=lambda item: item[1].changed_at)[-(PLACES_KEPT - 1) :]
    return replace(talk, places={**dict(newest), place: changed})
