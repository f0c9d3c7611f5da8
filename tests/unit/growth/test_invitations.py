"""Invitations: both are rewarded once, for a purchase that lasts, and a return takes the rewards back."""

from collections.abc import Awaitable
from datetime import timedelta

import pytest

from shared.credits.catalogue import GROWTH
from shared.credits.ledger import Change, TransferKind
from shared.errors import TooManyRequestsError, UnavailableError
from shared.growth.growth_documents import create_invitation, invitation_id
from shared.growth.invitation import Invitation
from shared.growth.settlement import SETTLE_TIME
from shared.growth.take_due import take_due
from shared.people.change_credits import change_credits
from tests.unit.growth.buying import SMALL, available, find_link, have_bought, paid, pass_time, returned, sweep
from tests.world import BOT_ID, ME, OTHER, World, any_commit, writes_to

NEW = 777
INVITER, INVITED = GROWTH.inviter_credits, GROWTH.invited_credits


async def invite(world: World, user_id: int = NEW, by: int = ME) -> None:
    """Somebody comes by the link of another."""
    await world.send(world.message("/invite", user_id=by))
    await world.send(world.message(f"/start {find_link(world, by)}", user_id=user_id))


def numbers(world: World) -> tuple[int, int]:
    """How many came by the only link, and for how many there was a reward."""
    [fields] = world.store.collection("invitations").values()
    return fields["came"], fields["rewarded"]


async def test_reward_for_a_lasting_purchase(shop: World) -> None:
    """Three days after the first purchase both get their credits, once, and hear of it."""
    before = available(shop)
    await invite(shop)
    assert numbers(shop) == (1, 0)
    await shop.send(paid(shop, user_id=NEW))
    await pass_time(shop, SETTLE_TIME - timedelta(seconds=1))
    assert available(shop) == before
    await pass_time(shop, timedelta(seconds=1))
    assert available(shop) == before + INVITER
    assert available(shop, NEW) == 20 + SMALL.credits + INVITED
    assert "whom you invited" in shop.shown().text
    assert "came by an invitation" in shop.shown(NEW).text
    await have_bought(shop, user_id=NEW, charge="stx2")
    await sweep(shop)
    assert available(shop) == before + INVITER
    assert numbers(shop) == (1, 1)
    assert sum("whom you invited" in each.text for each in shop.messenger.messages(ME)) == 1
    shop.check_money()
    await shop.send(shop.message("/invite"))
    assert "Came by your link: 1. Rewarded: 1." in shop.shown().text


async def test_return_before_it_counts(shop: World) -> None:
    """A purchase that is returned within three days brings nobody anything; the next that lasts does."""
    before = available(shop)
    await invite(shop)
    await shop.send(paid(shop, user_id=NEW), returned(shop, user_id=NEW))
    await pass_time(shop)
    assert available(shop) == before
    await have_bought(shop, user_id=NEW, charge="stx2")
    assert available(shop) == before + INVITER
    shop.check_money()


async def test_return_after_the_reward(shop: World) -> None:
    """A later return takes both rewards back, below zero if they were spent, and no purchase brings them again."""
    before = available(shop)
    await invite(shop)
    await have_bought(shop, user_id=NEW)
    await shop.send(returned(shop, user_id=NEW), returned(shop, user_id=NEW))
    assert (available(shop), available(shop, NEW)) == (before, 20)
    await have_bought(shop, user_id=NEW, charge="stx2")
    assert available(shop) == before
    shop.check_money()


async def test_somebody_known_is_not_invited(shop: World) -> None:
    """Only people whom the bot has never seen can come by a link: no self-invitation, and no ring."""
    await invite(shop)
    await invite(shop, ME, by=NEW)
    await invite(shop, OTHER, by=NEW)
    await invite(shop, ME, by=ME)
    assert [shop.user(each).perks.invited_by for each in (ME, OTHER, NEW)] == [0, 0, ME]


@pytest.mark.parametrize("payload", ["ref_no-such-link-000", "ref_x", "ref_", "ref"])
async def test_links_of_nobody(shop: World, payload: str) -> None:
    """A link that nobody has made brings an ordinary new person."""
    await shop.send(shop.message(f"/start {payload}", user_id=NEW))
    assert shop.user(NEW).perks.invited_by == 0
    assert shop.store.collection("invitations") == {}
    shop.check_money()


async def test_the_own_link_of_somebody_new(shop: World) -> None:
    """Who dies between making somebody's link and storing the person leaves a link by which nobody invites himself."""
    id_ = invitation_id(BOT_ID, NEW)
    await shop.store.commit([create_invitation(id_, Invitation(NEW, "en"))])
    await shop.send(shop.message(f"/start ref_{id_}", user_id=NEW))
    assert shop.user(NEW).perks.invited_by == 0
    assert numbers(shop) == (0, 0)


async def test_arrival_told_twice(shop: World) -> None:
    """An arrival that is delivered again counts once, also where the answer to its commit was lost."""
    await shop.send(shop.message("/invite"))
    update = shop.message(f"/start {find_link(shop)}", user_id=NEW)
    shop.store.lose(writes_to("invitations"))
    with pytest.raises(UnavailableError):
        await shop.deliver(update)
    await shop.send(update, update)
    assert numbers(shop) == (1, 0)
    assert shop.user(NEW).perks.invited_by == ME
    shop.check_money()


async def test_arrival_and_another_first_message(shop: World) -> None:
    """Somebody who writes at the moment of the arrival is known then, and not invited."""
    await shop.send(shop.message("/invite"))
    update = shop.message(f"/start {find_link(shop)}", user_id=NEW)
    shop.store.interrupt(writes_to("invitations"), lambda: shop.deliver(shop.message("/help", user_id=NEW)))
    await shop.send(update)
    assert numbers(shop) == (0, 0)
    shop.check_money()


async def test_a_farm_finds_a_limit(shop: World) -> None:
    """An inviter is rewarded for some people a day and a month; the invited ones get theirs all the same."""
    before = available(shop)
    for number in range(GROWTH.rewards_per_day + 2):
        await invite(shop, 1_000 + number)
        await shop.send(paid(shop, user_id=1_000 + number, charge=f"a{number}"))
    await pass_time(shop)
    assert available(shop) == before + GROWTH.rewards_per_day * INVITER
    assert all(available(shop, 1_000 + n) == 20 + SMALL.credits + INVITED for n in range(GROWTH.rewards_per_day + 2))
    for day in range(1, 6):
        for number in range(GROWTH.rewards_per_day):
            await invite(shop, 1_000 * (day + 1) + number)
            await shop.send(paid(shop, user_id=1_000 * (day + 1) + number, charge=f"b{day}{number}"))
        shop.clock.set(shop.now.replace(day=6 + 4 * day))
        await sweep(shop)
    assert available(shop) == before + GROWTH.rewards_per_month * INVITER
    shop.check_money()


async def test_an_inviter_with_a_debt(shop: World) -> None:
    """A reward pays no debt: who owes credits after a return gets none, the invited one does."""
    await invite(shop)
    await shop.send(paid(shop, charge="a1"), paid(shop, user_id=NEW))
    spent = Change(TransferKind.CORRECTION, ME, -SMALL.credits, "t1", "spent")
    await change_credits(shop.store, shop.clock, spent)
    await shop.send(returned(shop, charge="a1"))
    debt = available(shop)
    assert debt < 0
    await pass_time(shop)
    assert available(shop) == debt
    assert available(shop, NEW) == 20 + SMALL.credits + INVITED
    assert numbers(shop) == (1, 0)
    shop.check_money()


async def test_settled_by_two_at_once(shop: World) -> None:
    """Two workers that settle a purchase at the same moment reward once."""
    before = available(shop)
    await invite(shop)
    await shop.send(paid(shop, user_id=NEW))
    shop.clock.advance(SETTLE_TIME.total_seconds())
    [charge] = shop.store.collection("settlements")

    def settle() -> Awaitable[None]:
        return take_due(shop.ports, "settlements", charge)

    shop.store.interrupt(any_commit, settle)
    await settle()
    assert available(shop) == before + INVITER
    assert [each.kind for each in shop.transfers()].count(TransferKind.BONUS) == 2
    shop.check_money()


async def test_killed_before_they_are_told(shop: World) -> None:
    """Who dies after the rewards leaves telling them to the next sweep."""
    await invite(shop)
    await shop.send(paid(shop, user_id=NEW))
    shop.clock.advance(SETTLE_TIME.total_seconds())
    [charge] = shop.store.collection("settlements")
    shop.store.lose(any_commit)
    with pytest.raises(UnavailableError):
        await take_due(shop.ports, "settlements", charge)
    shop.messenger.fail("send_text", TooManyRequestsError(3.0))
    await sweep(shop)
    assert "whom you invited" not in shop.shown().text
    await pass_time(shop, timedelta(hours=1))
    assert "whom you invited" in shop.shown().text
    shop.check_money()


async def test_told_by_two_at_once(shop: World) -> None:
    """Where two workers tell of a reward at the same moment, the second leaves the document to the first."""
    await invite(shop)
    await shop.send(paid(shop, user_id=NEW))
    shop.clock.advance(SETTLE_TIME.total_seconds())
    [charge] = shop.store.collection("settlements")
    is_told = writes_to("settlements", sweep_at=None)
    shop.store.interrupt(is_told, lambda: take_due(shop.ports, "settlements", charge))
    await take_due(shop.ports, "settlements", charge)
    assert shop.store.collection("settlements")[charge]["sweep_at"] is None


async def test_nothing_to_settle(shop: World) -> None:
    """A task for a purchase that nobody made does nothing."""
    await take_due(shop.ports, "settlements", "no-such-charge-0")
    assert not [each for each in shop.transfers() if each.kind is TransferKind.BONUS]


async def test_two_commands_at_once(shop: World) -> None:
    """Two /invite at the same moment make one link."""
    shop.store.interrupt(writes_to("invitations"), lambda: shop.deliver(shop.message("/invite")))
    await shop.send(shop.message("/invite"))
    assert len(shop.store.collection("invitations")) == 1
    assert "Invite friends" in shop.shown().text


async def test_in_a_group(shop: World) -> None:
    """A group leads to the private chat, whose link shows the invitation."""
    await shop.send(shop.message("/invite", chat_id=-1001))
    [[button]] = shop.shown(-1001).buttons
    assert button.url.endswith("?start=invite")
    await shop.send(shop.message("/start invite"))
    assert "Invite friends" in shop.shown().text
