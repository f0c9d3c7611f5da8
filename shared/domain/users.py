"""A user: account, settings and the few marks that order needs, in one document, so that one read and one
precondition cover everything a request depends on.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, get_args

from shared.domain import ledger
from shared.domain.catalogue import (
    COUNTS,
    MODEL_NAMES,
    RATIOS,
    SIZES,
    WELCOME_CREDITS,
    ModelName,
    Ratio,
    Size,
)
from shared.domain.ledger import Account, Transfer

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_RUSSIAN_READERS = frozenset({"ru", "be", "kk", "uk"})
"""Language codes whose speakers are likelier to read Russian than English."""


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """What a picture is made with unless the prompt says otherwise."""

    model: ModelName = "fast"
    ratio: Ratio = "1:1"
    size: Size = "1K"
    count: int = 1
    original: bool = False
    """Send the uncompressed file too."""


@dataclass(frozen=True, slots=True)
class User:
    """One person, as Telegram numbers them."""

    id: int
    created_at: datetime
    account: Account = field(default_factory=Account)
    settings: PictureSettings = field(default_factory=PictureSettings)
    language: Language | None = None
    """What the person chose; None: what Telegram says of the client."""
    applied: dict[str, int] = field(default_factory=dict)
    """For each single-valued choice, the highest `update_id` that changed it."""
    canceled_update_id: int = 0
    """Requests up to this update were canceled, also those that have not arrived yet."""


def new_user(user_id: int, now: datetime) -> tuple[User, Transfer]:
    """A first contact, with the welcome credits."""
    account, transfer = ledger.welcome(Account(), user_id, WELCOME_CREDITS, now)
    return User(user_id, now, account), transfer


def language_of(user: User | None, language_code: str) -> Language:
    """What to speak: the choice, or else what the client's language suggests."""
    if user is not None and user.language is not None:
        return user.language
    return "ru" if language_code.lower().split("-")[0] in _RUSSIAN_READERS else "en"


def change_setting(user: User, name: str, value: str, update_id: int) -> User | None:
    """The user with one choice changed, or None when it is not a choice, or a later update made it already.

    Values are absolute ("ratio", "16:9"): taps may come twice and in any order.
    """
    if update_id <= user.applied.get(name, 0):
        return None
    changed = _with_choice(user, name, value)
    if changed is None:
        return None
    return replace(changed, applied={**user.applied, name: update_id})


def _with_choice(user: User, name: str, value: str) -> User | None:
    settings = user.settings
    match name:
        case "model" if value in MODEL_NAMES:
            settings = replace(settings, model=value)
        case "ratio" if value in RATIOS:
            settings = replace(settings, ratio=value)
        case "size" if value in SIZES:
            settings = replace(settings, size=value)
        case "count" if value in {str(n) for n in COUNTS}:
            settings = replace(settings, count=int(value))
        case "original" if value in {"on", "off"}:
            settings = replace(settings, original=value == "on")
        case "language":
            return replace(user, language="ru" if value == "ru" else "en") if value in LANGUAGES else None
        case _:
            return None
    return replace(user, settings=settings)
