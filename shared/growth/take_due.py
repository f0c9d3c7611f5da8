"""What is due with a gift or a purchase, by a task of `sweep` or of what happened just now.

    gift OPEN and over ── account + recalled + gift ✓ ── its giver is told ── told ✓
    gift RECEIVED ── its giver is told ── told ✓
    purchase OPEN and lasting ── giftable credits + rewards + settlement ✓ ── both are told ── told ✓
    purchase RETURNED ── who lost a reward with it is told ── told ✓

Who dies before *told*, or does not know whether it was, tells it again: a message twice, never credits twice.
"""

from contextlib import suppress
from dataclasses import replace

from shared.codec import update
from shared.credits.bonuses import book_bonus, invited_fact, inviter_fact, recall_gift
from shared.credits.catalogue import GROWTH
from shared.credits.transfer_documents import create_transfer
from shared.errors import ConflictError, DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.growth.gift import GiftState, conclude, count_arrival, count_recall, ends_at, recall
from shared.growth.growth_documents import (
    decode_gift,
    decode_settlement,
    gift_key,
    invitation_id,
    invitation_key,
    settlement_key,
    update_gift,
    update_settlement,
)
from shared.growth.invitation import count_reward, may_be_rewarded
from shared.growth.settlement import Settlement, SettlementState, rest, settles_at
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.people.nobody import is_nobody
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User, language_of
from shared.ports import Increment, Place, Ports, Screen, Write
from shared.texts import html_text


async def take_due(ports: Ports, collection: str, id_: str) -> None:
    """Do what is due; what Telegram's flood control holds up is left to the next sweep. Raises UnavailableError."""
    if collection == "gifts":
        await _end_gift(ports, id_)
    elif collection == "settlements":
        await _settle_purchase(ports, id_)
    else:
        log_event("due_unknown", severity="ERROR", collection=collection)


async def _end_gift(ports: Ports, gift_id: str) -> None:
    await try_until_won(ports, lambda: _recall_if_over(ports, gift_id))
    [record] = await ports.store.read([gift_key(gift_id)])
    gift = None if record is None else decode_gift(record)
    if record is None or gift is None or gift.state is GiftState.OPEN or gift.is_told:
        return
    ending = "uncovered" if gift.is_uncovered else gift.state.value
    text = html_text(gift.language, f"gift-told-{ending}", credits=gift.credits)
    if not await _tell(ports, gift.giver_id, text):
        return
    await try_until_won(ports, lambda: _conclude_gift(ports, gift_id))


async def _conclude_gift(ports: Ports, gift_id: str) -> None:
    """What the release before opened is no longer underway."""
    [record] = await ports.store.read([gift_key(gift_id)])
    gift = None if record is None else decode_gift(record)
    if record is None or gift is None or gift.is_told:
        return
    writes: list[Write] = [update_gift(record, conclude(gift))]
    if gift.state is GiftState.RECEIVED and not gift.is_counted:
        [stored] = await ports.store.read([user_key(gift.giver_id)])
        assert stored is not None, "its person is there, or a nobody"
        giver = decode_user(stored)
        writes.append(update(stored, replace(giver, perks=count_arrival(giver.perks, gift.credits))))
    await ports.store.commit(writes)


async def _recall_if_over(ports: Ports, gift_id: str) -> None:
    [record] = await ports.store.read([gift_key(gift_id)])
    gift, now = None if record is None else decode_gift(record), ports.clock.now()
    if record is None or gift is None or gift.state is not GiftState.OPEN or now < ends_at(gift):
        return
    [stored] = await ports.store.read([user_key(gift.giver_id)])
    assert stored is not None, "its person is there, or a nobody"
    giver = decode_user(stored)
    account, back = recall_gift(giver.account, giver.id, gift.id, gift.credits, now)
    changed = replace(giver, account=account, perks=count_recall(giver.perks, gift.credits))
    ended = recall(gift, now, is_told=False)
    await ports.store.commit([update(stored, changed), create_transfer(back), update_gift(record, ended)])


async def _settle_purchase(ports: Ports, charge_id: str) -> None:
    await try_until_won(ports, lambda: _settle_if_lasting(ports, charge_id))
    [record] = await ports.store.read([settlement_key(charge_id)])
    settlement = None if record is None else decode_settlement(record)
    if record is None or settlement is None or settlement.state is SettlementState.OPEN or settlement.sweep_at is None:
        return
    for text_id, user_id, credit_count in (
        ("invite-told-inviter", settlement.inviter_id, settlement.inviter_credits),
        ("invite-told-invited", settlement.user_id, settlement.invited_credits),
        ("invite-told-back", settlement.inviter_id, settlement.lost_credits),
    ):
        if credit_count:
            [stored] = await ports.store.read([user_key(user_id)])
            language = language_of(None if stored is None else decode_user(stored), "")
            if not await _tell(ports, user_id, html_text(language, text_id, credits=credit_count)):
                return
    with suppress(ConflictError):
        await ports.store.commit([update_settlement(record, rest(settlement))])


async def _settle_if_lasting(ports: Ports, charge_id: str) -> None:
    [record] = await ports.store.read([settlement_key(charge_id)])
    settlement, now = None if record is None else decode_settlement(record), ports.clock.now()
    is_open = settlement is not None and settlement.state is SettlementState.OPEN
    if record is None or settlement is None or not is_open or now < settles_at(settlement):
        return
    [stored] = await ports.store.read([user_key(settlement.user_id)])
    assert stored is not None, "its person is there, or a nobody"
    buyer = decode_user(stored)
    lasting = settlement.credits - settlement.returned
    buyer = replace(buyer, perks=replace(buyer.perks, giftable=buyer.perks.giftable + lasting))
    settled, writes = replace(settlement, state=SettlementState.SETTLED, sweep_at=None), list[Write]()
    if buyer.perks.invited_by and not buyer.perks.is_invitation_settled:
        buyer, settled, writes = await _reward(ports, buyer, settled)
    await ports.store.commit([update(stored, buyer), update_settlement(record, settled), *writes])


async def _reward(ports: Ports, buyer: User, settled: Settlement) -> tuple[User, Settlement, list[Write]]:
    """Both sides of an invitation are rewarded for the first purchase that lasts; its inviter within limits."""
    now, inviter_id = ports.clock.now(), buyer.perks.invited_by
    invitation = invitation_key(invitation_id(ports.bot_id, inviter_id))
    [stored] = await ports.store.read([user_key(inviter_id)])
    assert stored is not None, "its person is there, or a nobody"
    inviter = decode_user(stored)
    account, own = book_bonus(buyer.account, buyer.id, invited_fact(buyer.id), GROWTH.invited_credits, now)
    buyer = replace(buyer, account=account, perks=replace(buyer.perks, is_invitation_settled=True))
    settled = replace(settled, invited_credits=GROWTH.invited_credits, sweep_at=now)
    writes: list[Write] = [create_transfer(own)]
    if inviter.account.available >= 0 and may_be_rewarded(inviter.perks, GROWTH, now):  # no free credits pay a debt
        account, reward = book_bonus(inviter.account, inviter.id, inviter_fact(buyer.id), GROWTH.inviter_credits, now)
        inviter = replace(inviter, account=account, perks=count_reward(inviter.perks, now))
        settled = replace(settled, inviter_id=inviter_id, inviter_credits=GROWTH.inviter_credits)
        writes += [create_transfer(reward), update(stored, inviter), Increment(invitation, {"rewarded": 1})]
    return buyer, settled, writes


async def _tell(ports: Ports, user_id: int, text: str) -> bool:
    """Tell a person in the private chat; False if it has to be told later: as with an answer, rather twice than never.

    What Telegram refuses is not sent again. Nobody hears of what concerns an erased person.
    """
    if is_nobody(user_id):
        return True
    try:
        await ports.messenger.send_text(Place(user_id), Screen(text))
    except (TooManyRequestsError, DeliveryUnknownError):
        return False
    except MessengerError as error:
        log_event("notice_dropped", severity="WARNING", error=error)
    return True
