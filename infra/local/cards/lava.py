"""lava.top's API, as far as it is used: https://developers.lava.top. Keys, fields, offers, currencies are checked."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.cards.invoices import Book, Invoice, Json, Subscription
from infra.local.cards.subscriptions import PRODUCT_ID, describe_details, describe_payment

NAME = "lava"
CREATED, BAD_REQUEST, UNAUTHORIZED, NOT_FOUND = 201, 400, 401, 404
_FIELDS = {"email", "offerId", "currency", "paymentMethod", "periodicity", "buyerLanguage", "clientUtm"}
_UTM = {"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"}
_METHODS = {"RUB": {"BANK131"}, "USD": {"UNLIMINT", "PAYPAL", "STRIPE"}, "EUR": {"UNLIMINT", "PAYPAL", "STRIPE"}}
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_STATUS = {
    "open": "new",
    "paid": "completed",
    "failed": "failed",
    "withdrawn": "cancelled",
    "returned": "refunded",
    "charged_back": "chargeback",
}


async def create_invoice(book: Book, request: Request, pay_url: str, key: str) -> tuple[Response, Invoice | None]:
    """POST /api/v2/invoice."""
    if (refusal := _check_key(request, key)) is not None:
        return refusal, None
    said = await _read_json(request)
    fault = _find_fault(book, said)
    if fault:
        return _refuse(BAD_REQUEST, fault), None
    offer = book.offers[said["offerId"]]
    amount = offer.prices[said["currency"]]
    invoice = Invoice(NAME, amount, said["currency"], said["email"], offer.title, said.get("clientUtm", {}))
    invoice.made_at, invoice.periodicity = book.now(), said["periodicity"]
    book.add(invoice)
    total = {"currency": invoice.currency, "amount": amount / 100}
    answer = {"id": invoice.id, "status": "new", "amountTotal": total, "paymentUrl": f"{pay_url}/{invoice.id}"}
    return JSONResponse(answer, CREATED), invoice


async def read_invoice(book: Book, request: Request, key: str) -> Response:
    """GET /api/v1/invoices/{id}."""
    if (refusal := _check_key(request, key)) is not None:
        return refusal
    invoice = book.find(NAME, request.path_params["id"])
    if invoice is None:
        return _refuse(NOT_FOUND, "Invoice not found")
    known = book.subscriptions.get(invoice.first_id or invoice.id)
    about = (
        {} if known is None else {"subscriptionStatus": known.status, "subscriptionDetails": describe_details(known)}
    )
    parent = {"parentInvoice": {"id": invoice.first_id}} if invoice.first_id else {}
    return JSONResponse(_describe_invoice(invoice) | about | parent)


async def read_subscription(book: Book, request: Request, key: str) -> Response:
    """GET /api/v1/subscriptions/{id}, the id of the first invoice."""
    if (refusal := _check_key(request, key)) is not None:
        return refusal
    known = book.subscriptions.get(request.path_params["id"])
    if known is None:
        return _refuse(NOT_FOUND, "Subscription not found")
    described = _describe_invoice(known.first) | describe_details(known)
    payments = [describe_payment(each) for each in reversed(known.payments)]
    about = {"periodicity": known.first.periodicity, "subscriptionStatus": known.status, "recurrentPayments": payments}
    return JSONResponse(described | about)


def find_canceled(book: Book, request: Request, key: str) -> Subscription | Response:
    """DELETE /api/v1/subscriptions?contractId=…&email=…: the subscription to cancel, or the refusal."""
    if (refusal := _check_key(request, key)) is not None:
        return refusal
    known = book.subscriptions.get(request.query_params.get("contractId", ""))
    if known is None or request.query_params.get("email") != known.first.email:
        return _refuse(NOT_FOUND, "Subscription with such invoice id not found")
    return known if known.status == "ACTIVE" else _refuse(BAD_REQUEST, "Subscription is already cancelled")


def _describe_invoice(invoice: Invoice) -> Json:
    is_once = invoice.periodicity == "ONE_TIME" and not invoice.first_id
    return {
        "id": invoice.id,
        "type": "ONE_TIME" if is_once else "RECURRING",
        "datetime": invoice.made_at.isoformat(),
        "status": _STATUS[invoice.state],
        "receipt": {"amount": invoice.amount / 100, "currency": invoice.currency, "fee": invoice.amount * 8 / 10000},
        "buyer": {"email": invoice.email, "cardMask": "424242******4242"},
        "product": {"name": "Credits", "offer": invoice.title},
        "clientUtm": invoice.more,
    }


def describe(invoice: Invoice) -> Json | None:
    """The body of a webhook; None where lava.top tells nothing, as of a return."""
    events = {"paid": "payment.success", "failed": "payment.failed"}
    if invoice.state not in events or invoice.first_id:
        return None
    return _write_notice(invoice, events[invoice.state], invoice.amount)


def describe_lie(invoice: Invoice) -> Json:
    """A notice of a payment that nobody made, of another amount."""
    return _write_notice(invoice, "payment.success", invoice.amount + 100)


def _write_notice(invoice: Invoice, event: str, amount: int) -> Json:
    return {
        "eventType": event,
        "product": {"id": PRODUCT_ID, "title": invoice.title},
        "contractId": invoice.id,
        "buyer": {"email": invoice.email},
        "amount": amount / 100,
        "currency": invoice.currency,
        "status": _find_word(invoice, event),
        "timestamp": invoice.made_at.isoformat(),
        "clientUtm": invoice.more,
        "errorMessage": "" if event == "payment.success" else "Payment declined",
    }


def _find_word(invoice: Invoice, event: str) -> str:
    is_paid = event == "payment.success"
    if invoice.periodicity != "ONE_TIME":
        return "subscription-active" if is_paid else "subscription-failed"
    return "completed" if is_paid else "failed"


def _find_fault(book: Book, said: Any) -> str:
    if not isinstance(said, dict):
        return "The body is not an object"
    if unknown := said.keys() - _FIELDS:
        return f"Unknown fields: {', '.join(sorted(unknown))} (refused by the local server only)"
    if not isinstance(said.get("email"), str) or not _EMAIL.fullmatch(said["email"]):
        return "email must be a well-formed email address"
    if said.get("offerId") not in book.offers:
        return "Offer not found"
    currency = said.get("currency")
    if currency not in _METHODS or currency not in book.offers[said["offerId"]].prices:
        return "currency must be one of RUB, USD, EUR and have a price"
    if said.get("paymentMethod") not in _METHODS[currency] | {None}:
        return "paymentMethod does not take this currency"
    if said.get("periodicity") != book.offers[said["offerId"]].periodicity:
        return "periodicity must be the offer's: ONE_TIME for an offer that is no subscription"
    if said.get("buyerLanguage") not in {"EN", "RU", "ES"}:
        return "buyerLanguage must be one of EN, RU, ES"
    utm = said.get("clientUtm", {})
    return "" if isinstance(utm, dict) and not utm.keys() - _UTM else "clientUtm has unknown fields"


def _check_key(request: Request, key: str) -> Response | None:
    if request.headers.getlist("X-Api-Key") == [key]:
        return None
    return _refuse(UNAUTHORIZED, "Invalid API key")


async def _read_json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def _refuse(status: int, error: str) -> Response:
    return JSONResponse({"error": error, "details": {}}, status)
