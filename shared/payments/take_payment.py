"""Payments that Telegram made or returned: each is booked once, in one commit with the answer that tells of it.

    successful_payment ── purchase + payment + answer ✓ ── sent
    the same again ────── the purchase exists ── nothing is booked
    refunded_payment ──── refund + answer ✓ ── sent; credits may fall below zero
    … of what is not booked ── later, 20 times; then the quarantine keeps it and reports it

Whoever was erased and pays, by an invoice from before, gets the Stars back, and no profile; what Telegram refuses to
return is tried again every night (`reconcile.py`).

What was paid is honoured, whatever the prices are by now. A payment that names no order of ours is credited at the
rate of the smallest package and reported.

Each period of a subscription is a charge of its own with the payload of the first. Its commit also moves the end of the
subscription in the user's document.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.codec import decode, update
from shared.credits.bonuses import bonus_back_id, purchase_fact
from shared.credits.ledger import Charge, Transfer, TransferKind, refund_id
from shared.errors import DeliveryUnknownError, LaterError, MessengerError, TooManyRequestsError
from shared.growth.book_charges import BookedCharge, book_charge, take_charge_back
from shared.growth.commit_growth import check_unseen
from shared.jobs.job_documents import inbox_key
from shared.logs import log_event
from shared.payments.checkout import STARS
from shared.payments.compare_payments import UPDATE_ID_MIN
from shared.payments.order import read_payload
from shared.payments.packages import credits_for
from shared.payments.payment_documents import (
    PaymentRecord,
    create_payment,
    order_key,
    payment_id,
    payment_key,
    purchase_key,
)
from shared.payments.shop_screens import receipt_rows
from shared.people.accounts import log_gift, open_user, try_until_won
from shared.people.nobody import is_nobody, nobody_of
from shared.people.subscriptions import Period, add_period, renews_any, renews_twice
from shared.people.users import Language, User, with_subscriptions
from shared.ports import Key, Place, Ports, Record, Screen, Write
from shared.telegram.answers import SENDING_SECONDS, commit_answer, send_answer
from shared.telegram.updates import Payment
from shared.telegram.visits import Visit
from shared.texts import html_text, write_day

PROVIDER = "stars"


async def take_payment(ports: Ports, visit: Visit, payment: Payment) -> None:
    """Book a payment or its return, once. Raises MessengerErrors, UnavailableError, LaterError."""
    if payment.currency != STARS:
        log_event("payment_unknown", severity="ERROR", currency=payment.currency, amount=payment.amount)
    elif payment.is_returned:
        await _take_return(ports, visit, payment)
    else:
        await _take_money(ports, visit, payment)


def _describe(ports: Ports, visit: Visit, payment: Payment) -> PaymentRecord:
    order = read_payload(payment.payload, ports.order_keys)
    is_known = order is not None and order.stars == payment.amount
    credit_count = order.credits if order is not None and is_known else credits_for(payment.amount)
    if not is_known:
        log_event("payment_unmatched", severity="ERROR", stars=payment.amount, credits=credit_count)
    return PaymentRecord(
        id=payment_id(PROVIDER, payment.charge_id),
        provider=PROVIDER,
        charge_id=payment.charge_id,
        user_id=visit.opened.user.id,
        order_id="" if order is None else order.id,
        amount=payment.amount,
        currency=payment.currency,
        credits=credit_count,
        paid_at=ports.clock.now(),
        paid_until=payment.paid_until,
    )


def _find_period(ports: Ports, payment: Payment) -> Period | None:
    """The period of a subscription that was paid; None for any other payment."""
    order = read_payload(payment.payload, ports.order_keys)
    if order is None or not order.days or order.stars != payment.amount:
        return None
    return Period(
        order_id=order.id,
        stars=order.stars,
        credits=order.credits,
        charge_id=payment.charge_id,
        is_first=payment.is_first_period,
        paid_at=payment.made_at,
        until=payment.paid_until or payment.made_at + timedelta(days=order.days),
    )


async def _take_money(ports: Ports, visit: Visit, payment: Payment) -> None:
    paid, period = _describe(ports, visit, payment), _find_period(ports, payment)
    is_of_erased = visit.opened.erased_at is not None and not await _is_known(ports, paid)
    if is_of_erased:
        given = await _give_back(ports, visit, paid)
        if given is None:
            return
        paid, period = given, None

    async def attempt() -> tuple[Record, Screen] | None:
        opened = await open_user(ports, paid.user_id)
        if await _is_booked(ports, visit, purchase_key(paid.id)):
            return None
        charge = Charge(paid.id, paid.user_id, paid.credits)
        is_period = period is not None
        booked = book_charge(opened.user, charge, paid.paid_at, made_at=payment.made_at, is_period=is_period)
        user, screen = booked.user, _thank(visit.language, paid, booked, period)
        screen = replace(screen, buttons=(*screen.buttons, *receipt_rows(visit.language, booked.transfer)))
        if is_of_erased:
            screen = Screen(html_text(visit.language, "payment-of-erased", stars=paid.amount))
        if period is not None:
            user = with_subscriptions(user, add_period(user.subscriptions, period))
            if period.is_first and renews_twice(user.subscriptions, ports.clock.now()):
                more = html_text(visit.language, "subscribed-twice")
                screen = replace(screen, text=f"{screen.text}\n{more}")
        writes = [*opened.writes(user), create_payment(paid), *booked.writes]
        mark = await commit_answer(ports, visit, _place_of(visit), screen, writes)
        log_gift(opened)
        return mark, screen

    if (answered := await try_until_won(ports, attempt)) is not None:
        log_event(
            "payment_credited", provider=PROVIDER, amount=paid.amount, currency=paid.currency, credits=paid.credits
        )
        await send_answer(ports, answered[0], _place_of(visit), answered[1])


async def _is_known(ports: Ports, paid: PaymentRecord) -> bool:
    """Whether it is booked already, maybe before the person was erased, or its order is there.

    Orders from before an erasure are gone; a later one is of somebody who came back.
    """
    orders = [order_key(paid.order_id)] if paid.order_id else []
    return any(await ports.store.read([purchase_key(paid.id), *orders]))


async def _give_back(ports: Ports, visit: Visit, paid: PaymentRecord) -> PaymentRecord | None:
    """The Stars of somebody who was erased go back; the payment, and later its return, are a nobody's.

    None if Telegram refuses it: then nothing is booked or marked, and every night names it and tries again. Raises
    TooManyRequestsError, DeliveryUnknownError.
    """
    try:
        if paid.paid_until is not None:
            await ports.messenger.edit_subscription(paid.user_id, paid.charge_id, is_canceled=True)
        await ports.messenger.return_stars(paid.user_id, paid.charge_id)
    except (TooManyRequestsError, DeliveryUnknownError):
        raise
    except MessengerError as error:
        log_event("return_refused", severity="ERROR", error=error, amount=paid.amount)
        visit.recorded = True  # in truth it is not: the update that the night hands in has the same id every time
        if visit.update.update_id < UPDATE_ID_MIN:
            screen = Screen(html_text(visit.language, "payment-of-erased-later", stars=paid.amount))
            await ports.messenger.send_text(_place_of(visit), screen)
        return None
    log_event("payment_of_erased", severity="WARNING", amount=paid.amount)
    return replace(paid, user_id=nobody_of(paid.id))


def _thank(language: Language, paid: PaymentRecord, booked: BookedCharge, period: Period | None) -> Screen:
    facts: dict[str, int | str] = {"credits": paid.credits, "available": booked.user.account.available}
    if period is None:
        return Screen(html_text(language, "payment-thanks", bonus=booked.bonus, **facts))
    text_id = "payment-subscribed" if period.is_first else "payment-renewed"
    return Screen(html_text(language, text_id, date=write_day(language, period.until), **facts))


async def _take_return(ports: Ports, visit: Visit, payment: Payment) -> None:
    """Take the credits of a returned payment back, below zero if they were spent, and tell of it, each once.

    An operator who returned it has taken them already (`refund_payment.py`).
    """
    charge_id = payment_id(PROVIDER, payment.charge_id)

    async def attempt() -> tuple[Record, Screen] | None:
        is_taken = await _is_booked(ports, visit, Key("transfers", refund_id(charge_id)))
        keys = [
            purchase_key(charge_id),
            payment_key(charge_id),
            Key("transfers", bonus_back_id(purchase_fact(charge_id))),
        ]
        bought, paid, back = await ports.store.read(keys)
        if bought is None or paid is None:
            raise LaterError(SENDING_SECONDS)  # its payment comes yet: updates come in any order
        record, purchase = decode(PaymentRecord, paid.fields), decode(Transfer, bought.fields)
        if is_taken and record.is_return_told:
            return None
        opened = await open_user(ports, purchase.user_id)
        user, bonus = opened.user, 0 if back is None else decode(Transfer, back.fields).credits
        told = replace(record, is_return_told=True, returned_amount=record.amount)
        writes: list[Write] = [update(paid, told)]
        if not is_taken:
            charge, now = Charge(charge_id, purchase.user_id, purchase.credits), ports.clock.now()
            taken = await take_charge_back(ports.store, user, charge, TransferKind.REFUND, now)
            user, bonus = taken.user, taken.bonus
            writes += [*opened.writes(user), *taken.writes]
        screen = _draw_return(visit, payment, purchase, bonus, user, ports.clock.now())
        mark = await commit_answer(ports, visit, _place_of(visit), screen, writes)
        if not is_taken:
            log_gift(opened)
        return mark, screen

    if (booked := await try_until_won(ports, attempt)) is not None:
        log_event("payment_returned", provider=PROVIDER, amount=payment.amount, currency=payment.currency)
        await send_answer(ports, booked[0], _place_of(visit), booked[1])


def _draw_return(visit: Visit, payment: Payment, purchase: Transfer, bonus: int, user: User, now: datetime) -> Screen:
    """What a returned payment took; returning it does not stop the next one of a subscription."""
    if is_nobody(purchase.user_id):
        return Screen(html_text(visit.language, "payment-of-erased-returned", stars=payment.amount))
    taken = purchase.credits + bonus
    facts = {"stars": payment.amount, "credits": taken, "bonus": bonus, "available": user.account.available}
    text = html_text(visit.language, "payment-returned", **facts)
    if not renews_any(user.subscriptions, now):
        return Screen(text)
    goes_on = html_text(visit.language, "payment-returned-subscribed")
    return Screen(f"{text}\n{goes_on}")


def _place_of(visit: Visit) -> Place:
    """Not as a reply: the message that tells of a payment is a line between the others."""
    return Place(visit.update.chat.id, visit.update.chat.thread_id)


async def _is_booked(ports: Ports, visit: Visit, transfer: Key) -> bool:
    """Whether another update told of the same payment. Raises LaterError while another delivery of this one works."""
    seen, booked = await ports.store.read([inbox_key(visit.inbox_id), transfer])
    check_unseen(seen)
    return booked is not None
