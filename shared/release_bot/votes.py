"""Who has agreed to a release, who is still needed, and what one more approval would do. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from shared.releases.actor import Member
from shared.releases.environment import Environment
from shared.releases.quorum import is_quorum, list_counted
from shared.releases.release import Release


@dataclass(frozen=True, slots=True)
class Votes:
    """What the card shows of the votes."""

    counted: tuple[Member, ...]
    """Those whose approval counts now."""
    void: tuple[Member, ...]
    """Those who have approved without being counted: they lost the role, or are one person with another."""
    missing: tuple[str, ...]
    """Roles whose seats are open."""
    seats: int
    """How many approvals are needed."""

    @property
    def filled(self) -> int:
        return self.seats - len(self.missing)


def count_votes(release: Release, environment: Environment, members: Sequence[Member]) -> Votes:
    """`members` has everybody who voted, with their roles of now."""
    people, asked = list_counted(release, members), environment.quorum.keys()
    counted = [each for each in people if not asked.isdisjoint(role.value for role in each.roles)]
    seats = [role for role, count in environment.quorum.items() for _ in range(count)]
    voters = {vote.member_id for vote in release.votes}
    void = [each for each in members if each.telegram_id in voters and each not in counted]
    return Votes(tuple(counted), tuple(void), _find_missing(seats, counted), len(seats))


def would_pass(release: Release, environment: Environment, members: Sequence[Member], voter: Member) -> bool:
    """Whether this person's approval, as the next one, passes the release."""
    counted = list_counted(release, members)
    known = release.initiator_ids.union(*(each.actor.github_ids for each in counted))
    is_new = bool(voter.github_id) and known.isdisjoint(voter.actor.github_ids)
    return is_quorum(environment.quorum, [*counted, voter] if is_new else counted)


def has_voted(release: Release, member_id: int) -> bool:
    """Whether this person has approved in this round."""
    return any(vote.member_id == member_id for vote in release.votes)


def _find_missing(seats: Sequence[str], people: Sequence[Member]) -> tuple[str, ...]:
    """The fewest seats that these people leave open. A quorum has a handful of seats."""
    for count in range(len(seats)):
        for missing in combinations(seats, count):
            rest = Counter(seats) - Counter(missing)
            if is_quorum(rest, people):
                return missing
    return tuple(seats)
