"""Card payments by YooKassa (https://yookassa.ru/developers/api), by its REST API.

Its SDK is synchronous and keeps the keys in a global of its module; two calls need neither
(docs/decisions/0085-paying-by-card.md). The receipt that Russian law (54-FZ) asks for is a part of the payment.
"""

import re
from base64 import b64encode
from typing import Any

from shared.adapters.card_http import CardHttp, is_page
from shared.adapters.money import read_amount, write_amount
from shared.errors import CardsRefusedError, CardsUnavailableError
from shared.hash_ids import hash_id
from shared.ports import CardInvoice, CardRefund, CardSale, InvoiceState, OpenedInvoice

BASE_URL = "https://api.yookassa.ru/v3"
KEY_CHARACTERS_MAX = 64
"""Of an Idempotence-Key, which holds for 24 hours."""
TEXT_CHARACTERS_MAX = 128
"""Of a description, in a payment and in its receipt."""
NO_VAT = 1
"""The `vat_code` of sellers without VAT; another one is a setting."""
_OK = 200
_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_REFUNDS_MAX = 100
"""YooKassa's largest page of refunds."""
_CODE_CHARACTERS_MAX = 64
_EXPIRED = frozenset({"expired_on_confirmation", "canceled_by_merchant"})
"""Reasons to cancel that say nothing about a card."""


class YooKassaCards:
    """Implements CardPayments; rubles only, and no subscriptions: docs/decisions/0094-subscriptions-by-card.md."""

    currencies = frozenset({"RUB"})
    tells_returns = True
    plans = None

    def __init__(self, shop_id: str, secret_key: str, base_url: str = BASE_URL, vat_code: int = NO_VAT) -> None:
        secret = b64encode(f"{shop_id}:{secret_key}".encode()).decode()
        self._http = CardHttp(base_url, {"Authorization": f"Basic {secret}"})
        self._vat_code = vat_code

    async def create_invoice(self, sale: CardSale) -> OpenedInvoice:
        """The same reference within 24 hours gives the same payment."""
        key = f"Idempotence-Key: {sale.reference[:KEY_CHARACTERS_MAX]}\r\n"
        status, answer = await self._http.post("/payments", self._describe(sale), key)
        if status != _OK:
            raise CardsRefusedError(f"status {status}")
        try:
            payment_id, url = str(answer["id"]), str(answer["confirmation"]["confirmation_url"])
        except (KeyError, TypeError) as error:
            raise CardsUnavailableError("a payment without a page") from error
        if not _ID.fullmatch(payment_id) or not is_page(url):
            raise CardsUnavailableError("a payment without a usable page")
        return OpenedInvoice(payment_id, url)

    async def read_invoice(self, invoice_id: str) -> CardInvoice | None:
        status, answer = await self._http.get(f"/payments/{invoice_id}")
        if status == 404:  # noqa: PLR2004 — HTTP's own
            return None
        try:
            return _read(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise CardsUnavailableError(f"status {status}, not a payment") from error

    async def return_money(self, refund: CardRefund) -> None:
        """What is missing is one refund, whose idempotence key says from which total to which it leads."""
        before = await self._read_refunded(refund.invoice_id)
        if before >= refund.total:
            return
        key = hash_id("card refund", refund.invoice_id, refund.reference, before, refund.total)
        said = self._describe_refund(refund, before)
        status, answer = await self._http.post("/refunds", said, f"Idempotence-Key: {key}\r\n")
        if status != _OK:
            raise CardsRefusedError(f"status {status}, {_name_code(answer)}")
        if answer.get("status") not in {"succeeded", "pending"}:
            details = answer.get("cancellation_details") or {}
            raise CardsRefusedError(f"canceled, {_name_code(details, 'reason')}")

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        await self._http.close()

    async def _read_refunded(self, payment_id: str) -> int:
        """What went back of a payment or is on its way. Raises CardsUnavailableError."""
        status, answer = await self._http.get(f"/refunds?payment_id={payment_id}&limit={_REFUNDS_MAX}")
        try:
            items = answer["items"]
            return sum(read_amount(each["amount"]["value"]) for each in items if each["status"] != "canceled")
        except (KeyError, TypeError, ValueError) as error:
            raise CardsUnavailableError(f"status {status}, no list of refunds") from error

    def _describe(self, sale: CardSale) -> dict[str, Any]:
        money = _money(sale.amount, sale.currency)
        return {
            "amount": money,
            "capture": True,
            "confirmation": {"type": "redirect", "return_url": sale.back_url},
            "description": sale.title[:TEXT_CHARACTERS_MAX],
            "metadata": {"reference": sale.reference, "package": sale.package},
            "receipt": self._write_receipt(sale.email, sale.title, money),
        }

    def _describe_refund(self, refund: CardRefund, before: int) -> dict[str, Any]:
        """All at once needs no receipt: YooKassa has the payment's own (yookassa.ru/developers, 54-FZ, refunds)."""
        money = _money(refund.total - before, refund.currency)
        said = {"payment_id": refund.invoice_id, "amount": money}
        if (before, refund.total) == (0, refund.paid):
            return said
        return said | {"receipt": self._write_receipt(refund.email, refund.title, money)}

    def _write_receipt(self, email: str, title: str, money: dict[str, str]) -> dict[str, Any]:
        item = {
            "description": title[:TEXT_CHARACTERS_MAX],
            "quantity": "1.00",
            "amount": money,
            "vat_code": self._vat_code,
            "payment_mode": "full_payment",
            "payment_subject": "service",
        }
        return {"customer": {"email": email}, "items": [item]}


def _money(amount: int, currency: str) -> dict[str, str]:
    return {"value": write_amount(amount), "currency": currency}


def _name_code(said: dict[str, Any], name: str = "code") -> str:
    """YooKassa's word for a refusal, for the operator; it says nothing about the person."""
    code = said.get(name)
    return code[:_CODE_CHARACTERS_MAX] if isinstance(code, str) and code.isascii() else "without a reason"


def _read(answer: dict[str, Any]) -> CardInvoice:
    """Raises KeyError, TypeError, ValueError."""
    amount, metadata = answer["amount"], answer["metadata"]
    return CardInvoice(
        id=str(answer["id"]),
        state=_find_state(answer),
        amount=read_amount(amount["value"]),
        currency=str(amount["currency"]),
        offer=f"{metadata['package']} {metadata['reference']}",
        returned=_read_returned(answer),
    )


def _read_returned(answer: dict[str, Any]) -> int:
    """Raises KeyError, TypeError, ValueError."""
    back = answer.get("refunded_amount")
    return 0 if back is None else read_amount(back["value"])


def _find_state(answer: dict[str, Any]) -> InvoiceState:
    match answer["status"]:
        case "pending" | "waiting_for_capture":
            return InvoiceState.OPEN
        case "succeeded":
            is_back = _read_returned(answer) >= read_amount(answer["amount"]["value"]) > 0
            return InvoiceState.RETURNED if is_back else InvoiceState.PAID
        case "canceled":
            reason = (answer.get("cancellation_details") or {}).get("reason")
            return InvoiceState.CANCELLED if reason in _EXPIRED else InvoiceState.FAILED
        case _:
            raise ValueError("an unknown status")
