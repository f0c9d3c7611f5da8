"""An operator ends orders by card: each act takes effect once, whatever is lost on the way, and the person is told."""

from dataclasses import replace
from typing import Any

import pytest

from shared.credits.ledger import TransferKind
from shared.errors import CardsByHandError, CardsRefusedError, UnavailableError, UnusableChangeError
from shared.payments.card_order import CardState
from shared.payments.card_returns import Act
from shared.payments.card_ruling import Wanted, find_differences
from shared.payments.rule_card_order import CALLS_MAX, Desk, Ruled, find_card_order, list_disputed, reopen_cards
from shared.payments.rule_card_order import rule_card_order as rule
from shared.payments.sweep_card_orders import sweep_card_orders
from shared.ports import InvoiceState
from tests.unit.payments.card_world import SMALL, CardWorld, open_card_world
from tests.world import ME, World, nth_commit, writes_to

PAID = SMALL.prices["USD"]


@pytest.fixture
async def shop(world: World) -> CardWorld:
    return await open_card_world(world)


@pytest.fixture
async def paid(shop: CardWorld) -> CardWorld:
    """A world with one paid order."""
    invoice_id = await shop.buy()
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    return shop


@pytest.fixture
async def disputed(shop: CardWorld) -> CardWorld:
    """A world with one order of which twice the price was paid."""
    return await dispute(shop, amount=2 * PAID)


async def dispute(shop: CardWorld, **differs: Any) -> CardWorld:
    invoice_id = await shop.buy()
    shop.cards.pay(invoice_id)
    shop.cards.invoices[invoice_id] = replace(shop.cards.invoices[invoice_id], **differs)
    await shop.hear(invoice_id)
    assert shop.order().state is CardState.DISPUTED
    return shop


def desk_of(shop: CardWorld) -> Desk:
    return Desk(shop.world.store, shop.world.clock, {"lava": shop.cards})


async def act(shop: CardWorld, act_: Act, reference: str = "ticket-1", **more: Any) -> Ruled:
    """An act on the only order; what follows from it is done."""
    done = await rule(desk_of(shop), shop.order().id, Wanted(act_, reference, "Bob", "as agreed", **more))
    await settle(shop)
    return done


async def settle(shop: CardWorld) -> None:
    shop.world.clock.advance(1)
    await sweep_card_orders(shop.world.ports)
    await shop.world.settle()


def told(shop: CardWorld, words: str) -> int:
    return sum(words in each.text for each in shop.world.messenger.messages(ME))


def count(shop: CardWorld, kind: TransferKind) -> int:
    return sum(each.kind is kind for each in shop.world.transfers())


async def test_disputed_orders_are_listed(disputed: CardWorld) -> None:
    """Each disputed order stands beside what its provider says, and what differs is named."""
    [(order, invoice)] = await list_disputed(desk_of(disputed))
    assert invoice is not None
    assert find_differences(order, invoice) == [f"amount: ordered {PAID}, paid {2 * PAID}"]
    disputed.cards.outages = 1
    assert [each for _, each in await list_disputed(desk_of(disputed))] == [None]
    assert [each for _, each in await list_disputed(replace(desk_of(disputed), cards={}))] == [None]


@pytest.mark.parametrize(("as_ordered", "credit_count"), [(True, SMALL.credits), (False, 2 * SMALL.credits)])
async def test_disputed_is_credited(disputed: CardWorld, as_ordered: bool, credit_count: int) -> None:  # noqa: FBT001
    """As ordered or as paid, once however often it is said; who and why is kept, and the person is thanked."""
    bonus = 0 if as_ordered else credit_count // 10  # so many are a first purchase that brings something on top
    before = disputed.credits()
    first, second = [await act(disputed, Act.CREDIT, as_ordered=as_ordered) for _ in range(2)]
    assert (first.is_new, second.is_new) == (True, False)
    assert disputed.credits() == before + credit_count + bonus
    assert told(disputed, "Thank you") == 1
    order = disputed.order()
    [ruling] = order.rulings
    assert (order.state, order.amount, ruling.by, ruling.reason) == (CardState.PAID, 2 * PAID, "Bob", "as agreed")
    assert f"ordered {SMALL.credits} credits for {PAID} USD" in ruling.note
    [payment] = disputed.world.store.collection("payments").values()
    assert (payment["amount"], payment["credits"]) == (2 * PAID, credit_count)
    disputed.world.check_money()


async def test_paid_in_another_currency(shop: CardWorld) -> None:
    """What was paid in another currency buys what the package costs there, rounded up; an unknown one nothing."""
    await dispute(shop, amount=SMALL.prices["RUB"] + 1, currency="RUB")
    before = shop.credits()
    await act(shop, Act.CREDIT)
    assert shop.credits() == before + SMALL.credits + 1
    shop.world.check_money()


async def test_paid_in_an_unknown_currency(shop: CardWorld) -> None:
    """A currency without a price buys nothing by itself; as ordered it may be credited, and it may be returned."""
    await dispute(shop, currency="GBP")
    before = shop.credits()
    with pytest.raises(UnusableChangeError, match="no price in GBP"):
        await act(shop, Act.CREDIT)
    await act(shop, Act.REFUND, "ticket-2")
    assert (shop.credits(), shop.order().state) == (before, CardState.RETURNED)
    assert told(shop, "0.99\u00a0GBP went back to you. Your credits are as they were") == 1


async def test_disputed_is_returned(disputed: CardWorld) -> None:
    """The provider returns all of it; no credits had come, so none go, and the person hears that."""
    before = disputed.credits()
    for _ in range(2):
        await act(disputed, Act.REFUND)
    assert (disputed.credits(), disputed.order().state) == (before, CardState.RETURNED)
    assert [each.total for each in disputed.cards.refunds] == [2 * PAID]
    assert told(disputed, "$1.98 went back to you. Your credits are as they were") == 1
    assert count(disputed, TransferKind.REFUND) == 0


async def test_disputed_was_returned_at_the_provider(disputed: CardWorld) -> None:
    """Money that was returned in the provider's cabinet ends a disputed order without a command."""
    disputed.cards.give_back(disputed.order().invoice_id, 2 * PAID)
    await disputed.hear(disputed.order().invoice_id)
    assert disputed.order().state is CardState.RETURNED
    assert told(disputed, "went back to you") == 1


async def test_disputed_without_an_api_of_returns(disputed: CardWorld) -> None:
    """Where the provider returns money by hand, the command says so, and then books by the operator's word."""
    disputed.cards.tells_returns = False
    with pytest.raises(CardsByHandError):
        await act(disputed, Act.REFUND)
    assert disputed.order().returns.asked == 0
    with pytest.raises(UnusableChangeError, match="the provider refused ticket-1"):
        await act(disputed, Act.REFUND)
    await act(disputed, Act.RETURNED)
    await act(disputed, Act.RETURNED)
    with pytest.raises(UnusableChangeError, match="stands for another act"):
        await act(disputed, Act.REFUND)
    assert disputed.order().state is CardState.RETURNED
    assert told(disputed, "went back to you") == 1


async def test_refund(paid: CardWorld) -> None:
    """All goes back once, with all the credits, below zero if they were spent; said again, it is done."""
    await paid.spend_all()
    first, second = await act(paid, Act.REFUND), await act(paid, Act.REFUND)
    assert (first.is_new, second.is_new) == (True, False)
    assert paid.credits() == -SMALL.credits
    assert [(each.total, each.paid) for each in paid.cards.refunds] == [(PAID, PAID)]
    assert (paid.order().state, told(paid, "$0.99 went back to you")) == (CardState.RETURNED, 1)
    paid.world.check_money()


async def test_parts(paid: CardWorld) -> None:
    """Each part takes its part of the credits, fractions stay with the person, and all parts together take all."""
    before, amounts = paid.credits(), [1, 40, PAID - 41]
    taken = []
    for number, amount in enumerate(amounts):
        await act(paid, Act.REFUND, f"ticket-{number}", amount=amount)
        taken.append(before - paid.credits())
    assert taken == [0, SMALL.credits * 41 // PAID, SMALL.credits]
    assert [each.total for each in paid.cards.refunds] == [1, 41, PAID]
    assert count(paid, TransferKind.REFUND) == 2
    assert (paid.order().state, told(paid, "A part of your payment"), told(paid, "$0.01 went back")) == (
        CardState.RETURNED, 1, 1,
    )  # fmt: skip
    [payment] = paid.world.store.collection("payments").values()
    assert (payment["returned_amount"], payment["returned_credits"]) == (PAID, SMALL.credits)
    paid.world.check_money()
    assert (await act(paid, Act.REFUND, "ticket-9")).ruling is None
    with pytest.raises(UnusableChangeError, match="it is returned"):
        await act(paid, Act.CHARGEBACK, "ticket-9")
    assert paid.credits() == before - SMALL.credits


@pytest.mark.parametrize("is_disputed", [False, True])
async def test_all_was_returned_in_the_cabinet(shop: CardWorld, is_disputed: bool) -> None:  # noqa: FBT001
    """What the provider has returned already is no refusal: nothing more goes back, and the books follow."""
    invoice_id = await shop.buy()
    shop.cards.pay(invoice_id)
    if is_disputed:
        shop.cards.invoices[invoice_id] = replace(shop.cards.invoices[invoice_id], amount=PAID + 1)
    await shop.hear(invoice_id)
    shop.cards.give_back(invoice_id, PAID + is_disputed)
    assert (await act(shop, Act.REFUND)).ruling is None
    assert (shop.cards.refunds, shop.order().state) == ([], CardState.RETURNED)
    shop.world.check_money()


async def test_more_than_is_left(paid: CardWorld) -> None:
    """No more than was paid can go back, in one command or in several."""
    with pytest.raises(UnusableChangeError, match=f"{PAID} of {PAID} USD is left"):
        await act(paid, Act.REFUND, amount=PAID + 1)
    await act(paid, Act.REFUND, amount=90)
    with pytest.raises(UnusableChangeError, match="9 of 99 USD is left"):
        await act(paid, Act.REFUND, "ticket-2", amount=10)


@pytest.mark.parametrize("lost", [1, CALLS_MAX - 1, CALLS_MAX])
async def test_lost_answers(paid: CardWorld, lost: int) -> None:
    """A refund whose answer is lost is asked for again and made once; at the latest the repeated command ends it."""
    before, paid.cards.lost = paid.credits(), lost
    try:
        await act(paid, Act.REFUND, amount=50)
    except UnavailableError:
        await act(paid, Act.REFUND, amount=50)
    await act(paid, Act.REFUND, amount=50)
    assert len(paid.cards.refunds) == 1
    assert paid.credits() == before - SMALL.credits * 50 // PAID


async def test_provider_refuses(paid: CardWorld) -> None:
    """What the provider refuses changes nothing, and may be tried under another reference."""
    before, paid.cards.refuses = paid.credits(), True
    with pytest.raises(CardsRefusedError):
        await act(paid, Act.REFUND)
    paid.cards.refuses = False
    with pytest.raises(UnusableChangeError, match="try it under another reference"):
        await act(paid, Act.REFUND)
    await settle(paid)
    assert (paid.credits(), paid.order().returns.asked) == (before, 0)
    await act(paid, Act.REFUND, "ticket-2")
    assert paid.credits() == before - SMALL.credits


async def test_refund_that_is_under_way(paid: CardWorld) -> None:
    """While the provider works on a refund another one is not begun; its end is found by asking, soon."""
    before, give = paid.credits(), paid.cards.give_back
    paid.cards.give_back = lambda *_: None  # type: ignore[method-assign]
    await act(paid, Act.REFUND, amount=50)
    with pytest.raises(UnusableChangeError, match="under way"):
        await act(paid, Act.REFUND, "ticket-2", amount=20)
    assert paid.credits() == before
    give(paid.order().invoice_id, 50)
    paid.world.clock.advance(3_601)
    await settle(paid)
    assert paid.credits() == before - SMALL.credits * 50 // PAID


@pytest.mark.parametrize("number", range(4))
async def test_killed_anywhere(paid: CardWorld, number: int) -> None:
    """A command or a worker that dies after any of its commits is followed by one that does the rest, once."""
    before = paid.credits()
    paid.world.store.lose(nth_commit(number))
    for _ in range(3):
        try:
            await act(paid, Act.REFUND, amount=33)
        except UnavailableError:
            continue
    await settle(paid)
    assert paid.credits() == before - SMALL.credits * 33 // PAID
    assert len(paid.cards.refunds) == 1
    assert 1 <= told(paid, "A part of your payment") <= 2
    paid.world.check_money()


async def test_part_returned_in_the_cabinet(paid: CardWorld) -> None:
    """A part that somebody returned at the provider is found by asking, and booked as an operator's."""
    before = paid.credits()
    paid.cards.give_back(paid.order().invoice_id, 50)
    await paid.hear(paid.order().invoice_id)
    await paid.hear(paid.order().invoice_id)
    assert paid.credits() == before - SMALL.credits * 50 // PAID
    assert told(paid, "A part of your payment went back to you: $0.50") == 1
    await act(paid, Act.REFUND)
    assert [each.total for each in paid.cards.refunds] == [PAID]
    assert paid.credits() == before - SMALL.credits
    paid.world.check_money()


async def test_part_returned_before_we_heard_of_the_payment(shop: CardWorld) -> None:
    """Paid, and a part returned, before anybody asked: credited, and that part taken, in one visit; both are told."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    shop.cards.give_back(invoice_id, 50)
    await shop.hear(invoice_id)
    assert shop.credits() == before + SMALL.credits - SMALL.credits * 50 // PAID
    shop.world.clock.advance(3_601)
    await settle(shop)
    assert (told(shop, "Thank you"), told(shop, "A part of your payment")) == (1, 1)
    shop.world.check_money()


async def test_chargeback_by_an_operators_word(paid: CardWorld) -> None:
    """A bank that took money back takes all credits, and closes cards for the person until an operator opens them."""
    await paid.spend_all()
    await act(paid, Act.CHARGEBACK)
    assert (paid.credits(), count(paid, TransferKind.CHARGEBACK)) == (-SMALL.credits, 1)
    assert told(paid, "Your bank took $0.99 back") == 1
    await paid.world.send(paid.world.message("/buy"))
    await paid.world.send(paid.world.tap("card;", paid.world.shown()))
    assert "Cards are closed for you" in paid.world.messenger.taps[-1].toast
    assert len(paid.orders()) == 1
    assert await reopen_cards(desk_of(paid), ME, "Bob: a mistake of the bank")
    assert not await reopen_cards(desk_of(paid), ME, "Bob: again")
    assert paid.world.user().card.opened == "Bob: a mistake of the bank"
    await paid.buy()
    assert len(paid.orders()) == 2
    paid.world.check_money()


async def test_chargeback_that_the_provider_tells(paid: CardWorld) -> None:
    """Where the provider tells a chargeback apart it is booked as one; an e-mail that was asked for buys nothing."""
    await paid.choose()
    paid.cards.settle(paid.order().invoice_id, InvoiceState.CHARGED_BACK)
    await paid.hear(paid.order().invoice_id)
    assert count(paid, TransferKind.CHARGEBACK) == 1
    await paid.world.send(paid.world.message("ann@example.com"))
    assert "Cards are closed for you" in paid.world.shown().text
    assert len(paid.orders()) == 1


async def test_person_who_was_never_here(paid: CardWorld) -> None:
    """Cards of somebody unknown cannot be opened."""
    with pytest.raises(UnusableChangeError, match="nobody with the id 999"):
        await reopen_cards(desk_of(paid), 999, "Bob: why not")
    with pytest.raises(UnusableChangeError, match="one line"):
        await reopen_cards(desk_of(paid), ME, "Bob:\nwhy not")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(Act.CREDIT, "t", "Bob", "why"), "it is paid: only a disputed order"),
        (Wanted(Act.RETURNED, "t", "Bob", "why"), "no word is needed"),
        (Wanted(Act.REFUND, "", "Bob", "why"), "a reference is one line"),
        (Wanted(Act.REFUND, "t", " ", "why"), "a name is one line"),
        (Wanted(Act.REFUND, "t", "Bob", "w" * 201), "a reason is one line"),
    ],
)
async def test_what_makes_no_sense(paid: CardWorld, wanted: Wanted, said: str) -> None:
    """Each is refused with its reason, and nothing changes."""
    before = paid.order()
    with pytest.raises(UnusableChangeError, match=said):
        await rule(desk_of(paid), before.invoice_id, wanted)
    assert paid.order() == before


@pytest.mark.parametrize("differs", [{"id": "other"}, {"amount": 2 * PAID, "returned": 5}, {"amount": 0}])
async def test_what_cannot_be_credited(shop: CardWorld, differs: dict[str, Any]) -> None:
    """Another contract, a payment that is partly returned, or nothing at all is no reason for credits."""
    await dispute(shop, **differs)
    with pytest.raises(UnusableChangeError):
        await act(shop, Act.CREDIT)


async def test_disputed_is_returned_as_a_whole(disputed: CardWorld) -> None:
    """A part of a disputed payment is not returned: nobody could say what the rest buys."""
    with pytest.raises(UnusableChangeError, match="as a whole"):
        await act(disputed, Act.REFUND, amount=PAID)


async def test_one_reference_one_act(paid: CardWorld) -> None:
    """A reference that stands for one act is refused for another."""
    await act(paid, Act.REFUND, amount=10)
    with pytest.raises(UnusableChangeError, match="stands for another act"):
        await act(paid, Act.REFUND, amount=20)
    with pytest.raises(UnusableChangeError, match="stands for another act"):
        await act(paid, Act.CHARGEBACK)


async def test_unknown_orders(paid: CardWorld) -> None:
    """An order that is not there, a provider that is not set, an invoice that is gone: each is said."""
    desk, order = desk_of(paid), paid.order()
    assert await find_card_order(desk, order.invoice_id) == order
    with pytest.raises(UnusableChangeError, match="no order nothing here"):
        await find_card_order(desk, "nothing")
    wanted = Wanted(Act.REFUND, "t", "Bob", "why")
    with pytest.raises(UnusableChangeError, match="keys of lava are not set"):
        await rule(replace(desk, cards={}), order.id, wanted)
    paid.cards.invoices.clear()
    with pytest.raises(UnusableChangeError, match="knows no invoice"):
        await rule(desk, order.id, wanted)


async def test_two_operators_at_once(paid: CardWorld) -> None:
    """Of two refunds that are begun at the same moment under different references one is made."""
    desk, order_id = desk_of(paid), paid.order().id

    async def other() -> None:
        await rule(desk, order_id, Wanted(Act.REFUND, "theirs", "Eve", "why", 40))

    paid.world.store.interrupt(writes_to("card_orders"), other)
    with pytest.raises(UnusableChangeError, match=r"under way|left"):
        await rule(desk, order_id, Wanted(Act.REFUND, "ours", "Bob", "why"))
    assert [each.reference for each in paid.cards.refunds] == ["theirs"]


async def test_the_same_command_twice_at_once(paid: CardWorld) -> None:
    """One command on two machines is one ruling and one refund."""
    desk, order_id, wanted = desk_of(paid), paid.order().id, Wanted(Act.REFUND, "t", "Bob", "why", 40)
    paid.world.store.interrupt(writes_to("card_orders"), lambda: rule(desk, order_id, wanted))
    await rule(desk, order_id, wanted)
    assert (len(paid.order().rulings), len(paid.cards.refunds)) == (1, 1)


async def test_every_race_is_lost(paid: CardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that loses every race says that it is to be repeated."""
    monkeypatch.setattr("shared.people.accounts.COMMAND_TRIES_MAX", 0)
    with pytest.raises(UnavailableError, match="lost 0 rounds"):
        await act(paid, Act.REFUND)
