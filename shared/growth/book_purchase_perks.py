"""What the commit of a purchase, or of its return, books beside its credits.

purchase ── bonus:purchase:<charge> + settlement OPEN
return ── bonus_back of that, and of both rewards if somebody was rewarded + settlement RETURNED
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.codec import update
from shared.credits.bonuses import book_bonus, invited_fact, inviter_fact, purchase_fact, take_bonus_back
from shared.credits.catalogue import GROWTH
from shared.credits.ledger import Charge
from shared.credits.transfer_documents import create_transfer
from shared.growth.growth_documents import create_settlement, decode_settlement, settlement_key, update_settlement
from shared.growth.settlement import SETTLE_TIME, Settlement, SettlementState, count_purchase, find_bonus
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User
from shared.ports import RepairPorts, Write


@dataclass(frozen=True, slots=True)
class PurchasePerks:
    """The person after a purchase or its return, the writes beside theirs, and the credits that came or went."""

    user: User
    writes: list[Write]
    credits: int


def add_purchase_perks(user: User, charge: Charge, at: datetime) -> PurchasePerks:
    """What a purchase brings beside its credits, which are on the person's account already."""
    writes: list[Write] = []
    bonus_credits, account = find_bonus(user.perks, charge.credits, GROWTH, at), user.account
    if bonus_credits:
        account, bonus = book_bonus(account, user.id, purchase_fact(charge.id), bonus_credits, at)
        writes.append(create_transfer(bonus))
    settlement = Settlement(charge.id, user.id, charge.credits, at, bonus_credits, sweep_at=at + SETTLE_TIME)
    changed = replace(user, account=account, perks=count_purchase(user.perks))
    return PurchasePerks(changed, [*writes, create_settlement(settlement)], bonus_credits)


async def take_purchase_perks_back(ports: RepairPorts, user: User, charge: Charge, at: datetime) -> PurchasePerks:
    """What a returned purchase takes with it: its bonus, and the rewards for it. Raises UnavailableError."""
    [record] = await ports.store.read([settlement_key(charge.id)])
    if record is None:  # bought before bonuses existed
        return PurchasePerks(user, [], 0)
    settlement = decode_settlement(record)
    own = [(purchase_fact(charge.id), settlement.bonus), (invited_fact(user.id), settlement.invited_credits)]
    account, writes = user.account, list[Write]()
    for fact, credit_count in own:
        if credit_count:
            account, back = take_bonus_back(account, user.id, fact, credit_count, at)
            writes.append(create_transfer(back))
    if settlement.inviter_credits:
        writes += await _take_reward_back(ports, settlement, at)
    perks = user.perks
    if settlement.state is SettlementState.SETTLED:
        perks = replace(perks, giftable=perks.giftable - settlement.credits)
    returned = replace(settlement, state=SettlementState.RETURNED, sweep_at=None)
    changed = replace(user, account=account, perks=perks)
    return PurchasePerks(changed, [*writes, update_settlement(record, returned)], sum(each for _, each in own))


async def _take_reward_back(ports: RepairPorts, settlement: Settlement, at: datetime) -> list[Write]:
    """The writes that take the reward for a buyer back from who had invited them."""
    [record] = await ports.store.read([user_key(settlement.inviter_id)])
    assert record is not None, "people are never deleted"
    inviter = decode_user(record)
    fact = inviter_fact(settlement.user_id)
    account, back = take_bonus_back(inviter.account, inviter.id, fact, settlement.inviter_credits, at)
    return [update(record, replace(inviter, account=account)), create_transfer(back)]
