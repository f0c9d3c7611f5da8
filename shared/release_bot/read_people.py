"""Reading who writes to the bot: a member with roles, and how they want to be told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shared.errors import DocumentUnreadableError
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.people.users import Language
from shared.ports import Record
from shared.release_bot.bot_documents import Preferences, decode_preferences, write_preferences
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.read_update import Person
from shared.releases.actor import Member, Permission
from shared.releases.release_documents import MEMBERS_MAX, active_members, decode_member, member_key


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a screen: a member with a role, as stored when they asked."""

    member: Member
    preferences: Preferences

    @property
    def id(self) -> int:
        return self.member.telegram_id

    @property
    def language(self) -> Language:
        return self.preferences.language


async def read_viewer(ports: BotPorts, person: Person) -> Viewer | None:
    """The member; None: a stranger, or a member who was removed. Raises UnavailableError, DocumentUnreadableError."""
    [record] = await ports.releases.store.read([member_key(person.id)])
    member = None if record is None else decode_member(record)
    if record is None or member is None or not member.actor.may(Permission.SEE):
        return None
    preferences = decode_preferences(record)
    if preferences is None:
        preferences = await change_preferences(ports, person.id, Preferences(person.language))
    return Viewer(member, preferences)


async def change_preferences(ports: BotPorts, telegram_id: int, preferences: Preferences) -> Preferences:
    """Store how a member wants to be told; from now on the bot may write to them. Raises UnavailableError."""

    async def attempt() -> None:
        [record] = await ports.releases.store.read([member_key(telegram_id)])
        assert record is not None, "members are never deleted"
        if decode_preferences(record) != preferences:
            await ports.releases.store.commit([write_preferences(record, preferences)])

    await try_until_won(ports.releases, attempt)
    return preferences


async def read_reader(ports: BotPorts, telegram_id: int) -> tuple[Language, Viewer | None]:
    """Whoever has a card: their language, and None unless they may still see it. Raises UnavailableError."""
    stored = await ports.releases.store.read([member_key(telegram_id)])
    reader = next(_decode_readable(each for each in stored if each is not None), None)
    language = Preferences().language if reader is None else reader.language
    return language, reader if reader is not None and reader.member.actor.may(Permission.SEE) else None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may be told now: members with a role, known to the bot, by their ids."""

    viewers: tuple[Viewer, ...]
    is_whole: bool = True
    """False: the team has more than MEMBERS_MAX members, and these are some of them."""


async def read_audience(ports: BotPorts) -> Audience:
    """Everybody, or as many as there is room for. Raises UnavailableError."""
    found = await ports.releases.store.find(active_members())
    is_whole = len(found) < MEMBERS_MAX
    if not is_whole:
        log_event("audience_full", severity="ERROR", most=MEMBERS_MAX)
    viewers = (each for each in _decode_readable(found) if each.member.actor.may(Permission.SEE))
    return Audience(tuple(sorted(viewers, key=lambda each: each.id)), is_whole)


def _decode_readable(records: Iterable[Record]) -> Iterator[Viewer]:
    """Those who have written to the bot: one broken document must not keep the news from all others."""
    for record in records:
        try:
            preferences = decode_preferences(record)
            if preferences is not None:
                yield Viewer(decode_member(record), preferences)
        except DocumentUnreadableError as error:
            log_event("document_unreadable", severity="ERROR", error=error, key=f"members/{record.key.id}")
