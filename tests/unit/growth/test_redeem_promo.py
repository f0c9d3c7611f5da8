"""Promo codes: each works once for a person and as often as it may, whatever comes twice or at the same time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.credits.ledger import Change, TransferKind
from shared.errors import UnavailableError
from shared.growth.growth_documents import create_promo
from shared.growth.promo_code import PromoCode
from shared.people.change_credits import change_credits
from tests.unit.growth.buying import MEDIUM, SMALL, available, paid, returned
from tests.world import ME, OTHER, World, any_commit

CODE = "AB23CD45EF"


async def make_code(world: World, **terms: Any) -> None:
    promo = PromoCode(CODE, "winter", world.now + timedelta(days=30))
    await world.store.commit([create_promo(replace(promo, **terms))])


def uses(world: World) -> int:
    """How often the code was used, as it says itself."""
    used = world.store.collection("promo_codes")[CODE]["used"]
    assert used == len(world.store.collection("promo_uses"))
    return int(used)


@pytest.mark.parametrize("words", ["/promo AB23C-D45EF", "/start promo_ab23cd45ef", "/start promo_AB23C-D45EF"])
async def test_credits_at_once(shop: World, words: str) -> None:
    """A code typed or opened by a link gives its credits once, however often it comes."""
    await make_code(shop, credits=25)
    before, update = available(shop), shop.message(words)
    await shop.send(update, update, shop.message(words))
    assert available(shop) == before + 25
    assert "used this code already" in shop.shown().text
    assert [each.id for each in shop.transfers() if each.kind is TransferKind.BONUS] == [f"bonus:promo:{CODE}:{ME}"]
    assert uses(shop) == 1
    shop.check_money()


async def test_more_with_the_next_purchase(shop: World) -> None:
    """A code of per cent is kept for one purchase, whose return takes the present back."""
    await make_code(shop, percent=30)
    before = available(shop)
    await shop.send(shop.message(f"/promo {CODE}"), paid(shop), paid(shop, charge="stx2"))
    assert available(shop) == before + 2 * SMALL.credits + 18
    assert "and 18 as a present" in shop.messenger.messages(ME)[-2].text
    await shop.send(returned(shop), returned(shop))
    assert available(shop) == before + SMALL.credits
    assert "78 credits were taken back" in shop.shown().text
    shop.check_money()


async def test_paid_before_a_kept_code_ends(shop: World) -> None:
    """A payment of which we hear after the end of the code brings what it brought when it was made."""
    await make_code(shop, percent=30)
    await shop.send(shop.message(f"/promo {CODE}"))
    before, payment = available(shop), paid(shop)
    shop.clock.advance(timedelta(days=30).total_seconds())
    await shop.send(payment)
    assert available(shop) == before + SMALL.credits + 18
    shop.check_money()


async def test_a_kept_code_ends(shop: World) -> None:
    """What waits for a purchase beyond the end of its code brings nothing."""
    await make_code(shop, percent=30)
    before = available(shop)
    await shop.send(shop.message(f"/promo {CODE}"))
    shop.clock.advance(timedelta(days=31).total_seconds())
    await shop.send(paid(shop))
    assert available(shop) == before + SMALL.credits


async def test_presents_of_a_purchase_have_a_limit(shop: World) -> None:
    """A first purchase with a generous code brings at most half as much again."""
    await make_code(shop, percent=80)
    before = available(shop)
    await shop.send(shop.message(f"/promo {CODE}"), paid(shop, package="m"))
    assert available(shop) == before + MEDIUM.credits + MEDIUM.credits // 2


async def test_limited_number_under_a_race(shop: World) -> None:
    """Of two people who want the last use at the same moment one gets it; the other hears why not."""
    await make_code(shop, credits=25, uses_max=1)
    shop.store.interrupt(any_commit, lambda: shop.deliver(shop.message(f"/promo {CODE}", user_id=OTHER)))
    before = available(shop)
    await shop.send(shop.message(f"/promo {CODE}"))
    assert available(shop) == before
    assert "they were faster" in shop.shown().text
    assert uses(shop) == 1
    shop.check_money()


async def test_once_per_person_under_a_race(shop: World) -> None:
    """Two messages with one code at the same moment use it once."""
    await make_code(shop, credits=25)
    before = available(shop)
    shop.store.interrupt(any_commit, lambda: shop.deliver(shop.message(f"/promo {CODE}")))
    await shop.send(shop.message(f"/promo {CODE}"))
    assert available(shop) == before + 25
    assert uses(shop) == 1


async def test_two_deliveries_at_once(shop: World) -> None:
    """The second of two deliveries leaves the work to the first."""
    await make_code(shop, credits=25)
    before, update = available(shop), shop.message(f"/promo {CODE}")
    shop.store.interrupt(any_commit, lambda: shop.deliver(update))
    await shop.send(update)
    assert available(shop) == before + 25
    assert sum("The code works" in each.text for each in shop.messenger.messages(ME)) == 1


async def test_killed_after_the_commit(shop: World) -> None:
    """Who dies between the commit and the answer leaves the answer to the repetition."""
    await make_code(shop, credits=25)
    before, update = available(shop), shop.message(f"/promo {CODE}")
    shop.store.lose(any_commit)
    with pytest.raises(UnavailableError):
        await shop.deliver(update)
    await shop.deliver(update)
    await shop.settle()
    assert available(shop) == before + 25
    assert "The code works" in shop.shown().text


async def test_unknown_codes_are_counted(shop: World) -> None:
    """After five wrong codes even a right one waits, and an hour later it works."""
    await make_code(shop, credits=25)
    before = available(shop)
    for number in range(5):
        await shop.send(shop.message(f"/promo WRONG-CODE{number}"))
    assert "last try" in shop.shown().text
    await shop.send(shop.message(f"/promo {CODE}"))
    assert "in a short time" in shop.shown().text
    assert available(shop) == before
    shop.clock.advance(3_600)
    await shop.send(shop.message(f"/promo {CODE}"))
    assert available(shop) == before + 25


async def test_what_cannot_be_a_code(shop: World) -> None:
    """Words that are no code are a wrong try too, and are not looked up."""
    await shop.send(shop.message("/promo ../users/501"), shop.message("/promo 🎁"))
    assert "3 more tries" in shop.shown().text


async def test_debt(shop: World) -> None:
    """Free credits do not pay a debt: the code stays unused."""
    await make_code(shop, credits=25)
    await shop.send(paid(shop))
    spent = Change(TransferKind.CORRECTION, ME, -available(shop), "t1", "spent")
    await change_credits(shop.store, shop.clock, spent)
    await shop.send(returned(shop), shop.message(f"/promo {CODE}"))
    assert available(shop) == -SMALL.credits
    assert "cannot pay a debt" in shop.shown().text
    assert uses(shop) == 0


async def test_new_person_by_a_link(shop: World) -> None:
    """Somebody whom the bot has never seen gets the welcome credits and those of the code."""
    await make_code(shop, credits=25)
    await shop.send(shop.message(f"/start promo_{CODE}", user_id=777))
    assert available(shop, 777) == 45
    shop.check_money()


async def test_how_it_works(shop: World) -> None:
    """Without a code the command explains itself; a group leads to the private chat, whose link explains it too."""
    await shop.send(shop.message("/promo"))
    assert "Promo code" in shop.shown().text
    await shop.send(shop.message("/promo AB23CD45EF", chat_id=-1001))
    [[button]] = shop.shown(-1001).buttons
    assert button.url.endswith("?start=promo")
    await shop.send(shop.message("/start promo"))
    assert "Promo code" in shop.shown().text
