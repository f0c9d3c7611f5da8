"""Reading who writes to the bot: a member with roles, and how they want to be told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from shared.errors import DocumentUnreadableError
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.people.users import Language
from shared.ports import Record
from shared.release_bot.bot_documents import (
    AUDIENCE_KEY,
    Preferences,
    decode_audience,
    write_over,
)
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.read_update import Person
from shared.releases.actor import Member, Permission
from shared.releases.release_documents import decode_member, member_key


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a screen: a member with a role, as stored when they asked."""

    member: Member
    preferences: Preferences
    is_known: bool = True
    """The bot writes to them unasked; not where the audience was full before they came."""

    @property
    def id(self) -> int:
        return self.member.telegram_id

    @property
    def language(self) -> Language:
        return self.preferences.language


async def read_viewer(ports: BotPorts, person: Person) -> Viewer | None:
    """The member; None: a stranger, or a member who was removed. Raises UnavailableError, DocumentUnreadableError."""
    known, stored = await ports.releases.store.read([member_key(person.id), AUDIENCE_KEY])
    member = None if known is None else decode_member(known)
    if member is None or not member.actor.may(Permission.SEE):
        return None
    preferences = decode_audience(stored).people.get(str(person.id))
    if preferences is None:
        preferences = Preferences(person.language)
        return Viewer(member, preferences, await change_preferences(ports, person.id, preferences))
    return Viewer(member, preferences)


async def change_preferences(ports: BotPorts, telegram_id: int, preferences: Preferences) -> bool:
    """Store how a member wants to be told; from now on the bot may write to them. Raises UnavailableError.

    False: the audience is full of members, and nothing was stored. Whoever is no member any more makes room.
    """

    async def attempt() -> bool:
        [record] = await ports.releases.store.read([AUDIENCE_KEY])
        audience = decode_audience(record)
        changed = audience.with_preferences(telegram_id, preferences)
        if str(telegram_id) not in changed.people:
            members = {str(each.id): each.preferences for each in await read_audience(ports, audience.people)}
            changed = replace(audience, people=members).with_preferences(telegram_id, preferences)
        if changed != audience and str(telegram_id) in changed.people:
            await ports.releases.store.commit([write_over(AUDIENCE_KEY, record, changed)])
        return str(telegram_id) in changed.people

    is_known = await try_until_won(ports.releases, attempt)
    if not is_known:
        log_event("release_audience_full", severity="ERROR", member=telegram_id)
    return is_known


async def read_preferences(ports: BotPorts) -> dict[str, Preferences]:
    """How everybody wants to be told who has ever written to the bot, by Telegram's id. Raises UnavailableError."""
    [stored] = await ports.releases.store.read([AUDIENCE_KEY])
    return decode_audience(stored).people


async def read_audience(ports: BotPorts, people: Mapping[str, Preferences]) -> list[Viewer]:
    """Those of these people who may be told now: with a role. Raises UnavailableError."""
    ids = sorted(map(int, people))
    records = await ports.releases.store.read([member_key(each) for each in ids])
    members = _decode_readable(record for record in records if record is not None)
    seeing = (each for each in members if each.actor.may(Permission.SEE))
    return [Viewer(each, people[str(each.telegram_id)]) for each in seeing]


def _decode_readable(records: Iterable[Record]) -> Iterator[Member]:
    """The members that can be read: one broken document must not keep the news from all others."""
    for record in records:
        try:
            yield decode_member(record)
        except DocumentUnreadableError as error:
            log_event("document_unreadable", severity="ERROR", error=error, key=f"members/{record.key.id}")
