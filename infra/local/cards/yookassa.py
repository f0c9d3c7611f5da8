"""YooKassa's API, as far as it is used: https://yookassa.ru/developers/api. Keys, fields and receipts are checked."""

import re
from base64 import b64encode
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.cards.invoices import Book, Invoice, Json, write_decimal

NAME = "yookassa"
BAD_REQUEST, UNAUTHORIZED, NOT_FOUND = 400, 401, 404
KEY_CHARACTERS_MAX = 64
_REFUND_FIELDS = {"payment_id", "amount", "receipt", "description", "metadata"}
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
    "charged_back": "succeeded",
}
"""A chargeback is not told by the API."""
_REASONS = {"failed": "insufficient_funds", "withdrawn": "expired_on_confirmation"}


async def create_payment(book: Book, request: Request, pay_url: str, key: str) -> tuple[Response, Invoice | None]:
    """POST /v3/payments; the same Idempotence-Key gives the same payment."""
    if (refusal := _check_post(request, key)) is not None:
        return refusal, None
    once = request.headers["Idempotence-Key"]
    if (known := book.keys.get(once)) is not None:
        return JSONResponse(_write(known, pay_url)), None
    said = await _read_json(request)
    if fault := _find_fault(said):
        return _refuse(BAD_REQUEST, "invalid_request", fault), None
    amount = _read_cents(said["amount"])
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


async def create_refund(book: Book, request: Request, key: str) -> tuple[Response, Invoice | None, Json]:
    """POST /v3/refunds; the same Idempotence-Key gives the same refund. The payment only if this refund is new."""
    if (refusal := _check_post(request, key)) is not None:
        return refusal, None, {}
    once = request.headers["Idempotence-Key"]
    if (known := book.refund_keys.get(once)) is not None:
        return JSONResponse(known), None, {}
    said = await _read_json(request)
    invoice = book.find(NAME, str(said.get("payment_id"))) if isinstance(said, dict) else None
    if invoice is None or invoice.state != "paid":
        return _refuse(BAD_REQUEST, "invalid_request", "payment_id: no payment that can be refunded"), None, {}
    if fault := _find_fault_of_refund(said, invoice):
        return _refuse(BAD_REQUEST, "invalid_request", fault), None, {}
    refund = _refund(invoice, said["amount"], book.behaviour.refund_status)
    book.refund_keys[once] = refund
    return JSONResponse(refund), invoice, refund


async def list_refunds(book: Book, request: Request, key: str) -> Response:
    """GET /v3/refunds, of one payment."""
    if (refusal := _check_key(request, key)) is not None:
        return refusal
    invoice = book.find(NAME, request.query_params.get("payment_id", ""))
    items = [] if invoice is None else invoice.refunds
    return JSONResponse({"type": "list", "items": items})


def describe_refund(refund: Json) -> Json:
    """The body of a notification of a refund."""
    return {"type": "notification", "event": "refund.succeeded", "object": refund}


def describe(invoice: Invoice) -> Json:
    """The body of a notification."""
    if invoice.state == "returned":
        refund = {"id": f"refund-{invoice.id[:20]}", "payment_id": invoice.id, "status": "succeeded"}
        return describe_refund(refund | {"amount": _money(invoice.amount)})
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
        "amount": _money(invoice.amount),
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
    if invoice.refunded:
        written["refunded_amount"] = _money(invoice.refunded)
    return written


def _money(amount: int) -> Json:
    return {"value": write_decimal(amount), "currency": "RUB"}


def _read_cents(money: Json) -> int:
    return int(money["value"].replace(".", ""))


def _refund(invoice: Invoice, money: Json, status: str) -> Json:
    """A new refund, carried out as far as its status says."""
    number = len(invoice.refunds)
    refund: Json = {"id": f"{number:08d}-{invoice.id[:20]}", "payment_id": invoice.id, "status": status}
    refund |= {"amount": money, "created_at": invoice.made_at.isoformat(), "receipt_registration": "pending"}
    if status == "canceled":
        refund["cancellation_details"] = {"party": "yoo_money", "reason": "insufficient_funds"}
    if status == "succeeded":
        invoice.refunded += _read_cents(money)
        invoice.state = "returned" if invoice.refunded == invoice.amount else invoice.state
    invoice.refunds.append(refund)
    return refund


def _find_fault_of_refund(said: Json, invoice: Invoice) -> str:
    if unknown := said.keys() - _REFUND_FIELDS:
        return f"Unknown fields: {', '.join(sorted(unknown))} (refused by the local server only)"
    if not _is_money(said.get("amount")):
        return "amount: a value like 99.00 in RUB"
    asked = sum(_read_cents(each["amount"]) for each in invoice.refunds if each["status"] != "canceled")
    if not 0 < _read_cents(said["amount"]) <= invoice.amount - asked:
        return "amount: more than is left of the payment"
    if "receipt" not in said:
        return "" if _read_cents(said["amount"]) == invoice.amount else "receipt: needed for a part (54-FZ)"
    return _find_fault_of_receipt(said["receipt"], said["amount"])


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


def _check_post(request: Request, key: str) -> Response | None:
    """The refusal of a call that makes something, if its login or its Idempotence-Key is wrong."""
    if (refusal := _check_key(request, key)) is not None:
        return refusal
    if 1 <= len(request.headers.get("Idempotence-Key", "")) <= KEY_CHARACTERS_MAX:
        return None
    return _refuse(BAD_REQUEST, "invalid_request", "Idempotence key missing or too long")


async def _read_json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError:
        return None


def _refuse(status: int, code: str, description: str) -> Response:
    return JSONResponse({"type": "error", "id": "local", "code": code, "description": description}, status)
