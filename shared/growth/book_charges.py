"""Purchases and their returns, with all that belongs to them: every way to pay books through here.

    book_charge ── purchase:<charge> + bonus:purchase:<charge> + settlement OPEN
    take_charge_back ── refund:<charge> + bonus_back of that, and of the rewards for it + settlement RETURNED
                     + withdrawal of what is left in groups' wallets, as far as the person owes it (`cover_debt.py`)
    … of a part ── refund:<charge>, then refund:<charge>:<amount returned so far> + bonus_back of that part

The caller commits the writes together with its payment and the person.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.codec import update
from shared.credits.bonuses import book_bonus, invited_fact, inviter_fact, purchase_fact, take_bonus_back
from shared.credits.catalogue import GROWTH
from shared.credits.ledger import Charge, TakingBack, Transfer, book_purchase, take_back
from shared.credits.portion import WHOLE, Portion
from shared.credits.transfer_documents import create_transfer
from shared.growth.cover_debt import cover_debt
from shared.growth.growth_documents import create_settlement, decode_settlement, settlement_key, update_settlement
from shared.growth.settlement import (
    SETTLE_TIME,
    Settlement,
    SettlementState,
    count_purchase,
    end_by_return,
    find_bonus,
    take_from,
)
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User
from shared.ports import Store, Write


@dataclass(frozen=True, slots=True)
class BookedCharge:
    """What a purchase or its return changes."""

    user: User
    """The person after it."""
    writes: list[Write]
    """Beside those of the person."""
    transfer: Transfer
    """That of the charge itself."""
    bonus: int
    """The credits that came on top of the charge's, or went with them."""


def book_charge(
    user: User, charge: Charge, at: datetime, *, made_at: datetime | None = None, is_period: bool = False
) -> BookedCharge:
    """A paid charge, with what a purchase brings on top; `is_period`: of a subscription, which brings nothing more.

    `made_at`: when it was paid, where that is known. What counted then is kept, although we may hear of it much later.
    """
    account, purchase = book_purchase(user.account, charge, at)
    writes: list[Write] = [create_transfer(purchase)]
    bonus_credits = 0 if is_period else find_bonus(user.perks, charge.credits, GROWTH, made_at or at)
    if bonus_credits:
        account, bonus = book_bonus(account, user.id, purchase_fact(charge.id), bonus_credits, at)
        writes.append(create_transfer(bonus))
    settlement = Settlement(charge.id, user.id, charge.credits, at, bonus_credits, sweep_at=at + SETTLE_TIME)
    changed = replace(user, account=account, perks=user.perks if is_period else count_purchase(user.perks))
    return BookedCharge(changed, [*writes, create_settlement(settlement)], purchase, bonus_credits)


async def take_charge_back(
    store: Store, user: User, charge: Charge, kind: TakingBack, at: datetime, portion: Portion = WHOLE
) -> BookedCharge:
    """The return of a booked charge, with what it brought: nothing of that may stay. Raises UnavailableError.

    A part of the money takes that part of the credits and of the bonus; rewards go with the rest of it.
    """
    taken = replace(charge, id=portion.name(charge.id, charge.credits), credits=portion.of(charge.credits))
    account, returned = take_back(user.account, taken, kind, at)
    writes: list[Write] = [create_transfer(returned)] if returned.credits else []
    [record] = await store.read([settlement_key(charge.id)])
    if record is None:  # bought before bonuses existed, or so long ago that it is gone
        changed, covered = await cover_debt(store, replace(user, account=account), at)
        return BookedCharge(changed, [*writes, *covered], returned, 0)
    settlement = decode_settlement(record)
    own = [(portion.name(purchase_fact(charge.id), settlement.bonus), portion.of(settlement.bonus))]
    if portion.is_rest:
        own.append((invited_fact(user.id), settlement.invited_credits))
        writes += await _take_reward_back(store, settlement, at) if settlement.inviter_credits else []
    for fact, credit_count in own:
        if credit_count:
            account, back = take_bonus_back(account, user.id, fact, credit_count, at)
            writes.append(create_transfer(back))
    perks = user.perks
    if settlement.state is SettlementState.SETTLED:
        perks = replace(perks, giftable=perks.giftable - returned.credits)
    after = end_by_return(settlement, at) if portion.is_rest else take_from(settlement, returned.credits)
    changed, covered = await cover_debt(store, replace(user, account=account, perks=perks), at)
    writes += [*covered, update_settlement(record, after)]
    return BookedCharge(changed, writes, returned, sum(each for _, each in own))


async def _take_reward_back(store: Store, settlement: Settlement, at: datetime) -> list[Write]:
    """The writes that take the reward for a buyer back from who had invited them."""
    [record] = await store.read([user_key(settlement.inviter_id)])
    assert record is not None, "people are never deleted"
    inviter = decode_user(record)
    fact = inviter_fact(settlement.user_id)
    account, back = take_bonus_back(inviter.account, inviter.id, fact, settlement.inviter_credits, at)
    return [update(record, replace(inviter, account=account)), create_transfer(back)]
