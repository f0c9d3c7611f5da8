"""Admins invite people, give and take roles, and remove members; people join their account of GitHub.

Each is one commit that rests on the admin's own document as it was read: a removed admin changes nothing more.
"""

from collections.abc import Callable
from dataclasses import replace

from shared.codec import decode, encode, update
from shared.errors import ConflictError
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.ports import Create, Record, Write
from shared.releases.actor import Account, Member, Permission, Role
from shared.releases.invite import (
    CODE_CHARACTERS,
    INVITE_KEPT,
    JOIN_KEPT,
    Invite,
    JoinCode,
    invite_key,
    is_acceptable,
    join_key,
    make_member,
    with_account,
)
from shared.releases.release_documents import check_unchanged, decode_member, member_key
from shared.releases.release_ports import ReleasePorts


async def change_member(
    ports: ReleasePorts, admin_id: int, member_id: int, change: Callable[[Member], Member]
) -> Member | None:
    """Change a member; None: the caller is no admin (any more), or is the member, or there is no such member.

    Nobody changes themselves, so the last admin stays one. Raises UnavailableError.
    """

    async def attempt() -> Member | None:
        admin, known = await ports.store.read([member_key(admin_id), member_key(member_id)])
        if admin is None or known is None or admin_id == member_id or not _is_admin(admin):
            log_event("member_change_refused", severity="WARNING", admin=admin_id, member=member_id)
            return None
        changed = change(decode_member(known))
        await ports.store.commit([update(known, changed), check_unchanged(admin)])
        return changed

    changed = await try_until_won(ports, attempt)
    if changed is not None:
        log_event("member_changed", admin=admin_id, member=member_id, roles=[role.value for role in changed.roles])
    return changed


async def invite_person(ports: ReleasePorts, admin_id: int, code: str, role: Role) -> Invite | None:
    """Make an invitation with this code, or find it; None: the caller is no admin. Raises UnavailableError."""

    async def attempt() -> Invite | None:
        admin, known = await ports.store.read([member_key(admin_id), invite_key(code)])
        if admin is None or not _is_admin(admin) or len(code) != CODE_CHARACTERS:
            return None
        if known is not None:
            return decode(Invite, known.fields)
        invite = Invite(role, admin_id, ports.clock.now() + INVITE_KEPT)
        await ports.store.commit([Create(invite_key(code), encode(invite)), check_unchanged(admin)])
        return invite

    return await try_until_won(ports, attempt)


async def accept_invite(ports: ReleasePorts, person_id: int, name: str, code: str) -> Member | None:
    """Become a member; None: no such invitation for this person. Raises UnavailableError.

    Accepted twice by one person it is accepted once: a later removal stays.
    """
    if len(code) != CODE_CHARACTERS:
        return None
    return await try_until_won(ports, lambda: _accept(ports, person_id, name, code))


async def _accept(ports: ReleasePorts, person_id: int, name: str, code: str) -> Member | None:
    [record] = await ports.store.read([invite_key(code)])
    if record is None:
        return None
    invite = decode(Invite, record.fields)
    inviter, known = await ports.store.read([member_key(invite.invited_by), member_key(person_id)])
    before = None if known is None else decode_member(known)
    is_ours = is_acceptable(invite, None if inviter is None else decode_member(inviter), person_id, ports.clock.now())
    if not is_ours or inviter is None:
        return None
    if invite.used_by == person_id or (before is not None and before.actor.may(Permission.SEE)):
        return before  # the answer to the first message was lost, or an active member has found it
    member = make_member(invite, before, person_id, name)
    written: Write = Create(member_key(person_id), encode(member)) if known is None else update(known, member)
    used = update(record, replace(invite, used_by=person_id))
    await ports.store.commit([used, written, check_unchanged(inviter)])
    log_event("member_joined", member=person_id, role=invite.role.value, invited_by=invite.invited_by)
    return member


async def make_join_code(ports: ReleasePorts, member_id: int, code: str) -> None:
    """Store a member's code for `join_account`; a second time it is there. Raises UnavailableError."""
    made = JoinCode(member_id, ports.clock.now() + JOIN_KEPT)
    try:
        await ports.store.commit([Create(join_key(code), encode(made))])
    except ConflictError:
        log_event("join_code_repeated", member=member_id)


async def join_account(ports: ReleasePorts, code: str, account: Account) -> bool:
    """Join the member who made this code to the account that a workflow of GitHub runs as. Raises UnavailableError.

    False: there is no such code, or it was used by another account.
    """
    return len(code) == CODE_CHARACTERS and await try_until_won(ports, lambda: _join(ports, code, account))


async def _join(ports: ReleasePorts, code: str, account: Account) -> bool:
    [record] = await ports.store.read([join_key(code)])
    made = None if record is None else decode(JoinCode, record.fields)
    if record is None or made is None or account.is_bot:
        return False
    [known] = await ports.store.read([member_key(made.member_id)])
    if known is None or made.used_by not in {0, account.id} or ports.clock.now() >= made.expire_at:
        return False
    if made.used_by == account.id:
        return True
    changed = with_account(decode_member(known), account)
    await ports.store.commit([update(record, replace(made, used_by=account.id)), update(known, changed)])
    log_event("account_joined", member=made.member_id, account=account.id)
    return True


def _is_admin(record: Record) -> bool:
    return decode_member(record).actor.may(Permission.MEMBERS)
