"""Who counts, and whether they are enough."""

from dataclasses import replace

import pytest

from shared.releases.actor import Account, Member, Permission, Role
from shared.releases.attempt import Need, Refusal
from shared.releases.decide_vote import decide_vote
from shared.releases.environment import DEFAULT_QUORUM
from shared.releases.invite import with_account
from shared.releases.quorum import can_be_reached, is_quorum, list_counted
from shared.releases.release import Release, Status
from tests.unit.releases.releasing import INITIATOR, MANAGER, QA, make_attempt, make_case, make_release, vote

BOTH = Member(4, "Bo", (Role.QA, Role.RELEASE_MANAGER), 104)


@pytest.mark.parametrize(
    ("people", "is_enough"),
    [
        ((), False),
        ((QA,), False),
        ((BOTH,), False),
        ((QA, MANAGER), True),
        ((MANAGER, QA), True),
        ((BOTH, QA), True),
        ((BOTH, MANAGER), True),
        ((QA, replace(QA, telegram_id=9)), False),
    ],
)
def test_each_person_fills_one_seat(people: tuple[Member, ...], is_enough: bool) -> None:  # noqa: FBT001
    """One QA and one manager, two people, in whatever order they come and however many roles they have."""
    assert is_quorum(DEFAULT_QUORUM, people) is is_enough


def test_other_policies() -> None:
    """A policy of several seats is filled by moving people between them; an empty or unknown one is never reached."""
    third = Member(5, "Cy", (Role.QA,), 105)
    assert is_quorum({"qa": 2, "release_manager": 1}, (BOTH, QA, third))
    assert not is_quorum({"qa": 2, "release_manager": 1}, (BOTH, QA))
    assert not is_quorum({}, (BOTH, QA))
    assert not is_quorum({"boss": 1}, (BOTH, QA))


def release_with(*members: Member) -> Release:
    return make_release(Status.MANUAL_TESTING, votes=tuple(map(vote, members)))


def test_who_counts() -> None:
    """Neither the initiator, nor one without an account, nor a removed one, nor whoever voted for another image."""
    initiator, unknown = replace(QA, github_id=INITIATOR), replace(QA, github_id=0)
    removed, without_role = replace(QA, is_active=False), replace(QA, roles=())
    author = replace(QA, github_id=901)
    assert list_counted(replace(release_with(QA), initiators=(Account(901, "pat"),)), (author,)) == []
    for member in (initiator, unknown, removed, without_role):
        assert list_counted(release_with(QA), (member,)) == []
    assert list_counted(release_with(QA), (QA, MANAGER)) == [QA]
    assert list_counted(replace(release_with(QA), digest="sha256:" + "c" * 64), (QA,)) == []
    changed = replace(QA, github_id=999, earlier_github_ids=(INITIATOR,))
    assert list_counted(release_with(QA), (changed,)) == []
    again = replace(MANAGER, earlier_github_ids=(QA.github_id,))
    assert list_counted(release_with(QA, MANAGER), (QA, again)) == [QA]
    twin = replace(MANAGER, github_id=QA.github_id)
    assert list_counted(release_with(QA, MANAGER), (QA, twin)) == [QA]


def test_a_small_team_may_be_unable_to_approve() -> None:
    """Whoever has a change in the release, no account or no membership fills no seat, however many are asked for."""
    release = make_release(Status.MANUAL_TESTING, votes=())
    theirs = replace(release, initiators=(Account(QA.github_id, "qa"),))
    for quorum, of, members, can in (
        (DEFAULT_QUORUM, release, (QA, MANAGER), True),
        (DEFAULT_QUORUM, theirs, (QA, MANAGER), False),
        ({"qa": 0, "release_manager": 1}, theirs, (QA, MANAGER), True),
        (DEFAULT_QUORUM, release, (QA, replace(MANAGER, github_id=0)), False),
        (DEFAULT_QUORUM, release, (QA, replace(MANAGER, is_active=False)), False),
    ):
        assert can_be_reached(quorum, of, members) is can


def test_another_account_makes_nobody_another_person() -> None:
    """Whoever joins a second account of GitHub still is the initiator of what they began with the first one."""
    first, second = Account(INITIATOR, "ann"), Account(999, "ann-2")
    member = with_account(with_account(replace(QA, github_id=0), first), second)
    assert (member.github_id, member.github_login, member.actor.github_ids) == (
        999,
        "ann-2",
        frozenset({INITIATOR, 999}),
    )
    assert list_counted(release_with(QA), (member,)) == []
    refusal = decide_vote(
        make_case(release_with(), member.actor), make_attempt(release_with(), Status.MANUAL_TEST_PASSED)
    )
    assert isinstance(refusal, Refusal)
    assert refusal.need is Need.INITIATOR
    assert with_account(member, first).actor.github_ids == {INITIATOR, 999}


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.SEE, set(Role)),
        (Permission.APPROVE, {Role.QA, Role.RELEASE_MANAGER}),
        (Permission.START, {Role.RELEASE_MANAGER}),
        (Permission.ABORT, {Role.QA, Role.RELEASE_MANAGER, Role.OPERATOR}),
        (Permission.ROLL_BACK, {Role.RELEASE_MANAGER, Role.OPERATOR, Role.ADMIN}),
        (Permission.FREEZE, {Role.RELEASE_MANAGER, Role.OPERATOR, Role.ADMIN}),
        (Permission.HOLD, {Role.RELEASE_MANAGER, Role.ADMIN}),
        (Permission.MEMBERS, {Role.ADMIN}),
    ],
)
def test_roles(permission: Permission, roles: set[Role]) -> None:
    """The table of who may do what."""
    assert {role for role in Role if Member(1, roles=(role,)).actor.may(permission)} == roles
    assert not Member(1, roles=tuple(Role), is_active=False).actor.may(permission)
