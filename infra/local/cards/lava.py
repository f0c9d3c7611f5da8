"""lava.top's API, as far as it is used: https://developers.lava.top. Keys, fields, offers, currencies are checked."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.cards.invoices import Book, Invoice, Json

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
    return JSONResponse(
        {
            "id": invoice.id,
            "type": "invoice",
            "datetime": invoice.made_at.isoformat(),
            "status": _STATUS[invoice.state],
            "receipt": {
                "amount": invoice.amount / 100,
                "currency": invoice.currency,
                "fee": invoice.amount * 8 / 10000,
            },
            "buyer": {"email": invoice.email, "cardMask": "424242******4242"},
            "product": {"name": "Credits", "offer": invoice.title},
            "clientUtm": invoice.more,
        }
    )


def describe(invoice: Invoice) -> Json | None:
    """The body of a webhook; None where lava.top tells nothing, as of a return."""
    events = {"paid": "payment.success", "failed": "payment.failed"}
    if invoice.state not in events:
        return None
    return _write_notice(invoice, events[invoice.state], invoice.amount)


def describe_lie(invoice: Invoice) -> Json:
    """A notice of a payment that nobody made, of another amount."""
    return _write_notice(invoice, "payment.success", invoice.amount + 100)


def _write_notice(invoice: Invoice, event: str, amount: int) -> Json:
    return {
        "eventType": event,
        "product": {"id": "11111111-1111-4111-8111-111111111111", "title": invoice.title},
        "contractId": invoice.id,
        "buyer": {"email": invoice.email},
        "amount": amount / 100,
        "currency": invoice.currency,
        "status": "completed" if event == "payment.success" else "failed",
        "timestamp": invoice.made_at.isoformat(),
        "clientUtm": invoice.more,
        "errorMessage": "" if event == "payment.success" else "Payment declined",
    }


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
    if said.get("periodicity") != "ONE_TIME":
        return "periodicity must be ONE_TIME for an offer that is no subscription"
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
