"""An operator gives a payment back: Telegram first, then our books, in one act that may be repeated.

    refundStarPayment ✓, or it was given back before ── refund + account ✓
                      ╳ no answer ── asked again, some times; then the operator says it again
                                 ╳ died ── the update `refunded_payment`, the operator or the night books it

The update that follows books nothing more, and tells the person.
"""

from dataclasses import dataclass

from shared.codec import decode, update
from shared.credits.ledger import Charge, Transfer, TransferKind, refund_id
from shared.errors import DeliveryUnknownError, UnavailableError, UnusableChangeError
from shared.growth.book_charges import take_charge_back
from shared.payments.payment_documents import PaymentRecord, payment_id, payment_key, purchase_key
from shared.payments.take_payment import PROVIDER
from shared.people.accounts import try_without_pause
from shared.people.nobody import is_nobody
from shared.people.user_documents import decode_user, user_key
from shared.ports import Clock, Key, Messenger, Store

CALLS_MAX = 8
"""How often Telegram is asked before the operator has to say it again."""
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Refunded:
    """The result of giving a payment back."""

    payment: PaymentRecord
    available: int
    """The person's available credits after it; below zero if they were spent."""
    is_new: bool
    """False: its credits were taken back before."""


async def refund_payment(store: Store, clock: Clock, messenger: Messenger, charge_id: str) -> Refunded:
    """Give the Stars of a charge back and take its credits, each once.

    Raises UnusableChangeError if no such payment is booked, or its person was erased; MessengerErrors if Telegram
    refuses it, which changes nothing; UnavailableError and TooManyRequestsError, after which it is to be repeated.
    """
    [paid] = await store.read([payment_key(payment_id(PROVIDER, charge_id))])
    if paid is None:
        raise UnusableChangeError("no payment with this charge is booked here; cards: `make card-orders`")
    payment = decode(PaymentRecord, paid.fields)
    if is_nobody(payment.user_id):
        raise UnusableChangeError("whoever paid this was erased at their wish: Telegram returns Stars to a person only")
    await _return_stars(clock, messenger, payment)
    return await try_without_pause(lambda: _book(store, clock, payment))


async def _return_stars(clock: Clock, messenger: Messenger, payment: PaymentRecord) -> None:
    for called in range(CALLS_MAX):
        try:
            await messenger.return_stars(payment.user_id, payment.charge_id)
        except DeliveryUnknownError:  # it may be done: asking once more does nothing a second time
            await clock.sleep(PAUSE_SECONDS * 2**called)
        else:
            return
    raise UnavailableError("Telegram does not answer")


async def _book(store: Store, clock: Clock, payment: PaymentRecord) -> Refunded:
    keys = [user_key(payment.user_id), Key("transfers", refund_id(payment.id)), purchase_key(payment.id)]
    stored, taken_back, bought = await store.read(keys)
    if stored is None or bought is None:
        raise UnusableChangeError("the payment is booked without its person or its credits: see `make ledger-check`")
    user, purchase = decode_user(stored), decode(Transfer, bought.fields)
    if taken_back is not None:
        return Refunded(payment, user.account.available, is_new=False)
    charge = Charge(payment.id, payment.user_id, purchase.credits)
    taken = await take_charge_back(store, user, charge, TransferKind.REFUND, clock.now())
    await store.commit([update(stored, taken.user), *taken.writes])
    return Refunded(payment, taken.user.account.available, is_new=True)
