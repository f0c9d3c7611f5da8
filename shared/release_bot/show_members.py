"""The pages of admins: who may do what, and invitations. Each change is decided in its own commit (`change_member`)."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from shared.errors import DocumentUnreadableError
from shared.logs import log_event
from shared.ports import Record, Screen
from shared.release_bot.bot_ports import BotPorts
from shared.release_bot.members_page import (
    make_invite_page,
    make_invited_page,
    make_member_page,
    make_members_page,
    make_removal_page,
)
from shared.release_bot.policy_page import make_policy_page
from shared.release_bot.read_people import Viewer
from shared.release_bot.steer_page import read_environment
from shared.releases.actor import Member, Permission, Role
from shared.releases.attempt import Refusal
from shared.releases.change_member import change_member, invite_person
from shared.releases.invite import removed, with_role
from shared.releases.release_documents import active_members, decode_member, member_key
from shared.releases.steer_environment import set_quorum
from shared.texts import plain_text

ID_DIGITS_MAX = 16
Drawn = tuple[Screen | None, str]


async def answer_members(ports: BotPorts, viewer: Viewer, parts: list[str]) -> Drawn:
    """The page that a button leads to, None for somebody who is no admin, and a word. Raises UnavailableError."""
    refused = None, plain_text(viewer.language, "release-refused-role")
    if not viewer.member.actor.may(Permission.MEMBERS):
        return refused
    match parts:
        case ["invite"]:
            return make_invite_page(viewer.language, ports.releases.ids.token()), ""
        case ["invite", role, code] if _is_role(role):
            invite = await invite_person(ports.releases, viewer.id, code, Role(role))
            return refused if invite is None else (make_invited_page(viewer.language, invite.role, code), "")
        case ["mr", number, role, has] if _is_role(role):
            change = partial(with_role, role=Role(role), is_given=has == "1")
            return await _change(ports, viewer, number, change)
        case ["mx", number, "yes"]:
            return await _change(ports, viewer, number, removed)
        case ["m" | "mx" as page, number]:
            member = await _read_member(ports, number)
            if member is not None and page == "m":
                return make_member_page(viewer.language, member, viewer.id), ""
            if member is not None:
                return make_removal_page(viewer.language, member), ""
        case ["policy", *change]:
            return await _answer_policy(ports, viewer, change)
    return await _draw_all(ports, viewer), ""


async def _answer_policy(ports: BotPorts, viewer: Viewer, change: list[str]) -> Drawn:
    """The policy as it is now, also where the button was of an older one."""
    match change:
        case [version, role, count] if _is_role(role):
            changed = await set_quorum(ports.releases, viewer.id, Role(role), _read_id(count), _read_id(version))
            if isinstance(changed, Refusal):
                return None, plain_text(viewer.language, "release-refused-role")
            is_set = changed.quorum.get(role) == _read_id(count)
            toast = plain_text(viewer.language, "release-toast-set" if is_set else "release-toast-fresh")
            return make_policy_page(viewer.language, changed), toast
    return make_policy_page(viewer.language, await read_environment(ports)), ""


async def _draw_all(ports: BotPorts, viewer: Viewer) -> Screen:
    found = await ports.releases.store.find(active_members())
    members = sorted(_decode_readable(found), key=lambda each: each.telegram_id)
    return make_members_page(viewer.language, members)


def _decode_readable(records: Iterable[Record]) -> Iterator[Member]:
    """One broken document must not keep admins from all other members."""
    for record in records:
        try:
            yield decode_member(record)
        except DocumentUnreadableError as error:
            log_event("document_unreadable", severity="ERROR", error=error, key=f"members/{record.key.id}")


async def _change(ports: BotPorts, viewer: Viewer, number: str, change: Callable[[Member], Member]) -> Drawn:
    """The member as they are now; the list once they are removed."""
    changed = await change_member(ports.releases, viewer.id, _read_id(number), change)
    if changed is None:
        return await _draw_all(ports, viewer), plain_text(viewer.language, "release-refused-role")
    done = plain_text(viewer.language, "release-toast-set")
    if not changed.is_active:
        return await _draw_all(ports, viewer), done
    return make_member_page(viewer.language, changed, viewer.id), done


async def _read_member(ports: BotPorts, number: str) -> Member | None:
    [record] = await ports.releases.store.read([member_key(_read_id(number))])
    return None if record is None else decode_member(record)


def _read_id(number: str) -> int:
    """0, which is nobody, for what is no number."""
    is_number = number.isascii() and number.isdecimal() and len(number) <= ID_DIGITS_MAX
    return int(number) if is_number else 0


def _is_role(name: str) -> bool:
    return name in {role.value for role in Role}
