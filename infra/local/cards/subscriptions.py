"""lava.top's subscriptions: what is taken by itself, on the server's own time, which tests and `/control/advance` move.

    paid ── 30 days ──▶ taken ── 30 days ──▶ …
                   └──▶ refused ── after 8 and 24 hours again ──▶ canceled

Source: faq.lava.top/article/71932, and the notices and answers in lava.top's OpenAPI document 1.17.
"""

import uuid
from datetime import datetime, timedelta

from infra.local.cards.invoices import Book, Invoice, Json, Subscription
from infra.local.cards.notices import Notifier

MONTHLY = "MONTHLY"
PERIOD = timedelta(days=30)
TRIES = (timedelta(0), timedelta(hours=8), timedelta(hours=24))
"""After the end of the paid period."""
ACTS = {"renew": "Next payment", "miss": "Next payment is refused", "cancel": "Cancel the subscription"}
"""What the page of a first invoice has for a subscription that goes on."""
PRODUCT_ID = "11111111-1111-4111-8111-111111111111"


def begin(book: Book, invoice: Invoice) -> None:
    """Begin the subscription of an invoice that was just paid, if it is one."""
    if invoice.periodicity == MONTHLY and not invoice.first_id and invoice.id not in book.subscriptions:
        book.subscriptions[invoice.id] = Subscription(invoice, book.now() + PERIOD)


def advance(book: Book, notifier: Notifier, seconds: float) -> None:
    """Move the server's time, and take what is due until then, in its order."""
    end = book.now() + timedelta(seconds=seconds)
    while due := [each for each in book.subscriptions.values() if each.status == "ACTIVE" and _find_due(each) <= end]:
        first = min(due, key=_find_due)
        book.set_now(max(book.now(), _find_due(first)))
        take(book, notifier, first)
    book.set_now(end)


def act(book: Book, notifier: Notifier, invoice: Invoice, name: str) -> bool:
    """Do at once what time would bring; False if nothing goes on."""
    known = book.subscriptions.get(invoice.id)
    if known is None or known.status != "ACTIVE":
        return False
    if name == "cancel":
        cancel(book, notifier, known)
        return True
    had_money, known.has_money = known.has_money, name == "renew"
    known.expires_at = book.now()
    take(book, notifier, known)
    known.has_money = had_money
    return True


def take(book: Book, notifier: Notifier, known: Subscription) -> None:
    """Try to take the payment that is due, and tell of it."""
    first, state = known.first, "paid" if known.has_money else "failed"
    invoice = Invoice(first.provider, first.amount, first.currency, first.email, first.title, first.more)
    invoice.made_at, invoice.state, invoice.first_id = book.now(), state, first.id
    known.payments.append(book.add(invoice))
    if known.has_money:
        known.expires_at, known.tries = book.now() + PERIOD, 0
    else:
        known.tries += 1
    if book.behaviour.lie:
        notifier.tell(invoice, lambda told: _write_notice(told, "success", str(uuid.uuid4())))
    notifier.tell(invoice, lambda told: _write_notice(told, "success" if state == "paid" else "failed", told.id))
    if known.tries == len(TRIES):
        cancel(book, notifier, known)


def cancel(book: Book, notifier: Notifier, known: Subscription) -> None:
    """Take nothing more, and tell of it under the last contract, as lava.top does."""
    known.status, known.canceled_at = "CANCELLED", book.now()
    last = known.payments[-1] if known.payments else known.first
    notifier.tell(last, lambda told: _write_end(told, known))


def describe_details(known: Subscription) -> Json:
    """The times of a subscription in the answers of the API."""
    canceled_at = known.canceled_at.isoformat() if known.canceled_at else None
    return {"expiredAt": known.expires_at.isoformat(), "terminatedAt": None, "cancelledAt": canceled_at}


def describe_payment(invoice: Invoice) -> Json:
    """A later payment in the answer about its subscription."""
    return {
        "id": invoice.id,
        "datetime": invoice.made_at.isoformat(),
        "status": {"paid": "COMPLETED", "failed": "FAILED"}.get(invoice.state, "REFUNDED"),
        "amount": invoice.amount / 100,
        "currency": invoice.currency,
        "fee": invoice.amount * 8 / 10000,
    }


def _find_due(known: Subscription) -> datetime:
    return known.expires_at + TRIES[known.tries]


def _write_notice(invoice: Invoice, word: str, contract_id: str) -> Json:
    return {
        "eventType": f"subscription.recurring.payment.{word}",
        "product": {"id": PRODUCT_ID, "title": invoice.title},
        "contractId": contract_id,
        "parentContractId": invoice.first_id,
        "buyer": {"email": invoice.email},
        "amount": invoice.amount / 100,
        "currency": invoice.currency,
        "status": "subscription-active" if word == "success" else "subscription-failed",
        "timestamp": invoice.made_at.isoformat(),
        "clientUtm": invoice.more,
        "errorMessage": "" if word == "success" else "Not sufficient funds",
    }


def _write_end(invoice: Invoice, known: Subscription) -> Json:
    return {
        "eventType": "subscription.cancelled",
        "contractId": invoice.id,
        "product": {"id": PRODUCT_ID, "title": invoice.title},
        "buyer": {"email": invoice.email},
        "cancelledAt": known.canceled_at.isoformat() if known.canceled_at else "",
        "willExpireAt": known.expires_at.isoformat(),
    }
