"""Whether those who approved are enough. Each person fills one seat, whatever roles they have. Pure."""

from collections.abc import Mapping, Sequence

from shared.releases.actor import ActorKind, Member
from shared.releases.release import Release


def list_counted(release: Release, members: Sequence[Member]) -> list[Member]:
    """The members whose approval of this digest counts, by their roles of now: never the initiator's.

    A person is their GitHub accounts: two Telegram accounts with one of them are one person, and a second account of
    GitHub makes nobody another one.
    """
    voters = {vote.member_id for vote in release.votes if vote.digest == release.digest}
    return _list_people(release, [member for member in members if member.telegram_id in voters])


def can_be_reached(quorum: Mapping[str, int], release: Release, members: Sequence[Member]) -> bool:
    """Whether these members could fill all seats of this release, if every one of them approved."""
    return is_quorum(quorum, _list_people(release, members))


def _list_people(release: Release, members: Sequence[Member]) -> list[Member]:
    """One member for each person who may approve, by the roles of now."""
    people, known = list[Member](), set(release.initiator_ids)
    for member in members:
        accounts = member.actor.github_ids
        is_able = member.actor.kind is ActorKind.MEMBER and member.github_id
        if is_able and known.isdisjoint(accounts):
            people.append(member)
            known |= accounts
    return people


def is_quorum(quorum: Mapping[str, int], people: Sequence[Member]) -> bool:
    """Whether all seats can be filled, each by another person with its role. An empty quorum is never reached."""
    seats = [role for role, count in quorum.items() for _ in range(count)]
    taken: dict[int, int] = {}

    def seat(number: int, tried: set[int]) -> bool:
        for index, person in enumerate(people):
            if index in tried or not _has_role(person, seats[number]):
                continue
            tried.add(index)
            if index not in taken or seat(taken[index], tried):
                taken[index] = number
                return True
        return False

    return bool(seats) and all(seat(number, set()) for number in range(len(seats)))


def _has_role(person: Member, role: str) -> bool:
    return any(each.value == role for each in person.roles)
