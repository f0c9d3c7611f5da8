"""Faults with payments by card, refunds and the nights' work that a tired engineer might make; each must be noticed."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from shared.bot import take_card_order
from shared.credits.ledger import Charge
from shared.credits.portion import WHOLE
from shared.errors import DeliveryUnknownError, MessengerError
from shared.growth.book_charges import BookedCharge, take_charge_back
from shared.hash_ids import hash_id
from shared.jobs.sweep_work import Pages
from shared.payments import book_card_order, card_order, follow_card_subscription, reconcile, refund_payment
from shared.payments.card_order import CardOrder, CardState, judge
from shared.payments.compare_payments import GapKind, may_repair
from shared.payments.payment_documents import PaymentRecord
from shared.people.users import User
from shared.ports import CardInvoice, Clock, InvoiceState, Messenger, Place, Ports, RepairPorts, Store
from tests.simulation import run, world
from tests.simulation.card_buyers import shorten_nights
from tests.simulation.planted_payments import Plant


def notice_is_believed(patch: pytest.MonkeyPatch) -> None:
    """Whoever tells of an order is believed: nobody asks the provider."""

    async def believe(ports: Ports, order: CardOrder) -> CardInvoice:
        return CardInvoice(order.invoice_id, InvoiceState.PAID, order.amount, order.currency, order.offer)

    patch.setattr(book_card_order, "_ask", believe)


def orders_wait_for_their_notice(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks for an order of which no notice comes."""

    async def leave(ports: RepairPorts) -> Pages:
        return Pages(0, 0)

    patch.setattr(world, "sweep_card_orders", leave)


def any_amount_will_do(patch: pytest.MonkeyPatch) -> None:
    """What was paid is not compared with what was ordered."""
    patch.setattr(card_order, "is_as_ordered", lambda order, invoice: True)


def refusal_is_the_end(patch: pytest.MonkeyPatch) -> None:
    """Who pays after a card was declined, on the same page, has paid for nothing."""

    def keep(order: CardOrder, invoice: CardInvoice | None) -> CardState:
        return order.state if order.state is CardState.FAILED else judge(order, invoice)

    patch.setattr(book_card_order, "judge", keep)


def newest_answer_is_right(patch: pytest.MonkeyPatch) -> None:
    """A provider that says what was a while ago opens a paid order again."""

    def believe(order: CardOrder, invoice: CardInvoice | None) -> CardState:
        is_open = invoice is not None and invoice.state is InvoiceState.OPEN
        return CardState.OPEN if is_open else judge(order, invoice)

    patch.setattr(book_card_order, "judge", believe)


def outage_is_the_end(patch: pytest.MonkeyPatch) -> None:
    """An order whose provider did not answer once is never asked for again."""
    for module in (card_order, book_card_order):
        patch.setattr(module, "asked_again", lambda order, now: replace(order, sweep_at=None))


def news_is_tried_once(patch: pytest.MonkeyPatch) -> None:
    """What Telegram did not take counts as told."""
    tell = take_card_order._tell

    async def try_once(ports: Ports, order: CardOrder, place: Place) -> None:
        with suppress(MessengerError):
            await tell(ports, order, place)

    patch.setattr(take_card_order, "_tell", try_once)


def money_that_went_back_is_overlooked(patch: pytest.MonkeyPatch) -> None:
    """Whose money went back keeps the credits."""
    for module in (card_order, book_card_order):
        patch.setattr(module, "find_returned", lambda order, invoice: order.returns.booked)


def part_takes_everything(patch: pytest.MonkeyPatch) -> None:
    """Where a part of the money went back, all credits of the payment go."""
    patch.setattr(book_card_order, "Portion", lambda *amounts: WHOLE)


def unknown_counts_as_returned(patch: pytest.MonkeyPatch) -> None:
    """An operator's refund that Telegram did not answer takes the credits, and the Stars may be where they were."""

    async def ask_once(clock: Clock, messenger: Messenger, payment: PaymentRecord) -> None:
        with suppress(DeliveryUnknownError):
            await messenger.return_stars(payment.user_id, payment.charge_id)

    patch.setattr(refund_payment, "_return_stars", ask_once)


def refund_and_its_update_are_two(patch: pytest.MonkeyPatch) -> None:
    """An operator's refund takes the credits, and the update that tells of it takes them again."""

    async def take_under_another_name(store: Store, user: User, charge: Charge, *arguments: Any) -> BookedCharge:
        return await take_charge_back(store, user, replace(charge, id=hash_id("operator", charge.id)), *arguments)

    patch.setattr(refund_payment, "take_charge_back", take_under_another_name)


def night_only_names(patch: pytest.MonkeyPatch) -> None:
    """A payment whose update never came is a line in the log."""
    patch.setattr(reconcile, "may_repair", lambda *arguments: False)


def night_reads_one_page(patch: pytest.MonkeyPatch) -> None:
    """Whatever is not in the first page of Telegram's list is not looked at."""

    def shorten_but_one(inner: pytest.MonkeyPatch) -> None:
        shorten_nights(inner)
        inner.setattr(reconcile, "PAGE", 10**6)

    patch.setattr(run, "shorten_nights", shorten_but_one)


def operator_is_not_told(patch: pytest.MonkeyPatch) -> None:
    """The night does not tell a person of an operator's refund whose update never came."""
    patch.setattr(
        reconcile,
        "may_repair",
        lambda gap, *arguments: gap is not GapKind.UNTOLD and may_repair(gap, *arguments),
    )


def later_payments_are_not_followed(patch: pytest.MonkeyPatch) -> None:
    """What the provider takes by itself every month is nobody's order."""

    async def find_none(*_: object) -> tuple[str, ...]:
        return ()

    patch.setattr(follow_card_subscription, "find_new", lambda *_: ())
    patch.setattr(follow_card_subscription, "_check_told", find_none)


def subscription_does_not_begin(patch: pytest.MonkeyPatch) -> None:
    """The first payment of a subscription brings credits, and begins nothing."""
    patch.setattr(book_card_order, "take_period", lambda order, user, *_: (order, user))


PLANTED_IN_CARDS: tuple[Plant, ...] = (
    notice_is_believed,
    orders_wait_for_their_notice,
    any_amount_will_do,
    refusal_is_the_end,
    newest_answer_is_right,
    outage_is_the_end,
    news_is_tried_once,
    money_that_went_back_is_overlooked,
    part_takes_everything,
    unknown_counts_as_returned,
    refund_and_its_update_are_two,
    night_only_names,
    night_reads_one_page,
    operator_is_not_told,
    later_payments_are_not_followed,
    subscription_does_not_begin,
)
