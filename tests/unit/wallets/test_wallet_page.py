"""/wallet: who may do what with a group's credits, and what people see."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credits.ledger import TransferKind
from shared.credits.wallet import DEPOSITS_MAX, Deposit, Wallet, WalletState, wallet_id_of
from shared.errors import DeliveryUnknownError, TooManyRequestsError, UnavailableError
from shared.jobs.shards import create_sharded
from shared.jobs.wallet_documents import open_wallet, wallet_key, write_wallet
from shared.ports import Member
from shared.statement.own_numbers import count_numbers
from shared.wallets.pay_wallet_back import pay_wallet_back
from tests.fakes.messenger import Shown
from tests.unit.growth.buying import SMALL, available, have_bought, pass_time, returned
from tests.unit.wallets.conftest import GIVEN, set_wallet, wallet_of
from tests.world import GROUP, ME, OTHER, World, writes_to


async def say(world: World, text: str, user_id: int = ME) -> str:
    """Write in the group; what the bot answers there."""
    await world.send(world.message(text, user_id=user_id, chat_id=GROUP))
    return world.shown(GROUP).text


async def press(world: World, button: str, user_id: int = ME, shown: Shown | None = None) -> Shown:
    """Press a button of the last message in the group; the message after it."""
    pressed = shown or world.shown(GROUP)
    await world.send(world.tap(f"wallet;{button}", pressed, user_id=user_id, chat_id=GROUP))
    return next(each for each in world.messenger.messages(GROUP) if each.message_id == pressed.message_id)


async def test_given_once(group: World) -> None:
    """A message gives its credits once, however often it is delivered, and whatever is lost."""
    before = available(group)
    update = group.message(f"/wallet {GIVEN}", chat_id=GROUP)
    again = group.message(f"/wallet {GIVEN}", chat_id=GROUP)
    again["message"]["message_id"] = update["message"]["message_id"]
    group.store.lose(writes_to("wallets"))
    with pytest.raises(UnavailableError):
        await group.deliver(update)
    await group.send(update, update, again)
    assert (available(group), wallet_of(group).credits) == (before - GIVEN, GIVEN)
    assert f"{GIVEN} credits" in group.shown(GROUP).text
    group.check_money()


async def test_only_bought_credits(group: World) -> None:
    """Free credits, and more than somebody has, are refused with the reason, but without what they have."""
    before = available(group)
    assert "do not have so many" in await say(group, "/wallet 5000")
    refused = await say(group, f"/wallet {before}")
    assert "only credits that you bought" in refused
    assert str(SMALL.credits) not in refused
    assert available(group) == before
    assert group.store.collection("wallets") == {}


@pytest.mark.parametrize("member", [None, Member("Bob", is_administrator=False)])
async def test_only_administrators_give(group: World, member: Member | None) -> None:
    """Telegram decides who is an administrator, each time."""
    await have_bought(group, user_id=OTHER, charge="stx2")
    group.messenger.members[GROUP] = {} if member is None else {OTHER: member}
    assert "Only administrators" in await say(group, "/wallet 10", OTHER)
    assert group.store.collection("wallets") == {}


async def test_telegram_is_away(group: World) -> None:
    """While Telegram does not say who is an administrator, nothing happens; then it happens once."""
    group.messenger.fail("find_member", DeliveryUnknownError("away"))
    assert f"{GIVEN} credits" in await say(group, f"/wallet {GIVEN}")
    assert wallet_of(group).credits == GIVEN
    group.check_money()


async def test_what_is_shown(wallet: World) -> None:
    """Everybody sees what there is and their own share of the day; where there is no wallet, how to begin one."""
    await say(wallet, "/image a red fox", OTHER)
    assert "You have used 4 today" in await say(wallet, "/wallet", OTHER)
    assert "You have used 0 today" in await say(wallet, "/wallet")
    await wallet.send(wallet.message("/wallet", chat_id=-1002), wallet.message("/wallet"))
    assert "no credits of its own" in wallet.shown(-1002).text
    assert "in the group" in wallet.shown().text


@pytest.mark.parametrize("words", ["100 credits", "-5", "0", "ten"])
async def test_words_that_are_no_number(wallet: World, words: str) -> None:
    """Who mistypes the number hears that nothing was given, and how to write it."""
    assert "no number" in await say(wallet, f"/wallet {words}")
    assert "no number" not in await say(wallet, "/wallet")
    assert wallet_of(wallet).credits == GIVEN


async def test_the_limit_is_chosen(wallet: World) -> None:
    """An administrator's choice holds from then on; a member's press, and a limit not on offer, change nothing."""
    shown = wallet.shown(GROUP)
    await press(wallet, "limit;50", OTHER)
    assert wallet_of(wallet).limit == 20
    chosen = await press(wallet, "limit;50")
    assert ("✅ 50" in str(chosen.buttons), "You have used" in chosen.text) == (True, False)
    assert wallet_of(wallet).limit == 50
    for data in ("1;wallet;limit;7", "1;wallet"):
        await wallet.send(wallet.tap_data(data, shown.message_id, chat_id=GROUP))
    assert wallet_of(wallet).limit == 50


async def test_flood_control(wallet: World) -> None:
    """A press whose screen Telegram does not take now is shown later, and does nothing twice."""
    wallet.messenger.fail("edit_text", TooManyRequestsError(20))
    assert "Give the wallet up?" in (await press(wallet, "close")).text
    wallet.messenger.fail("edit_text", TooManyRequestsError(20))
    assert "no credits of its own" in (await press(wallet, "closeyes")).text
    wallet.check_money()


async def test_entries(wallet: World) -> None:
    """Administrators see who gave and spent what, others do not; names are people's own, so they are escaped."""
    await say(wallet, "/image a red fox", OTHER)
    assert "Entries" in str((await press(wallet, "log", OTHER, await _page(wallet))).buttons)
    log = await press(wallet, "log", shown=await _page(wallet))
    lines = log.text.splitlines()
    assert "−4 · picture for Bob" in lines[1]
    assert f"+{GIVEN} · given by Ann &lt;b&gt;" in lines[2]
    assert f"{GIVEN - 4} credits" in (await press(wallet, "show", shown=log)).text


async def _page(world: World) -> Shown:
    await say(world, "/wallet")
    return world.shown(GROUP)


async def test_given_up(wallet: World) -> None:
    """After a question, what is left goes back to who gave it, who hears of it; it can be given again, once."""
    before = available(wallet)
    await say(wallet, "/image a red fox", OTHER)
    asked = await press(wallet, "close", shown=await _page(wallet))
    assert "Give the wallet up?" in asked.text
    assert "56 credits" in (await press(wallet, "show", shown=asked)).text
    asked = await press(wallet, "close", shown=await _page(wallet))
    yes = wallet.tap("wallet;closeyes", asked, chat_id=GROUP)
    await wallet.send(yes, yes)
    assert available(wallet) == before + GIVEN - 4
    assert wallet.user().perks.giftable == SMALL.credits - 4
    assert "came back" in wallet.shown(ME).text
    assert wallet_of(wallet).state is WalletState.CLOSED
    assert "no credits of its own" in await say(wallet, "/wallet")
    await say(wallet, "/image an owl", OTHER)
    assert wallet.jobs()[-1].wallet_id == ""
    wallet.check_money()


async def test_an_old_question_closes_nothing(wallet: World) -> None:
    """A yes to a question about the wallet as it was before another deposit shows the wallet, and asks anew."""
    asked = await press(wallet, "close")
    wallet.clock.advance(60)
    await have_bought(wallet, charge="stx2")
    await say(wallet, "/wallet 5")
    await press(wallet, "closeyes", shown=asked)
    assert wallet_of(wallet).state is WalletState.OPEN


async def test_a_question_that_another_administrator_overtakes(wallet: World) -> None:
    """A deposit in the same moment as the yes stays in the open wallet."""
    asked = await press(wallet, "close")
    await have_bought(wallet, charge="stx2")
    more = wallet.message("/wallet 5", chat_id=GROUP)
    wallet.store.interrupt(writes_to("wallets", state="closed"), lambda: wallet.deliver(more))
    await press(wallet, "closeyes", shown=asked)
    assert (wallet_of(wallet).state, wallet_of(wallet).credits) == (WalletState.OPEN, GIVEN + 5)
    wallet.check_money()


async def test_the_newest_was_spent_last(wallet: World) -> None:
    """What is left belongs to whoever gave last; each giver gets their own, also after a kill between two of them."""
    await have_bought(wallet, user_id=OTHER, charge="stx2")
    wallet.messenger.members[GROUP][OTHER] = Member("Bob", is_administrator=True)
    await say(wallet, "/wallet 30", OTHER)
    await set_wallet(wallet, credits=40)
    before = (available(wallet), available(wallet, OTHER))
    asked = await press(wallet, "close", shown=await _page(wallet))
    wallet.store.lose(writes_to("transfers", kind="withdrawal"))
    with pytest.raises(UnavailableError):
        await press(wallet, "closeyes", shown=asked)
    await pass_time(wallet, timedelta(hours=1))
    assert (available(wallet), available(wallet, OTHER)) == (before[0] + 10, before[1] + 30)
    assert wallet_of(wallet).sweep_at is None
    wallet.check_money()


async def test_nothing_is_due(wallet: World) -> None:
    """A task about an open wallet, about one that has paid all back, or about none changes nothing."""
    for wallet_id in (wallet_id_of(GROUP), wallet_id_of(-1002)):
        await pay_wallet_back(wallet.ports, wallet_id)
    assert wallet_of(wallet).credits == GIVEN
    await press(wallet, "closeyes", shown=await press(wallet, "close"))
    closed = wallet_of(wallet)
    await pay_wallet_back(wallet.ports, wallet_id_of(GROUP))
    assert wallet_of(wallet) == closed


async def test_what_comes_back_late(wallet: World) -> None:
    """A job that ends after the wallet was given up gives its price back to the giver, not to the member."""
    before = available(wallet)
    await wallet.deliver(wallet.message("/image a red fox", user_id=OTHER, chat_id=GROUP))
    tasks = list(wallet.tasks.tasks)
    wallet.tasks.tasks.clear()
    await press(wallet, "closeyes", shown=await press(wallet, "close", shown=await _page(wallet)))
    assert available(wallet) == before + GIVEN - 4
    wallet.tasks.tasks.extend(tasks)
    await wallet.send(wallet.message("/cancel", user_id=OTHER, chat_id=GROUP))
    await pass_time(wallet, timedelta(hours=1))
    assert available(wallet) == before + GIVEN
    assert wallet_of(wallet).credits == 0
    wallet.check_money()


async def test_the_giver_gets_the_money_back(wallet: World) -> None:
    """What a returned payment leaves its giver owing is taken from what is left of their gift, in the same commit."""
    await set_wallet(wallet, credits=10)
    owed = SMALL.credits - available(wallet)
    assert owed > 10
    update = returned(wallet)
    wallet.store.lose(writes_to("wallets"))
    with pytest.raises(UnavailableError):
        await wallet.deliver(update)
    await wallet.send(update, update)
    assert (available(wallet), wallet_of(wallet).credits) == (10 - owed, 0)
    assert wallet.user().perks.giftable == 10 - GIVEN
    assert f"You have {10 - owed} now" in wallet.shown(ME).text
    wallet.check_money()


async def test_a_return_leaves_the_rest(wallet: World) -> None:
    """No more is taken than the giver owes, and nothing of what others gave; a later payback gives each their rest."""
    await have_bought(wallet, user_id=OTHER, charge="stx2")
    wallet.messenger.members[GROUP][OTHER] = Member("Bob", is_administrator=True)
    await say(wallet, "/wallet 30", OTHER)
    owed, other = SMALL.credits - available(wallet), wallet_id_of(-1002)
    await wallet.store.commit(
        [create_sharded(wallet_key(other), Wallet(other, -1002, people=(ME,)))]
    )  # a spender there
    await wallet.send(returned(wallet))
    assert (available(wallet), wallet_of(wallet).credits) == (0, GIVEN + 30 - owed)
    await press(wallet, "closeyes", shown=await press(wallet, "close", shown=await _page(wallet)))
    back = [(each.user_id, each.credits) for each in wallet.transfers() if each.kind is TransferKind.WITHDRAWAL]
    assert back == [(ME, owed), (ME, GIVEN - owed), (OTHER, 30)]
    wallet.check_money()


async def test_too_many_deposits(wallet: World) -> None:
    """The list of givers is bounded; one more by the last giver needs no room."""
    stored = await open_wallet(wallet.store, wallet_id_of(GROUP))
    assert stored is not None
    many = tuple(Deposit(900 + number, 1, wallet.now) for number in range(DEPOSITS_MAX))
    full = replace(stored.wallet, deposits=many, credits=DEPOSITS_MAX)
    await wallet.store.commit([write_wallet(stored, full)])
    await have_bought(wallet, charge="stx2")
    assert "Too many people" in await say(wallet, "/wallet 5")


async def test_buttons_elsewhere(wallet: World) -> None:
    """A button that comes from a chat without a wallet does nothing."""
    await wallet.send(wallet.tap_data("1;wallet;limit;50", 1, chat_id=-1002))
    await wallet.send(wallet.tap_data("1;wallet;limit;50", 1))
    assert wallet_of(wallet).limit == 20


async def test_the_balance_names_it(wallet: World) -> None:
    """Giver and member read in /balance what moved."""
    await say(wallet, "/image a red fox", OTHER)
    await wallet.send(wallet.message("/balance"), wallet.message("/balance", user_id=OTHER))
    assert "for a group's wallet" in wallet.shown(ME).text
    assert "a group's wallet paid for you" in wallet.shown(OTHER).text
    assert count_numbers([each for each in wallet.transfers() if each.user_id == OTHER], wallet.now).spent == 0
    picture = next(each for each in wallet.messenger.messages(GROUP) if each.kind == "photo")
    await wallet.send(wallet.reply("/receipt", picture, user_id=OTHER, chat_id=GROUP))
    assert "credits of the group" in " ".join(each.text for each in wallet.messenger.messages(OTHER))
