"""YooKassa's API, as far as it is used: https://yookassa.ru/developers/api. Keys, fields and receipts are checked."""

import re
from base64 import b64encode
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.cards.invoices import Book, Invoice, Json

NAME = "yookassa"
BAD_REQUEST, UNAUTHORIZED, NOT_FOUND = 400, 401, 404
KEY_CHARACTERS_MAX = 64
_FIELDS = {"amount", "capture", "confirmation", "description", "metadata", "receipt"}
_TEXT_MAX = 128
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_VALUE = re.compile(r"[0-9]{1,7}\.[0-9]{2}")
_STATUS = {
    "open": "pending",
    "paid": "succeeded",
    "failed": "canceled",
    "withdrawn": "canceled",
    "returned": "succeeded",
}
_REASONS = {"failed": "insufficient_funds", "withdrawn": "expired_on_confirmation"}


async def create_payment(book: Book, request: Request, pay_url: str, key: str) -> tuple[Response, Invoice | None]:
    """POST /v3/payments; the same Idempotence-Key gives the same payment."""
    if (refusal := _check_key(request, key)) is not None:
        return refusal, None
    once = request.headers.get("Idempotence-Key", "")
    if not 1 <= len(once) <= KEY_CHARACTERS_MAX:
        return _refuse(BAD_REQUEST, "invalid_request", "Idempotence key missing or too long"), None
    if (known := book.keys.get(once)) is not None:
        return JSONResponse(_write(known, pay_url)), None
    said = await _read_json(request)
    if fault := _find_fault(said):
        return _refuse(BAD_REQUEST, "invalid_request", fault), None
    amount = int(said["amount"]["value"].replace(".", ""))
    email = said["receipt"]["customer"]["email"]
    invoice = book.add(Invoice(NAME, amount, "RUB", email, said["description"], said.get("metadata", {})))
    book.keys[once] = invoice
    return JSONResponse(_write(invoice, pay_url)), invoice


async def read_payment(book: Book, request: Request, pay_url: str, key: str) -> Response:
    """GET /v3/payments/{id}."""
    if (refusal := _check_key(request, key)) is not None:
        return refusal
    invoice = book.find(NAME, request.path_params["id"])
    if invoice is None:
        return _refuse(NOT_FOUND, "not_found", "Payment doesn't exist or access denied")
    return JSONResponse(_write(invoice, pay_url))


def describe(invoice: Invoice) -> Json:
    """The body of a notification."""
    if invoice.state == "returned":
        refund = {"id": f"refund-{invoice.id[:20]}", "payment_id": invoice.id, "status": "succeeded"}
        return {"type": "notification", "event": "refund.succeeded", "object": refund | {"amount": _money(invoice)}}
    event = f"payment.{_STATUS[invoice.state]}"
    return {"type": "notification", "event": event, "object": _write(invoice, "")}


def describe_lie(invoice: Invoice) -> Json:
    """A notification of a payment that nobody made, of another amount."""
    untrue = _write(invoice, "") | {"status": "succeeded", "paid": True}
    untrue["amount"] = {"value": "100000.00", "currency": "RUB"}
    return {"type": "notification", "event": "payment.succeeded", "object": untrue}


def _write(invoice: Invoice, pay_url: str) -> Json:
    status = _STATUS[invoice.state]
    written: Json = {
        "id": invoice.id,
        "status": status,
        "paid": status == "succeeded",
        "amount": _money(invoice),
        "created_at": invoice.made_at.isoformat(),
        "description": invoice.title,
        "metadata": invoice.more,
        "recipient": {"account_id": "100500", "gateway_id": "100700"},
        "refundable": invoice.state == "paid",
        "test": True,
    }
    if status == "pending":
        written["confirmation"] = {"type": "redirect", "confirmation_url": f"{pay_url}/{invoice.id}"}
    if status == "canceled":
        written["cancellation_details"] = {"party": "payment_network", "reason": _REASONS[invoice.state]}
    if invoice.state == "returned":
        written["refunded_amount"] = _money(invoice)
    return written


def _money(invoice: Invoice) -> Json:
    return {"value": invoice.decimal, "currency": invoice.currency}


def _find_fault(said: Any) -> str:
    if not isinstance(said, dict):
        return "The body is not an object"
    if unknown := said.keys() - _FIELDS:
        return f"Unknown fields: {', '.join(sorted(unknown))} (refused by the local server only)"
    if not _is_money(said.get("amount")):
        return "amount: a value like 99.00 in RUB"
    if said.get("capture") is not True:
        return "capture: only payments of one stage here"
    confirmation = said.get("confirmation")
    if not isinstance(confirmation, dict) or confirmation.keys() != {"type", "return_url"}:
        return "confirmation: a redirect with a return_url"
    if not 1 <= len(str(said.get("description", ""))) <= _TEXT_MAX:
        return "description: 1 to 128 characters"
    return _find_fault_of_receipt(said.get("receipt"), said["amount"])


def _find_fault_of_receipt(receipt: Any, amount: Any) -> str:
    """54-FZ: who gets it, what was sold at which rate of VAT, and that it sums up."""
    try:
        [item] = receipt["items"]
        email, described = receipt["customer"]["email"], item["description"]
        is_whole = item["amount"] == amount and item["quantity"] == "1.00"
        is_taxed = item["vat_code"] in range(1, 13) and item["payment_mode"] == "full_payment"
        is_known = item["payment_subject"] == "service" and 1 <= len(described) <= _TEXT_MAX
    except (KeyError, TypeError, ValueError):
        return "receipt: customer.email and one item"
    if not _EMAIL.fullmatch(email):
        return "receipt.customer.email: not an e-mail"
    return "" if is_whole and is_taxed and is_known else "receipt.items: does not fit the payment"


def _is_money(amount: Any) -> bool:
    if not isinstance(amount, dict) or amount.keys() != {"value", "currency"} or amount["currency"] != "RUB":
        return False
    return isinstance(amount["value"], str) and _VALUE.fullmatch(amount["value"]) is not None


def _check_key(request: Request, key: str) -> Response | None:
    if request.headers.getlist("Authorization") == ["Basic " + b64encode(key.encode()).decode()]:
        return None
    return _refuse(UNAUTHORIZED, "invalid_credentials", "Login has illegal format or the key is wrong")


async def _read_json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def _refuse(status: int, code: str, description: str) -> Response:
    return JSONResponse({"type": "error", "id": "local", "code": code, "description": description}, status)
