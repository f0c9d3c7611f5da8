"""What an operator may do with an order by card, and what that makes of the order. Pure.

    credit       disputed                    the order says what was paid, so it fits, and is credited when it is asked
    refund       paid or disputed            the provider returns money; it is booked when the provider says so
    returned     … where it does not say so  booked by the operator's word
    chargeback   paid or disputed            likewise, all of it

A reference names one act on one order: repeated, it stands for the same act. A disputed order is returned as a whole.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.credits.catalogue import PACKAGES
from shared.errors import UnusableChangeError
from shared.payments.card_order import CardOrder, CardState, find_paid
from shared.payments.card_returns import Act, Ruling
from shared.payments.prices import price_in
from shared.ports import CardInvoice, InvoiceState

CHARACTERS_MAX = 200
"""The longest reference, name of an operator, or reason."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An operator's command."""

    act: Act
    reference: str
    by: str
    reason: str
    amount: int = 0
    """Of a refund, in the smallest unit: 0 is all that is left."""
    as_ordered: bool = False
    """Of a credit: the credits of the order, not those that the paid amount buys."""


def check_words(wanted: Wanted) -> None:
    """Raises UnusableChangeError if who, why or the reference is missing or too long."""
    for name, words in (("reference", wanted.reference), ("name", wanted.by), ("reason", wanted.reason)):
        if not words.strip() or len(words) > CHARACTERS_MAX or not words.isprintable():
            raise UnusableChangeError(f"a {name} is one line of 1 to {CHARACTERS_MAX} characters")


def find_ruling(order: CardOrder, wanted: Wanted) -> Ruling | None:
    """The ruling with this reference. Raises UnusableChangeError if it is another one, or the provider refused it."""
    named = [each for each in order.rulings if each.reference == wanted.reference]
    found = next((each for each in named if not each.is_refused), None)
    if found is not None and (found.act, found.given) != (wanted.act, wanted.amount):
        raise UnusableChangeError(f"the reference {wanted.reference} stands for another act on this order")
    if found is None and any(each.act is wanted.act for each in named):
        raise UnusableChangeError(f"the provider refused {wanted.reference}: try it under another reference")
    return found


def rule(order: CardOrder, invoice: CardInvoice, wanted: Wanted, now: datetime, *, tells_returns: bool) -> CardOrder:
    """The order after a new act; it is due to be asked for. Raises UnusableChangeError.

    `tells_returns`: its provider says what went back.
    """
    check_words(wanted)
    if wanted.act is Act.CREDIT:
        ruled, ruling = _credit(order, invoice, wanted, now)
    elif wanted.act is Act.RETURNED and tells_returns:
        raise UnusableChangeError("the provider says what went back, so no word is needed: use `refund`")
    else:
        ruled, ruling = _return(order, invoice, wanted, now)
    return replace(ruled, rulings=(*order.rulings, ruling), sweep_at=now)


def withdraw(order: CardOrder, reference: str) -> CardOrder:
    """The order after the provider refused a refund."""
    refused = tuple(
        replace(each, is_refused=True) if (each.reference, each.act) == (reference, Act.REFUND) else each
        for each in order.rulings
    )
    return replace(order, rulings=refused, returns=replace(order.returns, asked=order.returns.booked))


def worth(order: CardOrder, invoice: CardInvoice) -> int:
    """The credits that a paid amount buys at the order's price, or in another currency at the package's; rounded up.

    Raises UnusableChangeError if the package has no price in that currency.
    """
    if invoice.currency == order.currency:
        return -(-order.credits * invoice.amount // order.amount)
    package = PACKAGES.get(order.package)
    price = None if package is None else price_in(package, invoice.currency)
    if package is None or price is None:
        raise UnusableChangeError(f"no price in {invoice.currency}: credit it as ordered, or return the money")
    return -(-package.credits * invoice.amount // price)


def find_differences(order: CardOrder, invoice: CardInvoice) -> list[str]:
    """What the provider says otherwise than the order, one line each."""
    pairs = {
        "contract": (order.invoice_id, invoice.id),
        "amount": (order.amount, invoice.amount),
        "currency": (order.currency, invoice.currency),
        "offer": (order.offer, invoice.offer),
    }
    return [f"{name}: ordered {ours}, paid {theirs}" for name, (ours, theirs) in pairs.items() if ours != theirs]


def _credit(order: CardOrder, invoice: CardInvoice, wanted: Wanted, now: datetime) -> tuple[CardOrder, Ruling]:
    if order.state is not CardState.DISPUTED:
        raise UnusableChangeError(f"it is {order.state}: only a disputed order is credited by hand")
    if invoice.state is not InvoiceState.PAID or invoice.returned or invoice.id != order.invoice_id:
        raise UnusableChangeError("the provider does not say that it is paid in full: return the money")
    credit_count = order.credits if wanted.as_ordered else worth(order, invoice)
    if not credit_count:
        raise UnusableChangeError("nothing was paid")
    note = f"ordered {order.credits} credits for {order.amount} {order.currency}: {order.offer}"
    ruling = _note(wanted, now, invoice.amount, note)
    paid = replace(order, amount=invoice.amount, currency=invoice.currency, offer=invoice.offer)
    return replace(paid, credits=credit_count), ruling


def _return(order: CardOrder, invoice: CardInvoice, wanted: Wanted, now: datetime) -> tuple[CardOrder, Ruling]:
    if order.state not in {CardState.PAID, CardState.DISPUTED}:
        raise UnusableChangeError(f"it is {order.state}: there is nothing to return")
    returns, paid = order.returns, find_paid(order, invoice)
    before = max(returns.booked, returns.said, invoice.returned)
    left = paid - before
    amount = wanted.amount if wanted.amount and wanted.act is not Act.CHARGEBACK else left
    if returns.asked > before:
        raise UnusableChangeError("another refund is under way: say that one again first")
    if not 0 < amount <= left:
        raise UnusableChangeError(f"{left} of {paid} {invoice.currency} is left to be returned, in the smallest unit")
    if order.state is CardState.DISPUTED and amount != left:
        raise UnusableChangeError("a disputed order is returned as a whole")
    total = before + amount
    if wanted.act is Act.REFUND:
        returns = replace(returns, asked=total)
    else:
        is_chargeback = returns.is_chargeback or wanted.act is Act.CHARGEBACK
        returns = replace(returns, said=total, is_chargeback=is_chargeback)
    return replace(order, returns=returns), _note(wanted, now, total)


def _note(wanted: Wanted, now: datetime, amount: int, note: str = "") -> Ruling:
    return Ruling(wanted.reference, wanted.act, wanted.by, wanted.reason, now, amount, wanted.amount, note)
