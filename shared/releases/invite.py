"""Invitations to the release bot, and codes that join an account of GitHub: each is used once, by its secret. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.hash_ids import hash_id
from shared.ports import Key
from shared.releases.actor import Account, Member, Role

INVITE_KEPT = timedelta(hours=24)
JOIN_KEPT = timedelta(hours=1)
CODE_CHARACTERS = 22
"""128 bits, as `Ids.token` makes them: nobody tries them all."""


@dataclass(frozen=True, slots=True)
class Invite:
    """What an admin offers to whoever has the code."""

    role: Role
    invited_by: int
    """Telegram's id of the admin, who has to be one still when it is accepted."""
    expire_at: datetime
    used_by: int = 0
    """Telegram's id of the person who accepted it; 0: nobody yet."""


@dataclass(frozen=True, slots=True)
class JoinCode:
    """A member's wish to be joined to the account of GitHub that shows this code."""

    member_id: int
    expire_at: datetime
    used_by: int = 0
    """GitHub's id of the account; 0: none yet."""


def invite_key(code: str) -> Key:
    """One per code; only its hash is stored."""
    return Key("invites", hash_id("invite", code))


def join_key(code: str) -> Key:
    """One per code; only its hash is stored."""
    return Key("join_codes", hash_id("join code", code))


def is_acceptable(invite: Invite, inviter: Member | None, person_id: int, now: datetime) -> bool:
    """Whether this person may accept it now. The inviter cannot make an admin of themselves again."""
    is_open = invite.used_by in {0, person_id} and now < invite.expire_at
    is_admin = inviter is not None and inviter.is_active and Role.ADMIN in inviter.roles
    return is_open and is_admin and person_id != invite.invited_by


def make_member(invite: Invite, known: Member | None, person_id: int, name: str) -> Member:
    """The member that an invitation makes; whoever was one before keeps the account that they have proved to own."""
    before = known or Member(person_id)
    return replace(before, name=name, roles=(invite.role,), is_active=True, invited_by=invite.invited_by)


def with_account(member: Member, account: Account) -> Member:
    """The member, joined to an account. Earlier ones stay theirs: nobody votes on what they began with another."""
    earlier = {*member.earlier_github_ids, member.github_id} - {0, account.id}
    return replace(member, github_id=account.id, github_login=account.login, earlier_github_ids=tuple(sorted(earlier)))


def with_role(member: Member, role: Role, *, is_given: bool) -> Member:
    """The member with or without a role."""
    kept = {each for each in member.roles if each is not role} | ({role} if is_given else set())
    return replace(member, roles=tuple(each for each in Role if each in kept))


def removed(member: Member) -> Member:
    """Somebody who sees and decides nothing any more; their earlier votes count no longer either."""
    return replace(member, roles=(), is_active=False)
