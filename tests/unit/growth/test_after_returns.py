"""What becomes of gifts, rewards and presents when the money of a purchase goes back."""

from dataclasses import replace

import pytest

from shared.codec import update
from shared.credits.ledger import Charge, TransferKind
from shared.credits.portion import Portion
from shared.errors import TooManyRequestsError
from shared.growth.book_charges import take_charge_back
from shared.growth.growth_documents import decode_gift, decode_settlement, gift_key, settlement_key, update_gift
from shared.growth.settlement import SETTLE_TIME, SettlementState
from shared.growth.take_due import take_due
from shared.payments.payment_documents import payment_id
from shared.people.accounts import open_user
from shared.people.user_documents import decode_user, user_key
from tests.unit.growth.buying import MEDIUM, SMALL, available, find_link, have_bought, paid, pass_time, returned, sweep
from tests.world import ME, OTHER, World, writes_to

THIRD, NEW = 503, 777


@pytest.fixture
async def giver(shop: World) -> World:
    """Somebody whose purchase has settled, and who has made a gift of 20 credits."""
    await have_bought(shop)
    await shop.send(shop.message("/gift 20"))
    return shop


def told(world: World, words: str, user_id: int = ME) -> int:
    return sum(words in each.text for each in world.messenger.messages(user_id))


async def test_gift_of_a_returned_payment(giver: World) -> None:
    """Its link gives nothing: the credits go back to the giver, who hears why; who opened it hears no secret."""
    payload = find_link(giver)
    await giver.send(returned(giver))
    assert available(giver) == 20 - 20
    for user_id in (OTHER, THIRD, OTHER):
        await giver.send(giver.message(f"/start {payload}", user_id=user_id))
        assert "cannot be opened any more" in giver.shown(user_id).text
    assert (available(giver), available(giver, OTHER)) == (20, 20)
    assert told(giver, "A payment of yours was returned, so your gift of 20") == 1
    assert giver.user().perks.underway == 0
    await sweep(giver)
    assert told(giver, "A payment of yours was returned") == 1
    giver.check_money()


async def test_gift_that_another_payment_covers(giver: World) -> None:
    """A gift that is still paid for by another purchase is opened as ever."""
    payload = find_link(giver)
    await have_bought(giver, charge="stx2")
    await giver.send(returned(giver))
    await giver.send(giver.message(f"/start {payload}", user_id=OTHER))
    assert available(giver, OTHER) == 40
    giver.check_money()


async def test_opened_while_the_payment_is_returned(giver: World) -> None:
    """A return that comes between looking and opening is seen: the gift is not opened."""
    payload = find_link(giver)
    giver.store.interrupt(writes_to("gifts"), lambda: giver.deliver(returned(giver)))
    await giver.send(giver.message(f"/start {payload}", user_id=OTHER))
    assert available(giver, OTHER) == 20
    giver.check_money()


async def test_opened_by_the_release_before(giver: World) -> None:
    """A gift that the release before has opened is taken out of what is underway when its giver is told, once."""
    payload = find_link(giver)
    await giver.deliver(giver.message(f"/start {payload}", user_id=OTHER))
    [gift_id] = giver.store.collection("gifts")
    gift, user = await giver.store.read([gift_key(gift_id), user_key(ME)])
    assert gift is not None
    assert user is not None
    person, before = decode_user(user), replace(decode_gift(gift), is_counted=False)
    person = replace(person, perks=replace(person.perks, underway=20))
    await giver.store.commit([update_gift(gift, before), update(user, person)])
    for _ in range(2):
        await take_due(giver.ports, "gifts", gift_id)
    assert giver.user().perks.underway == 0
    assert told(giver, "has arrived") == 1


async def invite(shop: World) -> None:
    """ME has invited NEW, whose first purchase has settled."""
    await shop.send(shop.message("/invite"))
    await shop.send(shop.message(f"/start {find_link(shop)}", user_id=NEW))
    await have_bought(shop, user_id=NEW)


async def test_lost_reward_is_told(shop: World) -> None:
    """Who had invited a buyer whose money goes back loses the reward and hears of it, once."""
    before = available(shop)
    await invite(shop)
    assert available(shop) > before
    await shop.send(returned(shop, user_id=NEW))
    shop.messenger.fail("send_text", TooManyRequestsError(3.0))
    for _ in range(3):
        await pass_time(shop)
    assert told(shop, "Somebody whom you invited got their money back") == 1
    assert told(shop, "Somebody whom you invited stayed") == 1
    [fields] = shop.store.collection("settlements").values()
    assert (fields["inviter_credits"], fields["lost_credits"], fields["sweep_at"]) == (0, 10, None)
    shop.check_money()


async def test_presents_are_named(shop: World) -> None:
    """The message about a return says that the presents of the purchase went too, whoever booked it."""
    await shop.send(paid(shop, package="m"))
    await shop.send(returned(shop, package="m"))
    assert f"{MEDIUM.credits + 19} credits were taken back with the presents" in shop.shown().text


async def take_part(shop: World, before: int, after: int) -> None:
    """Of the purchase of ME `after` hundredths went back, `before` of them earlier."""
    opened = await open_user(shop.ports, ME)
    charge = Charge(payment_id("stars", "stx1"), ME, MEDIUM.credits)
    portion = Portion(before, after, 100)
    taken = await take_charge_back(shop.store, opened.user, charge, TransferKind.REFUND, shop.now, portion)
    await shop.store.commit([*opened.writes(taken.user), *taken.writes])


@pytest.mark.parametrize("is_settled", [False, True])
async def test_parts(shop: World, is_settled: bool) -> None:  # noqa: FBT001 — a parameter
    """A part takes its part of the credits and of the present; what is left can be given away once it has settled."""
    start = available(shop)
    await shop.send(paid(shop, package="m"))
    if is_settled:
        await pass_time(shop)
    before = available(shop)
    await take_part(shop, 0, 50)
    left = MEDIUM.credits - MEDIUM.credits // 2
    assert available(shop) == before - MEDIUM.credits // 2 - 9
    if not is_settled:
        await pass_time(shop)
    assert shop.user().perks.giftable == left
    shop.check_money()
    await take_part(shop, 50, 100)
    assert (available(shop), shop.user().perks.giftable) == (start, 0)
    [record] = await shop.store.read([settlement_key(payment_id("stars", "stx1"))])
    assert record is not None
    assert decode_settlement(record).state is SettlementState.RETURNED
    shop.check_money()


async def test_part_of_the_first_purchase_of_somebody_invited(shop: World) -> None:
    """Rewards stay as long as a part of the purchase does."""
    await invite(shop)
    rewarded = available(shop)
    opened = await open_user(shop.ports, NEW)
    charge = Charge(payment_id("stars", "stx1"), NEW, SMALL.credits)
    for portion in (Portion(0, 99, 100), Portion(99, 100, 100)):
        assert available(shop) == rewarded
        opened = await open_user(shop.ports, NEW)
        taken = await take_charge_back(shop.store, opened.user, charge, TransferKind.REFUND, shop.now, portion)
        await shop.store.commit([*opened.writes(taken.user), *taken.writes])
    assert available(shop) == rewarded - 10
    shop.clock.advance(SETTLE_TIME.total_seconds())
    await sweep(shop)
    shop.check_money()
