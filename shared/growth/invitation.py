"""Invitations: the link of a person, and the rewards for people who came by it and bought something that they kept.

Only somebody whom the bot has never seen can come by a link. So nobody invites themselves, and nobody is invited by
those whom they invited. Pure.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared.credits.offers import Growth
from shared.hash_ids import is_id
from shared.people.perks import Perks
from shared.people.users import Language

LINK = "ref_"
"""The prefix of the link's payload; the invitation's id follows."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A person's link, with its numbers."""

    user_id: int
    language: Language
    came: int = 0
    """People who came by it."""
    rewarded: int = 0
    """Those for whom there was a reward."""


def read_invitation_link(payload: str) -> str:
    """The invitation's id in a payload; empty if it is no such link."""
    id_ = payload.removeprefix(LINK)
    return id_ if id_ != payload and is_id(id_) else ""


def may_be_rewarded(perks: Perks, rules: Growth, now: datetime) -> bool:
    """Whether the inviter gets one more reward today: farms of accounts find a limit."""
    day, month = _day(now), _month(now)
    on_day = perks.rewards_on_day if perks.rewards_day == day else 0
    in_month = perks.rewards if perks.rewards_month == month else 0
    return on_day < rules.rewards_per_day and in_month < rules.rewards_per_month


def count_reward(perks: Perks, now: datetime) -> Perks:
    """The inviter's perks after one more reward."""
    day, month = _day(now), _month(now)
    on_day = perks.rewards_on_day if perks.rewards_day == day else 0
    in_month = perks.rewards if perks.rewards_month == month else 0
    return replace(perks, rewards_day=day, rewards_on_day=on_day + 1, rewards_month=month, rewards=in_month + 1)


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def _month(now: datetime) -> str:
    return _day(now)[: len("2026-11")]
