"""Gifts by link: credits leave the giver once and arrive once, at whoever is first, or come back."""

from datetime import timedelta

import pytest

from shared.credits.catalogue import DAILY_CREDITS, GROWTH
from shared.credits.ledger import Change, TransferKind
from shared.errors import (
    BotBlockedError,
    DeliveryUnknownError,
    MessengerError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.growth.gift import GIFT_LIFE
from shared.growth.take_due import take_due
from shared.people.change_credits import change_credits
from tests.unit.growth.buying import SMALL, available, find_link, have_bought, pass_time, returned, sweep
from tests.world import ME, OTHER, World, any_commit, writes_to

THIRD = 503


@pytest.fixture
async def giver(shop: World) -> World:
    """Somebody whose purchase has settled, and who has made a gift of 20 credits."""
    await have_bought(shop)
    await shop.send(shop.message("/gift 20"))
    return shop


def gifts(world: World) -> list[str]:
    """The states of all gifts."""
    return sorted(fields["state"] for fields in world.store.collection("gifts").values())


async def test_given_and_opened(giver: World) -> None:
    """The credits go from one to the other once, however often the link is opened; the giver hears of it once."""
    before, payload = available(giver, OTHER), find_link(giver)
    assert gifts(giver) == ["open"]
    update = giver.message(f"/start {payload}", user_id=OTHER)
    await giver.send(update, update, giver.message(f"/start {payload}", user_id=OTHER))
    assert "with you already" in giver.shown(OTHER).text
    await giver.send(giver.message(f"/start {payload}", user_id=THIRD))
    assert "gone" in giver.shown(THIRD).text
    assert available(giver, OTHER) == before + 20
    assert available(giver) == 20 + SMALL.credits - 20
    assert available(giver, THIRD) == 20
    assert sum("has arrived" in each.text for each in giver.messenger.messages(ME)) == 1
    assert gifts(giver) == ["received"]
    giver.check_money()
    await sweep(giver)
    assert sum("has arrived" in each.text for each in giver.messenger.messages(ME)) == 1


async def test_the_same_command_twice(shop: World) -> None:
    """A command that is delivered again makes no second gift."""
    await have_bought(shop)
    update = shop.message("/gift 20")
    shop.store.lose(writes_to("gifts"))
    with pytest.raises(UnavailableError):
        await shop.deliver(update)
    await shop.send(update, update)
    assert gifts(shop) == ["open"]
    assert "belongs to whoever" in shop.shown().text


async def test_first_of_two_at_once(giver: World) -> None:
    """Of two people who open a link at the same moment one gets the gift."""
    payload = find_link(giver)
    others = giver.message(f"/start {payload}", user_id=THIRD)
    giver.store.interrupt(writes_to("gifts"), lambda: giver.deliver(others))
    await giver.send(giver.message(f"/start {payload}", user_id=OTHER))
    assert (available(giver, OTHER), available(giver, THIRD)) == (20, 40)
    assert "gone" in giver.shown(OTHER).text
    giver.check_money()


async def test_taken_back(giver: World) -> None:
    """A press takes back what nobody has opened; its link is worth nothing then, and the press counts once."""
    shown, payload = giver.shown(), find_link(giver)
    await giver.send(giver.tap("ungift", shown), giver.tap("ungift", shown))
    assert available(giver) == 20 + SMALL.credits
    assert "took your gift back" in giver.shown().text
    await giver.send(giver.message(f"/start {payload}", user_id=OTHER))
    assert "gone" in giver.shown(OTHER).text
    assert gifts(giver) == ["recalled"]
    giver.check_money()
    await giver.send(giver.message("/gift 60"))
    assert gifts(giver) == ["open", "recalled"]


async def test_taken_back_and_opened_at_once(giver: World) -> None:
    """Of a press and an opening at the same moment one wins, and the credits are there once."""
    shown, payload = giver.shown(), find_link(giver)
    opening = giver.message(f"/start {payload}", user_id=OTHER)
    giver.store.interrupt(writes_to("gifts"), lambda: giver.deliver(opening))
    await giver.send(giver.tap("ungift", shown))
    assert (available(giver), available(giver, OTHER)) == (SMALL.credits, 40)
    assert "opened it already" in giver.messenger.taps[-1].toast
    giver.check_money()


async def test_it_comes_back(giver: World) -> None:
    """A gift that nobody opens comes back after seven days, once, and its giver is told; the link ends then."""
    payload = find_link(giver)
    giver.clock.advance(GIFT_LIFE.total_seconds())
    await giver.send(giver.message(f"/start {payload}", user_id=OTHER))
    assert "gone" in giver.shown(OTHER).text
    await pass_time(giver, timedelta())
    await sweep(giver)
    assert available(giver) == 20 + SMALL.credits
    assert sum("Nobody opened" in each.text for each in giver.messenger.messages(ME)) == 1
    assert giver.user().perks.giftable == SMALL.credits
    giver.check_money()


async def test_swept_too_early(giver: World) -> None:
    """A task that comes before the end of a gift changes nothing."""
    [gift_id] = giver.store.collection("gifts")
    await take_due(giver.ports, "gifts", gift_id)
    await take_due(giver.ports, "gifts", "no-such-gift-000")
    assert gifts(giver) == ["open"]


async def test_swept_by_two_at_once(giver: World) -> None:
    """Of two sweeps at the same moment one makes the task of a gift that is over; the credits come back once."""
    giver.clock.advance(GIFT_LIFE.total_seconds())
    giver.store.interrupt(writes_to("gifts", sweeps=1), lambda: sweep(giver))
    await sweep(giver)
    assert available(giver) == 20 + SMALL.credits
    giver.check_money()


@pytest.mark.parametrize("error", [TooManyRequestsError(3.0), DeliveryUnknownError("lost")])
async def test_the_giver_is_told_later(giver: World, error: MessengerError) -> None:
    """Flood control, or an answer that was lost, puts the notice off until the next sweep."""
    payload = find_link(giver)
    await giver.deliver(giver.message(f"/start {payload}", user_id=OTHER))
    giver.messenger.fail("send_text", error)
    await giver.settle()
    assert "has arrived" not in giver.shown().text
    await sweep(giver)
    assert "has arrived" in giver.shown().text


async def test_the_giver_may_not_be_reached(giver: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A notice that Telegram refuses is not sent again."""
    payload = find_link(giver)
    await giver.deliver(giver.message(f"/start {payload}", user_id=OTHER))
    giver.messenger.fail("send_text", BotBlockedError("blocked"))
    await giver.settle()
    await sweep(giver)
    assert "has arrived" not in giver.shown().text
    assert "notice_dropped" in capsys.readouterr().out


async def test_told_by_two_at_once(giver: World) -> None:
    """Where two workers tell the giver at the same moment, the second leaves the document to the first."""
    payload = find_link(giver)
    await giver.deliver(giver.message(f"/start {payload}", user_id=OTHER))
    [gift_id] = giver.store.collection("gifts")
    giver.store.interrupt(any_commit, lambda: take_due(giver.ports, "gifts", gift_id))
    await giver.settle()
    assert giver.store.collection("gifts")[gift_id]["is_told"]


async def test_own_link(giver: World) -> None:
    """Who opens the own link keeps the gift open."""
    await giver.send(giver.message(f"/start {find_link(giver)}"))
    assert "your own gift" in giver.shown().text
    assert gifts(giver) == ["open"]


@pytest.mark.parametrize("payload", ["gift_AAAAAAAAAAAAAAAAAAAAAA", "gift_short", "gift_", "gift_../../x"])
async def test_links_to_nothing(giver: World, payload: str) -> None:
    """A guessed or damaged link gives nothing."""
    await giver.send(giver.message(f"/start {payload}", user_id=OTHER))
    assert gifts(giver) == ["open"]
    assert available(giver, OTHER) == 20


@pytest.mark.parametrize("data", ["1;ungift;no-such-gift-000", "1;ungift;../users/501;x", "1;ungift"])
async def test_button_of_nothing(giver: World, data: str) -> None:
    """A button without a gift of this person takes nothing back."""
    await giver.send(giver.tap_data(data, giver.shown().message_id))
    assert gifts(giver) == ["open"]


async def test_button_of_another(giver: World) -> None:
    """Nobody takes another person's gift back."""
    [gift_id] = giver.store.collection("gifts")
    await giver.send(giver.tap_data(f"1;ungift;{gift_id}", giver.shown().message_id, user_id=OTHER))
    assert gifts(giver) == ["open"]


async def test_only_bought_credits(shop: World) -> None:
    """Welcome credits cannot be given, nor bought ones before they have settled."""
    await shop.send(shop.message("/gift 5"))
    assert "You can give 0 credits" in shop.shown().text
    await have_bought(shop)
    await shop.send(shop.message(f"/gift {SMALL.credits + 1}"))
    assert f"You can give {SMALL.credits} credits" in shop.shown().text
    await shop.send(shop.message("/gift 5000"), shop.message(f"/gift {GROWTH.gift_credits_max}"))
    assert "do not have so many" in shop.shown().text
    assert "at most 500" in shop.messenger.messages(ME)[-2].text
    assert gifts(shop) == []
    assert not [each for each in shop.transfers() if each.kind is TransferKind.SENT]


async def test_returned_purchase_cannot_be_given(shop: World) -> None:
    """Credits whose money came back are nobody's to give."""
    await have_bought(shop)
    await shop.send(returned(shop), shop.message("/gift 5"))
    assert "You can give 0 credits" in shop.shown().text


async def test_given_and_then_returned(giver: World) -> None:
    """Who gives credits away and gets their money back owes them; the receiver keeps them."""
    await giver.send(giver.message(f"/start {find_link(giver)}", user_id=OTHER), returned(giver))
    assert (available(giver), available(giver, OTHER)) == (0, 40)
    assert giver.user().perks.giftable == -20
    giver.check_money()


async def test_many_gifts_a_day(giver: World) -> None:
    """After ten gifts a day the next is refused; the next day it is made."""
    for _ in range(GROWTH.gifts_per_day):
        await giver.send(giver.message("/gift 1"))
    assert "many gifts today" in giver.shown().text
    assert len(gifts(giver)) == GROWTH.gifts_per_day
    giver.clock.advance(timedelta(days=1).total_seconds())
    await giver.send(giver.message("/gift 1"))
    assert len(gifts(giver)) == GROWTH.gifts_per_day + 1


@pytest.mark.parametrize("words", ["/gift", "/gift many", "/gift -5", "/gift 0", "/gift ٣", "/start gift"])
async def test_how_it_works(giver: World, words: str) -> None:
    """Without a number the command explains itself and says how much can be given."""
    await giver.send(giver.message(words))
    assert f"You can give {SMALL.credits - 20} now" in giver.shown().text


async def test_in_a_group(giver: World) -> None:
    """In a group nothing is given: it leads to the private chat."""
    await giver.send(giver.message("/gift 20", chat_id=-1001))
    [[button]] = giver.shown(-1001).buttons
    assert button.url.endswith("?start=gift")
    assert gifts(giver) == ["open"]


async def test_allowance_of_a_new_day(giver: World) -> None:
    """Who has spent everything and opens a damaged link on a new day gets that day's free credits with the answer."""
    spent = Change(TransferKind.CORRECTION, OTHER, -20, "t1", "spent")
    await change_credits(giver.store, giver.clock, spent)
    giver.clock.advance(timedelta(days=1).total_seconds())
    await giver.send(giver.message("/start gift_AAAAAAAAAAAAAAAAAAAAAA", user_id=OTHER))
    assert available(giver, OTHER) == DAILY_CREDITS
    giver.check_money()


async def test_credits_underway_count_for_the_allowance(giver: World) -> None:
    """Giving all away, getting the day's free credits and taking the gift back would be free credits every day."""
    shown = giver.shown()
    have = available(giver)
    await change_credits(giver.store, giver.clock, Change(TransferKind.CORRECTION, ME, -have, "t1", "spent"))
    await pass_time(giver, timedelta(days=1))
    await giver.send(giver.message("/balance"))
    assert available(giver) == 0
    await giver.send(giver.tap("ungift", shown))
    assert available(giver) == 20
    giver.check_money()


async def test_opened_gifts_are_no_longer_underway(giver: World) -> None:
    """Once somebody has the gift, its giver's free credits are those of anybody."""
    await giver.send(giver.message(f"/start {find_link(giver)}", user_id=OTHER))
    have = available(giver)
    await change_credits(giver.store, giver.clock, Change(TransferKind.CORRECTION, ME, -have, "t1", "spent"))
    await pass_time(giver, timedelta(days=1))
    await giver.send(giver.message("/balance"))
    assert available(giver) == DAILY_CREDITS


async def test_something_unknown_is_due(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A task for something that only a newer release knows is reported and does nothing."""
    await take_due(world.ports, "raffles", "no-such-gift-000")
    assert "due_unknown" in capsys.readouterr().out
