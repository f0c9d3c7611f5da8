"""How a person wants to be answered: in which role, how long, in which language, by which clock."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeGuard, get_args

from shared.people.zones import default_zone, is_zone, local_day, local_time

Role = Literal["assistant", "teacher", "editor", "coder", "friend", "translator", "own", "lent"]
Detail = Literal["short", "normal", "detailed"]
Tongue = Literal["ru", "en", "uk", "be", "kk", "uz", "de", "fr", "es", "pt", "it", "pl", "tr", "ar", "zh", "ja"]
LENT: Role = "lent"
"""A role in somebody else's words, which the person tries: it is told nothing beside what is said to it."""
ROLES: tuple[Role, ...] = tuple(each for each in get_args(Role) if each != LENT)
DETAILS: tuple[Detail, ...] = get_args(Detail)
TONGUES: tuple[Tongue, ...] = get_args(Tongue)
"""Languages that may be chosen, by their ISO 639-1 codes."""
AS_ASKED = "auto"
"""Instead of a language: the one of the question."""
OWN_ROLE = "own:"
"""Before the words of a role that a person has written."""
LENT_ROLE = "lent:"
"""Before the words of a role that somebody else has shared."""
ADOPTED = "adopted"
"""The choice that makes such words one's own."""
OWN_CHARACTERS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Manner:
    """See the module's docstring. What another release may have written is replaced by the default where it is used."""

    role: Role = "assistant"
    own: str = ""
    """The person's own words for the role `own`. They bind the style of an answer and nothing else."""
    detail: Detail = "normal"
    tongue: str = AS_ASKED
    """The language of all answers: one of TONGUES, or AS_ASKED."""
    zone: str = ""
    """The name of a time zone; empty: the one that the bot's language suggests."""
    translate_from: str = "en"
    translate_to: str = "ru"
    """Of a translation. What is written in one of the two is rendered in the other."""
    search: bool = False
    """Every question may be looked up on the web, for credits."""
    lent: str = ""
    """Somebody else's words for the role `lent`. A release that does not know it answers without a role."""


def zone_of(manner: Manner, language: str) -> str:
    """The time zone that counts for somebody who uses the bot in this language."""
    return manner.zone or default_zone(language)


def clock_of(manner: Manner, language: str, now: datetime) -> datetime:
    """The moment on the person's clock."""
    return local_time(zone_of(manner, language), now)


def day_of(manner: Manner, language: str, now: datetime) -> str:
    """The day on the person's calendar, as YYYY-MM-DD."""
    return local_day(zone_of(manner, language), now)


def searches(manner: Manner) -> bool:
    """Whether a question of this person is looked up on the web by itself; a translation never is.

    Nor is what somebody else's words bring about: it costs credits.
    """
    return manner.search and manner.role not in {"translator", LENT}


def is_lent(manner: Manner) -> bool:
    """Whether somebody else's words say how the person is answered."""
    return manner.role == LENT and bool(manner.lent)


def as_assistant(manner: Manner) -> Manner:
    """The same length, language and clock without a role: what a stranger's prompt is answered with."""
    return replace(manner, role="assistant", own="", lent="")


def is_tongue(code: str) -> TypeGuard[Tongue]:
    """Whether this language may be chosen."""
    return code in TONGUES


def with_choice(manner: Manner, name: str, value: str) -> Manner | None:
    """The manner with one choice changed; None where it is none. Values are absolute, as in `change_setting`."""
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
    """Both languages of a translation; where they would be the same one, they change places."""
    if source == target:
        source, target = manner.translate_to, manner.translate_from
    return replace(manner, translate_from=source, translate_to=target)
