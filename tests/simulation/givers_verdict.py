"""What must hold of credits that were given away when everything has come to rest."""

from collections import Counter
from typing import TYPE_CHECKING

from shared.codec import decode
from shared.credits.ledger import Side, Transfer, TransferKind
from shared.growth.gift import Gift, GiftState
from shared.growth.settlement import Settlement, SettlementState
from shared.people.users import User
from tests.simulation.givers import Givers

if TYPE_CHECKING:
    from tests.simulation.world import World

TOLD = ("🎁 Your gift has arrived", "🎁 Ваш подарок дошёл")


def find_giver_problems(world: "World", users: dict[int, User], transfers: list[Transfer]) -> list[str]:
    """Each gift is with one person, each code within its limit, each reward for a purchase that lasts."""
    givers = world.crowd.buyers
    if not isinstance(givers, Givers):
        return []
    by_id = {each.id: each for each in transfers}
    gifts = [decode(Gift, fields) for fields in world.store.collection("gifts").values()]
    settlements = [decode(Settlement, fields) for fields in world.store.collection("settlements").values()]
    world.facts |= Counter(f"gifts {gift.state.value}" for gift in gifts)
    world.facts |= Counter(f"purchases {settlement.state.value}" for settlement in settlements)
    world.facts["people invited"] = sum(bool(user.perks.invited_by) for user in users.values())
    world.facts["codes used"] = len(world.store.collection("promo_uses"))
    return [
        *_find_wrong_gifts(gifts, transfers, by_id),
        *_find_untold(world, gifts),
        *_find_wrong_codes(world, transfers),
        *_find_wrong_rewards(world, givers, users, settlements, by_id),
    ]


def _find_wrong_gifts(gifts: list[Gift], transfers: list[Transfer], by_id: dict[str, Transfer]) -> list[str]:
    """Every gift has ended, at its receiver or its giver, and nothing is between people any more."""
    problems = []
    for gift in gifts:
        if gift.state is GiftState.OPEN:
            problems.append(f"gift {gift.id} never ended")
            continue
        is_received = gift.state is GiftState.RECEIVED
        wanted = (TransferKind.RECEIVED, gift.receiver_id) if is_received else (TransferKind.RECALLED, gift.giver_id)
        sent, ended = by_id.get(f"sent:{gift.id}"), by_id.get(f"received:{gift.id}")
        if sent is None or (sent.user_id, sent.credits) != (gift.giver_id, gift.credits):
            problems.append(f"gift {gift.id} was not sent by {gift.giver_id}")
        if ended is None or (ended.kind, ended.user_id, ended.credits) != (*wanted, gift.credits):
            problems.append(f"gift {gift.id} is {gift.state}, and its credits are not there")
    left = sum(t.credits * ((t.target is Side.GIFTS) - (t.source is Side.GIFTS)) for t in transfers)
    return [*problems, *([f"{left} credits are on their way for ever"] if left else [])]


def _find_untold(world: "World", gifts: list[Gift]) -> list[str]:
    """Whose gift arrived was told, as often as that happened."""
    told = Counter(
        chat_id for (chat_id, _), texts in world.messenger.said.items() for text in texts if text.startswith(TOLD)
    )
    wanted = Counter(gift.giver_id for gift in gifts if gift.state is GiftState.RECEIVED)
    return [
        f"user {user_id} heard of {told[user_id]} of {count} gifts"
        for user_id, count in wanted.items()
        if told[user_id] < count and user_id not in world.ever_blocked
    ]


def _find_wrong_codes(world: "World", transfers: list[Transfer]) -> list[str]:
    """A code was used as often as it says and may be, and gave its credits each time."""
    uses = Counter(fields["code"] for fields in world.store.collection("promo_uses").values())
    given = Counter(each.id.split(":")[2] for each in transfers if each.id.startswith("bonus:promo:"))
    problems = []
    for code, fields in world.store.collection("promo_codes").items():
        if fields["used"] != uses[code] or 0 < fields["uses_max"] < uses[code]:
            problems.append(f"code {code} was used {uses[code]} times and says {fields['used']}")
        if fields["credits"] and given[code] != uses[code]:
            problems.append(f"code {code} was used {uses[code]} times and gave credits {given[code]} times")
    return problems


def _find_wrong_rewards(
    world: "World",
    givers: Givers,
    users: dict[int, User],
    settlements: list[Settlement],
    by_id: dict[str, Transfer],
) -> list[str]:
    """Nobody is invited but by the link of their arrival; each purchase has settled; each reward has its purchase."""
    problems = [f"purchase {each.id} never settled" for each in settlements if each.state is SettlementState.OPEN]
    invited = {user.id: user.perks.invited_by for user in users.values() if user.perks.invited_by}
    problems += [f"user {me} came by {by}" for me, by in invited.items() if (me, by) not in givers.tried]
    came = Counter(invited.values())
    for fields in world.store.collection("invitations").values():
        inviter = fields["user_id"]
        rewards = [each for each in by_id.values() if each.id.startswith("bonus:inviter:") and each.user_id == inviter]
        if (fields["came"], fields["rewarded"]) != (came[inviter], len(rewards)):
            problems.append(f"user {inviter} has invited {came[inviter]}, for {len(rewards)} rewards: {fields}")
    lasting = {each.user_id for each in settlements if each.state is SettlementState.SETTLED}
    rewarded = {each for each in invited if f"bonus:invited:{each}" in by_id}
    taken = {each for each in rewarded if f"bonus_back:invited:{each}" in by_id}
    problems += [f"user {each} bought and was not rewarded" for each in (lasting & invited.keys()) - rewarded]
    problems += [f"user {each} was rewarded for nothing that lasts" for each in rewarded - taken - lasting]
    return problems
