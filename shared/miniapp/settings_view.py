"""All settings of a person, in sections: each a field with the choices that the bot's menus have. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.credits.catalogue import (
    COUNTS,
    OFFERS,
    PACES,
    SIZES,
    VOICES,
    nearest_ratio,
    price_of,
    sold_models,
    speech_minute_credits,
)
from shared.people.manner import AS_ASKED, DETAILS, LENT, ROLES, TONGUES, Manner, Role, is_lent, zone_of
from shared.people.search_price import write_search_price
from shared.people.speech_settings import HEARINGS, SPEECH_MODES
from shared.people.storage import RESULTS_DAYS, is_incognito
from shared.people.talk import ASK_ABOVE, CONFIRM_ABOVE, KEPT_DAYS, MODES, REVIEW_ABOVE, asks_above, mode_in
from shared.people.users import LANGUAGES, Language, User
from shared.people.zones import CITIES, city_of
from shared.providers.price_day import price_day
from shared.texts import plain_text

MODE = "mode"
"""The one setting that belongs to a chat: here to the private one."""
SELECT_FROM = 8
"""With so many choices a field is a list to open."""
ON, OFF = "on", "off"


@dataclass(frozen=True, slots=True)
class Value:
    """A choice of a field."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A setting."""

    name: str
    title: str
    values: tuple[Value, ...]

    @property
    def is_list(self) -> bool:
        """Whether it is a list to open."""
        return len(self.values) >= SELECT_FROM


@dataclass(frozen=True, slots=True)
class Section:
    """Settings that belong together."""

    name: str
    title: str
    fields: tuple[Field, ...]


def list_sections(
    user: User, place: str, language: Language, sellers: frozenset[str], now: datetime
) -> tuple[Section, ...]:
    """All settings; `place`: the private chat, as `place_of` writes it."""
    say = _Say(language)
    named = {
        "language": _of_language(say),
        "pictures": _of_pictures(say, user, sellers),
        "spending": _of_spending(say, user),
        "answers": _of_answers(say, user, place),
        "voice": _of_voice(say, user),
        "memory": _of_memory(say, user, now),
        "news": [say.switch("news", is_on=not user.news.is_off)],
    }
    return tuple(Section(name, say(f"app-section-{name}"), tuple(fields)) for name, fields in named.items())


@dataclass(frozen=True, slots=True)
class _Say:
    """Texts of one language, and fields with labels out of them."""

    language: Language

    def __call__(self, text_id: str, **variables: str | int) -> str:
        return plain_text(self.language, text_id, **variables)

    def field(self, name: str, pairs: Iterable[tuple[str, str]], chosen: str, **facts: str) -> Field:
        """A field; `pairs`: values with their labels; `facts`: what its title says."""
        values = tuple(Value(value, label, value == chosen) for value, label in pairs)
        return Field(name, self(f"app-setting-{name}", **facts), values)

    def switch(self, name: str, *, is_on: bool, **facts: str) -> Field:
        """A field with yes and no."""
        return self.field(name, [(ON, self("app-yes")), (OFF, self("app-no"))], ON if is_on else OFF, **facts)


def _of_language(say: _Say) -> list[Field]:
    return [say.field("language", [(each, say(f"language-{each}")) for each in LANGUAGES], say.language)]


def _of_pictures(say: _Say, user: User, sellers: frozenset[str]) -> list[Field]:
    now = user.settings
    models = [
        (each, say("settings-model", title=OFFERS[each].title, price=price_of(each, now.size)))
        for each in sold_models(sellers)
    ]
    ratios = OFFERS[now.model].ratios
    return [
        say.field("model", models, now.model),
        say.field("ratio", [(each, each) for each in ratios], nearest_ratio(now.model, now.ratio)),
        say.field("size", [(each, each) for each in SIZES], now.size),
        say.field("count", [(str(each), f"×{each}") for each in COUNTS], str(now.count)),
        say.switch("original", is_on=now.original),
    ]


def _of_spending(say: _Say, user: User) -> list[Field]:
    """When the bot asks first: above one limit for everything, or each kind by its own."""
    confirms = [(str(each), say("app-above", price=each) if each else say("app-usual")) for each in CONFIRM_ABOVE]
    confirm = say.field("confirm_above", confirms, str(user.talk.confirm_above))
    if user.talk.confirm_above:
        return [confirm]
    above = [(str(each), say("app-up-to", price=each)) for each in ASK_ABOVE]
    reviews = [(str(each), say("app-up-to", price=each) if each else say("app-no")) for each in REVIEW_ABOVE]
    return [
        confirm,
        say.field("ask_above", above, str(asks_above(user.talk))),
        say.field("review_above", reviews, str(user.talk.review_above)),
    ]


def _of_answers(say: _Say, user: User, place: str) -> list[Field]:
    manner = user.manner
    fields = [
        say.field(MODE, [(each, say(f"mode-{each}")) for each in MODES], mode_in(user.talk, place)),
        say.field("role", [(each, say(f"role-{each}")) for each in _roles(manner)], _role_now(manner)),
        say.field("detail", [(each, say(f"detail-{each}")) for each in DETAILS], manner.detail),
        say.field("tongue", _tongues(say, (AS_ASKED, *TONGUES)), manner.tongue),
        say.switch("search", is_on=manner.search, usual=write_search_price(say.language)),
        _zones(say, manner),
    ]
    if manner.role == "translator":
        fields.append(say.field("from", _tongues(say, TONGUES), manner.translate_from))
        fields.append(say.field("to", _tongues(say, TONGUES), manner.translate_to))
    return fields


def _roles(manner: Manner) -> tuple[Role, ...]:
    """The roles that can be chosen: a person's own only where they wrote one."""
    offered = tuple(each for each in ROLES if each != "own" or manner.own)
    return (*offered, LENT) if is_lent(manner) else offered


def _role_now(manner: Manner) -> str:
    return manner.role if manner.role in ROLES or is_lent(manner) else ROLES[0]


def _tongues(say: _Say, codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(each, say(f"tongue-{each}")) for each in codes]


def _zones(say: _Say, manner: Manner) -> Field:
    now = zone_of(manner, say.language)
    zones = [(zone, say(f"zone-{city}")) for city, zone in CITIES.items()]
    if city_of(now) is None:
        zones.append((now, now.rpartition("/")[2].replace("_", " ")))
    return say.field("zone", zones, now)


def _of_voice(say: _Say, user: User) -> list[Field]:
    speech, minute = user.speech, str(speech_minute_credits(price_day()))
    return [
        say.field("speech_mode", [(each, say(f"speech-{each}")) for each in SPEECH_MODES], speech.mode, minute=minute),
        say.field("speech_voice", [(each, each) for each in VOICES], speech.voice),
        say.field("speech_pace", [(each, say(f"speech-{each}")) for each in PACES], speech.pace),
        say.field("speech_hearing", [(each, say(f"hearing-{each}")) for each in HEARINGS], speech.hearing),
    ]


def _of_memory(say: _Say, user: User, now: datetime) -> list[Field]:
    terms = [(str(each), say(f"term-{each}")) for each in RESULTS_DAYS]
    kept = [(str(each), say(f"kept-{each}")) for each in KEPT_DAYS]
    return [
        say.switch("memory", is_on=not user.talk.is_forgetful),
        say.field("kept_days", kept, str(user.talk.kept_days)),
        say.field("results_days", terms, str(user.storage.results_days)),
        say.switch("incognito", is_on=is_incognito(user.storage, now)),
    ]
