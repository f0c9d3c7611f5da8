"""Documents of the release bot: scopes of buttons, what a person is being asked, cards, and who is told what."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shared.codec import decode, encode, update
from shared.hash_ids import hash_id
from shared.people.users import Language
from shared.ports import Create, Key, Record, Update
from shared.release_bot.buttons import Scope, scope_key


class Asked(StrEnum):
    """What the next message of a person is the answer to."""

    NOTHING = ""
    REASON = "reason"
    """Why a release is rejected or cancelled."""
    VERSION = "version"
    """The version to go back to, typed to confirm."""
    SEARCH = "search"
    HOLD = "hold"
    """Why nothing is released."""
    FREEZE = "freeze"


@dataclass(frozen=True, slots=True)
class Dialog:
    """What one person was asked last."""

    asked: Asked = Asked.NOTHING
    action: str = ""
    """The `Action` that the answer completes."""
    scope: Scope | None = None
    target: str = ""
    """The tag that the person has to type."""
    hours: int = 0
    """Of a freeze."""
    expire_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListView:
    """One page of a list, as one person sees it, so that its buttons can say what they mean in 64 bytes."""

    kind: str
    """The name of a `ListKind`."""
    member_id: int
    expire_at: datetime
    service: str = ""
    """Only this one's; empty: all."""
    author: str = ""
    """Only those that this account of GitHub began; empty: all."""
    days: int = 0
    """Only those that are older than so many days."""
    start_at: datetime | None = None
    """The page begins after a release of this time and id; None: with the newest."""
    start_id: str = ""
    next_at: datetime | None = None
    """Likewise the page after it; None: there is none."""
    next_id: str = ""
    shown: tuple[str, ...] = ()
    """Ids, in the order of the buttons."""
    services: tuple[str, ...] = ()
    """What one can filter by, in the order of the buttons."""
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cards:
    """The messages of one release, by Telegram's id of the person in whose chat they are."""

    messages: dict[str, int] = field(default_factory=dict)
    """The one card of each person that is kept fresh."""
    told: dict[str, int] = field(default_factory=dict)
    """The number of the event that the person was told of last."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """How one person wants to be told."""

    language: Language = "en"
    muted: tuple[str, ...] = ()
    """Names of `Topic`s that the person does not want to be told of."""
    quiet_from: int = 0
    """The hour of the day, UTC, from which the phone does not ring; the same as `quiet_until`: it always rings."""
    quiet_until: int = 0

    def is_quiet(self, now: datetime) -> bool:
        """Whether notices come without a sound now."""
        first, last = self.quiet_from, self.quiet_until
        return first <= now.hour < last if first <= last else now.hour >= first or now.hour < last


@dataclass(frozen=True, slots=True)
class Contact:
    """What the bot adds to a member's document: one read says who somebody is, and how to talk to them."""

    preferences: Preferences | None = None
    """None: the person has not written to the bot, and a bot may write to nobody else."""


def dialog_key(telegram_id: int) -> Key:
    """One per person."""
    return Key("release_dialogs", str(telegram_id))


def view_key(nonce: str) -> Key:
    """One per drawn page of a list; only the nonce's hash is stored."""
    return Key("release_views", hash_id("release view", nonce))


def cards_key(release_id: str) -> Key:
    """One per release."""
    return Key("release_cards", release_id)


def create_scope(nonce: str, scope: Scope) -> Create:
    """The beginning of a screen's buttons."""
    return Create(scope_key(nonce), encode(scope))


def decode_scope(record: Record | None) -> Scope | None:
    """What the buttons are bound to; None: nobody made them, or they are forgotten."""
    return None if record is None else decode(Scope, record.fields)


def create_view(nonce: str, view: ListView) -> Create:
    """The beginning of a page's buttons."""
    return Create(view_key(nonce), encode(view))


def decode_view(record: Record | None, member_id: int, now: datetime) -> ListView | None:
    """What the buttons of a page mean; None: it is somebody else's, or forgotten."""
    view = None if record is None else decode(ListView, record.fields)
    return view if view is not None and view.member_id == member_id and now < view.expire_at else None


def decode_dialog(record: Record | None, now: datetime) -> Dialog:
    """What the person is being asked now."""
    dialog = Dialog() if record is None else decode(Dialog, record.fields)
    is_over = dialog.expire_at is None or now >= dialog.expire_at
    return Dialog() if is_over else dialog


def decode_cards(record: Record | None) -> Cards:
    """The messages of a release."""
    return Cards() if record is None else decode(Cards, record.fields)


def decode_preferences(member: Record) -> Preferences | None:
    """How a member wants to be told; None: the bot may not write to them."""
    return decode(Contact, member.fields).preferences


def write_preferences(member: Record, preferences: Preferences) -> Update:
    """The change of a member's preferences; the member stays as it is."""
    return update(member, Contact(preferences))


def write_over(key: Key, record: Record | None, value: Dialog | Cards) -> Create | Update:
    """The change of a document, or its beginning."""
    return Create(key, encode(value)) if record is None else update(record, value)
