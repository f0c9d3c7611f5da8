"""How a person wants to be answered: role, length, language, time zone."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeGuard, get_args

from shared.people.zones import default_zone, is_zone, local_day, local_time

Role = Literal["assistant", "teacher", "editor", "coder", "friend", "translator", "own", "lent"]
Detail = Literal["short", "normal", "detailed"]
Tongue = Literal["ru", "en", "uk", "be", "kk", "uz", "de", "fr", "es", "pt", "it", "pl", "tr", "ar", "zh", "ja"]
LENT: Role = "lent"
"""A role in somebody else's words that the person tries: the model gets no memory or earlier conversations."""
ROLES: tuple[Role, ...] = tuple(each for each in get_args(Role) if each != LENT)
DETAILS: tuple[Detail, ...] = get_args(Detail)
TONGUES: tuple[Tongue, ...] = get_args(Tongue)
"""The languages to choose from, by their ISO 639-1 codes."""
AS_ASKED = "auto"
"""Stands for the language of the question."""
OWN_ROLE = "own:"
"""The prefix of a custom role."""
LENT_ROLE = "lent:"
"""Prefix of a choice that holds the words of somebody else's shared role."""
ADOPTED = "adopted"
"""The choice that turns a lent role into the person's own."""
OWN_CHARACTERS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Manner:
    """See the module's docstring. Values that only another release knows are read as the default."""

    role: Role = "assistant"
    own: str = ""
    """The person's own words for the role `own`. They affect only the style of answers."""
    detail: Detail = "normal"
    tongue: str = AS_ASKED
    """The language of all answers: one of TONGUES, or AS_ASKED."""
    zone: str = ""
    """The name of a time zone; empty: the default for the bot's language."""
    translate_from: str = "en"
    translate_to: str = "ru"
    """With `translate_from` the two languages of a translation, which works in both directions."""
    search: bool = False
    """The model may search the web for every question, which costs credits."""
    lent: str = ""
    """Somebody else's words, for the role `lent`. A release that does not know this field answers without a role."""


def zone_of(manner: Manner, language: str) -> str:
    """The person's time zone, or the default for the bot's language."""
    return manner.zone or default_zone(language)


def clock_of(manner: Manner, language: str, now: datetime) -> datetime:
    """The moment in the person's time zone."""
    return local_time(zone_of(manner, language), now)


def day_of(manner: Manner, language: str, now: datetime) -> str:
    """The day in the person's time zone, as YYYY-MM-DD."""
    return local_day(zone_of(manner, language), now)


def searches(manner: Manner) -> bool:
    """Whether the model may search for this person's questions; never for a translation or under a lent role.

    A search costs credits, so somebody else's words must not cause it.
    """
    return manner.search and manner.role not in {"translator", LENT}


def is_lent(manner: Manner) -> bool:
    """Whether the person uses a role that somebody else wrote."""
    return manner.role == LENT and bool(manner.lent)


def as_assistant(manner: Manner) -> Manner:
    """The manner without a role, for answers to a stranger's prompt."""
    return replace(manner, role="assistant", own="", lent="")


def is_tongue(code: str) -> TypeGuard[Tongue]:
    """Whether this is a language to choose from."""
    return code in TONGUES


def with_choice(manner: Manner, name: str, value: str) -> Manner | None:
    """The manner with one choice changed; None if it is invalid. Values are absolute, as in `change_setting`."""
    match name:
        case "role":
            return _with_role(manner, value)
        case "detail" if value in DETAILS:
            return replace(manner, detail=value)
        case "tongue" if value == AS_ASKED or is_tongue(value):
            return replace(manner, tongue=value)
        case "zone" if is_zone(value):
            return replace(manner, zone=value)
        case "from" if is_tongue(value):
            return _with_pair(manner, value, manner.translate_to)
        case "to" if is_tongue(value):
            return _with_pair(manner, manner.translate_from, value)
        case "search" if value in {"on", "off"}:
            return replace(manner, search=value == "on")
        case _:
            return None


def _with_role(manner: Manner, value: str) -> Manner | None:
    if value.startswith(OWN_ROLE):
        own = value.removeprefix(OWN_ROLE).strip()[:OWN_CHARACTERS_MAX]
        return replace(manner, role="own", own=own) if own else None
    if value.startswith(LENT_ROLE):
        lent = value.removeprefix(LENT_ROLE).strip()[:OWN_CHARACTERS_MAX]
        return replace(manner, role=LENT, lent=lent) if lent else None
    if value == ADOPTED:
        return replace(manner, role="own", own=manner.lent, lent="") if manner.lent else None
    role = next((each for each in ROLES if each == value), None)
    if role is None or (role == "own" and not manner.own):
        return None
    return replace(manner, role=role)


def _with_pair(manner: Manner, source: str, target: str) -> Manner:
    """The manner with both languages of a translation; if they would be equal, they are swapped."""
    if source == target:
        source, target = manner.translate_to, manner.translate_from
    return replace(manner, translate_from=source, translate_to=target)
